"""Variables: what a reader may choose, and what is chosen to begin with."""

from __future__ import annotations

from pullwatch.pack.grafana import QueryVariable


def test_several_values_are_all_to_begin_with() -> None:
    """All stands for a pattern that matches what has no such label, too."""
    model = QueryVariable(name="node", label="Node", series="pullwatch_node_info").model()

    assert (model["multi"], model["includeAll"], model["allValue"], model["current"]["value"]) == (True, True, ".*", ["$__all"])
    assert model["query"] == "label_values(pullwatch_node_info, node)"


def test_a_single_value_is_never_all() -> None:
    """A board about one image shows the first one until another is chosen."""
    model = QueryVariable(name="image", label="Image", series="pullwatch_image_size_bytes", single=True).model()

    assert (model["multi"], model["includeAll"], model["current"], model["hide"]) == (False, False, {}, 0)


def test_a_hidden_variable_follows_from_others() -> None:
    """It is asked for like any other, shown nowhere, and not in the address, which would bring it to another choice."""
    model = QueryVariable(name="repository", label="Repository", series="x", single=True, hidden=True).model()

    assert (model["hide"], model["skipUrlSync"]) == (2, True)

"""The table panel: which field of Grafana's becomes which column."""

from __future__ import annotations

from typing import Any

import pytest

from pullwatch.pack.tables import Column, Quotient, Table


def organized(*columns: Column) -> dict[str, Any]:
    """Return how the fields of a table are named, ordered and left out."""
    table = Table(title="Which?", description="", labels={"image": "Image"}, hidden=["pod"], columns=columns, sort_by=columns[0].title)
    (options,) = [one["options"] for one in table.transformations() if one["id"] == "organize"]
    return dict(options)


@pytest.mark.parametrize(
    ("columns", "fields"),
    [
        ([Column("Age", "a")], {"image": "Image", "Value": "Age"}),
        ([Column("Age", "a"), Column("Limit", "b")], {"image": "Image", "Value #A": "Age", "Value #B": "Limit"}),
    ],
    ids=["one query", "two queries"],
)
def test_values_become_columns(columns: list[Column], fields: dict[str, str]) -> None:
    """Grafana names the values by the query's letter, and of one query alone without a letter."""
    assert organized(*columns)["renameByName"] == fields


def test_labels_come_before_numbers() -> None:
    """What is hidden still tells rows apart; the stamp of the query is shown nowhere."""
    options = organized(Column("Age", "a"), Column("Limit", "b"))

    assert sorted(options["indexByName"], key=options["indexByName"].__getitem__) == ["image", "Value #A", "Value #B"]
    assert options["excludeByName"] == {"Time": True, "pod": True}


def test_what_is_computed_of_an_empty_cell_is_a_dash() -> None:
    """Grafana divides nothing by something, and would show that it is not a number."""
    table = Table(
        title="Which?",
        description="",
        labels={"image": "Image"},
        columns=[Column("Waited", "a"), Column("Pulls", "b")],
        quotients=[Quotient("Mean wait", "Waited", "Pulls")],
        sort_by="Waited",
    )

    (drawn,) = [override["properties"] for override in table.overrides() if override["matcher"]["options"] == "Mean wait"]
    (mapping,) = next(one["value"] for one in drawn if one["id"] == "mappings")
    assert mapping == {"type": "special", "options": {"match": "nan", "result": {"index": 0, "text": "-"}}}


def test_a_column_of_long_names_has_its_own_width() -> None:
    """Images are told apart by their ends."""
    table = Table(
        title="Which?", description="", labels={"image": "Image"}, columns=[Column("Age", "a")], sort_by="Age", widths={"Image": 360}
    )

    assert {
        "matcher": {"id": "byName", "options": "Image"},
        "properties": [{"id": "custom.width", "value": 360}],
    } in table.overrides()

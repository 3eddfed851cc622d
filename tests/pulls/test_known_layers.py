"""The layer tables of all images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullwatch.pulls import known_layers, layers
from pullwatch.pulls.known_layers import KnownLayers, LayersFrom
from tests.pulls.made_images import digest, table

if TYPE_CHECKING:
    import pytest

NOW = 1_700_000_000.0


def test_it_tells_what_it_was_told() -> None:
    """A table comes back whole, with who told it; one that was not told is not there."""
    known = KnownLayers()
    known.tell(table(base=100, app=20), source=LayersFrom.REGISTRY)

    assert known.table(table(base=100, app=20).digest) == table(base=100, app=20)
    assert known.source(table(base=100, app=20).digest) == LayersFrom.REGISTRY
    assert known.table(digest("other")) is None


def test_a_layer_has_as_many_users_as_images_list_it() -> None:
    """An image that lists it twice is one, and telling an image twice changes nothing."""
    known = KnownLayers()
    one = table(base=100, app=20)
    twice = layers.LayerTable(digest("twice"), one.media_type, one.config_digest, (*one.layers, one.layers[0]))
    for told in (one, twice, one):
        known.tell(told)

    assert [known.users(layer.digest) for layer in one.layers] == [2, 2]
    assert known.shared_bytes(known.number(twice.digest) or 0) == 120


def test_a_lying_size_stays_with_the_manifest_that_claims_it() -> None:
    """Two manifests may claim different sizes for one layer; each keeps its own."""
    known = KnownLayers()
    for told in (table(base=100), table(base=1 << 50, more=1)):
        known.tell(told)

    one = known.table(table(base=100).digest)
    assert one is not None
    assert one.size_bytes == 100


def test_it_wants_what_it_does_not_know_and_asks_one_node_at_a_time() -> None:
    """What a node was asked for is asked of another after a minute, of the same one after four."""
    known = KnownLayers()
    known.tell(table(base=100))
    held = [table(base=100).digest, digest("new")]

    assert known.wanted(held, node="a", now=NOW) == (digest("new"),)
    assert known.wanted(held, node="b", now=NOW + 59) == ()
    assert known.wanted(held, node="a", now=NOW + 61) == ()
    assert known.wanted(held, node="b", now=NOW + 61) == (digest("new"),)
    assert known.wanted(held, node="b", now=NOW + 61 + 240) == (digest("new"),)


def test_it_wants_no_more_than_fits_into_an_answer() -> None:
    """The rest is wanted with the next report."""
    known = KnownLayers()
    held = [digest(str(n)) for n in range(known_layers.WANTED_AT_ONCE + 5)]

    assert len(known.wanted(held, node="a", now=NOW)) == known_layers.WANTED_AT_ONCE
    assert len(known.wanted(held, node="a", now=NOW)) == 5


def test_what_was_asked_for_is_remembered_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A node that says it holds other images each second takes no room; what was asked for longest ago may be asked for again."""
    monkeypatch.setattr(known_layers, "ASKED_CAPACITY", 2)
    known = KnownLayers()
    held = [digest(str(n)) for n in range(3)]
    known.wanted(held, node="a", now=NOW)

    assert known.wanted(held[2:], node="a", now=NOW) == ()
    assert known.wanted(held[:1], node="a", now=NOW) == (held[0],)


def test_what_is_no_image_is_not_wanted_again() -> None:
    """Its bytes were those of its digest, so no other node has better ones."""
    known = KnownLayers()
    known.tell_unusable(digest("an artifact"))

    assert known.wanted([digest("an artifact")], node="a", now=NOW) == ()


def test_what_no_node_holds_makes_room() -> None:
    """The one told longest ago goes first, its layers with it; what a node holds stays."""
    known = KnownLayers(capacity=2)
    held, idle, new = table(held=1), table(idle=2), table(new=3)
    known.hold(held.digest)
    for told in (held, idle, new):
        assert known.tell(told)

    assert [known.table(told.digest) is not None for told in (held, idle, new)] == [True, False, True]
    assert known.users(digest("idle")) == 0
    assert (known.forgotten, known.left_out, len(known)) == (1, 0, 2)


def test_where_all_are_held_a_new_one_finds_no_room() -> None:
    """It is counted, and no node is asked for more."""
    known = KnownLayers(capacity=1)
    known.hold(table(held=1).digest)
    known.tell(table(held=1))

    assert not known.tell(table(new=2))
    assert known.left_out == 1
    assert known.wanted([digest("another")], node="a", now=NOW) == ()


def test_a_table_that_nodes_drop_may_go() -> None:
    """It stays as long as there is room, and until the last holder is gone."""
    known = KnownLayers(capacity=1)
    held = table(held=1)
    numbers = [known.hold(held.digest), known.hold(held.digest)]
    known.tell(held)
    known.drop(numbers[0])
    assert not known.tell(table(new=2))

    known.drop(numbers[1])

    assert known.table(held.digest) == held
    assert known.tell(table(new=2))
    assert known.table(held.digest) is None


def test_a_number_that_became_free_is_not_mistaken() -> None:
    """A held digest without a table may take the number of a table that went."""
    known = KnownLayers(capacity=1)
    known.tell(table(old=1))
    known.tell(table(new=2))

    assert known.head(known.hold(digest("another"))) is None
    assert known.table(table(new=2).digest) == table(new=2)
    assert known.numbers() == [known.number(table(new=2).digest)]


def test_tables_have_a_cap_in_bytes() -> None:
    """Images of a thousand layers that somebody makes up take the room of others, and no memory: what does not fit is counted."""
    known = KnownLayers(most_bytes=200_000)
    huge = [table(**{f"layer{image}-{layer}": layer for layer in range(1000)}) for image in range(6)]
    for told in huge:
        known.hold(told.digest)
        known.tell(told)
    kept = len(known)
    assert 2 <= kept < 6
    assert known.left_out == 6 - kept
    assert known.table(huge[0].digest) == huge[0]
    assert known.users(huge[5].layers[0].digest) == 0

    known.drop(known.number(huge[0].digest) or 0)
    assert known.tell(huge[5])
    assert (len(known), known.forgotten, known.knows(huge[0].digest)) == (kept, 1, False)


def test_nothing_is_wanted_where_no_bytes_are_left() -> None:
    """It would be sent for nothing, again and again."""
    known = KnownLayers(most_bytes=4_500)
    assert known.wanted([digest("new")], node="a", now=NOW) == (digest("new"),)
    told = table(**{f"layer{layer}": layer for layer in range(12)})
    known.hold(told.digest)
    assert known.tell(told)

    assert known.wanted([digest("other")], node="a", now=NOW) == ()

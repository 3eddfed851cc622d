"""Layers: what is large, what is shared, what moves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullwatch.pulls import layers
from pullwatch.pulls.layers import Layer, LayerTable
from tests.pulls.made_images import LAYER, digest, table

OLD = table(base=100, libraries=300, app=20)
NEW = table(base=100, libraries=310, app=20)

_tables = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 1000), max_size=8).map(lambda sizes: table(**sizes))


def test_a_layer_listed_twice_counts_once() -> None:
    """It counts the bytes that a node fetches: the same layer at two positions is fetched once."""
    empty = Layer(digest("empty"), 32, LAYER)
    twice = LayerTable(digest("twice"), LAYER, digest("config"), (empty, Layer(digest("app"), 100, LAYER), empty))

    assert twice.size_bytes == 132
    assert layers.largest_share(twice) == 100 / 132


def test_the_largest_layer_is_the_first_of_equal_ones() -> None:
    """It names one position, so that two runs say the same."""
    assert layers.largest(table(a=5, b=9, c=9)) == 1


def test_an_image_without_layers_has_no_largest_one() -> None:
    """It says unknown, not layer 0 or 0 percent."""
    assert layers.largest(table()) is None
    assert layers.largest_share(table()) is None
    assert layers.largest_share(table(empty=0)) is None


def test_a_new_release_moves_what_the_old_one_lacks() -> None:
    """It is the difference of two images, and the rest stays where it is."""
    moved = layers.moved(OLD, table(base=100, newer=310, app=20))

    assert [layer.digest for layer in moved.fetched] == [digest("newer")]
    assert (moved.fetched_bytes, moved.kept_bytes) == (310, 120)


@given(_tables, _tables)
def test_what_is_fetched_and_kept_is_the_whole_image(before: LayerTable, after: LayerTable) -> None:
    """It leaves no byte out and counts none twice, and what two images share is the same from both sides where sizes agree."""
    moved = layers.moved(before, after)

    assert moved.fetched_bytes + moved.kept_bytes == after.size_bytes
    assert moved.kept_bytes == layers.shared_bytes(after, before)


def test_users_of_a_layer_are_images_not_positions() -> None:
    """It counts an image once, also where it lists the layer twice."""
    base = Layer(digest("base"), 100, LAYER)
    twice = LayerTable(digest("twice"), LAYER, digest("config"), (base, base))

    assert layers.users([OLD, twice])[digest("base")] == 2


def test_a_layer_fetched_again_is_a_repull() -> None:
    """It counts the bytes of layers that the node had before, whether it fetched them or was found with them."""
    downloads = layers.Downloads()
    downloads.hold([digest("base")])

    assert downloads.fetched(OLD.layers) == 100
    assert downloads.fetched(OLD.layers) == 420


def test_what_found_no_room_counts_as_new() -> None:
    """It forgets the oldest and says so, so that memory is bounded and no byte is called a repull that is none."""
    downloads = layers.Downloads(capacity=2)
    downloads.fetched(OLD.layers)

    assert downloads.forgotten == 1
    assert downloads.fetched(OLD.layers[:1]) == 0


@pytest.mark.parametrize("name", ["base", "app"])
def test_sizes_are_by_digest(name: str) -> None:
    """It finds a layer by what names it everywhere."""
    assert layers.sizes(OLD)[digest(name)] == {"base": 100, "app": 20}[name]

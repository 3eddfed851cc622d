"""What is said of an image's layers: which one dominates, what others have, what a release moves."""

from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from pullwatch.pulls import breakdown
from pullwatch.pulls import image as images
from pullwatch.pulls.breakdown import Breakdown, BrokenDownLayer, ImagesDocument, Other, Release
from pullwatch.pulls.layers import Layer, LayerTable

WEB = images.parse("registry.example.com/team/web:2.0")


def digest(number: int) -> str:
    return f"sha256:{number:064x}"


def sized(*sizes: int) -> list[BrokenDownLayer]:
    return [BrokenDownLayer(position, digest(position), size) for position, size in enumerate(sizes)]


def table(name: int, **layers: int) -> LayerTable:
    """Return a table whose layers are called by letters."""
    listed = tuple(Layer(digest(ord(letter)), size, "tar", f"RUN {letter}") for letter, size in layers.items())
    return LayerTable(digest(name), "manifest", digest(name + 1), listed, "linux/amd64")


def test_a_layer_that_is_most_of_the_image_is_fetched_alone() -> None:
    """84 % in one layer: when the others are there, three quarters of the whole are still to come by one connection."""
    found = breakdown.dominant(sized(300, 840, 100, 100, 100))

    assert found is not None
    assert (found.layer.position, found.alone_bytes, found.alone) == (1, 540, False)
    found = breakdown.dominant(sized(60, 840, 50, 50))
    assert found is not None
    assert (found.share, found.alone_bytes, found.alone) == (0.84, 760, True)


@pytest.mark.parametrize(
    ("sizes", "alone_bytes", "alone"),
    [
        ((100,), 100, True),
        ((100, 0), 100, True),
        ((100, 100, 100), 0, False),
        ((100, 100), 50, False),
        ((200, 100), 150, False),
        ((201, 99), 151, True),
    ],
)
def test_alone_is_what_two_other_connections_cannot_cover(sizes: tuple[int, ...], alone_bytes: int, *, alone: bool) -> None:
    """Three layers come at a time; more than half of the image by one connection is said to be alone."""
    found = breakdown.dominant(sized(*sizes))

    assert found is not None
    assert (found.alone_bytes, found.alone) == (alone_bytes, alone)


@pytest.mark.parametrize("layers", [[], sized(0, 0)])
def test_no_bytes_no_dominance(layers: list[BrokenDownLayer]) -> None:
    """An image of nothing, or of empty layers, has no largest one to speak of."""
    assert breakdown.dominant(layers) is None


def test_a_layer_listed_twice_counts_once() -> None:
    """It is fetched once, so it is half of this image and not two thirds."""
    twice = [*sized(100, 100), BrokenDownLayer(2, digest(0), 100)]

    found = breakdown.dominant(twice)

    assert found is not None
    assert (found.layer.position, found.share) == (0, 0.5)


@given(some.lists(some.integers(0, 1 << 50), min_size=1, max_size=50))
def test_what_comes_alone_is_never_more_than_the_layer(sizes: list[int]) -> None:
    """Whatever sizes a manifest claims, shares and bytes stay within the whole."""
    found = breakdown.dominant(sized(*sizes))

    if found is not None:
        assert 0 < found.share <= 1
        assert 0 <= found.alone_bytes <= found.layer.size_bytes == max(sizes)
        assert not math.isnan(found.share)


def test_a_table_becomes_the_document_of_a_server() -> None:
    """Read from a node's store or a registry, an image has the same shape, with what others share and releases move."""
    new, old, other = table(1, a=10, b=500, c=90), table(3, a=10, e=400, d=1), table(5, a=10, c=90)

    found = breakdown.of_table(
        new, image=WEB, layers_from="containerd", held={"old:1": old, "other:1": other, "no:1": table(7, z=1)}, releases={"old:1": old}
    )

    assert (found.image, found.tag, found.digest, found.platform) == (WEB.canonical, "2.0", digest(1), "linux/amd64")
    assert (found.size_bytes, found.layer_count, found.shared_bytes) == (600, 3, 100)
    assert [layer.images for layer in found.layers] == [3, 1, 2]
    assert found.layers[1].instruction == "RUN b"
    assert found.others == (Other("other:1", 100), Other("old:1", 10))
    assert found.releases == (Release("old:1", 401, 10),)
    assert found.largest_layer is not None
    assert (found.largest_layer.position, found.largest_layer.share) == (1, 500 / 600)


def test_without_other_images_nothing_is_said_of_sharing() -> None:
    """Unknown is null, never 0: a registry was asked for this image alone."""
    found = breakdown.of_table(table(1, a=10), image=WEB, layers_from="registry")

    assert found.shared_bytes is None
    assert found.layers[0].images is None


def test_the_document_goes_there_and_back() -> None:
    """What a server writes is what a client reads."""
    document = ImagesDocument(1, "2026-01-01T00:00:00Z", (breakdown.of_table(table(1, a=10), image=WEB, layers_from="agent"),))

    assert msgspec.json.decode(msgspec.json.encode(document), type=ImagesDocument) == document


@pytest.mark.parametrize(
    "bad",
    [
        Breakdown(image="x", layers=(BrokenDownLayer(0, "d", -1),)),
        Breakdown(image="x", size_bytes=1 << 61),
        Breakdown(image="x", others=(Other("y", -5),)),
        Breakdown(image="x", releases=(Release("y", 1, -5),)),
        Breakdown(image="x", nodes=-1),
    ],
)
def test_a_size_below_nothing_is_not_taken(bad: Breakdown) -> None:
    """A document from anywhere may claim any number."""
    assert not breakdown.is_sound(bad)
    assert breakdown.is_sound(Breakdown(image="x", layers=tuple(sized(1, 2)), nodes=0))

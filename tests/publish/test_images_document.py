"""What is known of images, as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pullwatch.publish import images_document
from pullwatch.pulls import image
from pullwatch.pulls.holdings import Holdings
from pullwatch.pulls.known_images import KnownImages
from pullwatch.pulls.known_layers import KnownLayers
from pullwatch.pulls.layers import Layer, LayerTable
from pullwatch.pulls.pull import SizeKind
from pullwatch.pulls.reported import HeldImage
from pullwatch.pulls.sizes import KnownSizes
from tests.publish.given import NOW
from tests.pulls.made_images import LAYER, digest

INDEX = digest("index")
BASE, TORCH, APP = (Layer(digest(name), size, LAYER, line) for name, size, line in (
    ("base", 100, None), ("torch", 300, "RUN pip install torch"), ("app", 100, "COPY <b> \"/app\""),
))  # fmt: skip
ONE = LayerTable(digest("one"), "m", digest("config"), (BASE, TORCH, APP), "linux/amd64")
TWO = LayerTable(digest("two"), "m", digest("config"), (BASE, TORCH), "linux/amd64")


@pytest.fixture
def known() -> KnownImages:
    layers = KnownLayers()
    known = KnownImages(layers, Holdings(layers), KnownSizes())
    layers.tell(ONE)
    layers.tell(TWO)
    known.holdings.tell("a", [HeldImage(("ghcr.io/team/app:1",), ONE.digest, INDEX)], at=NOW)
    known.holdings.tell("b", [HeldImage(("ghcr.io/team/app:2",), TWO.digest), HeldImage((), digest("none"))], at=NOW)
    known.sizes.tell(image.parse("nginx:1"), 7, SizeKind.UNCOMPRESSED)
    return known


def document(pieces: Any) -> dict[str, Any]:
    read: dict[str, Any] = json.loads("".join(pieces))
    return read


ROW = {
    "image": "ghcr.io/team/app:1",
    "registry": "ghcr.io",
    "repository": "team/app",
    "tag": "1",
    "digest": ONE.digest,
    "index_digest": INDEX,
    "platform": "linux/amd64",
    "size_bytes": 500,
    "size_kind": "compressed",
    "layer_count": 3,
    "largest_layer": {"position": 1, "size_bytes": 300, "share": 0.6},
    "shared_bytes": 400,
    "nodes": 1,
    "layers_from": "agent",
}


def test_the_list_tells_what_is_known_of_each_image(known: KnownImages) -> None:
    """In the words of the schema; what is not known is null."""
    told = document(images_document.listed(known, now=NOW))

    assert (told["schema"], told["generated_at"]) == (1, "2023-11-14T22:13:20Z")
    assert told["images"][0] == ROW
    nothing = dict.fromkeys(ROW)
    assert told["images"][2] == nothing | {"digest": digest("none"), "size_kind": "unknown", "nodes": 1}
    nginx = {"image": "docker.io/library/nginx:1", "registry": "docker.io", "repository": "library/nginx", "tag": "1"}
    assert told["images"][3] == nothing | nginx | {"size_bytes": 7, "size_kind": "uncompressed"}


def test_an_image_is_told_with_its_layers(known: KnownImages) -> None:
    """Their lines, who shares them, and what a release moves."""
    told = document(images_document.detailed(known, image.parse("ghcr.io/team/app:1"), node=None, now=NOW))

    (row,) = told["images"]
    layer = {"position": 1, "digest": TORCH.digest, "size_bytes": 300, "media_type": LAYER, "instruction": "RUN pip install torch"}
    assert row["layers"][1] == layer | {"images": 2}
    assert [row["layers"][2]["instruction"], row["layers"][2]["images"], row["layers"][0]["instruction"]] == ['COPY <b> "/app"', 1, None]
    assert row["others"] == [{"image": "ghcr.io/team/app:2", "shared_bytes": 400}]
    assert row["releases"] == [{"image": "ghcr.io/team/app:2", "fetched_bytes": 0, "kept_bytes": 400}]
    assert row.items() >= ROW.items()
    assert "unique_bytes" not in row


def test_a_node_is_told_what_goes_with_the_image(known: KnownImages) -> None:
    """Null where that cannot be known."""
    for node, unique in (("a", 500), ("b", None), ("nowhere", None)):
        told = document(images_document.detailed(known, image.parse("ghcr.io/team/app:1"), node=node, now=NOW))
        assert told["images"][0]["unique_bytes"] == unique


def test_layers_that_are_not_known_are_an_empty_list(known: KnownImages) -> None:
    """As are those with which it is compared."""
    (row,) = document(images_document.detailed(known, image.parse("nginx:1"), node="a", now=NOW))["images"]

    assert (row["layers"], row["others"], row["releases"], row["unique_bytes"]) == ([], [], [], None)


def test_an_unknown_image_gives_an_empty_list(known: KnownImages) -> None:
    """And a document that is whole."""
    assert document(images_document.detailed(known, image.parse("ghcr.io/team/app:9"), node=None, now=NOW))["images"] == []


def test_a_search_gives_others_their_turn() -> None:
    """Comparing with thousands of images comes in pieces of some milliseconds."""
    layers = KnownLayers()
    known = KnownImages(layers, Holdings(layers), KnownSizes())
    for number in range(2_000):
        layers.tell(LayerTable(digest(str(number)), "m", digest("config"), (BASE,), None))

    pieces = list(images_document.detailed(known, image.parse(digest("7")), node=None, now=NOW))

    assert pieces.count("") >= 3
    assert len(document(pieces)["images"][0]["others"]) == 10

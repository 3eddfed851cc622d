"""The gauges of images' layers."""

from __future__ import annotations

import dataclasses

import pytest

from pullwatch.publish import image_layers, metrics
from pullwatch.publish.state import State
from pullwatch.pulls.holdings import Holdings
from pullwatch.pulls.known_images import KnownImages
from pullwatch.pulls.known_layers import KnownLayers
from pullwatch.pulls.reported import HeldImage
from pullwatch.pulls.sizes import KnownSizes
from tests.publish.given import NOW, Exporter
from tests.pulls.made_images import digest, table

NGINX = ("docker.io/library/nginx:1", "docker.io", "library/nginx")
REDIS = ("docker.io/library/redis:7", "docker.io", "library/redis")


@pytest.fixture
def known() -> KnownImages:
    """Gives two images: a large one on one node, a small one on many."""
    layers = KnownLayers()
    known = KnownImages(layers, Holdings(layers), KnownSizes())
    layers.tell(table(base=100, nginx=900))
    layers.tell(table(redis=10))
    known.holdings.tell("a", [HeldImage(("nginx:1",), table(base=100, nginx=900).digest)], at=NOW)
    for number in range(200):
        known.holdings.tell(f"node-{number}", [HeldImage(("redis:7",), table(redis=10).digest)], at=NOW)
    return known


def test_each_image_shows_its_layers_and_the_largest(known: KnownImages) -> None:
    """By the name of the image."""
    exporter, state = Exporter(), State(images=known)

    assert exporter.show(metrics.IMAGE_LAYERS, state) == {NGINX: 2.0, REDIS: 1.0}
    assert exporter.show(metrics.IMAGE_LARGEST_LAYER, state) == {NGINX: 900.0, REDIS: 10.0}


def test_layers_of_the_costliest_images_have_a_series_each(known: KnownImages, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an image costs is its bytes on all nodes that hold it: 10 bytes on 200 nodes are more than 1,000 on one."""
    short = {name: digest(name)[7:19] for name in ("base", "nginx", "redis")}
    redis = {(REDIS[0], "0", short["redis"]): 10.0}
    nginx = {(NGINX[0], "0", short["base"]): 100.0, (NGINX[0], "1", short["nginx"]): 900.0}
    assert Exporter().show(metrics.IMAGE_LAYER_SIZE, State(images=known)) == redis | nginx

    monkeypatch.setattr(image_layers, "COSTLIEST", 1)

    assert Exporter().show(metrics.IMAGE_LAYER_SIZE, State(images=known)) == redis


def test_what_no_node_holds_any_more_goes(known: KnownImages) -> None:
    """Its series with it, in all three families."""
    exporter, state = Exporter(), State(images=known)
    exporter.show(metrics.IMAGE_LAYERS, state)

    known.holdings.forget("a")

    assert set(exporter.show(metrics.IMAGE_LAYERS, state)) == {REDIS}
    assert set(exporter.show(metrics.IMAGE_LARGEST_LAYER, state)) == {REDIS}
    assert {labels[0] for labels in exporter.show(metrics.IMAGE_LAYER_SIZE, state)} == {REDIS[0]}


def test_nothing_is_looked_at_where_nothing_was_told(known: KnownImages) -> None:
    """A scrape of a quiet cluster costs what it did before."""
    shown = image_layers.ImageLayers()
    assert list(shown.refresh(known))

    assert list(shown.refresh(known)) == []
    assert list(shown.refresh(None)) == []

    known.layers.tell(table(new=1))
    assert list(shown.refresh(known))


def test_what_found_no_room_is_shown_once_there_is_some(known: KnownImages, monkeypatch: pytest.MonkeyPatch) -> None:
    """Images beyond the cap are not forgotten when others make room for them."""
    capped = dataclasses.replace(metrics.IMAGE_LAYERS, cap=2)
    monkeypatch.setattr(metrics, "IMAGE_LAYERS", capped)
    known.layers.tell(table(small=1))
    known.holdings.tell("b", [HeldImage(("small:1",), table(small=1).digest)], at=NOW)
    shown = image_layers.ImageLayers()
    list(shown.refresh(known))
    assert [(len(family), family.left_out) for family in shown.families()[:1]] == [(2, 1)]

    known.holdings.forget("a")
    list(shown.refresh(known))

    assert [(len(family), family.left_out) for family in shown.families()[:1]] == [(2, 0)]


def test_what_is_told_meanwhile_is_shown_by_the_next_scrape(known: KnownImages) -> None:
    """A refresh works in steps, between which reports come."""
    shown = image_layers.ImageLayers()
    steps = shown.refresh(known)
    next(steps)
    known.layers.tell(table(new=1))
    known.holdings.tell("b", [HeldImage(("new:1",), table(new=1).digest)], at=NOW)
    list(steps)

    list(shown.refresh(known))

    assert [len(family) for family in shown.families()] == [3, 3, 4]

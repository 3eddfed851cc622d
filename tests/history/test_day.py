"""The made day: always the same, and with all that a board asks about."""

from __future__ import annotations

import functools
from collections import Counter
from typing import TYPE_CHECKING

from tests.history import day, shelf
from tests.history.site import BATCH, EDGE, GENERAL, GPU, JOINED
from tests.history.weather import END

if TYPE_CHECKING:
    from tests.history.day import Day


def test_a_seed_makes_one_day() -> None:
    """Two makings of one seed tell the same steps, and another seed tells others."""
    again, other = day.made(seed=1), day.made(seed=2)

    assert again == story()
    assert again.recording.steps[0] != other.recording.steps[0]


def test_it_is_as_long_as_it_says_and_in_order() -> None:
    """Steps and kubelets' counts come in the order of their time, from the beginning to the end."""
    moments = [step.offset_seconds for step in story().recording.steps]
    assert moments == sorted(moments)
    assert moments[0] == 0
    assert END - 60 < moments[-1] <= END
    assert [one.at for one in story().operations] == sorted(one.at for one in story().operations)


def test_nodes_join_and_a_pool_is_upgraded() -> None:
    """At the end there are all nodes, of which only the pool of GPUs has the old runtime."""
    nodes = {step.object["metadata"]["name"]: step.object for step in story().recording.steps if step.resource == "nodes"}

    versions = {name: node["status"]["nodeInfo"]["containerRuntimeVersion"] for name, node in nodes.items()}
    assert versions.keys() == {*GENERAL, *GPU, *BATCH, *EDGE, *JOINED}
    assert {name for name, version in versions.items() if version.endswith("1.7.29")} == set(GPU)


def test_pods_without_events_are_pulled_for_all_the_same() -> None:
    """Some containers start of which no Event tells, which the kubelets' own counts hold."""
    steps = story().recording.steps

    told = {step.object["involvedObject"]["uid"] for step in steps if step.resource == "events"}
    started = {step.object["metadata"]["uid"] for step in steps if step.resource == "pods" and step.object["status"]["phase"] == "Running"}
    adopted = Counter(step.object["status"]["phase"] for step in steps if step.resource == "pods" and step.offset_seconds == 0)["Running"]
    assert len(started - told) - adopted >= 20


def test_each_image_has_a_build() -> None:
    """Layers of every image that the day pulls are known, those that share a repository grow from tag to tag."""
    known = shelf.known()

    assert all(build.layers for build in known.values())
    assert shelf.SHOWN.canonical in known
    for tags in (shelf.WEB, shelf.TRAINER, shelf.EMBEDDER, *shelf.EVERYDAY):
        assert [image.size_bytes for image in tags] == sorted(image.size_bytes for image in tags)


@functools.cache
def story() -> Day:
    """Return the day as the others use it."""
    return day.made()

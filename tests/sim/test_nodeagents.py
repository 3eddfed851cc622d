"""What the agents of the made cluster would report."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec
import pytest

from pullwatch.pulls.reported import ImagesReport, RunningReport
from pullwatch.sim import builds, catalogue, objects, stamps
from pullwatch.sim.catalogue import Image
from pullwatch.sim.nodeagents import NodeAgents
from pullwatch.sim.objects import NodePlan
from pullwatch.sim.resources import Object
from pullwatch.sim.store import Store
from pullwatch.sources import resources

T0 = 1_767_225_600.0
NODE = NodePlan(name="node-01", pool="gpu", instance_type="x", zone="z", uid="u", created_at=T0)


class Cluster:
    """A store with one node, and events in the order in which they are told."""

    def __init__(self, *images: Image) -> None:
        self.store = Store()
        self.store.create("nodes", objects.node(NODE, images))
        self.now = T0
        self._count = 0

    def tell(self, reason: str, message: str, *, at: float) -> None:
        self._count += 1
        event: Object = {
            "metadata": {"name": f"e{self._count}", "namespace": "ml"},
            "reason": reason,
            "message": message,
            "source": {"host": "node-01"},
            "lastTimestamp": stamps.write(T0 + at),
        }
        self.store.create("events", event)

    def running(self, at: float, *, speed: float = 1.0) -> list[dict[str, Any]]:
        """Return the pulls that are reported at a time."""
        agents = NodeAgents(self.store, speed=speed, clock=lambda: self.now)
        self.now = T0 + at
        reports = agents.running()
        for report in reports.values():
            msgspec.convert(report, type=RunningReport)
        return [pull for report in reports.values() for pull in report["pulls"]]


def test_it_reports_images_by_all_their_names() -> None:
    """As the exporter reads them, with the digest that the node's status has as that of the index."""
    report = NodeAgents(Cluster(catalogue.TRAINER, catalogue.REDIS).store).images("node-01")

    images = msgspec.convert(report, type=ImagesReport).images
    assert [image.names[0] for image in images] == [catalogue.TRAINER.canonical, "docker.io/library/redis:7.4"]
    assert images[0].index_digest == catalogue.TRAINER.digest
    assert images[0].digest != images[0].index_digest


def test_it_reports_the_pull_that_the_kubelet_has_begun() -> None:
    """The first that was asked for and has not ended; the next begins when it has."""
    cluster = Cluster()
    cluster.tell("Pulling", f'Pulling image "{catalogue.TRAINER.reference}"', at=0)
    cluster.tell("Pulling", f'Pulling image "{catalogue.PROXY.reference}"', at=5)

    (first,) = cluster.running(60)
    cluster.tell("Pulled", f'Successfully pulled image "{catalogue.TRAINER.reference}" in 70s', at=70)
    (second,) = cluster.running(70.2)

    assert (first["repository"], first["started_at"], first["registry"]) == ("ml/trainer", T0, "registry.slow.example")
    assert sum(layer.get("downloaded_bytes", 0) for layer in first["layers"]) == pytest.approx(60 * 4.6e6, abs=5e6)
    assert (second["repository"], second["started_at"]) == ("ml/proxy", T0 + 70)


def test_a_pull_that_ended_within_its_second_has_ended() -> None:
    """Stamps tell seconds; the order in which events were written tells the rest. A failure ends a pull, too."""
    cluster = Cluster()
    for reason, message in (("Pulled", "Successfully pulled"), ("Failed", "Failed to pull")):
        cluster.tell("Pulling", f'Pulling image "{catalogue.REDIS.reference}"', at=0)
        cluster.tell(reason, f'{message} image "{catalogue.REDIS.reference}"', at=0)
    cluster.tell("Failed", "Error: ErrImagePull", at=0)

    assert cluster.running(10) == []


def test_layers_of_other_images_on_the_node_are_there() -> None:
    """The trainer's base came with another image."""
    cluster = Cluster(catalogue.FEATURES)
    cluster.tell("Pulling", f'Pulling image "{catalogue.TRAINER.reference}"', at=0)

    (pull,) = cluster.running(1)

    assert [layer["state"] for layer in pull["layers"]][:4] == ["present", "present", "done", "downloading"]


def test_a_stuck_pull_trickles() -> None:
    """It never ends, and its bytes still grow."""
    cluster = Cluster()
    cluster.tell("Pulling", f'Pulling image "{catalogue.VISION_STUCK.reference}"', at=-720)

    (before,), (after,) = cluster.running(0), cluster.running(600)

    grown = [sum(layer.get("downloaded_bytes", 0) for layer in pull["layers"]) for pull in (before, after)]
    assert 10e6 < grown[1] - grown[0] < 40e6
    assert after["eta_seconds"] > 10 * 3600


def test_played_faster_pulls_go_faster_from_the_start_on() -> None:
    """The past keeps its pace, as the player does it."""
    cluster = Cluster()
    cluster.tell("Pulling", f'Pulling image "{catalogue.TRAINER.reference}"', at=-10)
    cluster.now = T0

    (pull,) = cluster.running(1, speed=20)

    assert sum(layer.get("downloaded_bytes", 0) for layer in pull["layers"]) == pytest.approx(30 * 4.6e6, abs=5e6)
    assert pull["bytes_per_second"] == 20 * 4.6e6


def test_it_tells_of_the_builds_that_it_was_given() -> None:
    """Another cluster than the demo's has images of its own; manifests of digests that are none of theirs are left out."""
    image = Image("registry.example.com/team/app:1", 40_000_000)
    build = builds.build(image)
    agents = NodeAgents(Cluster(image, catalogue.TRAINER).store, known={image.canonical: build})

    (held,) = agents.images("node-01")["images"]
    (told,) = agents.manifests([build.digest, builds.build(catalogue.TRAINER).digest])

    assert held["digest"] == build.digest
    assert told == {"digest": build.digest, "manifest": build.manifest, "config": build.config}


def test_a_node_may_tell_where_its_kubelet_listens() -> None:
    """As a real node's status does, in the words that the exporter reads; without an address there is nothing to ask."""
    plan = dataclasses.replace(NODE, address="10.1.0.7", runtime_version="cri-o://1.34.2", kubelet_version="v1.34.9")

    read = [resources.nodes().reader.one(msgspec.json.encode(objects.node(each, ()))) for each in (plan, NODE)]

    assert [(node.kubelet, node.runtime_version, node.kubelet_version) for node in read if node] == [
        ("10.1.0.7:10250", "cri-o://1.34.2", "v1.34.9"),
        ("", NODE.runtime_version, NODE.kubelet_version),
    ]

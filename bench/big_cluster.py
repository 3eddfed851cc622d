"""A simulated cluster of 5,000 nodes, 20,000 images and pulls from 40 repositories: 100,000 series of metrics."""

from __future__ import annotations

import time

from pullwatch.sim import objects, stamps
from pullwatch.sim.catalogue import Image
from pullwatch.sim.resources import Object
from pullwatch.sim.store import Store

NODES, IMAGES, REPOSITORIES = 5_000, 20_000, 40
IMAGES_PER_NODE = 50


def nodes(store: Store) -> None:
    """Create the nodes, each with as many images as a kubelet reports."""
    images = [Image(image(n), 50_000_000 + n) for n in range(IMAGES)]
    for n in range(NODES):
        plan = objects.NodePlan(f"node-{n}.eu-1.example.com", "blue", "m7.large", "eu-1a", f"node-uid-{n}", time.time() - 86_400)
        store.create("nodes", objects.node(plan, [images[(n * 13 + i * 397) % IMAGES] for i in range(IMAGES_PER_NODE)]))


def ask(store: Store, number: int) -> None:
    """Let a node ask for an image."""
    store.create("events", _event(number, "Pulling", f'Pulling image "{image(number)}"'))


def finish(store: Store, number: int) -> None:
    """Let a node end the pull of this number."""
    took = f"{number % 50 + 1}.5s"
    text = f'Successfully pulled image "{image(number)}" in {took} ({took} including waiting). Image size: {50_000_000 + number} bytes.'
    store.create("events", _event(number, "Pulled", text))


def image(number: int) -> str:
    """Return the reference of an image."""
    repository = number % REPOSITORIES
    return f"registry-{repository % 7}.example.com/team-{repository % 50}/app-{repository}:1.{number % IMAGES}"


def _event(number: int, reason: str, text: str) -> Object:
    stamp = stamps.write(time.time())
    return {
        "metadata": {"name": f"web-{number}.{reason}", "namespace": "shop", "uid": f"{reason}-{number}", "creationTimestamp": stamp},
        "involvedObject": {
            "kind": "Pod", "namespace": "shop", "name": f"web-{number}", "uid": f"pod-{number}", "fieldPath": "spec.containers{web}",
        },
        "reason": reason, "message": text, "type": "Normal", "count": 1, "firstTimestamp": stamp, "lastTimestamp": stamp,
        "source": {"component": "kubelet", "host": f"node-{number % NODES}.eu-1.example.com"}, "reportingComponent": "kubelet",
    }  # fmt: skip

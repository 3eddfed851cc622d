"""Pods that a test launches in a simulated cluster, and what their kubelets say of their images."""

from __future__ import annotations

import dataclasses
import itertools
import random
import time
import uuid
from typing import TYPE_CHECKING

from pullwatch.sim import objects, resources, texts
from pullwatch.sim.catalogue import Image
from pullwatch.sim.objects import NodePlan, PodState
from pullwatch.sim.workloads import Workload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullwatch.sim.objects import PodPlan
    from pullwatch.sim.resources import Object
    from pullwatch.sim.store import Store

IMAGE = Image("registry.example.com/shop/web:2.14.0", 300_000_000)
WORKLOAD = Workload("Deployment", "shop", "web", IMAGE)

_serial = itertools.count()


def deployment(namespace: str, name: str, *, registry: str = "registry.example.com", size_bytes: int = IMAGE.size_bytes) -> Workload:
    """Return a Deployment with an image of its own."""
    return Workload("Deployment", namespace, name, Image(f"{registry}/{namespace}/{name}:1.0", size_bytes))


def node(name: str, *images: Image) -> Object:
    """Return a node that has these images."""
    plan = NodePlan(name, pool="general", instance_type="m", zone="a", uid=str(uuid.uuid4()), created_at=time.time() - 86_400)
    return objects.node(plan, images)


def know_size(store: Store, *images: Image) -> None:
    """Add a node that has the images, so that their sizes are known before they were ever pulled here."""
    store.apply("nodes", node("node-old", *(images or (IMAGE,))))


def pulling(store: Store, count: int = 1, workload: Workload = WORKLOAD) -> list[PodPlan]:
    """Launch pods whose kubelets now begin to pull, each on a node of its own."""
    return [pulls(store, workload, f"node-{number}") for number in range(count)]


def cached(store: Store, count: int, workload: Workload = WORKLOAD) -> list[PodPlan]:
    """Launch pods whose nodes have the image, each on a node of its own."""
    pods = [launched(store, workload, f"node-{number}") for number in range(count)]
    for pod in pods:
        _say(store, pod, "Pulled", texts.present(pod.image.reference))
    return pods


def pulls(store: Store, workload: Workload, on: str) -> PodPlan:
    """Launch a pod whose kubelet now asks for its image."""
    pod = launched(store, workload, on)
    _say(store, pod, "Pulling", texts.pulling(pod.image.reference))
    return pod


def pulls_all(store: Store, workloads: Sequence[Workload], on: str) -> list[PodPlan]:
    """Launch a pod with a container of each of these; its kubelet asks for one image after the other. Returns a plan of each container."""
    now = time.time()
    pod, *others = (each.pod(node=on, uid=str(uuid.uuid4()), created_at=now, chance=random.Random(next(_serial))) for each in workloads)
    containers = [pod, *(dataclasses.replace(pod, container=other.container, image=other.image) for other in others)]
    store.apply("pods", _together([objects.pod(container, PodState(accepted_at=now)) for container in containers]))
    for container in containers:
        _say(store, container, "Pulling", texts.pulling(container.image.reference))
    return containers


def _together(pods: Sequence[Object]) -> Object:
    """Return the first of some pods with the containers of all of them."""
    whole = pods[0]
    whole["spec"]["containers"] = [container for pod in pods for container in pod["spec"]["containers"]]
    whole["status"]["containerStatuses"] = [status for pod in pods for status in pod["status"]["containerStatuses"]]
    return whole


def launched(store: Store, workload: Workload, on: str) -> PodPlan:
    """Launch a pod of which its kubelet has said nothing yet."""
    now = time.time()
    pod = workload.pod(node=on, uid=str(uuid.uuid4()), created_at=now, chance=random.Random(next(_serial)))
    store.apply("pods", objects.pod(pod, PodState(accepted_at=now)))
    return pod


def has_pulled(store: Store, pod: PodPlan, seconds: float | None = None, *, waited_seconds: float = 0.0) -> None:
    """End a pull well; how long it took is what its kubelet says, by default the truth."""
    if seconds is None:
        seconds = time.time() - pod.created_at - waited_seconds
    total = seconds + waited_seconds
    text = texts.pulled(pod.image.reference, pull_seconds=seconds, total_seconds=total, size_bytes=pod.image.size_bytes)
    _say(store, pod, "Pulled", text)
    _becomes(store, pod, PodState(waiting=None, accepted_at=pod.created_at, started_at=time.time()))


def has_failed(store: Store, pod: PodPlan, error: str) -> None:
    """End an attempt badly; the kubelet will try again when it is told to."""
    _say(store, pod, "Failed", texts.failed(pod.image.reference, error), type_="Warning")
    _say(store, pod, "Failed", "Error: ErrImagePull", type_="Warning")
    _becomes(store, pod, PodState(waiting=("ErrImagePull", error), accepted_at=pod.created_at))


def _becomes(store: Store, pod: PodPlan, state: PodState) -> None:
    """Write the new state of a pod; one of several containers stays as it is, since Events tell enough."""
    written = objects.pod(pod, state)
    before = store.get("pods", resources.key(written))
    if before is None or len(before.object["spec"]["containers"]) == 1:
        store.apply("pods", written)


def _say(store: Store, pod: PodPlan, reason: str, message: str, *, type_: str = "Normal") -> None:
    now = time.time()
    event = objects.event(
        pod,
        name=f"{pod.name}.{next(_serial):x}",
        uid=str(uuid.uuid4()),
        type_=type_,
        reason=reason,
        message=message,
        count=1,
        first_at=now,
        last_at=now,
    )
    store.apply("events", event)

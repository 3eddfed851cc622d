"""Pods of one Deployment that a test launches in a simulated cluster, each on a node of its own."""

from __future__ import annotations

import random
import time
import uuid
from typing import TYPE_CHECKING

from pullwatch.sim import objects, texts
from pullwatch.sim.catalogue import Image
from pullwatch.sim.objects import NodePlan, PodState
from pullwatch.sim.workloads import Workload

if TYPE_CHECKING:
    from pullwatch.sim.objects import PodPlan
    from pullwatch.sim.store import Store

IMAGE = Image("registry.example.com/shop/web:2.14.0", 300_000_000)
WORKLOAD = Workload("Deployment", "shop", "web", IMAGE)


def know_size(store: Store) -> None:
    """Add a node that has the image, so that its size is known before it was ever pulled."""
    plan = NodePlan("node-old", pool="general", instance_type="m", zone="a", uid=str(uuid.uuid4()), created_at=time.time() - 86_400)
    store.apply("nodes", objects.node(plan, [IMAGE]))


def pulling(store: Store, count: int = 1) -> list[PodPlan]:
    """Launch pods whose kubelets now begin to pull."""
    return [_launch(store, number, "Pulling", texts.pulling(IMAGE.reference)) for number in range(count)]


def cached(store: Store, count: int) -> list[PodPlan]:
    """Launch pods whose nodes have the image."""
    return [_launch(store, number, "Pulled", texts.present(IMAGE.reference)) for number in range(count)]


def _launch(store: Store, number: int, reason: str, message: str) -> PodPlan:
    now = time.time()
    plan = WORKLOAD.pod(node=f"node-{number}", uid=str(uuid.uuid4()), created_at=now, chance=random.Random(number))
    store.apply("pods", objects.pod(plan, PodState(accepted_at=now)))
    event = objects.event(
        plan,
        name=f"{plan.name}.{number:x}",
        uid=str(uuid.uuid4()),
        type_="Normal",
        reason=reason,
        message=message,
        count=1,
        first_at=now,
        last_at=now,
    )
    store.apply("events", event)
    return plan

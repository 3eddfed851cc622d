"""Kubelets that never rest: they write Events of pulls into a store, and note what the metrics have to say of them."""

from __future__ import annotations

import itertools
import random
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pullwatch.sim import resources, stamps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullwatch.sim.store import Store

REGISTRY = "registry.example.com"
NODES = 7
REPOSITORIES = 5

Sample = tuple[str, tuple[str, ...]]
"""Name and label values, in the order of the labels' names, of a sample of /metrics."""

Figures = dict[Sample, float]


class Kubelets:
    """All kubelets of a cluster. Durations are halves of seconds, so that their sums are exact in any order."""

    def __init__(self, store: Store, chance: random.Random) -> None:
        self.happened: Figures = defaultdict(float)
        self.written = 0
        self._store = store
        self._chance = chance
        self._serial = itertools.count()
        self._open: list[tuple[str, str, str]] = []
        """Pod, node and image of the pulls that run."""
        self._done: list[resources.Key] = []
        self._repeating: dict[str, dict[str, Any]] = {}

    def step(self, *, repository: str | None = None) -> None:
        """Let one thing happen."""
        what = self._chance.choices(("ask", "finish", "fail", "find"), weights=(4, 4, 2, 2))[0]
        if what == "finish" and self._open:
            self.finish(self._chance.randrange(len(self._open)))
        elif what == "fail":
            self.fail()
        elif what == "find":
            self.find_cached()
        else:
            self.ask(repository or f"team/app{self._chance.randrange(REPOSITORIES)}")

    def ask(self, repository: str) -> None:
        number = next(self._serial)
        pod, node, image = f"pod-{number}", f"node-{number % NODES}", f"{REGISTRY}/{repository}:{number}"
        self._open.append((pod, node, image))
        self._done.append(self._say(f"{pod}.asked", pod, node, "Pulling", f'Pulling image "{image}"'))

    def finish(self, number: int) -> None:
        pod, node, image = self._open.pop(number)
        pull, wait, size = self._chance.randrange(1, 40) / 2, self._chance.randrange(10) / 2, self._chance.randrange(1, 10**9)
        text = f'Successfully pulled image "{image}" in {pull}s ({pull + wait}s including waiting). Image size: {size} bytes.'
        self._done.append(self._say(f"{pod}.pulled", pod, node, "Pulled", text))
        repository = (REGISTRY, image.removeprefix(f"{REGISTRY}/").rpartition(":")[0])
        for family, seconds in (("duration", pull), ("wait", wait), ("including_wait", pull + wait)):
            self._happen(f"pull_{family}_seconds_count", repository, 1)
            self._happen(f"pull_{family}_seconds_sum", repository, seconds)
        self._happen("pull_image_bytes_total", (*repository, "unknown"), size)
        self._happen("pull_sized_seconds_total", (*repository, "unknown"), pull)
        self._happen("node_pull_duration_seconds_count", (node,), 1)
        self._happen("node_pull_duration_seconds_sum", (node,), pull)
        self._happen("node_wait_seconds_total", (node,), wait)
        self._happen("node_image_bytes_total", (node,), size)

    def fail(self) -> None:
        node, times = self._repeat("failed", "Failed", f'Failed to pull image "{REGISTRY}/team/gone:1": manifest unknown')
        self._happen("pull_failures_total", ("not_found", REGISTRY), times)
        self._happen("node_failures_total", (node,), times)

    def find_cached(self) -> None:
        node, times = self._repeat("found", "Pulled", f'Container image "{REGISTRY}/team/base:1" already present on machine')
        self._happen("pull_cache_hits_total", ("present", REGISTRY, "team/base"), times)
        self._happen("node_cache_hits_total", ("present", node), times)

    def ended(self) -> list[resources.Key]:
        """Return the Events that nothing will be added to."""
        return list(self._done)

    def expire(self, keys: Sequence[resources.Key]) -> None:
        """Let the oldest Events go; their pulls may still be open."""
        for key in keys:
            self._store.delete("events", key)
        del self._done[: len(keys)]

    def _repeat(self, what: str, reason: str, text: str) -> tuple[str, int]:
        """Raise the count of an Event, by several where a kubelet's filter held some back; return the node and by how much."""
        number = self._chance.randrange(6)
        pod, node, times = f"{what}-{number}", f"node-{number % NODES}", self._chance.randrange(1, 5)
        key = self._say(pod, pod, node, reason, text, times=times)
        # Now and then the Event has expired and comes back under another uid.
        if self._chance.random() < 0.02:
            self._repeating.pop(pod)
            self._done.append(key)
        return node, times

    def _happen(self, name: str, labels: tuple[str, ...], by: float) -> None:
        self.happened[f"pullwatch_{name}", labels] += by

    def _say(self, name: str, pod: str, node: str, reason: str, text: str, *, times: int = 1) -> resources.Key:
        stamp = stamps.write(time.time())
        before = self._repeating.get(name)
        uid = before["metadata"]["uid"] if before else f"uid-{next(self._serial)}"
        event = {
            "kind": "Event",
            "apiVersion": "v1",
            "metadata": {"name": before["metadata"]["name"] if before else f"{name}.{uid}", "namespace": "shop", "uid": uid},
            "involvedObject": {"kind": "Pod", "namespace": "shop", "name": pod, "uid": f"of-{pod}", "fieldPath": "spec.containers{web}"},
            "reason": reason,
            "message": text,
            "source": {"component": "kubelet", "host": node},
            "firstTimestamp": before["firstTimestamp"] if before else stamp,
            "lastTimestamp": stamp,
            "count": (before["count"] if before else 0) + times,
            "type": "Normal",
        }
        if name.startswith(("failed-", "found-")):
            self._repeating[name] = event
        self._store.apply("events", event)
        self.written += 1
        return resources.key(event)

"""A day of a busy cluster in some minutes: once all caps are reached, memory stays what it is."""

from __future__ import annotations

import gc
import os
import random
from collections import deque
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from pullwatch.publish.exposition import Exposition
from pullwatch.publish.lines import Format
from pullwatch.pulls.observed import Event, Node
from tests.app.test_exporter import made
from tests.pulls.made import T0, container, pod

if TYPE_CHECKING:
    from pullwatch.app.exporter import Exporter
    from pullwatch.sources.frames import Change
    from tests.app.test_exporter import Time

HOURS = float(os.environ.get("PULLWATCH_CHURN_HOURS", "24"))
WARM_UP_HOURS = HOURS / 2
PODS_PER_SECOND = 5
"""Each asks for an image and gets it or does not, runs a while and goes: 430,000 in a day, more than any cap."""

REPOSITORIES, NODES = 200, 300
VERSION_SECONDS = 120.0
"""Age at which a repository gets a new version: 140,000 images in a day."""

NODE_SECONDS = 300.0
"""Time from one node's end, and another's begin, to the next."""

EVENT_SECONDS = 3600.0
POD_SECONDS = 600.0
SCRAPE_SECONDS = 60.0
MOST_GROWTH_BYTES = 2 * 1024 * 1024


class Churn:
    """The cluster, whose clock is the exporter's."""

    def __init__(self, exporter: Exporter, clock: Time) -> None:
        self._exporter = exporter
        self._clock = clock
        self._chance = random.Random(7)
        self._serial = 0
        self._nodes = deque(f"node-{number}" for number in range(NODES))
        self._running: deque[tuple[float, str]] = deque()
        self._kept: deque[tuple[float, Event]] = deque()
        """Events that the API server still has."""

    def second(self) -> None:
        """Let a second pass, and tell the exporter what happened in it."""
        self._clock.now += 1.0
        now = self._clock.now
        told: list[tuple[Change, Event]] = []
        for _ in range(PODS_PER_SECOND):
            told += self._start()
        while self._kept and self._kept[0][0] < now - EVENT_SECONDS:
            told.append(("DELETED", self._kept.popleft()[1]))
        self._exporter.events(told, arrived_at=now)
        while self._running and self._running[0][0] < now - POD_SECONDS:
            self._exporter.pods([("DELETED", pod(self._running.popleft()[1], phase="Running"))], arrived_at=now)
        if now % NODE_SECONDS < 1.0:
            self._replace_a_node()
        self._exporter.tick()

    def _start(self) -> list[tuple[Change, Event]]:
        """Start a pod: it asks for its image, which comes at once or fails twice."""
        self._serial += 1
        now, name, node = self._clock.now, f"web-{self._serial}", self._chance.choice(self._nodes)
        repository = self._chance.randrange(REPOSITORIES)
        image = f"registry-{repository % 5}.example.com/team/app-{repository}:1.{int((now + 7 * repository) // VERSION_SECONDS)}"
        self._exporter.pods([("ADDED", pod(name, container("web", image), node=node, phase="Pending"))], arrived_at=now)
        asked = Event(
            f"a-{self._serial}",
            "shop",
            name,
            f"uid-{name}",
            "spec.containers{web}",
            "Pulling",
            f'Pulling image "{image}"',
            node,
            1,
            now,
            now,
        )
        took = f"{self._chance.randrange(1, 90)}.{self._chance.randrange(1000):03d}s"
        good = f'Successfully pulled image "{image}" in {took} ({took} including waiting). Image size: {10**7 + repository} bytes.'
        bad = f'Failed to pull image "{image}": rpc error: code = NotFound desc = manifest unknown'
        fails = self._chance.random() < 0.02
        ended = replace(asked, uid=f"e-{self._serial}", reason="Failed" if fails else "Pulled", message=bad if fails else good)
        events = [asked, ended, replace(ended, count=2)] if fails else [asked, ended]
        self._kept += [(now, asked), (now, ended)]
        self._running.append((now, name))
        return [("ADDED" if event.count == 1 else "MODIFIED", event) for event in events]

    def _replace_a_node(self) -> None:
        gone, new = self._nodes.popleft(), f"node-{NODES + int(self._clock.now // NODE_SECONDS)}"
        self._nodes.append(new)
        self._exporter.nodes([("DELETED", Node(gone)), ("ADDED", Node(new, "containerd://2.1.9"))], arrived_at=self._clock.now)


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_a_day_of_churn_takes_no_more_memory_than_half_a_day() -> None:
    """After the warm-up no cache, table or text grows on: less than 2 MiB in the second half of the day."""
    exporter, clock = made()
    exporter.first_events([])
    churn, exposition = Churn(exporter, clock), Exposition(exporter)
    before = 0
    while clock.now - T0 < HOURS * 3600:
        churn.second()
        if clock.now % SCRAPE_SECONDS < 1.0:
            await exposition.scrape(Format.TEXT, gzip=True)
        if clock.now - T0 == WARM_UP_HOURS * 3600:
            before = _most_resident_bytes()
    grown = _most_resident_bytes() - before
    series = sum(text.series for text in exporter.texts)

    print(f"{HOURS:g} h, {exporter.events_seen():,} Events, {series:,} series: {before / 2**20:.1f} MiB and {grown / 2**20:.2f} MiB more")  # noqa: T201
    assert grown <= MOST_GROWTH_BYTES


def _most_resident_bytes() -> int:
    """Return the most that this process ever had resident: what is held rises and falls as generations of a cache come and go."""
    gc.collect()
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

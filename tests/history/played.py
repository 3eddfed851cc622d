"""The day, played: what Prometheus would have scraped of its exporter, an hour at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullwatch.sim.nodeagents import NodeAgents
from tests.history import day, shelf
from tests.history.agent_targets import AgentTargets
from tests.history.counted import Counted
from tests.history.registry_process import RegistryProcess
from tests.history.remote_write import Samples
from tests.history.replica import Replica
from tests.history.scraped import Scraped
from tests.history.weather import END
from tests.history.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.history.day import Day

INTERVAL_SECONDS = 30.0
"""Between two scrapes, and between two evaluations of rules."""

STEP_SECONDS = 10.0
"""Between two looks at the watches, so that what is not told by them, such as a pull that has ended, is noticed."""

CHUNK_SECONDS = 3_600.0
"""Prometheus takes what is up to an hour older than its newest sample, and nothing older."""

LISTED_SECONDS = 600.0
"""What happens before it is listed when the exporter comes, and is not watched."""

IMAGES_SECONDS, KUBELETS_SECONDS = 300.0, 60.0
"""Between two reports of all images of a node, and between two reads of a kubelet."""

STRANGE_SECONDS = 1_200.0
"""Between two reports of an agent that tells what cannot be."""

TARGET = {"cluster": "made", "job": "pullwatch", "endpoint": "http"}


@dataclass(slots=True)
class Chunk:
    """What was scraped after one moment and until another, in seconds since the epoch."""

    after: float
    until: float
    samples: Samples = field(default_factory=Samples)


async def played(story: Day) -> AsyncGenerator[Chunk, None]:
    """Yield the chunks of the day, the last of which may be short."""
    exporter = _Watched(story)
    began = story.recording.started_at + LISTED_SECONDS
    chunk = Chunk(began, began)
    steps = round((END - LISTED_SECONDS) / STEP_SECONDS)
    for number in range(1, steps + 1):
        offset = LISTED_SECONDS + number * STEP_SECONDS
        exporter.pass_to(offset)
        if offset % INTERVAL_SECONDS == 0:
            await exporter.scrape(chunk.samples, offset)
            chunk.until = story.recording.started_at + offset
        if chunk.until - chunk.after >= CHUNK_SECONDS or number == steps:
            yield chunk
            chunk = Chunk(chunk.until, chunk.until)


class _Watched:
    """The cluster and whichever process watches it. Moments are seconds of the story."""

    def __init__(self, story: Day) -> None:
        self._epoch = story.recording.started_at
        self._world = World(story.recording)
        self._counted = Counted(story.operations, started=story.upgraded)
        self._interruptions = [one for one in day.INTERRUPTIONS if one[0] > LISTED_SECONDS]
        self._offset = LISTED_SECONDS
        self._registries = RegistryProcess(shelf.known(), started_at=self._epoch)
        for _ in self._world.until(LISTED_SECONDS):
            """What is listed."""
        self._replica: Replica | None = self._started(LISTED_SECONDS)
        self._target = Scraped(TARGET | {"instance": "10.2.0.17:9090", "pod": "pullwatch-0"})
        self._asks_registries = Scraped({"cluster": "made", "job": "pullwatch-registry", "instance": "10.2.0.18:9437"})
        self._agent_targets = AgentTargets(started_at=self._epoch)
        self._agents = NodeAgents(self._world.store, clock=lambda: self._epoch + self._offset, known=shelf.known())

    def pass_to(self, offset: float) -> None:
        """Let time pass."""
        self._offset = offset
        steps = list(self._world.until(offset))
        self._counted.until(offset)
        down_from, up_at = day.RESTART
        if down_from <= offset < up_at:
            self._replica = None
        elif self._replica is None:
            self._replica = self._started(offset)
        else:
            self._replica.take(steps, began_at=self._epoch, at=self._epoch + offset)
            self._interrupt(offset)

    async def scrape(self, samples: Samples, offset: float) -> None:
        """Add what a scrape finds; a process that ended is asked in vain once, and then the next is found."""
        at, replica = self._epoch + offset, self._replica
        self._asks_registries.scrape(self._registries.scrape(now=at), samples, at=at)
        told = {node: report for node, report in self._agents.running().items() if node not in day.WITHOUT_AGENT}
        self._agent_targets.scrape(told, samples, at=at)
        if replica is None:
            self._target.missed(samples, at=at)
            return
        if offset - INTERVAL_SECONDS < day.RESTART[1] <= offset:
            self._target.gone(samples, at=at)
            self._target = Scraped(TARGET | {"instance": "10.2.0.31:9090", "pod": "pullwatch-0"})
        replica.hear()
        if offset % KUBELETS_SECONDS == 0:
            await replica.read_kubelets({node: self._counted.of(node) for node in self._agents.nodes()})
        if offset % IMAGES_SECONDS == 0:
            await replica.hear_images(self._agents, [node for node in self._agents.nodes() if node not in day.WITHOUT_AGENT])
        await replica.hear_running(told)
        if offset % STRANGE_SECONDS == 0:
            await replica.hear_stranger(day.STRANGE_NODE)
        self._target.scrape(await replica.scrape(), samples, at=at)

    def _started(self, offset: float) -> Replica:
        return Replica(self._world, self._registries, now=self._epoch + offset)

    def _interrupt(self, offset: float) -> None:
        while self._replica is not None and self._interruptions and self._interruptions[0][0] <= offset:
            _, name, reason = self._interruptions.pop(0)
            self._replica.interrupted(name, reason)

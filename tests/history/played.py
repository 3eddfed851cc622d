"""A story, played: what Prometheus would have scraped of it, an hour at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullwatch.sim.nodeagents import NodeAgents
from tests.history.remote_write import Samples
from tests.history.replica import Replica
from tests.history.scraped import Scraped
from tests.history.world import World

if TYPE_CHECKING:
    from pullwatch.sim.recording import Recording

INTERVAL_SECONDS = 30.0
"""Between two scrapes, and between two evaluations of rules."""

STEP_SECONDS = 10.0
"""Between two looks at the watches, so that what is not told by them, such as a pull that has ended, is noticed."""

CHUNK_SECONDS = 3_600.0
"""Prometheus takes what is up to an hour older than its newest sample, and nothing older."""

IMAGES_SECONDS = 300.0
"""Between two reports of all images of a node, as the exporter asks for them."""

TARGET = {"cluster": "made", "job": "pullwatch"}


@dataclass(slots=True)
class Chunk:
    """What was scraped after one moment and until another."""

    after: float
    until: float
    samples: Samples = field(default_factory=Samples)


async def played(story: Recording) -> AsyncIterator[Chunk]:
    """Yield the chunks of a story."""
    world = World(story)
    began, ends = _whole(story.steps[0].offset_seconds), _whole(story.seconds)
    list(world.until(began))
    now = story.started_at + began
    replica = Replica(world, now=now)
    target = Scraped(TARGET | {"instance": "10.0.0.1:9090"})
    agents = NodeAgents(world.store, clock=lambda: replica.now)
    chunk = Chunk(now, now)
    steps = round((ends - began) / STEP_SECONDS)
    for number in range(1, steps + 1):
        offset = began + number * STEP_SECONDS
        at = story.started_at + offset
        replica.take(world.until(offset), at=at)
        if at % INTERVAL_SECONDS:
            continue
        replica.hear()
        await replica.hear_agents(agents, all_images=at % IMAGES_SECONDS == 0)
        target.scrape(await replica.scrape(), chunk.samples, at=at)
        chunk.until = at
        if at - chunk.after >= CHUNK_SECONDS or number == steps:
            yield chunk
            chunk = Chunk(at, at)


def _whole(seconds: float) -> float:
    """Return a moment at which there is a scrape."""
    return seconds // INTERVAL_SECONDS * INTERVAL_SECONDS

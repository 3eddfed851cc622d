"""A watch that follows a simulated API server over real sockets, in a time that passes faster than ours."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from pullwatch.pulls import observed
from pullwatch.sim.apiserver import ApiServer
from pullwatch.sources import access, resources
from pullwatch.sources.kube import Session
from pullwatch.sources.reports import Frames, ListedPage, Trouble
from pullwatch.sources.resources import Resource
from pullwatch.sources.watch import Clock, watch
from tests.sources.rawserver import Token, access_to

DEADLINE_SECONDS = 20.0


def clock(speed: float) -> Clock:
    """Return a clock that is so many times as fast."""

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds / speed)

    return Clock(monotonic=lambda: time.monotonic() * speed, sleep=sleep)


@dataclass
class Followed:
    """What a watch reported so far."""

    reports: list[Any] = field(default_factory=list)

    @property
    def objects(self) -> list[Any]:
        """All objects, of lists and of frames."""
        pages = (list(report.items) for report in self.reports if isinstance(report, ListedPage))
        return [*(one for page in pages for one in page), *self.changed]

    @property
    def changed(self) -> list[Any]:
        """The objects of frames, in order."""
        return [one for report in self.reports if isinstance(report, Frames) for _, one in report.items]

    @property
    def changed_names(self) -> list[str]:
        return [name(one) for one in self.changed]

    @property
    def troubles(self) -> list[Trouble[Any]]:
        return [report for report in self.reports if isinstance(report, Trouble)]

    @property
    def reasons(self) -> list[str]:
        return [trouble.reason for trouble in self.troubles]

    @property
    def undecoded(self) -> int:
        return sum(report.undecoded for report in self.reports if isinstance(report, Frames | ListedPage))

    async def saw(self, *names: str) -> None:
        """Wait until all of them have been seen."""
        await until(lambda: {name(one) for one in self.objects}.issuperset(names))


def name(one: observed.Event | observed.Pod | observed.Node) -> str:
    return one.pod if isinstance(one, observed.Event) else one.name


async def until(condition: Callable[[], object]) -> None:
    """Let the loop run until something is true."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not condition():  # noqa: ASYNC110 - what is waited for is a plain value without an event
            await asyncio.sleep(0.001)


@contextlib.asynccontextmanager
async def following(
    api: ApiServer,
    *resources_: Resource[Any],
    credentials: access.Credentials | None = None,
    speed: float = 50.0,
    batch_seconds: float = 0.0,
) -> AsyncIterator[Followed]:
    """Watch resources, by default events; what breaks a watch for good breaks the test."""
    followed = Followed()

    async def follow(session: Session, resource: Resource[Any]) -> None:
        reports = watch(session, resource, batch_seconds=batch_seconds, clock=clock(speed), rng=random.Random(7))
        async with contextlib.aclosing(reports):
            async for report in reports:
                followed.reports.append(report)

    async with Session(access_to(api.url, credentials or Token("secret"))) as session:
        tasks = [asyncio.create_task(follow(session, resource)) for resource in resources_ or (resources.events(),)]
        try:
            yield followed
            assert not any(task.done() for task in tasks)
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert [error for error in ended if not isinstance(error, asyncio.CancelledError)] == []

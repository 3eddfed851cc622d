"""What an agent tells `pullwatch serve`, and when: images as they change, layers that are wanted, pulls while they run.

A server that does not answer costs a counter and a line in the log when that changes; the agent's own metrics go on.
"""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, TypeVar

import msgspec
import structlog

from pullwatch.publish.delivery import DeliveryError
from pullwatch.pulls import reported
from pullwatch.pulls.reported import Again, ImagesReport, LayersReport, RunningReport, Wanted
from pullwatch.sources.containerd.errors import RuntimeTrouble
from pullwatch.sources.pace import Backoff

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from prometheus_client import Counter

    from pullwatch.publish.delivery import Delivery
    from pullwatch.pulls.held import HeldImages
    from pullwatch.pulls.reported import RunningPull, Told

logger = structlog.get_logger()

_Answer = TypeVar("_Answer")

LEAST_AGAIN_SECONDS, MOST_AGAIN_SECONDS = 30.0, 3600.0
"""Bounds of what a server may ask for between reports of images that did not change; one that started anew learns of them by these."""

LEAST_SECONDS, MOST_SECONDS = 1.0, 300.0
"""Bounds of what a server may ask for between reports of running pulls."""

BATCH_BYTES = reported.MAX_BODY_BYTES - 1024
"""Of the manifests in one body; the rest is for what stands around them."""


class Reporting:
    """Reports of one agent to one server. `manifest` returns what a digest names on this node, None where it is gone."""

    def __init__(
        self,
        delivery: Delivery,
        *,
        node: str,
        held: HeldImages,
        manifest: Callable[[str], Awaitable[Told | None]],
        running: Callable[[], tuple[RunningPull, ...]],
        reports: Counter,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._delivery = delivery
        self._node = node
        self._held = held
        self._manifest = manifest
        self._running = running
        self._reports = reports
        self._sleep = sleep
        self._changed = asyncio.Event()
        self._looked = asyncio.Event()
        self.wrong: str | None = "not told yet"
        """What the last report failed with; None where it arrived."""

    def images_changed(self) -> None:
        """Take that the node holds other images than before."""
        self._changed.set()

    def looked(self) -> None:
        """Take that there may be pulls now."""
        self._looked.set()

    async def images(self) -> None:
        """Report images for ever, from the first time that they were read."""
        await self._changed.wait()
        backoff = Backoff(random.Random())
        while True:
            self._changed.clear()
            try:
                again_in_seconds = await self.report_images()
                backoff.reset()
            except (DeliveryError, RuntimeTrouble):
                # The stream of events tells of a containerd that is broken for longer.
                await self._sleep(backoff.next_seconds())
                continue
            try:
                async with asyncio.timeout(min(max(again_in_seconds, LEAST_AGAIN_SECONDS), MOST_AGAIN_SECONDS)):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def pulls(self) -> None:
        """Report pulls for ever, while there are any, and once more when they ended."""
        backoff = Backoff(random.Random())
        told = False
        while True:
            pulls = self._running()
            if not pulls and not told:
                self._looked.clear()
                await self._looked.wait()
                continue
            try:
                again = await self._post(reported.RUNNING_PATH, RunningReport(self._node, pulls), Again)
            except DeliveryError:
                # Whether it got there or not: the end is told when the server can be.
                told = True
                await self._sleep(backoff.next_seconds())
                continue
            backoff.reset()
            told = bool(pulls)
            if told:
                await self._sleep(min(max(again.again_in_seconds, LEAST_SECONDS), MOST_SECONDS))

    async def report_images(self) -> float:
        """Report all images, and then the layers that the server wants, until it wants none that are here.

        Return the seconds until it wants to be told again. Raises DeliveryError and RuntimeTrouble.
        """
        told: set[str] = set()
        while True:
            wanted = await self._post(reported.IMAGES_PATH, ImagesReport(self._node, self._held.images), Wanted)
            new = [digest for digest in dict.fromkeys(wanted.digests) if digest in self._held.tables and digest not in told]
            if not new:
                return wanted.again_in_seconds
            told.update(new)
            await self._tell_layers(new)

    async def _tell_layers(self, digests: Sequence[str]) -> None:
        """Send manifests in bodies that the server takes; one such body is in memory at a time."""
        batch: list[Told] = []
        room = BATCH_BYTES
        for digest in digests:
            told = await self._manifest(digest)
            if told is None:
                continue
            size = len(msgspec.json.encode(told)) + 1
            if batch and size > room:
                await self._post(reported.LAYERS_PATH, LayersReport(self._node, tuple(batch)), object)
                batch, room = [], BATCH_BYTES
            batch.append(told)
            room -= size
        if batch:
            await self._post(reported.LAYERS_PATH, LayersReport(self._node, tuple(batch)), object)

    async def _post(self, path: str, report: ImagesReport | LayersReport | RunningReport, answer: type[_Answer]) -> _Answer:
        kind = path.rpartition("/")[2]
        try:
            answered = await self._delivery.post(path, _body(report), answer)
        except DeliveryError as error:
            self._reports.labels(kind, error.label).inc()
            if str(error) != self.wrong:
                logger.warning("the server cannot be told, and is tried again", error=str(error))
            self.wrong = str(error)
            raise
        self._reports.labels(kind, "ok").inc()
        if self.wrong is not None:
            logger.info("the server is told", server=self._delivery.server)
        self.wrong = None
        return answered


def _body(report: ImagesReport | LayersReport | RunningReport) -> bytes:
    """Return the JSON of a report, with so many images or pulls that a server takes it: some are better than none."""
    content = msgspec.json.encode(report)
    while len(content) > reported.MAX_BODY_BYTES:
        if isinstance(report, ImagesReport) and len(report.images) > 1:
            report = msgspec.structs.replace(report, images=report.images[: len(report.images) // 2])
        elif isinstance(report, RunningReport) and len(report.pulls) > 1:
            report = msgspec.structs.replace(report, pulls=report.pulls[: len(report.pulls) // 2])
        else:
            return content
        content = msgspec.json.encode(report)
    return content

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
from pullwatch.pulls import held as holding
from pullwatch.pulls.reported import Again, ImagesReport, LayersReport, RunningReport, Wanted
from pullwatch.sources.pace import Backoff

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from prometheus_client import Counter

    from pullwatch.publish.delivery import Delivery
    from pullwatch.pulls.held import HeldImages
    from pullwatch.pulls.reported import RunningPull

logger = structlog.get_logger()

_Answer = TypeVar("_Answer")

AGAIN_SECONDS = 600.0
"""Between reports of images that did not change: a server that started anew learns of them."""

LEAST_SECONDS, MOST_SECONDS = 1.0, 60.0
"""Bounds of what a server may ask for between reports of running pulls."""

MAX_BATCH_BYTES = 1024 * 1024
ENVELOPE_BYTES = 1024
"""Room for what stands around the tables of a batch."""


class Reporting:
    """Reports of one agent to one server."""

    def __init__(
        self,
        delivery: Delivery,
        *,
        node: str,
        held: HeldImages,
        running: Callable[[], tuple[RunningPull, ...]],
        reports: Counter,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._delivery = delivery
        self._node = node
        self._held = held
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
                await self.report_images()
                backoff.reset()
            except DeliveryError:
                await self._sleep(backoff.next_seconds())
                continue
            try:
                async with asyncio.timeout(AGAIN_SECONDS):
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
                again = await self._post("running", RunningReport(self._node, pulls), Again)
            except DeliveryError:
                # Whether it got there or not: the end is told when the server can be.
                told = True
                await self._sleep(backoff.next_seconds())
                continue
            backoff.reset()
            told = bool(pulls)
            if told:
                await self._sleep(min(max(again.again_in_seconds, LEAST_SECONDS), MOST_SECONDS))

    async def report_images(self) -> None:
        """Report all images, and then the layers that the server wants. Raises DeliveryError."""
        wanted = await self._post("images", ImagesReport(self._node, self._held.images), Wanted)
        tables = [self._held.tables[digest] for digest in dict.fromkeys(wanted.digests) if digest in self._held.tables]
        sizes = [len(msgspec.json.encode(table)) + 1 for table in tables]
        for batch in holding.batches(tables, sizes, max_bytes=MAX_BATCH_BYTES - ENVELOPE_BYTES):
            await self._post("layers", LayersReport(self._node, tuple(batch)), object)

    async def _post(self, kind: str, report: ImagesReport | LayersReport | RunningReport, answer: type[_Answer]) -> _Answer:
        try:
            answered = await self._delivery.post(f"/api/v1/agents/{kind}", msgspec.json.encode(report), answer)
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

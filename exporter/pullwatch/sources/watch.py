"""Watching a resource for ever: list, watch from the list's version, resume where a watch ended, list anew where that is gone.

Three generators, each with one duty: `watch` goes on after failures, `_round` decides between list and watch, and `_list`
and `_stream` do one of each. Frames are not counted or compared here: who consumes them does that by uid.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol

from pullwatch.sources import errors, frames, lines, listing, pace, status
from pullwatch.sources.frames import Seen
from pullwatch.sources.reports import Frames, ListBegan, ListedPage, ListEnded, Report, Trouble
from pullwatch.sources.resources import Resource

BATCH_SECONDS = 0.1
"""Pause between reads: latency that nobody sees, for an eighth of the CPU."""

GRACE_SECONDS = 30.0
"""Time that a server may take to end a watch that it was asked to end."""

SHORT_SECONDS = 1.0
"""A watch that ends sooner and says nothing has failed, however cleanly it ended."""

SILENT_SECONDS = 60.0
SILENT_WATCHES = 3
"""Watches in a row, each longer than that, without one frame, after which the list is read anew: a server that was
restored from an older state accepts a version of its future and stays silent."""

REFUSED_WATCHES = 5
"""Watches in a row that the server fails by an error of its own, after which the list is read anew: from some versions, as one
whose history is damaged, it can never go on, and does not call them gone."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Time, so that tests can make it pass."""

    wall: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


class Chunks(Protocol):
    """The body of a watch."""

    async def read(self) -> bytes:
        """Return what arrived, nothing at the end; raises `ApiError`."""
        ...


class Connection(listing.Getter, Protocol):
    """What can list and watch: a `kube.Session`."""

    def stream(
        self, path: str, params: Mapping[str, str], *, read_timeout: float | None, total_timeout: float, batch_seconds: float
    ) -> contextlib.AbstractAsyncContextManager[Chunks]:
        """Open a watch; raises `ApiError`."""
        ...


def watch(
    session: Connection,
    resource: Resource[Seen],
    *,
    on_contact: Callable[[float], None] = lambda _: None,
    batch_seconds: float = BATCH_SECONDS,
    clock: Clock = Clock(),
    rng: random.Random | None = None,
) -> AsyncGenerator[Report[Seen], None]:
    """Yield all that happens to a resource, for ever; closing the generator closes the connection.

    `on_contact` gets the time since the epoch of each answer, frame, bookmark and clean end.
    """
    rng = rng or random.Random()  # Spreads clients over time; nothing secret.
    return _Watch(session, resource, on_contact=on_contact, batch_seconds=batch_seconds, clock=clock, rng=rng).reports()


class _Watch(Generic[Seen]):
    """One watch and where it stands."""

    def __init__(
        self,
        session: Connection,
        resource: Resource[Seen],
        *,
        on_contact: Callable[[float], None],
        batch_seconds: float,
        clock: Clock,
        rng: random.Random,
    ) -> None:
        self._session = session
        self._resource = resource
        self._on_contact = on_contact
        self._batch_seconds = batch_seconds
        self._clock = clock
        self._rng = rng
        self._backoff = pace.Backoff(rng)
        self._pace = pace.Pace()
        self._version: str | None = None
        """Where to resume; None where only a list helps."""
        self._silent = 0
        self._refused = 0
        self._nothing_said = False
        """Whether the last watch was answered, and told not one frame."""

    async def reports(self) -> AsyncGenerator[Report[Seen], None]:
        """Yield reports, going on after each failure."""
        while True:
            try:
                async with contextlib.aclosing(self._round()) as reports:
                    async for report in reports:
                        yield report
            except errors.ApiError as error:
                trouble = self._trouble(error)
                yield trouble
                await self._clock.sleep(trouble.retry_in_seconds)

    async def _round(self) -> AsyncGenerator[Report[Seen], None]:
        """List where the version is lost, then watch once."""
        self._nothing_said = False
        if self._version is None:
            async with contextlib.aclosing(self._list()) as listed:
                async for report in listed:
                    yield report
        async with contextlib.aclosing(self._stream()) as streamed:
            async for frames_report in streamed:
                yield frames_report

    async def _list(self) -> AsyncGenerator[Report[Seen], None]:
        """List in pages; where a page's token expires, list again in one piece."""
        await self._clock.sleep(self._pace.until_list(self._clock.monotonic()))
        paged = False
        try:
            async for report in self._listed(limit=self._resource.page_items):
                paged = paged or isinstance(report, ListedPage)
                yield report
        except errors.Gone:
            if not paged:
                raise
            async for report in self._listed(limit=None):
                yield report

    async def _listed(self, *, limit: int | None) -> AsyncGenerator[Report[Seen], None]:
        await self._spaced()
        yield ListBegan(self._resource)
        version = None
        async for page in listing.pages(self._session, self._resource, selector=self._resource.list_selector, limit=limit):
            if version is None:
                self._pace.listed(self._clock.monotonic())
            version = page.version
            yield ListedPage(self._resource, page.items, self._contact(), page.undecoded)
        self._version = version
        yield ListEnded(self._resource, self._contact())

    async def _stream(self) -> AsyncGenerator[Report[Seen], None]:
        """Watch until the server ends it; raises `ApiError` where it ends otherwise, or at once."""
        await self._spaced()
        began = self._clock.monotonic()
        told = 0
        try:
            async with self._opened() as body:
                self._contact()
                self._nothing_said = True
                carry = lines.Lines()
                while chunk := await body.read():
                    for number, part in enumerate(lines.parts(carry.whole(chunk))):
                        if number:
                            await asyncio.sleep(0)
                        batch = self._resource.reader.batch(part)
                        batch.undecoded, carry.dropped = batch.undecoded + carry.dropped, 0
                        told += batch.frames
                        if (report := self._taken(batch)) is not None:
                            yield report
                        self._raise_for(batch)
                self._contact()
        finally:
            lived = self._clock.monotonic() - began
            self._ended(lived=lived, told=told)
        if lived < SHORT_SECONDS and not told:
            raise errors.Closed(f"{self._resource.path}: the watch ended at once; it is opened again")
        if self._version is None:
            raise errors.Gone(f"{self._resource.path}: {SILENT_WATCHES} watches said nothing; the list is read anew")

    def _opened(self) -> contextlib.AbstractAsyncContextManager[Chunks]:
        seconds = self._resource.timeout_seconds(self._rng)
        params = {
            "watch": "1",
            "allowWatchBookmarks": "true",
            "resourceVersion": self._version or "",
            "timeoutSeconds": str(seconds),
            "fieldSelector": self._resource.watch_selector,
        }
        return self._session.stream(
            self._resource.path,
            {name: value for name, value in params.items() if value},
            read_timeout=self._resource.silence_seconds,
            total_timeout=seconds + GRACE_SECONDS,
            batch_seconds=self._batch_seconds,
        )

    def _taken(self, batch: frames.Batch[Seen]) -> Frames[Seen] | None:
        """Move on to what the batch says, and report what matters of it."""
        self._version = batch.version or self._version
        if batch.frames:
            self._refused = 0
            self._nothing_said = False
        arrived_at = self._contact() if batch.frames else self._clock.wall()
        if not batch.items and not batch.undecoded:
            return None
        return Frames(self._resource, batch.items, arrived_at, batch.undecoded)

    def _raise_for(self, batch: frames.Batch[Seen]) -> None:
        if batch.error is not None:
            raise status.of_status(batch.error, where=self._resource.path)

    def _ended(self, *, lived: float, told: int) -> None:
        if lived >= pace.HEALTHY_SECONDS:
            self._backoff.reset()
        self._silent = 0 if told else self._silent + (lived >= SILENT_SECONDS)
        if self._silent >= SILENT_WATCHES:
            self._silent, self._version = 0, None

    def _trouble(self, error: errors.ApiError) -> Trouble[Seen]:
        delay = error.retry_after_seconds or 0.0
        if isinstance(error, errors.Gone) and self._version is not None:
            # Listing anew is the normal way on, not a failure; the pace of lists bounds it.
            self._version = None
        else:
            if isinstance(error, errors.TimedOut):
                # It took a minute of silence to fail; that is slow enough.
                self._backoff.reset()
            delay = max(delay, self._backoff.next_seconds())
        self._count_refusal(error)
        # An API server sends bookmarks of a resource once it saw a change of it, so a new one may have none for hours. Where the
        # connection is dead, opening it again fails, which is a trouble of its own. Without bookmarks it is the end that is missing.
        nothing_said = self._nothing_said and isinstance(error, errors.TimedOut) and self._resource.silence_seconds is not None
        now = self._clock.monotonic()
        if self._version is None:
            delay = max(delay, self._pace.until_list(now))
        return Trouble(self._resource, error.label, str(error), max(delay, self._pace.until_request(now)), nothing_said)

    def _count_refusal(self, error: errors.ApiError) -> None:
        self._refused = self._refused + 1 if isinstance(error, errors.ServerTrouble) else 0
        if self._refused >= REFUSED_WATCHES:
            self._refused, self._version = 0, None

    async def _spaced(self) -> None:
        await self._clock.sleep(self._pace.until_request(self._clock.monotonic()))
        self._pace.requested(self._clock.monotonic())

    def _contact(self) -> float:
        now = self._clock.wall()
        self._on_contact(now)
        return now

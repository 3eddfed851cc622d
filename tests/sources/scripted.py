"""A connection that plays a script in virtual time: no sockets, no waiting, and a record of each request and its moment."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field

from pullwatch.sources import errors
from pullwatch.sources.watch import Clock

EPOCH = 1795452528.0


@dataclass
class Time:
    """A clock that moves only when somebody sleeps."""

    now: float = 0.0

    async def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds
        await asyncio.sleep(0)

    def clock(self) -> Clock:
        return Clock(wall=lambda: EPOCH + self.now, monotonic=lambda: self.now, sleep=self.sleep)


@dataclass(frozen=True)
class Wait:
    """Time that passes within a watch."""

    seconds: float


Step = bytes | errors.ApiError | Wait
"""What a watch does next: it brings bytes, it breaks, or it waits; after the last step it ends cleanly."""


@dataclass(frozen=True)
class Request:
    """What was asked, and when."""

    at: float
    path: str
    params: dict[str, str]
    read_timeout: float | None = None
    total_timeout: float | None = None

    @property
    def watching(self) -> bool:
        return self.params.get("watch") == "1"


class Finished(Exception):
    """The script has come to its end."""


@dataclass
class Scripted:
    """Answers lists and watches from functions that get the request's number, counted from 0."""

    time: Time
    pages: Callable[[int], bytes | errors.ApiError]
    watches: Callable[[int], Iterable[Step]]
    until: float = float("inf")
    requests: list[Request] = field(default_factory=list)
    open: int = 0

    async def get_json(self, path: str, params: Mapping[str, str] | None = None) -> bytes:
        self._asked(Request(self.time.now, path, dict(params or {})))
        answer = self.pages(sum(not request.watching for request in self.requests) - 1)
        if isinstance(answer, errors.ApiError):
            raise answer
        return answer

    @contextlib.asynccontextmanager
    async def stream(
        self, path: str, params: Mapping[str, str], *, read_timeout: float | None, total_timeout: float, batch_seconds: float
    ) -> AsyncIterator[ScriptedBody]:
        assert batch_seconds >= 0
        self._asked(Request(self.time.now, path, dict(params), read_timeout, total_timeout))
        steps = list(self.watches(sum(request.watching for request in self.requests) - 1))
        if steps and isinstance(steps[0], errors.ApiError):
            raise steps[0]
        self.open += 1
        try:
            yield ScriptedBody(self.time, steps)
        finally:
            self.open -= 1

    @property
    def lists(self) -> list[Request]:
        return [request for request in self.requests if not request.watching]

    @property
    def watched(self) -> list[Request]:
        return [request for request in self.requests if request.watching]

    def _asked(self, request: Request) -> None:
        if self.time.now > self.until:
            raise Finished
        self.requests.append(request)


@dataclass
class ScriptedBody:
    """The body of a watch."""

    time: Time
    steps: list[Step]

    async def read(self) -> bytes:
        while self.steps:
            step = self.steps.pop(0)
            if isinstance(step, errors.ApiError):
                raise step
            if isinstance(step, bytes):
                return step
            await self.time.sleep(step.seconds)
        return b""

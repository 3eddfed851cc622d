"""Faults of content: frames that nobody can read, or that say what they should not, and versions and stamps that are off."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import msgspec

from pullwatch.sim import resources, stamps, statuses, steps
from pullwatch.sim.faults import Fault
from pullwatch.sim.statuses import StatusError
from pullwatch.sim.steps import Steps

_WITHOUT_FIELDS = b"""\
{}
{"type":"ADDED"}
{"type":"ADDED","object":null}
{"type":"ADDED","object":{}}
{"type":"MODIFIED","object":{"metadata":null}}
{"type":"MODIFIED","object":{"metadata":{"name":"nameless"}}}
{"object":{"metadata":{"name":"typeless","uid":"typeless"}}}
"""

_METADATA = b'"metadata":{'
_NO_TEXT = b'"labels":{"odd":"\xff\xfe\xed\xa0\x80"},'

_NO_JSON = b"<html><body>upstream connect error</body></html>\n\nnull\n[]\n42\n"


@dataclass(frozen=True, kw_only=True)
class _Extra(Fault):
    """Frames that a watch sends besides its own."""

    verb: str = "watch"
    after: int = 0
    """Frames of its own that are sent first."""

    async def streamed(self, stream: Steps) -> Steps:
        async with contextlib.aclosing(steps.frames(stream)) as each:
            async for step in steps.first(each, self.after):
                yield step
            yield self.lines()
            async for step in each:
                yield step

    def lines(self) -> bytes:
        """Returns whole lines."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class NoJson(_Extra):
    """Lines that are HTML, empty, or JSON of another kind."""

    def lines(self) -> bytes:
        return _NO_JSON


@dataclass(frozen=True, kw_only=True)
class WithoutFields(_Extra):
    """Objects that lack what every object has."""

    def lines(self) -> bytes:
        return _WITHOUT_FIELDS


@dataclass(frozen=True, kw_only=True)
class LongLine(_Extra):
    """One line of an object that no etcd would hold."""

    size_bytes: int = 5 * 1024 * 1024

    def lines(self) -> bytes:
        head, tail = b'{"type":"ADDED","object":{"metadata":{"name":"long","uid":"long","annotations":{"long":"', b'"}}}}\n'
        return head + b"x" * (self.size_bytes - len(head) - len(tail)) + tail


@dataclass(frozen=True, kw_only=True)
class Bookmarks(_Extra):
    """Bookmarks, many at once."""

    resource: str = "pods"
    version: int = 1
    count: int = 1000

    def lines(self) -> bytes:
        return resources.bookmark(resources.BY_NAME[self.resource], self.version) * self.count


@dataclass(frozen=True, kw_only=True)
class ErrorFrame(Fault):
    """An ERROR frame ends the watch."""

    verb: str = "watch"
    after: int = 0
    """Frames that are sent first."""
    code: int = 500
    retry_after_seconds: int | None = None

    async def streamed(self, stream: Steps) -> Steps:
        async with contextlib.aclosing(steps.frames(stream)) as each:
            async for step in steps.first(each, self.after):
                yield step
        yield statuses.error_frame(self._error())

    def _error(self) -> StatusError:
        if self.code == 410:
            return statuses.gone("watch")
        details = None if self.retry_after_seconds is None else {"retryAfterSeconds": self.retry_after_seconds}
        return StatusError(self.code, "etcd event received with PrevKv=nil", "InternalError", details)


@dataclass(frozen=True, kw_only=True)
class GoneFrame(ErrorFrame):
    """410 as an ERROR frame."""

    code: int = 410


@dataclass(frozen=True, kw_only=True)
class InvalidUtf8(Fault):
    """Each frame has a label whose value is no text."""

    verb: str = "watch"

    async def streamed(self, stream: Steps) -> Steps:
        async with contextlib.aclosing(steps.frames(stream)) as each:
            async for step in each:
                yield step.replace(_METADATA, _METADATA + _NO_TEXT, 1) if isinstance(step, bytes) else step


@dataclass(frozen=True, kw_only=True)
class FutureVersion(Fault):
    """A list tells a version that the server reaches much later: a watch from there is accepted and stays silent."""

    verb: str = "list"
    ahead: int = 1_000_000_000

    def listed(self, body: bytes) -> bytes:
        answer = msgspec.json.decode(body)
        answer["metadata"]["resourceVersion"] = str(int(answer["metadata"]["resourceVersion"]) + self.ahead)
        return msgspec.json.encode(answer)


@dataclass(frozen=True, kw_only=True)
class Skew(Fault):
    """All stamps in objects are off, as from nodes whose clocks are."""

    seconds: float = 3600.0
    """Positive where their clocks are ahead."""

    def listed(self, body: bytes) -> bytes:
        return self._moved(body)

    async def streamed(self, stream: Steps) -> Steps:
        async with contextlib.aclosing(steps.frames(stream)) as each:
            async for step in each:
                yield self._moved(step) + b"\n" if isinstance(step, bytes) else step

    def _moved(self, body: bytes) -> bytes:
        return msgspec.json.encode(stamps.moved(msgspec.json.decode(body), lambda seconds: seconds + self.seconds))

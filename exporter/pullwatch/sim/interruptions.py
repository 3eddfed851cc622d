"""Faults of a connection: it ends at the wrong moment, in the wrong way, falls silent, or only trickles."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

from pullwatch.sim import http, steps
from pullwatch.sim.faults import Fault
from pullwatch.sim.steps import Act, Pause, Raw, Step, Steps


@dataclass(frozen=True, kw_only=True)
class Unanswered(Fault):
    """No answer begins: the connection ends, or nothing more is heard of it."""

    act: Act = Act.CLOSE

    def instead(self) -> Sequence[Step]:
        return (self.act,)


@dataclass(frozen=True, kw_only=True)
class _After(Fault):
    """A watch goes well for a while and then comes to an end of its own."""

    verb: str = "watch"
    after: int = 0
    """Frames that are sent first."""

    async def streamed(self, stream: Steps) -> Steps:
        async with contextlib.aclosing(steps.frames(stream)) as each:
            async for step in steps.first(each, self.after):
                yield step
        for act in self.ending():
            yield act

    def ending(self) -> Sequence[Step]:
        """Returns what happens then; after that the watch ends cleanly."""
        return ()


@dataclass(frozen=True, kw_only=True)
class EndsAtOnce(_After):
    """A watch ends cleanly, by default without a word."""


@dataclass(frozen=True, kw_only=True)
class Silence(_After):
    """A middlebox that acknowledges whatever it gets, and forwards nothing."""

    def ending(self) -> Sequence[Step]:
        return (Act.SILENCE,)


@dataclass(frozen=True, kw_only=True)
class HalfOpen(_After):
    """A peer that is gone without FIN or RST: not even keepalive probes are answered (on Linux; elsewhere `Silence`)."""

    def ending(self) -> Sequence[Step]:
        return (Act.DEAFEN,)


@dataclass(frozen=True, kw_only=True)
class BadChunk(_After):
    """Bytes that are no chunk where one should begin, on a connection that stays open."""

    def ending(self) -> Sequence[Step]:
        return (Raw(b"zz\r\nno chunk\r\n"), Act.SILENCE)


@dataclass(frozen=True, kw_only=True)
class _Within(Fault):
    """A watch goes well for a while and then breaks in the middle of a frame."""

    verb: str = "watch"
    after: int = 0
    """Frames that are sent first."""

    async def streamed(self, stream: Steps) -> Steps:
        async with contextlib.aclosing(steps.frames(stream)) as each:
            async for step in steps.first(each, self.after):
                yield step
            frame = await anext(each, b"")
        for broken in self.broken(frame) if isinstance(frame, bytes) else (frame,):
            yield broken

    def broken(self, frame: bytes) -> Sequence[Step]:
        """Returns what is left of a frame; after that the watch ends cleanly."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class ResetInChunk(_Within):
    """RST in the middle of a chunk."""

    def broken(self, frame: bytes) -> Sequence[Step]:
        whole = http.chunk(frame)
        return Raw(whole[: len(whole) // 2]), Act.RESET


@dataclass(frozen=True, kw_only=True)
class ClosedInChunk(_Within):
    """FIN in the middle of a chunk."""

    def broken(self, frame: bytes) -> Sequence[Step]:
        whole = http.chunk(frame)
        return Raw(whole[: len(whole) // 2]), Act.CLOSE


@dataclass(frozen=True, kw_only=True)
class CutLine(_Within):
    """A watch ends cleanly, but in the middle of a line."""

    def broken(self, frame: bytes) -> Sequence[Step]:
        return (frame[: len(frame) // 2],)


@dataclass(frozen=True, kw_only=True)
class Drip(Fault):
    """Frames come in small pieces; without a pause between them lines are cut anywhere and nothing more."""

    verb: str = "watch"
    size_bytes: int = 1
    pause_seconds: float = 0.3

    async def streamed(self, stream: Steps) -> Steps:
        async for step in stream:
            if not isinstance(step, bytes):
                yield step
                continue
            for start in range(0, len(step), self.size_bytes):
                yield step[start : start + self.size_bytes]
                if self.pause_seconds:
                    yield Pause(self.pause_seconds)

"""What a server does on a connection, step by step: well-formed chunks, raw bytes, pauses, and the ways to end or fall silent.

Faults are written as steps; here alone they are carried out.
"""

from __future__ import annotations

import asyncio
import enum
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import TypeAlias

from pullwatch.sim import http, sockets


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes that are sent as they are, in no chunk."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Pause:
    """Time in which nothing is sent."""

    seconds: float


class Act(enum.Enum):
    """What ends a conversation."""

    CLOSE = "close"
    """FIN, in the middle of whatever was being said."""
    RESET = "reset"
    """RST."""
    SILENCE = "silence"
    """Nothing more, while the system goes on to acknowledge what arrives: a middlebox that forgot the connection."""
    DEAFEN = "deafen"
    """Nothing more, not even acknowledgements: a peer that is gone. On other systems than Linux it is SILENCE."""


Step: TypeAlias = bytes | Raw | Pause | Act
"""Bytes are sent as one chunk."""

Steps: TypeAlias = AsyncGenerator[Step, None]


async def carry_out(step: Step, writer: asyncio.StreamWriter) -> None:
    """Does one step; raises ConnectionError where it ended the connection, and does not return from a silence."""
    if isinstance(step, bytes | Raw):
        writer.write(step.content if isinstance(step, Raw) else http.chunk(step))
        await writer.drain()
    elif isinstance(step, Pause):
        await asyncio.sleep(step.seconds)
    else:
        await _act(step, writer)


async def frames(steps: AsyncIterator[Step]) -> Steps:
    """Yields one frame of a watch at a time, where several were joined into one chunk."""
    async for step in steps:
        if isinstance(step, bytes):
            for line in step.splitlines(keepends=True):
                yield line
        else:
            yield step


async def first(stream: Steps, count: int) -> Steps:
    """Yields what comes until so many frames have, and leaves the stream open for what follows."""
    while count and (step := await anext(stream, None)) is not None:
        count -= isinstance(step, bytes)
        yield step


async def _act(act: Act, writer: asyncio.StreamWriter) -> None:
    if act is Act.CLOSE:
        writer.close()
        raise ConnectionAbortedError("closed by a fault")
    if act is Act.RESET:
        sockets.reset(writer.transport)
        raise ConnectionResetError("reset by a fault")
    if act is Act.DEAFEN:
        # What is not acknowledged would be sent again and again, so that the peer would find us alive.
        await sockets.acknowledged(writer.transport)
        sockets.deafen(writer.transport)
    await asyncio.Event().wait()

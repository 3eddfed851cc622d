"""The connections on which something is being sent: counted by resource, ended when the client leaves, cut on demand."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Iterable
from typing import Any

from pullwatch.sim import http, sockets, steps
from pullwatch.sim.steps import Raw, Step


class OpenWatches:
    """Sends streams of frames over connections and knows which are open."""

    def __init__(self) -> None:
        self.by_resource: Counter[str] = Counter()
        self._transports: set[asyncio.WriteTransport] = set()

    async def serve(
        self, resource: str, stream: AsyncIterator[Step], *, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Sends a stream to its end; False when the client left before."""
        self.by_resource[resource] += 1
        self._transports.add(writer.transport)
        try:
            return await _until_gone(_send(stream, writer), reader)
        finally:
            self._transports.discard(writer.transport)
            self.by_resource[resource] -= 1

    def drop(self) -> int:
        """Resets every watch connection in the middle of whatever it sends; tells how many."""
        transports = list(self._transports)
        for transport in transports:
            sockets.reset(transport)
        return len(transports)


async def perform(instead: Iterable[Step], *, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Does what happens instead of an answer; False when the client left before."""
    for step in instead:
        if isinstance(step, Raw):
            # Listening meanwhile would swallow the first byte of a request that follows quickly.
            await steps.carry_out(step, writer)
        elif not await _until_gone(steps.carry_out(step, writer), reader):
            return False
    return True


async def _until_gone(sending_: Coroutine[Any, Any, None], reader: asyncio.StreamReader) -> bool:
    """Sends until all is sent; False when the client left before."""
    sending = asyncio.create_task(sending_, name="sim-send")
    # An idle watch writes nothing and so would never notice that its client left; reading does.
    hangup = asyncio.create_task(reader.read(1), name="sim-hangup")
    try:
        await asyncio.wait({sending, hangup}, return_when=asyncio.FIRST_COMPLETED)
        if not sending.done():
            return False
        await sending
        return True
    finally:
        sending.cancel()
        hangup.cancel()
        await asyncio.gather(sending, hangup, return_exceptions=True)


async def _send(stream: AsyncIterator[Step], writer: asyncio.StreamWriter) -> None:
    writer.write(http.CHUNKED_HEAD)
    async for step in stream:
        await steps.carry_out(step, writer)
    writer.write(http.LAST_CHUNK)
    await writer.drain()

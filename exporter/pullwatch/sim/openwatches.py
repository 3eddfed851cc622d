"""The watch connections that are open now: counted by resource, ended when the client leaves, cut when a test wants so."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import AsyncIterator

from pullwatch.sim import http

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on with zero seconds: closing sends RST instead of FIN."""


class OpenWatches:
    """Sends streams of frames over connections and knows which are open."""

    def __init__(self) -> None:
        self.by_resource: Counter[str] = Counter()
        self._transports: set[asyncio.WriteTransport] = set()

    async def serve(
        self, resource: str, parts: AsyncIterator[bytes], *, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Sends a stream to its end; False when the client left before."""
        self.by_resource[resource] += 1
        self._transports.add(writer.transport)
        try:
            return await _until_gone(parts, reader, writer)
        finally:
            self._transports.discard(writer.transport)
            self.by_resource[resource] -= 1

    def drop(self) -> int:
        """Resets every watch connection in the middle of whatever it sends; tells how many."""
        transports = list(self._transports)
        for transport in transports:
            connection = transport.get_extra_info("socket")
            if connection is not None:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            transport.abort()
        return len(transports)


async def _until_gone(parts: AsyncIterator[bytes], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    sending = asyncio.create_task(_send(parts, writer), name="sim-watch-send")
    # An idle watch writes nothing and so would never notice that its client left; reading does.
    hangup = asyncio.create_task(reader.read(1), name="sim-watch-hangup")
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


async def _send(parts: AsyncIterator[bytes], writer: asyncio.StreamWriter) -> None:
    writer.write(http.CHUNKED_HEAD)
    async for part in parts:
        writer.write(http.chunk(part))
        await writer.drain()
    writer.write(http.LAST_CHUNK)
    await writer.drain()

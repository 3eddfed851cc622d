"""A way to a socket that can be cut, as it is when the process behind it is killed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path


class Cable:
    """Carries bytes both ways until it is cut; new connections are carried again."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._writers: list[asyncio.StreamWriter] = []
        self.connections = 0

    def cut(self) -> None:
        """End all connections without a word."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        other_reader, other_writer = await asyncio.open_unix_connection(self._target)
        self._writers += [writer, other_writer]
        await asyncio.gather(_copy(reader, other_writer), _copy(other_reader, writer))


@contextlib.asynccontextmanager
async def laid(target: Path, socket: Path) -> AsyncIterator[Cable]:
    """Listen on a socket and carry to another one as long as the context is open."""
    cable = Cable(target)
    server = await asyncio.start_unix_server(cable.carry, path=socket)
    try:
        yield cable
    finally:
        server.close()
        cable.cut()
        await server.wait_closed()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while content := await reader.read(65536):
            writer.write(content)
            await writer.drain()
    writer.close()

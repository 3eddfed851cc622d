"""A way to a registry that is as slow as a test wants, and that can hold, stall and cut; it records each transfer.

It understands as much HTTP/1.1 as a runtime speaks to a registry: requests without a body, answers with a length.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.e2e.started import DEADLINE_SECONDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CHUNK_BYTES = 16 * 1024


@dataclass(slots=True)
class Transfer:
    """One answer with a body, by the wall clock."""

    path: str
    status: int
    first_byte: int
    """Position in the blob, where a part of it was asked for."""
    asked_at: float
    began_at: float = 0.0
    """When the first byte went out; 0 before."""
    ended_at: float = 0.0
    """When the last one did; 0 before, and for ever where the connection broke."""
    sent_bytes: int = 0


@dataclass(slots=True)
class Hold:
    """A blob that stops after some bytes, until it is let go."""

    after_bytes: int
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def until_reached(self) -> None:
        async with asyncio.timeout(DEADLINE_SECONDS):
            await self.reached.wait()


class Relay:
    """Passes requests on to a registry, and the answers back at a rate."""

    def __init__(self, *, to: str) -> None:
        self._host, _, port = to.partition(":")
        self._port = int(port)
        self.bytes_per_second: float | None = None
        """Of each body; None is as fast as it goes."""
        self.shared = True
        """Whether all connections share the rate, as at a link's end, or each has it, as at a registry that limits them."""
        self.transfers: list[Transfer] = []
        self._holds: dict[str, Hold] = {}
        self._flows = asyncio.Event()
        self._flows.set()
        self._free_at = 0.0
        self._refuses = False
        self._open: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def address(self) -> str:
        assert self._server is not None
        return f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def hold(self, digest: str, *, after_bytes: int) -> Hold:
        """Stop each transfer of this blob after so many bytes."""
        self._holds[digest] = Hold(after_bytes)
        return self._holds[digest]

    def release(self) -> None:
        """Let go all that is held, and hold nothing any more."""
        for hold in self._holds.values():
            hold.released.set()
        self._holds.clear()

    def stall(self) -> None:
        """Send no byte of any body from now on."""
        self._flows.clear()

    def resume(self) -> None:
        self._flows.set()

    def refuse(self) -> None:
        """Break all connections, and each one that is made from now on."""
        self._refuses = True
        self.cut()

    def cut(self) -> None:
        """Break all connections that are open."""
        for writer in self._open:
            writer.transport.abort()

    def blob(self, digest: str) -> list[Transfer]:
        """Return the transfers of a blob, in the order in which they were asked for."""
        return [transfer for transfer in self.transfers if transfer.path.endswith(digest)]

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        self.release()
        self.resume()
        self.cut()
        # The server hands connections to tasks that it does not wait for.
        await asyncio.gather(*self._serving)
        await self._server.wait_closed()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refuses:
            writer.transport.abort()
            return
        serving = asyncio.create_task(self._serve(reader, writer), name="relayed connection")
        self._serving.add(serving)
        serving.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            upstream, sender = await asyncio.open_connection(self._host, self._port)
        except OSError:
            self._open.discard(writer)
            writer.transport.abort()
            return
        self._open.add(sender)
        # Each way ends like this: one side went away, or was cut off.
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                await self._exchange(reader, writer, upstream, sender)
        for one in (writer, sender):
            self._open.discard(one)
            one.transport.abort()

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, upstream: asyncio.StreamReader, sender: asyncio.StreamWriter
    ) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        asked_at = time.time()
        method, target, _ = request.split(b" ", 2)
        sender.write(request)
        await sender.drain()
        answer = await upstream.readuntil(b"\r\n\r\n")
        status, headers = _head(answer)
        writer.write(answer)
        await writer.drain()
        if method == b"HEAD":
            return
        range_ = headers.get("content-range", "bytes 0-").removeprefix("bytes ")
        transfer = Transfer(target.decode().partition("?")[0], status, int(range_.partition("-")[0]), asked_at)
        self.transfers.append(transfer)
        await self._body(upstream, writer, transfer, length=int(headers["content-length"]))

    async def _body(self, upstream: asyncio.StreamReader, writer: asyncio.StreamWriter, transfer: Transfer, *, length: int) -> None:
        digest = transfer.path.rpartition("/")[2]
        free_at = 0.0
        while transfer.sent_bytes < length:
            chunk = await upstream.read(min(CHUNK_BYTES, length - transfer.sent_bytes))
            if not chunk:
                raise asyncio.IncompleteReadError(chunk, length)
            hold = self._holds.get(digest)
            if hold is not None and transfer.first_byte + transfer.sent_bytes + len(chunk) > hold.after_bytes:
                hold.reached.set()
                await hold.released.wait()
            await self._flows.wait()
            free_at = await self._paced(len(chunk), free_at=free_at)
            transfer.began_at = transfer.began_at or time.time()
            writer.write(chunk)
            await writer.drain()
            transfer.sent_bytes += len(chunk)
        transfer.ended_at = time.time()

    async def _paced(self, size_bytes: int, *, free_at: float) -> float:
        """Wait until so many bytes may go out; return when this connection may send the next ones."""
        if self.bytes_per_second is None:
            return 0.0
        now = asyncio.get_running_loop().time()
        due = max(self._free_at if self.shared else free_at, now) + size_bytes / self.bytes_per_second
        if self.shared:
            self._free_at = due
        await asyncio.sleep(due - now)
        return due


@contextlib.asynccontextmanager
async def relaying(*, to: str) -> AsyncIterator[Relay]:
    """Relay to a HOST:PORT as long as the context is open."""
    relay = Relay(to=to)
    await relay.start()
    try:
        yield relay
    finally:
        await relay.stop()


def _head(answer: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = answer.decode().splitlines()
    pairs = (line.partition(":") for line in lines if line)
    return int(first.split(" ")[1]), {name.lower(): value.strip() for name, _, value in pairs}

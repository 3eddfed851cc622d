"""A server that answers each request with exactly the bytes a test wants, and remembers what was asked."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from pullwatch.sources import access


@dataclass
class Asked:
    """A request: its path with the query, and its headers in lower case."""

    target: str
    headers: dict[str, str]


Answer = Callable[[Asked, asyncio.StreamWriter], Coroutine[Any, Any, None]]


@dataclass
class RawServer:
    """Where it listens and what it was asked."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)


class Token:
    """Credentials of a test: the tokens in turn, one after each 401."""

    def __init__(self, *tokens: str, trust: ssl.SSLContext | None = None) -> None:
        self._tokens = list(tokens)
        self._trust = trust

    async def authorization(self) -> str | None:
        return f"Bearer {self._tokens[0]}" if self._tokens else None

    async def renew(self) -> bool:
        if len(self._tokens) < 2:
            return False
        self._tokens.pop(0)
        return True

    def trust(self) -> ssl.SSLContext | None:
        return self._trust


def access_to(url: str, credentials: access.Credentials | None = None) -> access.ClusterAccess:
    """Return access to a server on loopback."""
    return access.ClusterAccess(url=url, credentials=credentials or Token("secret"), origin="a test")


def whole(status: str, body: bytes, *headers: str) -> Answer:
    """Answer with a complete response."""

    async def answer(_: Asked, writer: asyncio.StreamWriter) -> None:
        head = "\r\n".join((f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers))
        writer.write(head.encode() + b"\r\n\r\n" + body)

    return answer


def chunked(*chunks: bytes, ends: str = "cleanly") -> Answer:
    """Answer 200 with chunks; the connection ends cleanly, is cut, or stays open and silent."""

    async def answer(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        for chunk in chunks:
            writer.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
            await writer.drain()
        if ends == "cleanly":
            writer.write(b"0\r\n\r\n")
        elif ends == "silent":
            await asyncio.Event().wait()
        else:
            writer.transport.abort()

    return answer


def _asked(head: bytes) -> Asked:
    first, *lines = head.decode().strip().split("\r\n")
    return Asked(first.split()[1], {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)})


@contextlib.asynccontextmanager
async def serving(*answers: Answer, tls: ssl.SSLContext | None = None) -> AsyncIterator[RawServer]:
    """Serve the answers in turn, the last one again and again."""
    server = RawServer()
    connections: set[asyncio.Task[None]] = set()
    left = list(answers)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        try:
            while not writer.is_closing():
                asked = _asked(await reader.readuntil(b"\r\n\r\n"))
                server.asked.append(asked)
                await (left.pop(0) if len(left) > 1 else left[0])(asked, writer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # The client is gone.
        finally:
            writer.transport.abort()
            connections.discard(task)

    listening = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    server.url = f"{'https' if tls else 'http'}://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listening.close()
        open_now = list(connections)
        for task in open_now:
            task.cancel()
        await asyncio.gather(*open_now, return_exceptions=True)
        await listening.wait_closed()

"""Where messages arrive: a mail server and a Slack on loopback, each as much of one as Alertmanager talks to."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from email.message import EmailMessage


@contextlib.asynccontextmanager
async def mail() -> AsyncIterator[tuple[str, list[EmailMessage]]]:
    """Receive mail as long as the context is open; yields HOST:PORT and the messages."""
    received: list[EmailMessage] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            await _talk(reader, writer, received)

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", received


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, received: list[EmailMessage]) -> None:
    writer.write(b"220 mailbox\r\n")
    while line := await reader.readline():
        verb = line[:4].upper().strip()
        if verb == b"DATA":
            writer.write(b"354 go on\r\n")
            raw = await reader.readuntil(b"\r\n.\r\n")
            content = raw.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
            received.append(email.message_from_bytes(content, policy=email.policy.default))
        writer.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
        if verb == b"QUIT":
            break
    await writer.drain()


@contextlib.asynccontextmanager
async def slack() -> AsyncIterator[tuple[str, list[dict[str, Any]]]]:
    """Receive what is posted to Slack as long as the context is open; yields the webhook's URL and the messages."""
    received: list[dict[str, Any]] = []

    async def take(request: web.Request) -> web.Response:
        received.append(msgspec.json.decode(await request.read()))
        return web.Response(text="ok")

    app = web.Application()
    app.router.add_post("/", take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/", received
    finally:
        await runner.cleanup()

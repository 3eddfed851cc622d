"""The viewer's page, the dashboards that it draws, and the Prometheus that it asks, behind one address on loopback."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import aiohttp
from aiohttp import web

from pullwatch.publish.listening import Server
from tests.e2e.viewer import bundle

Ask = Callable[[web.Request], Awaitable[web.Response]]
"""Answers in place of Prometheus' API."""


@contextlib.asynccontextmanager
async def serving(boards: Mapping[str, bytes], ask: Ask) -> AsyncIterator[str]:
    """Serve dashboards by name at /boards/NAME, and return the address. Skips the test where the viewer could not be built."""
    folder = bundle.folder()

    async def board(request: web.Request) -> web.Response:
        return web.Response(body=boards[request.match_info["name"]], content_type="application/json")

    async def page(_: web.Request) -> web.FileResponse:
        return web.FileResponse(folder / "index.html")

    app = web.Application()
    app.router.add_get("/", page)
    app.router.add_get("/favicon.ico", _nothing)
    app.router.add_get("/boards/{name}", board)
    app.router.add_get("/api/v1/{path:.*}", ask)
    app.router.add_static("/", folder)
    server = Server(app, host="127.0.0.1", port=0)
    await server.start()
    try:
        yield server.url.rstrip("/")
    finally:
        await server.close()


@contextlib.asynccontextmanager
async def passing_on(prometheus: str) -> AsyncIterator[Ask]:
    """Pass each question on to a Prometheus."""
    async with aiohttp.ClientSession() as client:

        async def ask(request: web.Request) -> web.Response:
            async with client.get(f"{prometheus}{request.path}", params=request.query) as answer:
                return web.Response(status=answer.status, body=await answer.read(), content_type="application/json")

        yield ask


async def _nothing(_: web.Request) -> web.Response:
    return web.Response(status=204)

"""A server with made answers, in a thread of its own: for programs and verbs that run an event loop of their own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

EMPTY: dict[str, Any] = {"schema": 1, "generated_at": "2026-01-01T12:00:00Z"}


@dataclass
class MadeServer:
    """Answers as `pullwatch serve` does; each answer can be replaced, also while it runs."""

    images: dict[str, list[Any]] = field(default_factory=dict)
    """What is known, by canonical reference."""
    running: dict[str, Any] = field(default_factory=lambda: EMPTY | {"pulls": [], "unmatched": []})
    raw: web.Response | None = None
    """Instead of every answer."""
    asked: list[str] = field(default_factory=list)
    authorization: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path_qs)
        self.authorization = request.headers.get("Authorization", "")
        if self.raw is not None:
            return web.Response(status=self.raw.status, body=self.raw.body, headers=self.raw.headers)
        if request.path.endswith("/api/v1/running"):
            return _json(self.running)
        if request.path.endswith("/api/v1/images"):
            wanted = request.query.get("image")
            found = self.images.get(wanted, []) if wanted else [one | {"layers": []} for images in self.images.values() for one in images]
            return _json(EMPTY | {"images": found})
        return web.Response(status=404, text="nothing here: see / for the page\n")


def _json(document: Any) -> web.Response:
    return web.Response(text=json.dumps(document), content_type="application/json")


@contextlib.contextmanager
def answering(made: MadeServer, *, port: int = 0) -> Iterator[str]:
    """Serve as long as the context is open; gives HOST:PORT."""
    loop = asyncio.new_event_loop()
    app = web.Application()
    app.router.add_get("/{path:.*}", made.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    loop.run_until_complete(runner.setup())
    loop.run_until_complete(web.TCPSite(runner, "127.0.0.1", port).start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{runner.addresses[0][1]}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(runner.cleanup())
        loop.close()

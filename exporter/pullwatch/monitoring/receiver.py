"""Whoever Alertmanager notifies: a webhook on loopback that hands each notification on."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import msgspec
from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

FIRING, RESOLVED = "firing", "resolved"


class Alert(msgspec.Struct, frozen=True, rename="camel"):
    """An alert of a notification; what is not needed is not read."""

    status: str
    labels: dict[str, str]
    annotations: dict[str, str]
    fingerprint: str = ""

    @property
    def name(self) -> str:
        return self.labels.get("alertname", "")


class Notification(msgspec.Struct, frozen=True, rename="camel"):
    """What Alertmanager sends to a webhook, version 4."""

    status: str
    alerts: list[Alert]


@contextlib.asynccontextmanager
async def receiving(take: Callable[[Notification], None]) -> AsyncIterator[str]:
    """Receive notifications as long as the context is open; yields the webhook's URL."""

    async def received(request: web.Request) -> web.Response:
        try:
            notification = msgspec.json.decode(await request.read(), type=Notification)
        except msgspec.MsgspecError as error:
            # Alertmanager logs the answer, and gives up on a notification that is refused like this.
            return web.Response(text=f"no notification: {error}\n", status=400)
        take(notification)
        return web.Response(text="ok\n")

    app = web.Application()
    app.router.add_post("/", received)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()

"""The registry process' HTTP surface: layers for whoever may ask, its metrics, two probes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import prometheus_client
from aiohttp import web
from prometheus_client.openmetrics import exposition as openmetrics

from pullwatch.publish import listening, negotiation
from pullwatch.publish.lines import Format

if TYPE_CHECKING:
    from prometheus_client.registry import CollectorRegistry

_WHAT_IS_HERE = "pullwatch registry: /v1/layers?image=REFERENCE&platform=linux/amd64, /metrics, /-/healthy and /-/ready\n"


@dataclass(frozen=True, slots=True)
class Reply:
    """JSON and its status."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class View(Protocol):
    """What is answered."""

    @property
    def registry(self) -> CollectorRegistry: ...

    def may_ask(self, authorization: str) -> bool:
        """Tell whether whoever sent this header may ask for layers."""
        ...

    async def layers(self, image: str, platform: str) -> Reply:
        """Return the layers of an image, or why there are none."""
        ...


def make_app(view: View) -> web.Application:
    """Return the application with all routes."""
    routes = _Routes(view)
    app = listening.application(nothing_here=_WHAT_IS_HERE)
    app.router.add_get("/", routes.index)
    app.router.add_get("/v1/layers", routes.layers)
    app.router.add_get("/metrics", routes.metrics)
    app.router.add_get("/-/healthy", routes.healthy)
    app.router.add_get("/-/ready", routes.healthy)
    return app


class _Routes:
    def __init__(self, view: View) -> None:
        self._view = view

    async def index(self, _: web.Request) -> web.Response:
        return web.Response(text=_WHAT_IS_HERE)

    async def healthy(self, _: web.Request) -> web.Response:
        """Say that it answers: a registry that is down is nothing that a restart would mend."""
        return web.Response(text="ok\n")

    async def metrics(self, request: web.Request) -> web.Response:
        form = negotiation.format_for(request.headers.get("Accept", ""))
        generate = openmetrics.generate_latest if form is Format.OPENMETRICS else prometheus_client.generate_latest
        return web.Response(body=generate(self._view.registry), headers={"Content-Type": form.value, "Vary": "Accept"})

    async def layers(self, request: web.Request) -> web.Response:
        if not self._view.may_ask(request.headers.get("Authorization", "")):
            return web.json_response({"reason": "token", "message": "the shared token is missing or another one"}, status=401)
        reply = await self._view.layers(request.query.get("image", ""), request.query.get("platform", "linux/amd64"))
        return web.Response(body=reply.body, status=reply.status, headers={"Content-Type": "application/json", **reply.headers})

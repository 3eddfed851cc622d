"""The registry process' HTTP surface: layers for whoever may ask, its metrics, two probes."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import prometheus_client
from aiohttp import web
from prometheus_client.openmetrics import exposition as openmetrics

from pullwatch.publish import negotiation
from pullwatch.publish.lines import Format
from pullwatch.publish.server import SECURITY_HEADERS

if TYPE_CHECKING:
    from prometheus_client.registry import CollectorRegistry

logger = logging.getLogger(__name__)

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
    app = web.Application(middlewares=[_answer_errors])
    app.on_response_prepare.append(_add_security_headers)
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


async def _add_security_headers(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(SECURITY_HEADERS)


@web.middleware
async def _answer_errors(request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPNotFound:
        return web.Response(text=_WHAT_IS_HERE, status=404)
    except (web.HTTPException, ConnectionError):
        raise
    except Exception:
        # The boundary of a request: whatever is wrong with one answer, the others go on.
        logger.exception("cannot answer %s", request.path)
        return web.Response(text="internal error, see the log\n", status=500)

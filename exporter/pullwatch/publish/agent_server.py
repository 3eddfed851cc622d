"""The agent's HTTP surface: its metrics and two probes, and nothing else.

Who can reach containerd's socket is root on the node, so the process that does answers no more than it has to.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from aiohttp import web

from pullwatch.publish import exposition, negotiation
from pullwatch.publish.server import METHODS, SECURITY_HEADERS

if TYPE_CHECKING:
    from prometheus_client.registry import CollectorRegistry

    from pullwatch.publish.family_text import FamilyText

logger = logging.getLogger(__name__)


class View(Protocol):
    """What the server shows."""

    @property
    def registry(self) -> CollectorRegistry: ...

    def readiness(self) -> tuple[bool, Sequence[str]]:
        """Tell whether containerd is heard, with lines that say what is wrong where it is not."""
        ...


class _Source:
    """Metrics that prometheus-client keeps alone."""

    texts: Sequence[FamilyText] = ()

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry

    def refresh(self) -> Iterator[None]:
        return iter(())


def make_app(view: View) -> web.Application:
    """Return the application with its three routes."""
    scrapes = exposition.Exposition(_Source(view.registry))

    async def metrics(request: web.Request) -> web.StreamResponse:
        form = negotiation.format_for(request.headers.get("Accept", ""))
        gzip = negotiation.accepts_gzip(request.headers.get("Accept-Encoding", ""))
        headers = {"Content-Type": form.value, "Vary": "Accept, Accept-Encoding"} | ({"Content-Encoding": "gzip"} if gzip else {})
        if request.method == "HEAD":
            return web.Response(headers=headers)
        return web.Response(headers=headers, body=b"".join(await scrapes.scrape(form, gzip=gzip)))

    async def healthy(_: web.Request) -> web.StreamResponse:
        return web.Response(text="ok\n")

    async def ready(_: web.Request) -> web.StreamResponse:
        is_ready, lines = view.readiness()
        return web.Response(text="".join(f"{line}\n" for line in lines), status=200 if is_ready else 503)

    async def close(_: web.Application) -> None:
        await scrapes.close()

    app = web.Application(middlewares=[_answer_errors])
    app.on_response_prepare.append(_add_security_headers)
    app.on_cleanup.append(close)
    app.router.add_get("/metrics", metrics)
    app.router.add_get("/-/healthy", healthy)
    app.router.add_get("/-/ready", ready)
    return app


async def _add_security_headers(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(SECURITY_HEADERS)


@web.middleware
async def _answer_errors(request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
    """Answer what goes wrong in one line."""
    if request.method not in METHODS:
        return web.Response(text="only GET and HEAD are answered here\n", status=405, headers={"Allow": ", ".join(METHODS)})
    try:
        return await handler(request)
    except web.HTTPNotFound:
        return web.Response(text="nothing here: an agent answers /metrics, /-/healthy and /-/ready\n", status=404)
    except (web.HTTPException, ConnectionError):
        raise
    except Exception:
        # The boundary of a request: whatever is wrong with one answer, the agent goes on.
        logger.exception("cannot answer %s", request.path)
        return web.Response(text="internal error, see the log\n", status=500)

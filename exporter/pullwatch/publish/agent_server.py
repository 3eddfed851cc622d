"""The agent's HTTP surface: its metrics and two probes, and nothing else.

Who can reach containerd's socket is root on the node, so the process that does answers no more than it has to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from aiohttp import web

from pullwatch.publish import exposition, listening, negotiation

if TYPE_CHECKING:
    from prometheus_client.registry import CollectorRegistry

    from pullwatch.publish.family_text import FamilyText


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

    app = listening.application(nothing_here="nothing here: an agent answers /metrics, /-/healthy and /-/ready\n")
    app.on_cleanup.append(close)
    app.router.add_get("/metrics", metrics)
    app.router.add_get("/-/healthy", healthy)
    app.router.add_get("/-/ready", ready)
    return app

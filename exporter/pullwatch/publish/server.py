"""The exporter's HTTP surface: a page for people, metrics and JSON for programs, two probes.

What is shown comes from a `View`; nothing here knows the cluster. Answers are read-only and load nothing from elsewhere.
"""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Protocol

from aiohttp import web

from pullwatch.publish import agents, chosen, exposition, lines, listening, negotiation, page
from pullwatch.publish.image import served
from pullwatch.publish.runbooks import Runbooks
from pullwatch.pulls import image as images
from pullwatch.pulls.image import Image

logger = logging.getLogger(__name__)


class View(exposition.Source, Protocol):
    """What the server shows. No method may block: each runs on the event loop."""

    def pulls_document(self) -> Iterable[str]:
        """Return the pieces of the JSON document, schema 1; they stay of one moment while others run in between."""
        ...

    def images_document(self, image: Image | None = None, *, node: str | None = None) -> Iterable[str]:
        """Return the pieces of the JSON document of all images, or of one with its layers; some may be empty."""
        ...

    def running_document(self) -> Iterable[str]:
        """Return the pieces of the JSON document of running pulls."""
        ...

    def readiness(self) -> tuple[bool, Sequence[str]]:
        """Tell whether the cluster has been read, with one line per resource: what it is, or what is missing or wrong."""
        ...

    def summary(self, wanted: chosen.Chosen = chosen.ALL) -> page.PageModel:
        """Return what the page says of what is wanted."""
        ...


def make_app(view: View, *, runbooks: Mapping[str, str] | None = None, desk: agents.Desk | None = None) -> web.Application:
    """Return the application with all routes; `runbooks` are Markdown by their names, `desk` takes reports of agents."""
    scrapes = exposition.Exposition(view)
    routes = _Routes(view, scrapes, Runbooks(runbooks or {}))

    async def close(_: web.Application) -> None:
        await scrapes.close()

    nothing_here = "nothing here: see / for the page, /metrics and /api/v1/pulls\n"
    app = listening.application(nothing_here=nothing_here, takes_posts=agents.PATHS if desk is not None else ())
    app.middlewares.append(_tell_what_is_not_shown)
    app.on_cleanup.append(close)
    app.router.add_get("/", routes.index)
    app.router.add_get("/metrics", routes.metrics)
    app.router.add_get("/-/healthy", routes.healthy)
    app.router.add_get("/-/ready", routes.ready)
    app.router.add_get("/api/v1/pulls", routes.pulls)
    app.router.add_get("/api/v1/images", routes.images)
    app.router.add_get("/api/v1/running", routes.running)
    if desk is not None:
        agents.add_routes(app, desk)
    app.router.add_get("/images", routes.image_page_moved)
    app.router.add_get("/images/", routes.image_page)
    app.router.add_get("/runbooks", routes.runbooks_moved)
    app.router.add_get("/runbooks/", routes.runbooks)
    app.router.add_get("/runbooks/{name:.+}", routes.runbook)
    return app


class _Routes:
    """The handlers."""

    def __init__(self, view: View, scrapes: exposition.Exposition, runbooks: Runbooks) -> None:
        self._view = view
        self._scrapes = scrapes
        self._runbooks = runbooks

    async def index(self, request: web.Request) -> web.StreamResponse:
        wanted = chosen.of_query(request.query)
        return web.Response(text=page.render(self._view.summary(wanted), runbooks=self._runbooks.names), content_type="text/html")

    async def metrics(self, request: web.Request) -> web.StreamResponse:
        form = negotiation.format_for(request.headers.get("Accept", ""))
        gzip = _accepts_gzip(request)
        headers = {"Content-Type": form.value, "Vary": "Accept, Accept-Encoding"}
        if gzip:
            headers["Content-Encoding"] = "gzip"
        if request.method == "HEAD":
            return web.Response(headers=headers)
        pieces = await self._scrapes.scrape(form, gzip=gzip)
        response = web.StreamResponse(headers=headers)
        response.content_length = sum(map(len, pieces))
        return await _send(request, response, pieces)

    async def healthy(self, _: web.Request) -> web.StreamResponse:
        """Say that the event loop turns; a watch that is stale must not get the process killed."""
        return web.Response(text="ok\n")

    async def ready(self, _: web.Request) -> web.StreamResponse:
        ready, lines = self._view.readiness()
        return web.Response(text="".join(f"{line}\n" for line in lines), status=200 if ready else 503)

    async def pulls(self, request: web.Request) -> web.StreamResponse:
        """Send the document piece by piece: with all kept pulls it is some 10 MB."""
        return await _send_json(request, self._view.pulls_document)

    async def images(self, request: web.Request) -> web.StreamResponse:
        """Send what is known of all images, or of the one that is asked for."""
        reference, node = request.query.get("image"), request.query.get("node")
        if reference is None:
            return await _send_json(request, self._view.images_document)
        image = images.parse(reference)
        if image.canonical is None:
            return web.Response(
                text="image: not an image reference, such as nginx:1.27 or registry.example.com/app@sha256:...\n", status=400
            )
        return await _send_json(request, functools.partial(self._view.images_document, image, node=node))

    async def running(self, request: web.Request) -> web.StreamResponse:
        """Send the pulls that run now."""
        return await _send_json(request, self._view.running_document)

    async def image_page(self, request: web.Request) -> web.StreamResponse:
        text = await served.answer(self._view.images_document, request.query.get("image", ""))
        return web.Response(text=text, content_type="text/html")

    async def image_page_moved(self, request: web.Request) -> web.StreamResponse:
        """Lead there by a relative address, as below."""
        query = request.rel_url.raw_query_string
        raise web.HTTPFound(f"images/?{query}" if query else "images/")

    async def runbooks(self, _: web.Request) -> web.StreamResponse:
        return web.Response(text=self._runbooks.index(), content_type="text/html")

    async def runbooks_moved(self, _: web.Request) -> web.StreamResponse:
        """Lead to the index by a relative address, which holds behind a proxy's prefix as well."""
        raise web.HTTPFound("runbooks/")

    async def runbook(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        found = self._runbooks.page(name)
        if found is not None:
            return web.Response(text=found, content_type="text/html")
        kind = name.removesuffix("/")
        if kind in self._runbooks.kinds:
            # An address that somebody cut short leads to the part of the index.
            raise web.HTTPFound(f"{'../' if name.endswith('/') else './'}#{kind}")
        near = ", ".join(self._runbooks.near(name))
        return web.Response(text=f"no runbook of this name{f', near it are {near}' if near else ''}; /runbooks/ lists them\n", status=404)


async def _send_json(request: web.Request, document: Callable[[], Iterable[str]]) -> web.StreamResponse:
    headers = {"Content-Type": "application/json", "Vary": "Accept-Encoding"}
    if request.method == "HEAD":
        # aiohttp would end a compressed stream with bytes that HEAD must not have.
        return web.Response(headers=headers)
    response = web.StreamResponse(headers=headers)
    if _accepts_gzip(request):
        response.enable_compression(web.ContentCoding.gzip)
    return await _send(request, response, (lines.encode(piece) for piece in document()))


async def _send(request: web.Request, response: web.StreamResponse, pieces: Iterable[bytes]) -> web.StreamResponse:
    """Send piece by piece."""
    await response.prepare(request)
    try:
        for piece in pieces:
            # An empty one gives others their turn; as a chunk it would end the body.
            if piece:
                await response.write(piece)
            # A write to a client that keeps up does not wait, so the watches would.
            await asyncio.sleep(0)
    except ConnectionError:
        raise
    except Exception as error:
        # The status is sent already: only a cut connection tells the client that this is not all.
        logger.exception("cannot go on with %s", request.path)
        if request.transport is not None:
            request.transport.abort()
        raise ConnectionAbortedError from error
    await response.write_eof()
    return response


def _accepts_gzip(request: web.Request) -> bool:
    return negotiation.accepts_gzip(request.headers.get("Accept-Encoding", ""))


@web.middleware
async def _tell_what_is_not_shown(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Say why figures are held back."""
    try:
        return await handler(request)
    except exposition.NotShown as error:
        return web.Response(text=f"{error}\n", status=503)

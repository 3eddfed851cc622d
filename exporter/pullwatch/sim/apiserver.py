"""The simulated API server: connections, rights, counting, and handing each request to `listing` or `watching`.

It serves lists, watches and single reads of events, pods and nodes on loopback. Tests read `requests` and `open_watches`,
change `token` and `forbidden` while it runs, and cut connections with `drop_watches()`.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections import Counter
from collections.abc import Iterable
from types import TracebackType
from typing import Self

import msgspec

from pullwatch.sim import http, listing, routes, selector, statuses, store, watching
from pullwatch.sim.http import Request
from pullwatch.sim.openwatches import OpenWatches
from pullwatch.sim.routes import Route
from pullwatch.sim.selector import Selection
from pullwatch.sim.statuses import StatusError

USER = "system:serviceaccount:monitoring:pullwatch"
VERSION = {"major": "1", "minor": "36", "gitVersion": "v1.36.3", "platform": "linux/amd64"}


class ApiServer:
    """Serves a store over HTTP; use as an async context manager or with `start()` and `stop()`."""

    def __init__(
        self,
        cluster: store.Store,
        token: str | None = None,
        *,
        forbidden: Iterable[str] = (),
        ssl_context: ssl.SSLContext | None = None,
        bookmark_seconds: float = 60.0,
        watch_timeout_seconds: float = 1800.0,
    ) -> None:
        self.store = cluster
        self.token = token
        self.forbidden = set(forbidden)
        self.requests: Counter[tuple[str, str]] = Counter()
        """Requests so far by verb and resource, refused ones included; paths outside the resources count as ("get", path)."""
        self._ssl_context = ssl_context
        self._bookmark_seconds = bookmark_seconds
        self._watch_timeout_seconds = watch_timeout_seconds
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._watches = OpenWatches()

    @property
    def port(self) -> int:
        """The port chosen by the system."""
        if self._server is None:
            raise RuntimeError("the server has not been started")
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"{'https' if self._ssl_context else 'http'}://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listens on a free loopback port."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=self._ssl_context, limit=http.HEAD_LIMIT)

    async def stop(self) -> None:
        """Stops listening and ends every connection; no task is left behind."""
        if self._server is None:
            return
        self._server.close()
        connections = list(self._connections)
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await self._server.wait_closed()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.stop()

    @property
    def open_watches(self) -> Counter[str]:
        """Watches open now by resource."""
        return +self._watches.by_resource

    def drop_watches(self) -> int:
        """Resets every watch connection in the middle of whatever it sends; tells how many."""
        return self._watches.drop()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of our own: one that asyncio's streams make for a coroutine complains when it is cancelled.
        connection = asyncio.create_task(self._converse(reader, writer), name="sim-connection")
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._serve(reader, writer)
        except ConnectionError:
            pass  # The client is gone; there is nobody to answer.
        except asyncio.CancelledError:
            # Closing would wait for a client that may never read what is still to be sent.
            writer.transport.abort()
            raise
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        alive = True
        while alive:
            try:
                request = await http.read_request(reader)
            except http.BadRequest as error:
                writer.write(http.answer(400, statuses.bad_request(str(error)).encoded(), close=True))
                break
            alive = request is not None and await self._answer(request, reader, writer)
        await writer.drain()

    async def _answer(self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        # A body is never read, so the bytes after such a request are not a request: the connection has to end.
        alive = request.keep_alive and not request.has_body
        try:
            route = self._admit(request)
            if route is not None and route.verb == "watch":
                return await self._watch(route, request, reader, writer) and alive
            status, body, content_type = 200, *self._read(route, request)
        except StatusError as error:
            status, body, content_type = error.code, error.encoded(), "application/json"
        writer.write(http.answer(status, body, content_type=content_type, close=not alive))
        await writer.drain()
        return alive

    def _admit(self, request: Request) -> Route | None:
        route = routes.find(request)
        self.requests[(route.verb, route.resource.name) if route else ("get", request.path)] += 1
        if request.method != "GET" or request.has_body:
            raise statuses.method_not_allowed()
        if self.token is not None and request.headers.get("authorization") != f"Bearer {self.token}":
            raise statuses.unauthorized()
        if route is not None and route.resource.name in self.forbidden:
            raise statuses.forbidden(user=USER, verb=route.verb, resource=route.resource.name, namespace=route.namespace, name=route.name)
        return route

    def _read(self, route: Route | None, request: Request) -> tuple[bytes, str]:
        if route is None:
            return _outside(request.path)
        if route.verb == "list":
            return listing.page(self.store, _selection(route, request), request.query), "application/json"
        stored = self.store.get(route.resource.name, (route.namespace, route.name))
        if stored is None:
            raise statuses.object_not_found(resource=route.resource.name, name=route.name)
        return b'{"kind":"%b","apiVersion":"v1",%b\n' % (route.resource.kind.encode(), stored.item[1:]), "application/json"

    async def _watch(self, route: Route, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        wish = watching.parse(_selection(route, request), request.query, timeout_seconds=self._watch_timeout_seconds)
        stream = watching.stream(self.store, wish, bookmark_seconds=self._bookmark_seconds)
        async with contextlib.aclosing(stream) as parts:
            return await self._watches.serve(route.resource.name, parts, reader=reader, writer=writer)


def _selection(route: Route, request: Request) -> Selection:
    if request.query.get("labelSelector"):
        raise statuses.bad_request("label selectors are not simulated")
    requirements = selector.parse(request.query.get("fieldSelector", ""), route.resource)
    return Selection(resource=route.resource, namespace=route.namespace, requirements=requirements)


def _outside(path: str) -> tuple[bytes, str]:
    if path == "/version":
        return msgspec.json.encode(VERSION), "application/json"
    if path in ("/readyz", "/livez", "/healthz"):
        return b"ok", "text/plain; charset=utf-8"
    raise statuses.path_not_found()

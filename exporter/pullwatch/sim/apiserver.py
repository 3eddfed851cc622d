"""The simulated API server: connections, rights, counting, and handing each request to `reading` or `watching`.

It serves lists, watches and single reads of events, pods and nodes on loopback, and reviews tokens. Tests read `requests`,
`asked` and `open_watches`, change `store`, `token`, `issued`, `forbidden` and `faults` while it runs, and cut connections with
`drop_watches()`.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import ssl
from collections import Counter, deque
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from pullwatch.sim import http, openwatches, reading, routes, sockets, statuses, store, tokenreviews, watching
from pullwatch.sim.asked import Asked
from pullwatch.sim.faults import Fault, Faults
from pullwatch.sim.http import Request
from pullwatch.sim.openwatches import OpenWatches
from pullwatch.sim.routes import Route
from pullwatch.sim.statuses import StatusError
from pullwatch.sim.steps import Steps

USER = "system:serviceaccount:monitoring:pullwatch"
ASKED_LIMIT = 10_000
"""Requests that are remembered with all they said."""


class ApiServer:
    """Serves a store over HTTP; use as an async context manager or with `start()` and `stop()`."""

    def __init__(
        self,
        cluster: store.Store,
        token: str | None = None,
        *,
        forbidden: Iterable[str] = (),
        faults: Faults | None = None,
        ssl_context: ssl.SSLContext | None = None,
        bookmark_seconds: float = 60.0,
        watch_timeout_seconds: float = 1800.0,
    ) -> None:
        self.store = cluster
        self.token = token
        self.issued: dict[str, tokenreviews.Issued] = {}
        """Tokens that a TokenReview finds good, beside `token`, which is whom the server itself lets in."""
        self.forbidden = set(forbidden)
        self.faults = faults or Faults()
        self.requests: Counter[tuple[str, str]] = Counter()
        """Requests so far by verb and resource, refused ones included; paths outside the resources count as ("get", path)."""
        self.asked: deque[Asked] = deque(maxlen=ASKED_LIMIT)
        """The last requests for resources, refused ones included."""
        self._ssl_context = ssl_context
        self._bookmark_seconds = bookmark_seconds
        self._watch_timeout_seconds = watch_timeout_seconds
        self._server: asyncio.Server | None = None
        self._connections: dict[asyncio.Task[None], asyncio.WriteTransport] = {}
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

    def drop_connections(self) -> None:
        """Ends every connection, as a server that is started anew; watches and idle ones alike."""
        for connection in self._connections:
            connection.cancel()

    def vanish(self) -> None:
        """Leaves every connection without an end and without another answer, as a machine that lost its power (on Linux).

        New connections find a server: the one that took its place.
        """
        for transport in self._connections.values():
            sockets.deafen(transport)

    def rotate_certificate(self, certificate: Path, key: Path) -> None:
        """Shows another certificate to whoever connects from now on; connections that are open stay."""
        if self._ssl_context is None:
            raise RuntimeError("the server does not speak TLS")
        self._ssl_context.load_cert_chain(certificate, key)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of our own: one that asyncio's streams make for a coroutine complains when it is cancelled.
        connection = asyncio.create_task(self._converse(reader, writer), name="sim-connection")
        self._connections[connection] = writer.transport
        connection.add_done_callback(self._connections.pop)

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
                alive = await self._next(reader, writer)
            except http.BadRequest as error:
                writer.write(http.answer(400, statuses.bad_request(str(error)).encoded(), close=True))
                break
        await writer.drain()

    async def _next(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        request = await http.read_request(reader)
        if request is None:
            return False
        if (request.method, request.path) == ("POST", tokenreviews.PATH):
            return await self._review(request, reader, writer)
        return await self._answer(request, reader, writer)

    async def _answer(self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        # A body is never read, so the bytes after such a request are not a request: the connection has to end.
        alive = request.keep_alive and not request.has_body
        route = routes.find(request)
        try:
            asked = self._admit(route, request)
            if route and asked:
                return await self._told(route, request, asked, reader=reader, writer=writer) and alive
            status, (body, content_type) = 200, reading.outside(request.path)
        except StatusError as error:
            status, body, content_type = error.code, error.encoded(), reading.JSON
        writer.write(http.answer(status, body, content_type=content_type, close=not alive))
        await writer.drain()
        return alive

    async def _review(self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answers a TokenReview, the only thing that is ever sent to this server."""
        asked = self._noted(tokenreviews.VERB, tokenreviews.RESOURCE, request)
        body = await http.read_body(reader, request, limit=tokenreviews.BODY_LIMIT)
        instead = next(filter(None, (fault.instead() for fault in self.faults.hitting(asked))), ())
        if instead:
            return await openwatches.perform(instead, reader=reader, writer=writer) and request.keep_alive
        try:
            self._let_in(request, verb=tokenreviews.VERB, resource=tokenreviews.RESOURCE)
            status, answer = 201, tokenreviews.review(body, self.issued)
        except StatusError as error:
            status, answer = error.code, error.encoded()
        writer.write(http.answer(status, answer, close=not request.keep_alive))
        await writer.drain()
        return request.keep_alive

    def _admit(self, route: Route | None, request: Request) -> Asked | None:
        asked = self._counted(route, request)
        if request.method != "GET" or request.has_body:
            raise statuses.method_not_allowed()
        if route is None:
            self._let_in(request, verb="get", resource="")
        else:
            self._let_in(request, verb=route.verb, resource=route.resource.name, namespace=route.namespace, name=route.name)
        return asked

    def _let_in(self, request: Request, *, verb: str, resource: str, namespace: str = "", name: str = "") -> None:
        """Raises a Status for whom is not known, or has no right."""
        if self.token is not None and request.headers.get("authorization") != f"Bearer {self.token}":
            raise statuses.unauthorized()
        if resource in self.forbidden:
            raise statuses.forbidden(user=USER, verb=verb, resource=resource, namespace=namespace, name=name)

    def _counted(self, route: Route | None, request: Request) -> Asked | None:
        if route is None:
            self.requests["get", request.path] += 1
            return None
        return self._noted(route.verb, route.resource.name, request)

    def _noted(self, verb: str, resource: str, request: Request) -> Asked:
        self.requests[verb, resource] += 1
        now = asyncio.get_running_loop().time()
        asked = Asked(at_seconds=now, verb=verb, resource=resource, query=request.query, headers=request.headers)
        self.asked.append(asked)
        return asked

    async def _told(
        self, route: Route, request: Request, asked: Asked, *, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answers as the faults of the moment let it; False when the client left before."""
        faults = self.faults.hitting(asked)
        instead = next(filter(None, (fault.instead() for fault in faults)), ())
        if instead:
            return await openwatches.perform(instead, reader=reader, writer=writer)
        if route.verb == "watch":
            return await self._watch(route, request, faults, reader=reader, writer=writer)
        body = reading.read(self.store, route, request)
        if route.verb == "list":
            body = functools.reduce(lambda changed, fault: fault.listed(changed), faults, body)
        writer.write(http.answer(200, body, close=not request.keep_alive))
        await writer.drain()
        return True

    async def _watch(
        self,
        route: Route,
        request: Request,
        faults: Iterable[Fault],
        *,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> bool:
        wish = watching.parse(reading.selection(route, request), request.query, timeout_seconds=self._watch_timeout_seconds)
        stream: Steps = watching.stream(self.store, wish, bookmark_seconds=self._bookmark_seconds)
        async with contextlib.AsyncExitStack() as open_streams:
            await open_streams.enter_async_context(contextlib.aclosing(stream))
            for fault in faults:
                stream = await open_streams.enter_async_context(contextlib.aclosing(fault.streamed(stream)))
            return await self._watches.serve(route.resource.name, stream, reader=reader, writer=writer)

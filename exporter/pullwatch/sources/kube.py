"""One session with one API server: requests with our credentials, bodies as bytes, and each failure as an `ApiError`.

What to ask for and when to ask again is decided elsewhere (`listing`, `watch`).
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self

import aiohttp

import pullwatch
from pullwatch.pulls import observed
from pullwatch.sources import errors, status
from pullwatch.sources.access import ClusterAccess

CONNECT_SECONDS = 10.0
PAGE_TIMEOUT = aiohttp.ClientTimeout(total=300, sock_connect=CONNECT_SECONDS, sock_read=60)
"""A page of 500 takes milliseconds; an unpaged list of a large cluster takes long to begin and long to send."""

KEEPALIVE_IDLE_SECONDS = 30
KEEPALIVE_INTERVAL_SECONDS = 15
KEEPALIVE_PROBES = 3
"""30 s + 3 x 15 s of silence after which the system calls a peer dead: on a quiet watch nothing else would notice."""

UNACKNOWLEDGED_SECONDS = 70
"""The same for a request that nobody acknowledges: keepalive waits for that, and the system alone would try for a quarter of an
hour. Linux ends a connection at the first probe after this time, so it lies between those at 60 s and at 75 s."""

_FULL_READ = 64 * 1024
"""A read of at least this size means that more is waiting, so that no pause is made for a batch."""

_ERROR_BODY = 64 * 1024

POST_TIMEOUT = aiohttp.ClientTimeout(total=10, sock_connect=5)
"""Whoever waits for the answer has little time himself."""

POSTED = ("/apis/authentication.k8s.io/v1/tokenreviews",)
"""All that is ever sent: a question whose answer takes a body. Nothing is changed in the cluster."""


class Body:
    """The bytes of a watch as they come."""

    def __init__(self, response: aiohttp.ClientResponse, *, where: str, batch_seconds: float) -> None:
        self._response = response
        self._where = where
        self._batch_seconds = batch_seconds
        self._read = _FULL_READ

    async def read(self) -> bytes:
        """Return what has arrived, waiting for something; nothing at the end."""
        if self._batch_seconds and self._read < _FULL_READ:
            await self._rest()
        with _told(self._where):
            chunk = await self._response.content.readany()
        self._read = len(chunk)
        return chunk

    async def _rest(self) -> None:
        """Leave arriving bytes to the kernel for a moment: one wake-up for many frames costs an eighth of the CPU."""
        connection = self._response.connection
        transport = connection.transport if connection else None
        if not isinstance(transport, asyncio.ReadTransport):
            return
        transport.pause_reading()
        _limit_buffer(transport, 1)
        try:
            await asyncio.sleep(self._batch_seconds)
        finally:
            _limit_buffer(transport, None)
            transport.resume_reading()


class Session:
    """Talks to an API server; use as an async context manager."""

    def __init__(self, access: ClusterAccess, *, now: Callable[[], float] = time.time) -> None:
        self.access = access
        self._now = now
        self._client: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        # `trust_env` stays off: proxies of the environment and ~/.netrc are not meant for an API server.
        self._client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(socket_factory=_socket),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": f"pullwatch/{pullwatch.__version__}", "Accept": "application/json"},
            trust_env=False,
        )
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        if self._client is not None:
            await self._client.close()

    async def get_json(self, path: str, params: Mapping[str, str] | None = None) -> bytes:
        """Return the body of an answer; raises `ApiError`."""
        async with self._answer(path, params or {}, limits=PAGE_TIMEOUT) as response:
            with _told(self._where(path)):
                return await response.read()

    async def post_json(self, path: str, body: bytes) -> bytes:
        """Return the body of the answer to what is sent, on one of the paths in `POSTED`; raises `ApiError`."""
        if path not in POSTED:
            raise ValueError(f"nothing is sent to {path}")
        async with self._answer(path, {}, limits=POST_TIMEOUT, headers={"Content-Type": "application/json"}, body=body) as response:
            with _told(self._where(path)):
                return await response.read()

    @contextlib.asynccontextmanager
    async def stream(
        self, path: str, params: Mapping[str, str], *, read_timeout: float | None, total_timeout: float, batch_seconds: float = 0.0
    ) -> AsyncIterator[Body]:
        """Open a watch; raises `ApiError`, as reading from it does. Its connection ends with the context."""
        limits = aiohttp.ClientTimeout(total=total_timeout, sock_connect=CONNECT_SECONDS, sock_read=read_timeout)
        # A compressed stream would arrive in lumps, and one of several gzip members breaks clients.
        async with self._answer(path, params, limits=limits, headers={"Accept-Encoding": "identity"}) as response:
            yield Body(response, where=self._where(path), batch_seconds=batch_seconds)

    @contextlib.asynccontextmanager
    async def _answer(
        self,
        path: str,
        params: Mapping[str, str],
        *,
        limits: aiohttp.ClientTimeout,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Ask, or send a body if there is one."""
        response = await self._request(path, params, limits, headers or {}, body)
        if response.status == 401 and await self._renewed(response):
            response = await self._request(path, params, limits, headers or {}, body)
        try:
            with _noticing_the_end(response):
                if response.status not in (200, 201):
                    raise await self._error(response, path)
                yield response
        finally:
            response.close()

    async def _request(
        self, path: str, params: Mapping[str, str], limits: aiohttp.ClientTimeout, headers: Mapping[str, str], body: bytes | None
    ) -> aiohttp.ClientResponse:
        if self._client is None:
            raise RuntimeError("the session has not been entered")
        authorization = await self._authorization()
        with _told(self._where(path)):
            return await self._client.request(
                "GET" if body is None else "POST",
                self.access.url + path,
                params=params,
                data=body,
                headers={**headers, **({"Authorization": authorization} if authorization else {})},
                timeout=limits,
                ssl=self.access.credentials.trust() or True,
                server_hostname=self.access.server_name,
                proxy=self.access.proxy,
                allow_redirects=False,
            )

    async def _authorization(self) -> str | None:
        return await self.access.credentials.authorization()

    async def _renewed(self, response: aiohttp.ClientResponse) -> bool:
        """Renew the credentials; the response that refused the old ones stays open only if there are no new ones."""
        renewed = True
        try:
            # Another request may have renewed them since this one was sent.
            renewed = await self.access.credentials.renew() or await self._authorization() != _sent(response)
        finally:
            if renewed:
                response.close()
        return renewed

    async def _error(self, response: aiohttp.ClientResponse, path: str) -> errors.ApiError:
        with _told(self._where(path)):
            body = await response.content.read(_ERROR_BODY)
        return status.of_response(response.status, headers=response.headers, body=body, where=self._where(path), now=self._now())

    def _where(self, path: str) -> str:
        return f"{self.access.url}{path}"


def _socket(address: tuple[int, int, int, str, tuple[Any, ...]]) -> socket.socket:
    """Make a socket that notices a dead peer."""
    family, kind, protocol, _, _ = address
    made = socket.socket(family, kind, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    # macOS calls the first option TCP_KEEPALIVE.
    idle = getattr(socket, "TCP_KEEPIDLE", getattr(socket, "TCP_KEEPALIVE", None))
    for option, value in (
        (idle, KEEPALIVE_IDLE_SECONDS),
        (getattr(socket, "TCP_KEEPINTVL", None), KEEPALIVE_INTERVAL_SECONDS),
        (getattr(socket, "TCP_KEEPCNT", None), KEEPALIVE_PROBES),
        (getattr(socket, "TCP_USER_TIMEOUT", None), UNACKNOWLEDGED_SECONDS * 1000),
    ):
        if option is not None:
            made.setsockopt(socket.IPPROTO_TCP, option, value)
    return made


def _limit_buffer(transport: asyncio.ReadTransport, most_bytes: int | None) -> None:
    """Let a TLS transport that is paused read no further than this from its socket, None for its usual limit.

    It goes on to fill a buffer of 256 KiB otherwise, and wakes up for each record.
    """
    limit: Callable[[int | None, int | None], None] | None = getattr(transport, "set_read_buffer_limits", None)
    if limit is not None:
        limit(most_bytes, 0 if most_bytes else None)


def _sent(response: aiohttp.ClientResponse) -> str | None:
    return response.request_info.headers.get("Authorization")


@contextlib.contextmanager
def _noticing_the_end(response: aiohttp.ClientResponse) -> Iterator[None]:
    """Let whoever reads the body know that its connection is gone.

    aiohttp closes a connection whose chunks are none, but leaves the reader waiting, and drops the time limit of reads too.
    """
    protocol = response.connection.protocol if response.connection else None
    closed = protocol.closed if protocol is not None else None
    if closed is None:
        # The body is complete, or the connection was lost while its head was read.
        _tell_the_end(response.content)
        yield
        return
    tell = functools.partial(_tell_the_end, response.content)
    closed.remove_done_callback(_looked_at)
    closed.add_done_callback(_looked_at)
    closed.add_done_callback(tell)
    try:
        yield
    finally:
        closed.remove_done_callback(tell)


def _tell_the_end(body: aiohttp.StreamReader, _: object = None) -> None:
    if not body.is_eof() and body.exception() is None:
        body.set_exception(aiohttp.ClientPayloadError("the connection ended in the middle of the body"))


def _looked_at(closed: asyncio.Future[None]) -> None:
    """Keep asyncio from complaining about an error for which nobody asked."""
    if not closed.cancelled():
        closed.exception()


@contextlib.contextmanager
def _told(where: str) -> Iterator[None]:
    """Turn what aiohttp raises into an `ApiError`."""
    try:
        yield
    except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError) as error:
        raise errors.Unreachable(f"{where}: no trusted TLS connection ({_line(error)}); check the CA and the address") from error
    except (aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError, aiohttp.InvalidURL) as error:
        raise errors.Unreachable(f"{where}: cannot be reached ({_line(error)}); check the address and the proxy") from error
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise errors.Unreachable(f"{where}: no connection ({_line(error)}); check that the API server runs at this address") from error
    except TimeoutError as error:
        raise errors.TimedOut(f"{where}: silent for too long; check that the API server runs and the network lets us through") from error
    except (aiohttp.ClientError, ssl.SSLError, OSError, ValueError) as error:
        raise errors.Closed(f"{where}: the connection broke ({_line(error)}); it is opened again") from error


def _line(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        error = error.certificate_error
    elif isinstance(error, aiohttp.ClientConnectorError) and error.os_error.errno:
        # What aiohttp adds to it are objects of Python.
        return os.strerror(error.os_error.errno)
    elif isinstance(error, aiohttp.ClientPayloadError):
        return "it ended in the middle"
    return observed.clean(" ".join(str(error).split())[:200]) or type(error).__name__

"""Requests to one host: bounded in size, time and number, to allowed addresses only, and none while it asks for peace.

Redirects are not followed here, nothing of the environment (proxies, ~/.netrc) is used, and no cookie is kept.
"""

from __future__ import annotations

import asyncio
import random
import ssl
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiohttp

import pullwatch
from pullwatch.pulls import manifest, observed
from pullwatch.sources import status
from pullwatch.sources.registry import addresses, tally
from pullwatch.sources.registry.refused import Refusal, RegistryError

if TYPE_CHECKING:
    import yarl
    from aiohttp.abc import AbstractResolver

    from pullwatch.sources.registry.policy import Host

FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 3600.0
"""A registry that counts pulls by the hour may ask for as much."""

_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may take."""

    bytes: int = manifest.MAX_BYTES
    """Of a body once it is unpacked, and before."""
    seconds: float = 10.0
    """From the wait for a connection until the body's last byte."""
    in_flight: int = 2
    """Requests to one host at a time."""
    waiting: int = 100
    """Requests to one host that wait for their turn."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; a header's name is in lower case."""

    status: int
    headers: Mapping[str, str]
    challenges: tuple[str, ...]
    """Values of `WWW-Authenticate`, of which there may be several."""
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a connection takes from outside: clocks, names, trust."""

    limits: Limits = field(default_factory=Limits)
    now: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    rng: random.Random = field(default_factory=random.Random)
    resolver: AbstractResolver | None = None
    trust: ssl.SSLContext | None = None
    """CAs that are trusted; those of the system where it is None."""


class Connection:
    """Asks one host."""

    def __init__(self, host: Host, *, counts: tally.Tally, around: Surroundings) -> None:
        self.host = host
        self._counts = counts
        self._around = around
        self._slots = asyncio.Semaphore(around.limits.in_flight)
        self._waiting = 0
        self._pause_until = float("-inf")
        self._pause: RegistryError | None = None
        self._pause_seconds = FIRST_PAUSE_SECONDS
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                socket_factory=addresses.guarded(private=host.private, loopback=host.loopback),
                resolver=around.resolver,
                use_dns_cache=False,
                limit=around.limits.in_flight,
                ssl=around.trust or True,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            # Unpacking is done here, where its limit is.
            auto_decompress=False,
            headers={"User-Agent": f"pullwatch/{pullwatch.__version__}", "Accept-Encoding": "identity"},
            max_headers=64,
            trust_env=False,
        )

    async def close(self) -> None:
        await self._session.close()

    async def ask(
        self, url: yarl.URL, *, method: str = "GET", headers: Mapping[str, str] | None = None, most_bytes: int | None = None
    ) -> Answer:
        """Return the answer, of whatever status but 429. Raises RegistryError, also at once while the host wants to be left alone."""
        if self._waiting >= self._around.limits.waiting:
            raise RegistryError(Refusal.BUSY, f"{self.host.name}: too many requests wait for it", retry_after_seconds=1.0)
        self._waiting += 1
        try:
            async with self._slots:
                self._refuse_in_pause()
                answer = await self._asked(url, method, headers or {}, most_bytes or self._around.limits.bytes)
        finally:
            self._waiting -= 1
        self._look_at(answer)
        return answer

    async def _asked(self, url: yarl.URL, method: str, headers: Mapping[str, str], most_bytes: int) -> Answer:
        try:
            async with asyncio.timeout(self._around.limits.seconds):
                answer = await self._answer(url, method, headers, most_bytes)
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError, zlib.error) as error:
            self._counts.requests[self.host.name, "failed"] += 1
            told = self._told(error)
            if told.passing:
                self._leave_alone(told, None)
            raise told from error
        except RegistryError:
            self._counts.requests[self.host.name, "failed"] += 1
            raise
        self._counts.requests[self.host.name, tally.outcome(answer.status)] += 1
        return answer

    async def _answer(self, url: yarl.URL, method: str, headers: Mapping[str, str], most_bytes: int) -> Answer:
        # aiohttp's own limit ends with the answer's head where the framing is broken; the one above holds.
        limit = aiohttp.ClientTimeout(total=None, sock_connect=self._around.limits.seconds / 2)
        async with self._session.request(method, url, headers=headers, allow_redirects=False, timeout=limit) as response:
            body = b"" if method == "HEAD" else await self._body(response, most_bytes)
            return Answer(
                response.status,
                {name.lower(): value for name, value in response.headers.items()},
                tuple(response.headers.getall("WWW-Authenticate", ())),
                body,
            )

    async def _body(self, response: aiohttp.ClientResponse, most_bytes: int) -> bytes:
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding not in {"identity", "gzip", "x-gzip", ""}:
            raise RegistryError(Refusal.BROKEN, f"{self.host.name}: an answer in an encoding that was not asked for")
        if (response.content_length or 0) > most_bytes:
            raise self._too_large(most_bytes)
        packed = zlib.decompressobj(31) if "gzip" in encoding else None
        body, received = bytearray(), 0
        async for chunk in response.content.iter_chunked(_CHUNK):
            received += len(chunk)
            body += packed.decompress(chunk, most_bytes + 1 - len(body)) if packed else chunk
            if packed and len(body) > most_bytes:
                raise RegistryError(Refusal.BOMB, f"{self.host.name}: a packed answer of more than {most_bytes} bytes")
            if max(received, len(body)) > most_bytes:
                raise self._too_large(most_bytes)
        if packed and not packed.eof:
            raise RegistryError(Refusal.BROKEN, f"{self.host.name}: a packed answer that ends in the middle")
        return bytes(body)

    def _too_large(self, most_bytes: int) -> RegistryError:
        return RegistryError(manifest.Reason.TOO_LARGE, f"{self.host.name}: an answer of more than {most_bytes} bytes")

    def _refuse_in_pause(self) -> None:
        left = self._pause_until - self._around.monotonic()
        if left > 0 and self._pause is not None:
            raise RegistryError(self._pause.reason, f"{self._pause} (asked again in {left:.0f} s)", retry_after_seconds=left)

    def _look_at(self, answer: Answer) -> None:
        """Leave a host alone that says so, or that is in trouble. Raises RegistryError for 429."""
        if answer.status == 429:
            error = RegistryError(Refusal.RATE_LIMITED, f"{self.host.name} answered 429: it wants fewer requests")
        elif answer.status >= 500:
            error = RegistryError(Refusal.SERVER, f"{self.host.name} answered {answer.status}")
        else:
            self._pause_seconds = FIRST_PAUSE_SECONDS
            return
        wait = status.retry_after_seconds(answer.headers.get("retry-after"), now=self._around.now(), longest=LONGEST_PAUSE_SECONDS)
        error.retry_after_seconds = self._leave_alone(error, wait)
        raise error

    def _leave_alone(self, error: RegistryError, seconds: float | None) -> float:
        if seconds is None:
            seconds = self._pause_seconds * (1 + self._around.rng.random())
            self._pause_seconds = min(2 * self._pause_seconds, LONGEST_PAUSE_SECONDS)
        self._pause, self._pause_until = error, self._around.monotonic() + seconds
        return seconds

    def _told(self, error: Exception) -> RegistryError:
        name = self.host.name
        text = observed.clean(" ".join(str(error).split())[:200])
        if addresses.NOT_ALLOWED in str(error):
            return RegistryError(
                Refusal.ADDRESS,
                f"{name}: {_os_text(error)}; for a registry in a private network see --private-host, on this machine --loopback, too",
            )
        if _speaks_plainly(error):
            return RegistryError(Refusal.TLS, f"{name}: answers without TLS; if that is meant, see --plain-http-host")
        if isinstance(error, (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError)):
            return RegistryError(Refusal.TLS, f"{name}: no trusted TLS connection; SSL_CERT_FILE names the CAs that are trusted")
        if isinstance(error, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)):
            return RegistryError(Refusal.UNREACHABLE, f"{name}: no connection ({_os_text(error)})")
        if isinstance(error, TimeoutError):
            return RegistryError(Refusal.TIMEOUT, f"{name}: no whole answer in {self._around.limits.seconds:g} s")
        if isinstance(error, (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError)):
            return RegistryError(Refusal.HOST, f"{name}: cannot be asked at such an address")
        return RegistryError(Refusal.BROKEN, f"{name}: the answer broke ({text or type(error).__name__})")


def _speaks_plainly(error: Exception) -> bool:
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorSSLError) else None
    return isinstance(cause, ssl.SSLError) and cause.reason in {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"}


def _os_text(error: Exception) -> str:
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    return observed.clean(str(getattr(cause, "strerror", None) or cause))[:200]

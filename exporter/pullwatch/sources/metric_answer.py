"""Asking an address for its metrics: one GET, read as it arrives, all of it within a time.

Whoever answers is not trusted: redirects are refused, what is compressed is unpacked in small pieces, and each failure is a
`MetricsError`. Whom to ask, and as who, stands in `kubelet` and `runtime_metrics`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
import zlib
from typing import TYPE_CHECKING, NamedTuple

import aiohttp

import pullwatch
from pullwatch.pulls import observed
from pullwatch.sources.metric_text import MOST_BYTES, MetricsError, MetricText, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pullwatch.pulls.sample import Sample

CONNECT_SECONDS = 3.0
"""A node that is gone answers nothing; one in the same network answers in milliseconds."""

PIECE_BYTES = 64 << 10
"""Unpacked at a time, so that a bomb is noticed before it has its size."""

_GZIP = 16 + zlib.MAX_WBITS

_CONTENT = ("text/plain", "application/openmetrics-text")

_REFUSED = {401: Reason.UNAUTHORIZED, 403: Reason.FORBIDDEN}


class Answer(NamedTuple):
    """What was read."""

    samples: list[Sample]
    size_bytes: int
    """As they came over the network."""


def client() -> aiohttp.ClientSession:
    """Return a session for metrics. Each request has a connection of its own: hundreds of idle ones would cost more memory."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(force_close=True, limit=0),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": f"pullwatch/{pullwatch.__version__}", "Accept": "text/plain;version=0.0.4", "Accept-Encoding": "gzip"},
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
        auto_decompress=False,
        # Proxies of the environment and ~/.netrc are not meant for nodes.
        trust_env=False,
    )


async def read(
    session: aiohttp.ClientSession,
    url: str,
    *,
    names: Iterable[str],
    seconds: float,
    headers: Mapping[str, str] | None = None,
    trust: ssl.SSLContext | None = None,
    server_name: str | None = None,
) -> Answer:
    """Return the samples of these names within so many seconds. Raises MetricsError."""
    with _told(url, seconds):
        async with (
            asyncio.timeout(seconds),
            session.get(url, headers=headers, ssl=trust or True, server_hostname=server_name, allow_redirects=False) as response,
        ):
            _check(response, url)
            return await _samples(response, MetricText(names, where=url), url)


def _check(response: aiohttp.ClientResponse, url: str) -> None:
    if 300 <= response.status < 400:
        raise MetricsError(f"{url}: answered {response.status}, which would lead elsewhere", reason=Reason.REDIRECT)
    if response.status != 200:
        raise MetricsError(f"{url}: answered {response.status}", reason=_REFUSED.get(response.status, Reason.STATUS))
    if response.content_type not in _CONTENT:
        kind = observed.clean(response.content_type[:60])
        raise MetricsError(f"{url}: answered with {kind} and no metrics", reason=Reason.NOT_METRICS)


async def _samples(response: aiohttp.ClientResponse, text: MetricText, url: str) -> Answer:
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("gzip", "identity"):
        raise MetricsError(f"{url}: answered in an encoding that was not asked for", reason=Reason.MALFORMED)
    unpacked = zlib.decompressobj(_GZIP) if encoding == "gzip" else None
    size_bytes = 0
    while chunk := await response.content.readany():
        size_bytes += len(chunk)
        if size_bytes > MOST_BYTES:
            # Blocks without content go on for ever and unpack to nothing.
            raise MetricsError(f"{url}: the answer has more than {MOST_BYTES >> 20} MiB", reason=Reason.TOO_LARGE)
        if unpacked is None:
            text.feed(chunk)
            continue
        for piece in _pieces(unpacked, chunk, url):
            text.feed(piece)
            # A bomb is large enough to hold up the watches.
            await asyncio.sleep(0)
    if unpacked is not None and not unpacked.eof:
        raise MetricsError(f"{url}: the compressed answer ends in the middle", reason=Reason.TRUNCATED)
    return Answer(text.end(), size_bytes)


def _pieces(unpacked: zlib._Decompress, chunk: bytes, url: str) -> Iterator[bytes]:
    while chunk:
        if unpacked.eof:
            raise MetricsError(f"{url}: something follows the compressed answer", reason=Reason.MALFORMED)
        yield unpacked.decompress(chunk, PIECE_BYTES)
        chunk = unpacked.unconsumed_tail or unpacked.unused_data


@contextlib.contextmanager
def _told(url: str, seconds: float) -> Iterator[None]:
    """Turn what aiohttp and zlib raise into a `MetricsError`."""
    try:
        yield
    except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError) as error:
        raise MetricsError(f"{url}: no trusted TLS connection ({_line(error)})", reason=Reason.UNTRUSTED) from error
    except aiohttp.ConnectionTimeoutError as error:
        raise MetricsError(f"{url}: no connection in {CONNECT_SECONDS:.0f} s", reason=Reason.TIMEOUT) from error
    except TimeoutError as error:
        raise MetricsError(f"{url}: not all was answered in {seconds:.0f} s", reason=Reason.TIMEOUT) from error
    except zlib.error as error:
        raise MetricsError(f"{url}: the answer is not gzip", reason=Reason.MALFORMED) from error
    except aiohttp.ClientConnectorError as error:
        raise MetricsError(f"{url}: no connection ({_line(error)})", reason=Reason.UNREACHABLE) from error
    except (aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError, ConnectionError) as error:
        raise MetricsError(f"{url}: the connection ended in the middle of the answer", reason=Reason.TRUNCATED) from error
    except (aiohttp.ClientError, ssl.SSLError, OSError, ValueError) as error:
        raise MetricsError(f"{url}: not an answer of HTTP ({_line(error)})", reason=Reason.MALFORMED) from error


def _line(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        error = error.certificate_error
    elif isinstance(error, aiohttp.ClientConnectorError) and error.os_error.errno:
        # What aiohttp adds to it are objects of Python.
        return os.strerror(error.os_error.errno)
    return observed.clean(" ".join(str(error).split())[:200]) or type(error).__name__

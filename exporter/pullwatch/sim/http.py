"""The little HTTP/1.1 a Kubernetes client needs: GET requests in, plain and chunked answers out, over asyncio streams."""

from __future__ import annotations

import asyncio
import http
import types
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass

LAST_CHUNK = b"0\r\n\r\n"
HEAD_LIMIT = 64 * 1024
"""Bytes of a request's head; bearer tokens of a few kilobytes fit well within."""

CHUNKED_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-cache, private\r\nTransfer-Encoding: chunked\r\n\r\n"
)


class BadRequest(Exception):
    """Bytes that are not an HTTP request."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request; header names are lower case, of a repeated query name the last counts."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]

    @property
    def has_body(self) -> bool:
        """Tells whether bytes follow the head."""
        return self.headers.get("content-length", "0") != "0" or "transfer-encoding" in self.headers

    @property
    def keep_alive(self) -> bool:
        """Tells whether the client means to send another request on this connection."""
        return self.headers.get("connection", "").lower() != "close"


async def read_body(reader: asyncio.StreamReader, request: Request, *, limit: int) -> bytes:
    """Reads the body of a request that told its length."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > limit:
        raise BadRequest("a body of this length is not read")
    try:
        return await reader.readexactly(int(length))
    except asyncio.IncompleteReadError as error:
        raise BadRequest("the request ends in its body") from error


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """Reads the next request; None when the client closed the connection between two."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise BadRequest("the request ends in its head") from error
        return None
    except asyncio.LimitOverrunError as error:
        raise BadRequest("the request's head is too long") from error
    return _parse(head.decode("latin-1"))


def answer(
    status: int,
    body: bytes,
    *,
    content_type: str = "application/json",
    headers: Mapping[str, str] = types.MappingProxyType({}),
    close: bool = False,
) -> bytes:
    """Writes a whole response with its length."""
    head = [
        f"HTTP/1.1 {status} {http.HTTPStatus(status).phrase}",
        f"Content-Type: {content_type}",
        "Cache-Control: no-cache, private",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    if close:
        head.append("Connection: close")
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


def chunk(content: bytes) -> bytes:
    """Wraps bytes into one chunk."""
    return b"%x\r\n%b\r\n" % (len(content), content)


def _parse(head: str) -> Request:
    first, *lines = head.split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise BadRequest(f"not a request line: {first[:80]!r}")
    url = urllib.parse.urlsplit(parts[1])
    query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
    headers = {name.strip().lower(): value.strip() for name, found, value in (line.partition(":") for line in lines) if found}
    return Request(method=parts[0], path=urllib.parse.unquote(url.path), query=query, headers=headers)

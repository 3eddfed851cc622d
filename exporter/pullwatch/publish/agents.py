"""Where agents send what they see: three addresses that take POST from their service account, and nothing from anybody else.

Here stand the limits of a request: who sends it, how large it is, how long it takes. What a report says is for a `Desk`.
"""

from __future__ import annotations

import asyncio
import zlib
from collections import Counter
from typing import TYPE_CHECKING, Protocol

from aiohttp import web

from pullwatch.pulls import reported
from pullwatch.pulls.received import Refusal, Refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

PATHS = (reported.IMAGES_PATH, reported.LAYERS_PATH, reported.RUNNING_PATH)

BODY_SECONDS = 10.0
"""Time in which a body has to arrive: a report of 1 MiB takes one on a bad network."""

AT_ONCE = 32
"""Reports that are read at the same time: 32 MiB at most."""

OF_ONE = 2
"""Of them from one sender: an agent tells of images and of pulls. One that is slow on purpose keeps no other out."""

RETRY_AFTER_SECONDS = 5

_STATUS = {
    Refusal.NO_TOKEN: 401, Refusal.TOKEN: 401, Refusal.ACCOUNT: 403, Refusal.NODE: 403, Refusal.NOT_CHECKED: 503, Refusal.BUSY: 503,
    Refusal.SLOW: 408, Refusal.TOO_LARGE: 413, Refusal.UNREADABLE: 400,
}  # fmt: skip


class Desk(Protocol):
    """Takes reports. Each method may raise `Refused`."""

    async def sender(self, authorization: str) -> str | None:
        """Return the node that the sender of this header runs on, None where its token does not tell; refuses strangers."""
        ...

    async def images(self, content: bytes, *, sender: str | None) -> bytes:
        """Take a `reported.ImagesReport`; return the answer."""
        ...

    async def layers(self, content: bytes, *, sender: str | None) -> None:
        """Take a `reported.LayersReport`."""
        ...

    async def running(self, content: bytes, *, sender: str | None) -> bytes:
        """Take a `reported.RunningReport`; return the answer."""
        ...

    def count(self, refusal: Refusal) -> None:
        """Count a report that was refused."""
        ...


def add_routes(app: web.Application, desk: Desk) -> None:
    """Take reports in this application."""
    routes = _Routes(desk)
    app.router.add_post(reported.IMAGES_PATH, routes.images)
    app.router.add_post(reported.LAYERS_PATH, routes.layers)
    app.router.add_post(reported.RUNNING_PATH, routes.running)


class _Routes:
    """The handlers."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._reading: Counter[str] = Counter()
        """By sender; of a token that tells no node by its header."""

    async def images(self, request: web.Request) -> web.Response:
        return await self._answered(request, self._desk.images)

    async def layers(self, request: web.Request) -> web.Response:
        return await self._answered(request, self._desk.layers)

    async def running(self, request: web.Request) -> web.Response:
        return await self._answered(request, self._desk.running)

    async def _answered(self, request: web.Request, take: Callable[..., Awaitable[bytes | None]]) -> web.Response:
        try:
            authorization = request.headers.get("Authorization", "")
            sender = await self._desk.sender(authorization)
            answer = await take(await self._body(request, sender or authorization), sender=sender)
        except Refused as error:
            self._desk.count(error.refusal)
            return _refusal(error)
        if answer is None:
            return web.Response(status=204)
        return web.Response(body=answer, content_type="application/json")

    async def _body(self, request: web.Request, sender: str) -> bytes:
        if self._reading.total() >= AT_ONCE or self._reading[sender] >= OF_ONE:
            raise Refused(Refusal.BUSY, "too many reports at once")
        self._reading[sender] += 1
        try:
            async with asyncio.timeout(BODY_SECONDS):
                return _decompressed(await _read(request), request.headers.get("Content-Encoding", "identity"))
        except TimeoutError as error:
            raise Refused(Refusal.SLOW, f"the report did not arrive in {BODY_SECONDS:.0f} s") from error
        except web.RequestPayloadError as error:
            raise Refused(Refusal.UNREADABLE, "the body ended in the middle") from error
        finally:
            self._reading[sender] -= 1
            if not self._reading[sender]:
                del self._reading[sender]


async def _read(request: web.Request) -> bytes:
    """Return the body as it was sent."""
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > reported.MAX_BODY_BYTES:
            raise _too_large()
    return bytes(body)


def _decompressed(body: bytes, encoding: str) -> bytes:
    if encoding == "identity":
        return body
    if encoding != "gzip":
        raise Refused(Refusal.UNREADABLE, "Content-Encoding may be gzip")
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        # Not a byte more than may be is ever unpacked.
        content = inflater.decompress(body, reported.MAX_BODY_BYTES)
    except zlib.error as error:
        raise Refused(Refusal.UNREADABLE, f"no gzip: {error}") from error
    if inflater.unconsumed_tail:
        raise _too_large()
    if not inflater.eof or inflater.unused_data:
        raise Refused(Refusal.UNREADABLE, "gzip that ends in the middle, or goes on behind its end")
    return content


def _too_large() -> Refused:
    return Refused(Refusal.TOO_LARGE, f"at most {reported.MAX_BODY_BYTES} bytes, also once decompressed")


def _refusal(error: Refused) -> web.Response:
    status = _STATUS.get(error.refusal, 400)
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status == 503 else {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    response = web.Response(text=f"{error}\n", status=status, headers=headers)
    if error.refusal in (Refusal.TOO_LARGE, Refusal.SLOW, Refusal.BUSY, Refusal.NO_TOKEN, Refusal.TOKEN, Refusal.ACCOUNT):
        # The rest of a body that was not read is no request.
        response.force_close()
    return response

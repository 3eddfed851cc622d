"""What every HTTP server of ours has in common: an address, safe headers, and one line for whatever goes wrong.

Which paths there are, and what they answer, stands with each: `server`, `agent_server`, `layer_answers`.
"""

from __future__ import annotations

import errno
import logging
from collections.abc import Awaitable, Callable, Collection

from aiohttp import web

logger = logging.getLogger(__name__)

METHODS = ("GET", "HEAD")

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    "Server": "pullwatch",  # instead of the versions of Python and aiohttp
}

CLOSE_SECONDS = 2.0
"""Time that answers under way get at the end."""


class ListenError(Exception):
    """The address cannot be listened on; the text says why."""


def application(*, nothing_here: str, takes_posts: Collection[str] = ()) -> web.Application:
    """Return an application without routes; `nothing_here` is the answer on other paths, `takes_posts` are those where things are sent."""

    @web.middleware
    async def answer_errors(request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
        """Answer what goes wrong in one line."""
        if request.path in takes_posts and request.method in ("POST", *METHODS):
            if request.method != "POST":
                return web.Response(text="agents send their reports here with POST\n", status=405, headers={"Allow": "POST"})
        elif request.method not in METHODS:
            return web.Response(text="only GET and HEAD are answered here\n", status=405, headers={"Allow": ", ".join(METHODS)})
        try:
            return await handler(request)
        except web.HTTPNotFound:
            return web.Response(text=nothing_here, status=404)
        except web.HTTPException:
            raise
        except ConnectionError:
            # Nobody is there to get this. What is raised aiohttp would log as our mistake; an answer that cannot be sent it forgets.
            return web.Response(status=500)
        except Exception:
            # The boundary of a request: whatever is wrong with one answer, the process goes on.
            logger.exception("cannot answer %s", request.path)
            return web.Response(text="internal error, see the log\n", status=500)

    app = web.Application(middlewares=[answer_errors])
    app.on_response_prepare.append(_add_security_headers)
    return app


class Server:
    """Listens from `start` to `close`."""

    def __init__(self, app: web.Application, *, host: str, port: int) -> None:
        self._host = host.strip("[]")
        self._port = port
        # A body is decompressed where its limit is known.
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=CLOSE_SECONDS, auto_decompress=False)

    async def start(self) -> None:
        """Listen; raises ListenError where that is not possible."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host or None, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            where = _authority(self._host, self._port)
            why = f"{where} is in use" if error.errno == errno.EADDRINUSE else f"cannot listen on {where}: {error.strerror or error}"
            raise ListenError(why) from error
        self._port = self._runner.addresses[0][1]

    @property
    def port(self) -> int:
        """The port listened on; the one chosen by the system where 0 was asked for."""
        return self._port

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the page."""
        return f"http://{_authority(_REACHABLE.get(self._host, self._host), self._port)}/"

    async def close(self) -> None:
        """Stop listening; answers under way get `CLOSE_SECONDS` to end."""
        await self._runner.cleanup()


_REACHABLE = {"": "localhost", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # read, not bound: what to call them


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


async def _add_security_headers(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(SECURITY_HEADERS)

"""What every server of ours does: listen, answer in one line, and keep browsers from more than it shows."""

from __future__ import annotations

import asyncio
import socket

import aiohttp
import pytest
from aiohttp import web

from pullwatch.publish import listening

NOTHING = "nothing here: see /there\n"


async def _broken(_: web.Request) -> web.Response:
    raise LookupError("what a stranger need not know")


async def test_what_goes_wrong_is_one_line_under_safe_headers() -> None:
    """Unknown paths, other methods and our own mistakes; a path that takes reports says so."""
    app = listening.application(nothing_here=NOTHING, takes_posts=["/told"])
    app.router.add_get("/broken", _broken)
    started = listening.Server(app, host="127.0.0.1", port=0)
    await started.start()
    asked = [("GET", "/nowhere"), ("DELETE", "/broken"), ("GET", "/broken"), ("GET", "/told"), ("POST", "/told")]

    async with aiohttp.ClientSession(started.url) as session:
        answers = []
        for method, path in asked:
            async with session.request(method, path) as answer:
                answers.append((answer.status, await answer.text()))
                assert answer.headers["Server"] == "pullwatch"
                assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    await started.close()

    assert answers == [
        (404, NOTHING),
        (405, "only GET and HEAD are answered here\n"),
        (500, "internal error, see the log\n"),
        (405, "agents send their reports here with POST\n"),
        (404, NOTHING),
    ]


async def test_a_reader_who_leaves_in_the_middle_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """`curl ... | head` is no error of ours."""
    left = asyncio.Event()
    ended = asyncio.Event()

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await left.wait()
        try:
            while True:
                await response.write(b"more" * 1024)
                await asyncio.sleep(0)
        finally:
            ended.set()

    app = listening.application(nothing_here=NOTHING)
    app.router.add_get("/endless", endless)
    started = listening.Server(app, host="127.0.0.1", port=0)
    await started.start()

    reader, writer = await asyncio.open_connection("127.0.0.1", int(started.url.rsplit(":", 1)[1].rstrip("/")))
    writer.write(b"GET /endless HTTP/1.1\r\nHost: here\r\n\r\n")
    await reader.readline()
    writer.transport.abort()
    left.set()
    await asyncio.wait_for(ended.wait(), 10)
    await started.close()

    assert not caplog.records


async def test_says_that_its_port_is_taken() -> None:
    """The line names the address; nothing is left open."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        second = listening.Server(listening.application(nothing_here=NOTHING), host="127.0.0.1", port=port)

        with pytest.raises(listening.ListenError, match=rf"127\.0\.0\.1:{port} is in use"):
            await second.start()


async def test_says_that_its_host_is_unknown() -> None:
    """A host that is none is one clear line as well."""
    unknown = listening.Server(listening.application(nothing_here=NOTHING), host="no-such-host.invalid", port=0)

    with pytest.raises(listening.ListenError, match=r"cannot listen on no-such-host\.invalid:0: "):
        await unknown.start()


async def test_listens_on_ipv6() -> None:
    """An IPv6 address works with and without brackets."""
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    started = listening.Server(listening.application(nothing_here=NOTHING), host="[::1]", port=0)
    await started.start()

    async with aiohttp.ClientSession() as session, session.get(started.url) as response:
        assert (response.status, await response.text()) == (404, NOTHING)
    assert started.url == f"http://[::1]:{started.port}/"
    await started.close()


async def test_stops_listening_when_closed() -> None:
    """After `close` the port is free."""
    started = listening.Server(listening.application(nothing_here=NOTHING), host="127.0.0.1", port=0)
    await started.start()

    await started.close()

    with socket.create_server(("127.0.0.1", started.port)):
        pass

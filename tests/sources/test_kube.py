"""A session with an API server: what is sent, what comes back, and what each failure is called."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import ssl
from pathlib import Path

import pytest

import pullwatch
from pullwatch.sources import errors, kube
from pullwatch.sources.kube import Session
from tests.sources import rawserver
from tests.sources.rawserver import Token, access_to, chunked, serving, whole
from tests.sources.test_access import certificate

PATH = "/api/v1/events"


async def get(server: rawserver.RawServer, token: Token | None = None) -> bytes:
    async with Session(access_to(server.url, token)) as session:
        return await session.get_json(PATH, {"limit": "500"})


async def streamed(
    server: rawserver.RawServer, *, read_timeout: float | None = 5, total_timeout: float = 5, batch_seconds: float = 0
) -> bytes:
    """Read a watch to its end."""
    collected = b""
    async with (
        Session(access_to(server.url)) as session,
        session.stream(PATH, {"watch": "1"}, read_timeout=read_timeout, total_timeout=total_timeout, batch_seconds=batch_seconds) as body,
    ):
        while chunk := await body.read():
            collected += chunk
    return collected


async def test_it_sends_who_we_are_with_each_request() -> None:
    """Authorization and User-Agent on lists and watches; watches are not compressed."""
    async with serving(whole("200 OK", b"{}"), chunked(b"{}\n")) as server:
        await get(server)
        await streamed(server)
        listed, watched = server.asked

    for asked in (listed, watched):
        assert asked.headers["authorization"] == "Bearer secret"
        assert asked.headers["user-agent"] == f"pullwatch/{pullwatch.__version__}"
    assert listed.target == f"{PATH}?limit=500"
    assert "gzip" in listed.headers["accept-encoding"]
    assert watched.headers["accept-encoding"] == "identity"


async def test_it_retries_once_with_a_fresh_token() -> None:
    """A rotated token is picked up within the same request."""
    async with serving(whole("401 Unauthorized", b"{}"), whole("200 OK", b"[]")) as server:
        body = await get(server, Token("old", "new"))

    assert body == b"[]"
    assert [asked.headers["authorization"] for asked in server.asked] == ["Bearer old", "Bearer new"]


@pytest.mark.parametrize(("tokens", "requests"), [(("same",), 1), (("old", "new", "newest"), 2)])
async def test_it_gives_up_where_no_token_is_accepted(tokens: tuple[str, ...], requests: int) -> None:
    """Without a fresh token a request is not repeated, with one only once."""
    async with serving(whole("401 Unauthorized", b'{"message":"Unauthorized"}')) as server:
        with pytest.raises(errors.Unauthorized, match="answered 401: Unauthorized"):
            await get(server, Token(*tokens))

    assert len(server.asked) == requests


async def test_it_tells_which_right_is_missing() -> None:
    """The Status of a 403 names verb and resource, for lists and watches."""
    said = 'events is forbidden: User "x" cannot list resource "events"'
    async with serving(whole("403 Forbidden", json.dumps({"message": said}).encode())) as server:
        with pytest.raises(errors.Forbidden, match=re.escape(f"{server.url}{PATH} answered 403: {said}")):
            await get(server)
        with pytest.raises(errors.Forbidden, match="cannot list"):
            await streamed(server)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (whole("410 Gone", b'{"message":"too old"}'), errors.Gone),
        (whole("429 Too Many Requests", b"", "Retry-After: 7"), errors.Throttled),
        (whole("502 Bad Gateway", b"<html></html>", "Content-Type: text/html"), errors.ServerTrouble),
        (whole("302 Found", b"", "Location: http://127.0.0.1:1/elsewhere"), errors.ServerTrouble),
    ],
)
async def test_it_names_what_the_server_answers(answer: rawserver.Answer, kind: type[errors.ApiError]) -> None:
    """Each status is one kind of error; no redirect is followed with our token."""
    async with serving(answer) as server:
        with pytest.raises(kind) as caught:
            await get(server)

    assert caught.value.retry_after_seconds == (7 if kind is errors.Throttled else None)
    assert len(server.asked) == 1


async def test_it_reads_a_watch_to_its_end() -> None:
    """All bytes, and a clean end as an end."""
    async with serving(chunked(b"one\n", b"two\n")) as server:
        assert await streamed(server) == b"one\ntwo\n"


async def test_it_reads_in_batches() -> None:
    """With a pause between reads nothing is lost, also where the watch ends meanwhile."""
    async with serving(chunked(*[b"line\n"] * 200)) as server:
        assert await streamed(server, batch_seconds=0.001) == b"line\n" * 200


async def test_it_does_not_pause_while_much_is_waiting() -> None:
    """A burst of megabytes is read at full speed: a pause for each read would take longer than this may."""
    async with serving(chunked(*[b"x" * 100_000] * 200)) as server, asyncio.timeout(20):
        assert len(await streamed(server, batch_seconds=0.2, total_timeout=30)) == 20_000_000


async def test_it_calls_a_cut_connection_closed() -> None:
    """A connection that ends in the middle is not a clean end."""
    async with serving(chunked(b'{"type":"ADDED', ends="cut")) as server:
        with pytest.raises(errors.Closed, match="the connection broke"):
            await streamed(server)


async def test_it_notices_at_once_that_a_body_is_no_body() -> None:
    """Broken framing in the middle of a list ends it then, and not when its time is over."""

    async def broken(_: rawserver.Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n")
        await began.wait()
        writer.write(b"zz\r\n")
        await asyncio.Event().wait()

    began = asyncio.Event()
    async with serving(broken) as server, Session(access_to(server.url)) as session, asyncio.timeout(5):
        async with session.stream(PATH, {}, read_timeout=60, total_timeout=300, batch_seconds=0) as body:
            assert await body.read() == b"{}"
            began.set()
            with pytest.raises(errors.Closed, match="ended in the middle"):
                await body.read()
        with pytest.raises(errors.Closed, match="connection broke"):
            await session.get_json(PATH)


@pytest.mark.parametrize(("read_timeout", "total_timeout"), [(0.05, 5), (None, 0.05)])
async def test_it_calls_a_silent_watch_timed_out(read_timeout: float | None, total_timeout: float) -> None:
    """Where silence is not normal after a while, else when the watch is over its time."""
    async with serving(chunked(b"{}\n", ends="silent")) as server:
        with pytest.raises(errors.TimedOut, match="silent for too long"):
            await streamed(server, read_timeout=read_timeout, total_timeout=total_timeout)


async def test_it_calls_a_port_without_a_server_unreachable() -> None:
    """With the address and what to check."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    async with Session(access_to(url)) as session:
        with pytest.raises(errors.Unreachable, match=rf"{url}{PATH}: no connection .*; check that the API server runs at this address"):
            await session.get_json(PATH)


async def test_it_trusts_the_ca_it_was_given_and_no_other(tmp_path: Path) -> None:
    """TLS with the cluster's CA works; a server of another CA is refused before a token is sent."""
    ours, other = certificate(tmp_path), certificate(tmp_path, "other.crt")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(ours, f"{ours}.key")
    async with serving(whole("200 OK", b"{}"), tls=tls) as server:
        trusted = await get(server, Token("t", trust=ssl.create_default_context(cafile=ours)))
        with pytest.raises(errors.Unreachable, match="no trusted TLS connection"):
            await get(server, Token("t", trust=ssl.create_default_context(cafile=other)))

    assert trusted == b"{}"
    assert len(server.asked) == 1


async def test_it_survives_what_is_no_http() -> None:
    """Any bytes are an error with a name."""

    async def noise(_: rawserver.Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(os.urandom(100) + b"\r\n\r\n")
        writer.close()

    async with serving(noise) as server:
        with pytest.raises(errors.Closed):
            await get(server)


async def test_it_has_the_system_watch_for_dead_peers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keepalive after 30 s, three probes 15 s apart, and no longer for what is not acknowledged: on a quiet watch nothing else would notice."""
    made: list[socket.socket] = []
    make = kube._socket

    def remembering(address: tuple[int, int, int, str, tuple[object, ...]]) -> socket.socket:
        made.append(make(address))
        return made[-1]

    monkeypatch.setattr(kube, "_socket", remembering)
    async with serving(whole("200 OK", b"{}")) as server, Session(access_to(server.url)) as session:
        await session.get_json(PATH)
        (connection,) = made
        options = [
            connection.getsockopt(socket.IPPROTO_TCP, one)
            for one in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT)
        ]

        assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert options == [30, 15, 3, 70_000]


async def test_it_ignores_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An in-cluster request never leaves through a proxy that was meant for something else."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    async with serving(whole("200 OK", b"{}")) as server:
        assert await get(server) == b"{}"

"""Reports on their way to a server: what is sent, and how each refusal is told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from pullwatch.publish import delivery
from pullwatch.publish.delivery import Delivery, DeliveryError
from pullwatch.pulls.reported import Again


@dataclass
class Server:
    """A server of ours: keeps what it got, answers what it is told to."""

    url: str = ""
    status: int = 200
    answer: bytes = b'{"again_in_seconds":2.5}'
    headers: dict[str, str] = field(default_factory=dict)
    tokens: list[str | None] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    hangs: bool = False

    async def handle(self, request: web.Request) -> web.Response:
        self.tokens.append(request.headers.get("Authorization"))
        self.bodies.append(await request.read())
        if self.hangs:
            await asyncio.Event().wait()
        return web.Response(body=self.answer, status=self.status, headers=self.headers)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """Serve on loopback as long as the test runs."""
    serving = Server()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", serving.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    serving.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield serving
    finally:
        await runner.cleanup()


async def post(opened: Delivery) -> Again:
    return await opened.post("/api/v1/agents/running", b'{"node":"n"}', Again)


async def test_posts_json_and_returns_the_answer(server: Server) -> None:
    """What goes out is what was given; the answer is a value."""
    async with Delivery(server.url + "/") as opened:
        assert await post(opened) == Again(2.5)
    assert (server.bodies, server.tokens) == ([b'{"node":"n"}'], [None])


async def test_shows_the_token_of_the_moment(server: Server, tmp_path: Path) -> None:
    """A kubelet replaces a projected token while we run: the next report shows the new one."""
    token = tmp_path / "token"
    token.write_text("one\n")
    async with Delivery(server.url, token=token) as opened:
        await post(opened)
        token.write_text("two\n")
        await post(opened)

    assert server.tokens == ["Bearer one", "Bearer two"]


@pytest.mark.parametrize(
    ("status", "label"),
    [
        (401, "401"),
        (403, "403"),
        (404, "404"),
        (405, "refused"),
        (413, "413"),
        (429, "429"),
        (500, "server"),
        (503, "server"),
        (302, "refused"),
    ],
)
async def test_each_status_is_told(server: Server, status: int, label: str) -> None:
    """A refusal names address and status, and has an outcome of its own."""
    server.status = status
    async with Delivery(server.url) as opened:
        with pytest.raises(DeliveryError, match=str(status)) as raised:
            await post(opened)

    assert raised.value.label == label


@pytest.mark.parametrize("status", [404, 405])
async def test_a_server_without_agents_is_told(server: Server, status: int) -> None:
    """The line says what the server was started without."""
    server.status = status
    async with Delivery(server.url) as opened:
        with pytest.raises(DeliveryError, match=r"is it pullwatch serve, with --agents\?"):
            await post(opened)


async def test_no_redirect_gets_the_token(server: Server, tmp_path: Path) -> None:
    """The token is for the server that was named."""
    (tmp_path / "token").write_text("secret")
    server.status, server.headers = 307, {"Location": f"{server.url}/elsewhere"}
    async with Delivery(server.url, token=tmp_path / "token") as opened:
        with pytest.raises(DeliveryError):
            await post(opened)

    assert len(server.bodies) == 1


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b"\xff", b'{"again_in_seconds":"soon"}', b'{"x":' + b"[" * 100_000])
async def test_an_answer_of_another_program_is_told(server: Server, answer: bytes) -> None:
    """A proxy's page with status 200 is no answer."""
    server.answer = answer
    async with Delivery(server.url) as opened:
        with pytest.raises(DeliveryError, match="not that of pullwatch serve") as raised:
            await post(opened)

    assert raised.value.label == "decode"


async def test_an_answer_without_end_is_cut(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer fills the agent's memory."""
    monkeypatch.setattr(delivery, "MAX_ANSWER_BYTES", 1000)
    server.answer = b" " * 5000
    async with Delivery(server.url) as opened:
        with pytest.raises(DeliveryError, match="not that of pullwatch serve"):
            await post(opened)


async def test_nobody_there_is_told() -> None:
    """A refused connection is a line, not a traceback."""
    async with Delivery("http://127.0.0.1:1") as opened:
        with pytest.raises(
            DeliveryError, match=r"http://127\.0\.0\.1:1/api/v1/agents/running: no connection \(Connection refused\)$"
        ) as raised:
            await post(opened)

    assert raised.value.label == "unreachable"


async def test_a_server_that_hangs_is_told(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each report has a deadline."""
    monkeypatch.setattr(delivery, "TIMEOUT_SECONDS", 0.1)
    server.hangs = True
    async with Delivery(server.url) as opened:
        with pytest.raises(DeliveryError, match="no answer within") as raised:
            await post(opened)

    assert raised.value.label == "timeout"


@pytest.mark.parametrize("content", [None, b"", b"\xff", b"two\nlines"])
async def test_a_token_that_is_none_is_told(server: Server, tmp_path: Path, content: bytes | None) -> None:
    """A missing, empty or broken file is named, and nothing is sent."""
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    async with Delivery(server.url, token=tmp_path / "token") as opened:
        with pytest.raises(DeliveryError, match="token") as raised:
            await post(opened)

    assert (raised.value.label, server.bodies) == ("token", [])


async def test_a_ca_that_is_none_is_told(tmp_path: Path) -> None:
    """A file without certificates is named before anything is sent."""
    (tmp_path / "ca.crt").write_text("nothing")
    with pytest.raises(DeliveryError, match=r"ca\.crt: no certificate in it"):
        Delivery("https://127.0.0.1:1", ca=tmp_path / "ca.crt").check()
    with contextlib.suppress(DeliveryError):
        Delivery("https://127.0.0.1:1").check()

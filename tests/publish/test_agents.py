"""What the server takes from agents, and what it turns away before anybody reads it."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import io
import zlib
from collections import Counter
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from pullwatch.publish import agents, listening, server
from pullwatch.pulls import reported
from pullwatch.pulls.received import Refusal, Refused
from tests.publish.test_server import View

GZIP = gzip.compress(b"{}", mtime=0)
GOOD = {"Authorization": "Bearer good"}
PATHS = list(agents.PATHS)


class Desk:
    """Takes whatever comes from whoever says `good`."""

    def __init__(self) -> None:
        self.taken: list[tuple[bytes, str | None]] = []
        self.refused: Counter[Refusal] = Counter()
        self.refusal: Refusal | None = None

    async def sender(self, authorization: str) -> str | None:
        if authorization != "Bearer good":
            raise Refused(Refusal.NO_TOKEN, "no token")
        return "node-a"

    async def images(self, content: bytes, *, sender: str | None) -> bytes:
        if self.refusal:
            raise Refused(self.refusal, "refused")
        self.taken.append((content, sender))
        return b'{"digests":[]}'

    async def layers(self, content: bytes, *, sender: str | None) -> None:
        await self.images(content, sender=sender)

    async def running(self, content: bytes, *, sender: str | None) -> bytes:
        return await self.images(content, sender=sender)

    def count(self, refusal: Refusal) -> None:
        self.refused[refusal] += 1


@pytest.fixture
def desk() -> Desk:
    return Desk()


@contextlib.asynccontextmanager
async def serving(desk: Desk | None) -> AsyncIterator[aiohttp.ClientSession]:
    running = listening.Server(server.make_app(View(), desk=desk), host="127.0.0.1", port=0)
    await running.start()
    async with aiohttp.ClientSession(running.url) as session:
        yield session
    await running.close()


@pytest_asyncio.fixture
async def client(desk: Desk) -> AsyncIterator[aiohttp.ClientSession]:
    """Gives a client of a server with this desk."""
    async with serving(desk) as session:
        yield session


Client = aiohttp.ClientSession


async def posted(client: Client, body: bytes | AsyncIterator[bytes], path: str = PATHS[0], **headers: str) -> int:
    content = io.BytesIO(body) if isinstance(body, bytes) else body  # aiohttp warns of large ones
    async with client.post(path, data=content, headers=GOOD | headers) as response:
        await response.read()
        return response.status


async def test_a_report_gets_its_answer(client: Client, desk: Desk) -> None:
    """JSON where there is one, 204 where there is none."""
    async with client.post(reported.IMAGES_PATH, data=b"{}", headers=GOOD) as response:
        assert (response.status, await response.read()) == (200, b'{"digests":[]}')
        assert response.headers["Content-Type"] == "application/json"
    assert await posted(client, b"{}", reported.LAYERS_PATH) == 204
    assert await posted(client, b"{}", reported.RUNNING_PATH) == 200

    assert desk.taken == [(b"{}", "node-a")] * 3


@pytest.mark.parametrize("path", PATHS)
async def test_who_has_no_token_is_told_what_is_missing(client: Client, desk: Desk, path: str) -> None:
    """Before a byte of the body is read."""
    async with client.post(path, data=b"x" * 1000) as response:
        assert (response.status, response.headers["WWW-Authenticate"]) == (401, "Bearer")

    assert desk.refused == {Refusal.NO_TOKEN: 1}
    assert desk.taken == []


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (Refusal.TOKEN, 401),
        (Refusal.ACCOUNT, 403),
        (Refusal.NODE, 403),
        (Refusal.NOT_CHECKED, 503),
        (Refusal.BUSY, 503),
        (Refusal.UNREADABLE, 400),
    ],
)
async def test_a_refusal_has_its_status_and_its_counter(client: Client, desk: Desk, refusal: Refusal, status: int) -> None:
    """One line says why; whoever may come again is told when."""
    desk.refusal = refusal
    async with client.post(PATHS[0], data=b"{}", headers=GOOD) as response:
        assert (response.status, await response.text()) == (status, "refused\n")
        assert ("Retry-After" in response.headers) == (status == 503)

    assert desk.refused == {refusal: 1}


async def test_a_report_may_be_compressed(client: Client, desk: Desk) -> None:
    """With gzip and nothing else."""
    assert await posted(client, gzip.compress(b'{"node":"a"}'), **{"Content-Encoding": "gzip"}) == 200
    assert desk.taken == [(b'{"node":"a"}', "node-a")]

    for encoding in ("br", "deflate", "gzip, gzip"):
        assert await posted(client, b"{}", **{"Content-Encoding": encoding}) == 400


@pytest.mark.parametrize(
    "broken",
    [b"", b"no gzip", GZIP[:-3], GZIP + b"more", GZIP * 2, zlib.compress(b"{}")],
    ids=["empty", "none", "cut", "more behind it", "two", "zlib"],
)
async def test_broken_compression_is_refused(client: Client, desk: Desk, broken: bytes) -> None:
    """What ends in the middle or goes on behind its end is no report."""
    assert await posted(client, broken, **{"Content-Encoding": "gzip"}) == 400
    assert desk.refused == {Refusal.UNREADABLE: 1}


@pytest.mark.parametrize("path", PATHS)
async def test_a_body_has_a_limit(client: Client, desk: Desk, path: str) -> None:
    """A byte more than 1 MiB is too much."""
    assert await posted(client, b"x" * reported.MAX_BODY_BYTES, path) in (200, 204)
    assert await posted(client, b"x" * (reported.MAX_BODY_BYTES + 1), path) == 413

    assert desk.refused == {Refusal.TOO_LARGE: 1}


async def test_a_body_without_a_length_has_the_same_limit(client: Client, desk: Desk) -> None:
    """Chunks are counted as they come."""

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 100_000

    async with client.post(PATHS[0], data=chunks(), headers=GOOD) as response:
        assert response.status == 413
    assert desk.refused == {Refusal.TOO_LARGE: 1}


async def test_a_bomb_is_not_unpacked(client: Client, desk: Desk) -> None:
    """100 MB of zeros in 100 KB: nothing beyond the limit is ever in memory."""
    assert await posted(client, gzip.compress(bytes(100_000_000)), **{"Content-Encoding": "gzip"}) == 413
    assert await posted(client, gzip.compress(bytes(reported.MAX_BODY_BYTES)), **{"Content-Encoding": "gzip"}) == 200
    assert await posted(client, gzip.compress(bytes(reported.MAX_BODY_BYTES + 1)), **{"Content-Encoding": "gzip"}) == 413

    assert desk.refused == {Refusal.TOO_LARGE: 2}


async def test_a_body_that_drips_is_given_up(client: Client, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report that never ends must not hold a place."""
    monkeypatch.setattr(agents, "BODY_SECONDS", 0.05)
    ended = asyncio.Event()

    async def drip() -> AsyncIterator[bytes]:
        yield b"{"
        await ended.wait()

    async with client.post(PATHS[0], data=drip(), headers=GOOD) as response:
        assert response.status == 408
    ended.set()
    assert desk.refused == {Refusal.SLOW: 1}


async def test_a_limited_number_is_read_at_once(client: Client, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others are to come again."""
    monkeypatch.setattr(agents, "AT_ONCE", 1)
    begun, end = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        begun.set()
        await end.wait()
        yield b"}"

    first = asyncio.create_task(posted(client, slow()))
    await begun.wait()
    statuses: list[int] = []
    async with asyncio.timeout(10):
        while 503 not in statuses:
            statuses.append(await posted(client, b"{}"))
    end.set()

    assert await first == 200
    assert desk.refused[Refusal.BUSY] == 1


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_reports_are_sent_not_asked_for(client: Client, method: str) -> None:
    """The addresses are no pages."""
    async with client.request(method, PATHS[0], headers=GOOD) as response:
        assert (response.status, response.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_stay_refused(client: Client, method: str) -> None:
    """There as everywhere."""
    async with client.request(method, PATHS[0], headers=GOOD) as response:
        assert response.status == 405


@pytest.mark.parametrize("path", ["/", "/metrics", "/api/v1/pulls", "/api/v1/images", "/api/v1/agents", "/api/v1/agents/other"])
async def test_nothing_is_sent_elsewhere(client: Client, desk: Desk, path: str) -> None:
    """A token opens three addresses."""
    async with client.post(path, data=b"{}", headers=GOOD) as response:
        assert (response.status, response.headers["Allow"]) == (405, "GET, HEAD")
    assert desk.taken == []


@pytest.mark.parametrize(("method", "status"), [("POST", 405), ("GET", 404)])
async def test_without_a_desk_there_is_nothing(method: str, status: int) -> None:
    """Reports are taken only where that was asked for."""
    async with serving(None) as client, client.request(method, PATHS[0], headers=GOOD) as response:
        assert response.status == status


async def test_a_slow_sender_keeps_no_other_out(client: Client, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A node in strange hands that sends many reports a byte at a time holds its own places, and not those of all."""

    async def sender(authorization: str) -> str | None:
        return authorization.removeprefix("Bearer ")

    monkeypatch.setattr(desk, "sender", sender)
    end = asyncio.Event()
    begun = [asyncio.Event() for _ in range(agents.OF_ONE)]

    async def slow(number: int) -> AsyncIterator[bytes]:
        yield b"{"
        begun[number].set()
        await end.wait()
        yield b"}"

    slow_ones = [asyncio.create_task(posted(client, slow(number))) for number in range(agents.OF_ONE)]
    for one in begun:
        await one.wait()
    statuses: list[int] = []
    async with asyncio.timeout(10):
        while 503 not in statuses:
            statuses.append(await posted(client, b"{}"))
    other = await posted(client, b"{}", Authorization="Bearer other")
    end.set()

    assert other == 200
    assert [await one for one in slow_ones] == [200] * agents.OF_ONE
    assert desk.refused == {Refusal.BUSY: 1}

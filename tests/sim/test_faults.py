"""Faults on demand, as a client that knows only bytes meets them."""

from __future__ import annotations

import asyncio
import email.utils
import inspect
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from pullwatch.sim import certificates, faults, interruptions, oddities, refusals, sockets
from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.faults import Fault
from pullwatch.sim.steps import Act
from pullwatch.sim.store import Store
from tests.sim.given import Client, event, until

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
EVENTS = "/api/v1/events"


@pytest.fixture
def store() -> Store:
    """Give a store with two events."""
    made = Store(first_version=100)
    made.create("events", event("a"))
    made.create("events", event("b"))
    return made


class Wire:
    """One connection, with what it gives to read."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def ask(self, target: str) -> None:
        self.writer.write(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        await self.writer.drain()

    async def until(self, end: bytes) -> bytes:
        async with asyncio.timeout(10):
            return await self.reader.readuntil(end)

    async def rest(self) -> bytes:
        """Read to the end; raises ConnectionResetError where it was reset."""
        async with asyncio.timeout(10):
            return await self.reader.read()


@pytest.fixture
async def wire(server: ApiServer) -> AsyncIterator[Wire]:
    """Give a connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    yield Wire(reader, writer)
    writer.transport.abort()


async def watched(client: Client, count: int) -> list[Any]:
    """Read frames of a watch from before the two events."""
    async with client.watch(EVENTS, resourceVersion="100") as watch:
        return [await watch.frame() for _ in range(count)]


async def test_it_hits_what_it_is_meant_for(server: ApiServer, client: Client) -> None:
    """Verb and resource choose, the first requests can be let through, and after some it is over."""
    fault = server.faults.add(refusals.ServerError(verb="list", resource="events", skip=1, times=2))
    pods = (await client.get("/api/v1/pods"))[0]
    events = [(await client.get(EVENTS))[0] for _ in range(4)]

    assert (pods, events) == (200, [200, 500, 500, 200])
    assert server.faults.hits[fault] == 2


async def test_it_stops_when_it_is_removed(server: ApiServer, client: Client) -> None:
    """Faults come and go while the server runs, one or all of them."""
    first = server.faults.add(refusals.ServerError(code=503))
    server.faults.add(refusals.ServerError(code=500))
    statuses = [(await client.get(EVENTS))[0]]
    server.faults.remove(first)
    statuses.append((await client.get(EVENTS))[0])
    server.faults.clear()
    statuses.append((await client.get(EVENTS))[0])

    assert statuses == [503, 500, 200]


async def test_it_takes_faults_from_the_start(store: Store) -> None:
    """A server can be made with its faults."""
    async with ApiServer(store, faults=faults.Faults(interruptions.Unanswered())) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        wire = Wire(reader, writer)
        await wire.ask(EVENTS)

        assert await wire.rest() == b""
        writer.close()


@pytest.mark.parametrize(
    ("fault", "status", "reason"),
    [
        (refusals.Gone(), 410, "Expired"),
        (refusals.Throttled(), 429, "TooManyRequests"),
        (refusals.Unauthorized(), 401, "Unauthorized"),
        (refusals.ServerError(), 500, "InternalError"),
    ],
)
async def test_it_refuses_with_a_status(fault: Fault, status: int, reason: str, server: ApiServer, client: Client) -> None:
    """Refusals are Status objects as a real server writes them."""
    server.faults.add(fault)
    code, body = await client.get(EVENTS)

    assert (code, body["code"], body["kind"], body["reason"]) == (status, status, "Status", reason)


async def test_it_lets_the_first_page_of_a_list_through(server: ApiServer, client: Client) -> None:
    """Only what goes on with a list has expired."""
    server.faults.add(refusals.GoneInList())
    first, page = await client.get(EVENTS, limit="1")
    second, _ = await client.get(EVENTS, limit="1", **{"continue": page["metadata"]["continue"]})

    assert (first, second) == (200, 410)


@pytest.mark.parametrize("ahead_seconds", [0, 3600])
async def test_it_asks_for_patience_in_both_forms(ahead_seconds: float, server: ApiServer, wire: Wire) -> None:
    """Seconds, or a date that fits the server's own clock."""
    server.faults.add(refusals.Throttled(retry_after_seconds=7, times=1))
    server.faults.add(refusals.Throttled(retry_after_seconds=7, as_date=True, clock_ahead_seconds=ahead_seconds))
    await wire.ask(EVENTS)
    seconds = await wire.until(b"}\n")
    await wire.ask(EVENTS)
    headers = dict(line.split(": ", 1) for line in (await wire.until(b"\r\n\r\n")).decode().splitlines() if ": " in line)
    written, until_ = (email.utils.parsedate_to_datetime(headers[name]) for name in ("Date", "Retry-After"))

    assert b"\r\nRetry-After: 7\r\n" in seconds
    assert (until_ - written).total_seconds() == 7


async def test_it_answers_as_a_gateway_would(server: ApiServer, wire: Wire) -> None:
    """HTML, with 502 or with any other status."""
    server.faults.add(refusals.BadGateway(times=1))
    server.faults.add(refusals.BadGateway(code=200))
    await wire.ask(EVENTS)
    first = await wire.until(b"</html>\n")
    await wire.ask(EVENTS)
    second = await wire.until(b"</html>\n")

    assert first.startswith(b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\n")
    assert second.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n")


@pytest.mark.parametrize(
    ("fault", "end"),
    [
        (interruptions.EndsAtOnce(), b"\r\n\r\n0\r\n\r\n"),
        (interruptions.BadChunk(), b"\r\n\r\nzz\r\nno chunk\r\n"),
        (interruptions.CutLine(after=1), b"\r\n0\r\n\r\n"),
    ],
)
async def test_it_sends_what_the_fault_says(fault: Fault, end: bytes, server: ApiServer, wire: Wire) -> None:
    """A clean end without a word, an end within a line, and what is no chunk."""
    server.faults.add(fault)
    await wire.ask(f"{EVENTS}?watch=1&resourceVersion=100")

    assert (await wire.until(end)).endswith(end)


async def test_it_cuts_the_last_line(server: ApiServer, client: Client) -> None:
    """The frames before are whole; the end is clean, so that only the line tells."""
    server.faults.add(interruptions.CutLine(after=1))
    async with client.watch(EVENTS, resourceVersion="100") as watch:
        whole = await watch.frame()
        with pytest.raises(json.JSONDecodeError):
            await watch.frame()

    assert whole["object"]["metadata"]["name"] == "a"


async def test_it_resets_in_the_middle_of_a_chunk(server: ApiServer, wire: Wire) -> None:
    """The reader gets an error, not an end."""
    server.faults.add(interruptions.ResetInChunk(after=1))
    await wire.ask(f"{EVENTS}?watch=1&resourceVersion=100")

    with pytest.raises(ConnectionResetError):
        await wire.rest()


async def test_it_closes_in_the_middle_of_a_chunk(server: ApiServer, wire: Wire) -> None:
    """The reader gets an end where more was announced."""
    server.faults.add(interruptions.ClosedInChunk(after=1))
    await wire.ask(f"{EVENTS}?watch=1&resourceVersion=100")
    received = await wire.rest()

    assert b'"name":"a"' in received
    assert not received.endswith(b"\r\n")


async def test_it_drips(server: ApiServer, client: Client) -> None:
    """In pieces of any size frames stay what they are."""
    server.faults.add(interruptions.Drip(size_bytes=3, pause_seconds=0.0001))

    assert [frame["object"]["metadata"]["name"] for frame in await watched(client, 2)] == ["a", "b"]


@pytest.mark.parametrize("fault", [interruptions.Silence(after=1), interruptions.Unanswered(act=Act.SILENCE)])
async def test_it_forgets_a_silent_connection_when_its_client_leaves(fault: Fault, server: ApiServer, wire: Wire) -> None:
    """Silence is not deafness: the client's end is heard, and nothing is left behind."""
    server.faults.add(fault)
    await wire.ask(f"{EVENTS}?watch=1&resourceVersion=100")
    await until(lambda: server.faults.hits[fault] == 1)
    wire.writer.close()

    await until(lambda: not server.open_watches and not server._connections)


@pytest.mark.skipif(sys.platform != "linux", reason="a socket filter that drops everything exists on Linux")
async def test_it_acknowledges_nothing_once_it_is_gone(server: ApiServer, wire: Wire) -> None:
    """What a client sends to a peer that is gone stays unacknowledged in its own system, and the connection stays open."""
    await wire.ask(f"{EVENTS}?watch=1&resourceVersion=102")
    await wire.until(b"\r\n\r\n")
    server.vanish()
    wire.writer.write(b"x")
    # Far longer than an acknowledgement takes on loopback, delayed ones of 40 ms included: there is nothing else to wait for.
    await asyncio.sleep(0.1)

    assert sockets._unacknowledged_bytes(wire.writer.get_extra_info("socket").fileno()) == 1
    assert not wire.reader.at_eof()


@pytest.mark.parametrize("code", [410, 500])
async def test_it_ends_a_watch_with_an_error_frame(code: int, server: ApiServer, client: Client) -> None:
    """After the frames that were to come first; then the watch is over."""
    server.faults.add(oddities.ErrorFrame(after=1, code=code, retry_after_seconds=3))
    first, second, end = await watched(client, 3)

    assert (first["type"], second["type"], second["object"]["code"], end) == ("ADDED", "ERROR", code, {})


@pytest.mark.parametrize(
    ("fault", "lines"),
    [
        (oddities.NoJson(), 5),
        (oddities.WithoutFields(), 7),
        (oddities.LongLine(size_bytes=50_000), 1),
        (oddities.Bookmarks(resource="events", version=101, count=20), 20),
        (oddities.Bookmarks(resource="events", version=101, count=20, after=1), 20),
    ],
)
async def test_it_sends_odd_lines_besides_its_own(fault: Fault, lines: int, server: ApiServer, wire: Wire) -> None:
    """The frames that belong there are all there."""
    server.faults.add(fault)
    await wire.ask(f"{EVENTS}?watch=1&resourceVersion=100")
    received = await wire.until(b'"name":"b"')

    assert b'"name":"a"' in received
    assert received.count(b"\n") - received.count(b"\r\n") == lines + 1


async def test_its_long_line_has_the_size_it_is_said_to_have() -> None:
    """5 MiB by default, line end included."""
    assert len(oddities.LongLine().lines()) == 5 * 1024 * 1024
    assert json.loads(oddities.LongLine().lines())["type"] == "ADDED"


async def test_it_sends_invalid_utf8(server: ApiServer, wire: Wire) -> None:
    """In a field that clients may read."""
    server.faults.add(oddities.InvalidUtf8())
    await wire.ask(f"{EVENTS}?watch=1&resourceVersion=100")

    assert b'"labels":{"odd":"\xff\xfe\xed\xa0\x80"}' in await wire.until(b'"name":"b"')


async def test_it_lists_a_version_of_the_future(server: ApiServer, client: Client) -> None:
    """A watch from there is accepted, and hears neither changes nor bookmarks."""
    server.faults.add(oddities.FutureVersion(ahead=1000))
    _, page = await client.get("/api/v1/pods")
    version = page["metadata"]["resourceVersion"]
    async with client.watch("/api/v1/pods", resourceVersion=version, timeoutSeconds="1", allowWatchBookmarks="1") as watch:
        server.store.create("pods", {"metadata": {"namespace": "shop", "name": "unheard"}})
        frame = await watch.frame()

    assert (version, frame) == ("1102", {})


async def test_it_shifts_stamps(server: ApiServer, client: Client) -> None:
    """In lists and watches alike, and only what is a stamp."""
    server.store.create("events", event("c") | {"lastTimestamp": "2026-11-23T16:48:48Z"})
    server.faults.add(oddities.Skew(seconds=-60))
    _, page = await client.get(EVENTS)
    frame = (await watched(client, 3))[2]

    assert page["items"][2]["lastTimestamp"] == frame["object"]["lastTimestamp"] == "2026-11-23T16:47:48Z"
    assert frame["object"]["metadata"]["name"] == "c"


async def test_it_remembers_what_it_was_asked(server: ApiServer, client: Client) -> None:
    """Verb, resource, query and headers of each request, in order."""
    await client.get(EVENTS, limit="1")
    await client.get("/version")
    (asked,) = server.asked

    assert (asked.verb, asked.resource, asked.query["limit"], asked.further_page) == ("list", "events", "1", False)
    assert asked.headers["host"] == f"127.0.0.1:{server.port}"


def test_a_server_without_tls_has_no_certificate(store: Store, tmp_path: Path) -> None:
    """There is nothing to rotate then."""
    with pytest.raises(RuntimeError, match="does not speak TLS"):
        ApiServer(store).rotate_certificate(tmp_path, tmp_path)


def test_it_says_that_openssl_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a test can be left out with a reason."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(certificates.NoOpenssl, match="openssl is not installed"):
        certificates.make(tmp_path)


DECLARED = [
    f"{module.__name__.rsplit('.', 1)[-1]}.{name}"
    for module in (refusals, interruptions, oddities)
    for name, one in inspect.getmembers(module, inspect.isclass)
    if issubclass(one, Fault) and one.__module__ == module.__name__ and not name.startswith("_")
]


@pytest.mark.parametrize("name", DECLARED)
def test_the_page_names_each_fault(name: str) -> None:
    """docs/faults.md has a row for each fault there is."""
    assert f"| `{name}" in PAGE.read_text()

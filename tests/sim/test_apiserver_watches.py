"""Watches: resuming, initial state, versions, selectors, bookmarks, ends."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import aiohttp
import pytest

from pullwatch.sim import resources, watching
from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.selector import Selection
from pullwatch.sim.store import Store
from tests.sim.given import Client, event, pod, until


async def test_it_resumes_without_loss_or_repetition(server: ApiServer, store: Store, client: Client) -> None:
    """A watch from the last version seen brings exactly what came after, also after a reset."""
    store.create("events", event("before"))
    version = str(store.version)
    async with client.watch("/api/v1/events", resourceVersion=version) as watch:
        store.create("events", event("a"))
        seen = await watch.frame()
        assert server.drop_watches() == 1
        store.create("events", event("b"))
        with pytest.raises(aiohttp.ClientError):
            await watch.frame()
    store.delete("events", ("shop", "a"))

    async with client.watch("/api/v1/events", resourceVersion=seen["object"]["metadata"]["resourceVersion"]) as watch:
        store.create("events", event("c"))

        assert await watch.seen(3) == ["ADDED b", "DELETED a", "ADDED c"]


@pytest.mark.parametrize("version", ["", "0"])
async def test_it_begins_with_the_present_state_when_asked_without_a_version(store: Store, client: Client, version: str) -> None:
    """Synthetic ADDED frames, one bookmark that ends them, then what happens."""
    store.create("events", event("b"))
    store.create("events", event("a"))

    async with client.watch("/api/v1/events", resourceVersion=version, allowWatchBookmarks="true") as watch:
        assert await watch.seen(2) == ["ADDED a", "ADDED b"]
        bookmark = await watch.frame()
        store.create("events", event("c"))
        assert await watch.seen(1) == ["ADDED c"]

    assert bookmark["type"] == "BOOKMARK"
    assert bookmark["object"]["metadata"] == {"resourceVersion": "102", "annotations": {"k8s.io/initial-events-end": "true"}}


async def test_it_says_gone_in_a_frame_with_http_200(store: Store, client: Client) -> None:
    """A compacted version is an ERROR frame with code 410, then a clean end."""
    store.create("events", event("a"))
    store.compact()

    async with client.watch("/api/v1/events", resourceVersion="100") as watch:
        error, end = await watch.frame(), await watch.frame()

    assert (error["type"], error["object"]["code"], error["object"]["reason"]) == ("ERROR", 410, "Expired")
    assert end == {}


async def test_it_is_silent_about_a_future_version_until_it_is_past(store: Store, client: Client) -> None:
    """Nothing comes before that version, neither frame nor error."""
    async with client.watch("/api/v1/events", resourceVersion="102") as watch:
        for name in ("101", "102", "103"):
            store.create("events", event(name))

        assert await watch.seen(1) == ["ADDED 103"]


async def test_it_answers_500_to_a_malformed_version(client: Client) -> None:
    """The Status is the real server's, without a reason."""
    status, answer = await client.get("/api/v1/events", watch="1", resourceVersion="abc")

    assert status == 500
    assert answer["message"] == 'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax'
    assert "reason" not in answer


async def test_it_ends_cleanly_after_its_timeout_and_keeps_the_connection(store: Store) -> None:
    """The stream ends with the last chunk, and the next request is answered on the same connection."""
    store.create("events", event("a"))
    async with ApiServer(store, watch_timeout_seconds=0.05) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /api/v1/events?watch=1&resourceVersion=100 HTTP/1.1\r\n\r\n")
        stream = await reader.readuntil(b"\r\n0\r\n\r\n")
        writer.write(b"GET /readyz HTTP/1.1\r\nConnection: close\r\n\r\n")
        rest = await reader.read()
        writer.close()
        await writer.wait_closed()

    assert stream.count(b'"type":"ADDED"') == 1
    assert rest.endswith(b"ok")


@pytest.mark.parametrize(("text", "seconds"), [("300", 300.0), ("0", 1800.0), ("", 1800.0), ("soon", 1800.0)])
def test_it_takes_the_timeout_from_the_query_or_its_own(text: str, seconds: float) -> None:
    """Zero and nonsense mean the server's own limit."""
    everything = Selection(resource=resources.EVENTS, namespace="", requirements=())

    assert watching.parse(everything, {"timeoutSeconds": text}, timeout_seconds=1800.0).timeout_seconds == seconds


async def test_it_sends_bookmarks_for_pods(store: Store, client: Client) -> None:
    """An idle watch learns the newest version, so that it can resume from there."""
    store.create("events", event("elsewhere"))

    async with client.watch("/api/v1/pods", resourceVersion="100", allowWatchBookmarks="1") as watch:
        bookmark = await watch.frame()

    assert (bookmark["type"], bookmark["object"]["kind"]) == ("BOOKMARK", "Pod")
    assert bookmark["object"]["metadata"] == {"resourceVersion": "101"}


async def test_it_sends_no_bookmarks_for_events(store: Store, client: Client) -> None:
    """Events come without a watch cache and so without periodic bookmarks: the next frame is the next change."""
    async with (
        client.watch("/api/v1/events", resourceVersion="100", allowWatchBookmarks="1") as events,
        client.watch("/api/v1/pods", resourceVersion="100", allowWatchBookmarks="1") as pods,
    ):
        assert await pods.seen(3) == ["BOOKMARK"] * 3
        store.create("events", event("a"))

        assert await events.seen(1) == ["ADDED a"]


async def test_it_turns_updates_into_what_a_selector_sees(store: Store, client: Client) -> None:
    """Entering the selection is ADDED, staying MODIFIED, leaving DELETED with the last state that matched; outside is silence."""
    async with client.watch("/api/v1/pods", resourceVersion="100", fieldSelector="status.phase=Pending") as watch:
        store.create("pods", pod("other", phase="Running"))
        store.create("pods", pod("a", phase="Pending"))
        store.update("pods", pod("a", phase="Pending"))
        store.update("pods", pod("a", phase="Running"))
        store.update("pods", pod("other", phase="Pending"))
        store.delete("pods", ("shop", "a"))
        store.delete("pods", ("shop", "other"))
        frames = [await watch.frame() for _ in range(5)]

    seen = [(frame["type"], frame["object"]["metadata"]["name"], frame["object"]["metadata"]["resourceVersion"]) for frame in frames]
    assert seen == [
        ("ADDED", "a", "102"),
        ("MODIFIED", "a", "103"),
        ("DELETED", "a", "104"),
        ("ADDED", "other", "105"),
        ("DELETED", "other", "107"),
    ]
    assert frames[2]["object"]["status"]["phase"] == "Pending"


async def test_it_forgets_a_watch_whose_client_left(server: ApiServer, client: Client) -> None:
    """An idle watch that nobody reads any more does not count as open."""
    async with client.watch("/api/v1/events", resourceVersion="100"):
        await until(lambda: server.open_watches["events"] == 1)

    await until(lambda: not server.open_watches)


async def test_it_carries_a_burst_to_every_watch(store: Store, client: Client) -> None:
    """Three thousand frames arrive complete and in order at three watches at once."""
    async with (
        client.watch("/api/v1/events", resourceVersion="100") as first,
        client.watch("/api/v1/events", resourceVersion="100", fieldSelector="source=kubelet") as second,
        client.watch("/api/v1/namespaces/shop/events", resourceVersion="100") as third,
    ):
        names = [f"e{number}" for number in range(3_000)]
        for name in names:
            store.create("events", event(name))
        results = await asyncio.gather(*(watch.seen(len(names)) for watch in (first, second, third)))

    assert all(result == [f"ADDED {name}" for name in names] for result in results)


async def test_it_leaves_no_task_and_no_port_when_stopped(store: Store) -> None:
    """Watches that are open when the server stops end with it."""
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    server = ApiServer(store)
    await server.start()
    port = server.port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /api/v1/events?watch=1 HTTP/1.1\r\n\r\n")
    await until(lambda: server.open_watches["events"] == 1)

    await server.stop()

    assert [task for task in asyncio.all_tasks() if task.get_name().startswith("sim-")] == []
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
    with contextlib.suppress(ConnectionResetError):
        await reader.read()
    writer.close()
    assert complaints == []

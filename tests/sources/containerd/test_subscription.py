"""The stream of events: what it tells, what it leaves out, and that it goes on after each break."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import grpclib
import pytest

from pullwatch.pulls.runtime import ContentCreated, ImagesChanged, RuntimeEvent, SnapshotEvent, SnapshotKind
from pullwatch.sources.containerd import containerd_pb2 as messages
from pullwatch.sources.containerd import errors, subscription
from pullwatch.sources.containerd.client import Containerd
from pullwatch.sources.containerd.connection import Connection
from pullwatch.sources.containerd.subscription import Lost, Subscribed
from pullwatch.sources.pace import Backoff
from tests.containerd.cable import Cable, laid
from tests.containerd.server import stamp
from tests.containerd.store import T0
from tests.sources.containerd.given import connected

_Item = TypeVar("_Item")

EVENTS: list[RuntimeEvent] = [
    ImagesChanged("registry.example/app:1", T0),
    ContentCreated("sha256:ab", T0 + 0.5),
    SnapshotEvent(SnapshotKind.PREPARED, "extract-1-x sha256:cd", T0, parent="sha256:ef", snapshotter="overlayfs"),
    SnapshotEvent(SnapshotKind.COMMITTED, "extract-1-x sha256:cd", T0, name="sha256:cd", snapshotter="overlayfs"),
    SnapshotEvent(SnapshotKind.REMOVED, "extract-1-x sha256:cd", T0),
]


async def at_once(_: float) -> None:
    await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def following(connection: Connection, *, sleep: Callable[[float], Awaitable[None]] = at_once) -> AsyncIterator[AsyncGenerator[Any]]:
    probe = Containerd(connection).version
    events = subscription.follow(connection, backoff=Backoff(random.Random(1)), probe=probe, sleep=sleep)
    assert isinstance(events, AsyncGenerator)
    async with contextlib.aclosing(events):
        yield events


@contextlib.asynccontextmanager
async def cuttable(folder: Path) -> AsyncIterator[tuple[Cable, AsyncGenerator[Any]]]:
    """Follow a containerd whose connection can be cut."""
    async with (
        connected(folder) as given,
        laid(given.connection.socket, folder / "cut.sock") as cable,
        Connection(folder / "cut.sock") as connection,
        following(connection) as events,
    ):
        yield cable, events


async def soon(events: AsyncGenerator[_Item]) -> _Item:
    return await asyncio.wait_for(anext(events), 5)


async def test_tells_each_event(tmp_path: Path) -> None:
    """After `Subscribed` every event of the topics comes, with the moment that containerd gave it."""
    async with connected(tmp_path) as given, following(given.connection) as events:
        assert await soon(events) == Subscribed()
        for event in EVENTS:
            given.store.tell(event)

        assert [await soon(events) for _ in EVENTS] == EVENTS
        assert given.containerd.filters == ['namespace==k8s.io,topic~="^/(images|snapshot|content)/"']


async def test_other_namespaces_are_not_heard(tmp_path: Path) -> None:
    """The header does not count for subscriptions, so each envelope's own namespace is looked at."""
    async with connected(tmp_path) as given, following(given.connection) as events:
        await soon(events)
        given.containerd.tell(EVENTS[0], namespace="moby")
        given.containerd.tell(EVENTS[1])

        assert await soon(events) == EVENTS[1]


async def test_what_is_broken_or_unknown_is_left_out(tmp_path: Path) -> None:
    """A topic of a newer containerd, or an event that does not decode, costs nothing but itself."""
    broken = messages.Envelope(namespace="k8s.io", topic="/snapshot/prepare", timestamp=stamp(T0))
    broken.event.value = b"\xff\xff\xff"
    async with connected(tmp_path) as given, following(given.connection) as events:
        await soon(events)
        given.containerd.send(broken)
        given.containerd.send(messages.Envelope(namespace="k8s.io", topic="/images/sung"))
        given.containerd.tell(EVENTS[1])

        assert await soon(events) == EVENTS[1]


async def test_goes_on_after_the_end_of_a_stream(tmp_path: Path) -> None:
    """A containerd that goes down ends the stream: `Lost`, and `Subscribed` when it is back."""
    async with connected(tmp_path) as given, following(given.connection) as events:
        await soon(events)
        given.containerd.end_streams()

        lost = await soon(events)
        assert isinstance(lost, Lost)
        assert isinstance(lost.error, errors.Unavailable)
        assert await soon(events) == Subscribed()
        given.store.tell(EVENTS[0])
        assert await soon(events) == EVENTS[0]


async def test_goes_on_after_a_cut_connection(tmp_path: Path) -> None:
    """A containerd that is killed says nothing: a new connection takes the place of the broken one."""
    async with cuttable(tmp_path) as (cable, events):
        await soon(events)
        cable.cut()

        lost = await soon(events)
        assert isinstance(lost, Lost)
        assert isinstance(lost.error, errors.Unavailable)
        assert await soon(events) == Subscribed()
        assert cable.connections == 2


async def test_a_cut_connection_leaves_timeouts_of_others_alone(tmp_path: Path) -> None:
    """A wait that a broken connection ended does not count as a cancellation of the task that waited."""
    async with cuttable(tmp_path) as (cable, events):

        async def hear_of_it() -> None:
            async with asyncio.timeout(0.5):
                assert await anext(events) == Subscribed()
                cable.cut()
                assert isinstance(await anext(events), Lost)
                await asyncio.Event().wait()

        with pytest.raises(TimeoutError):
            await hear_of_it()


async def test_waits_longer_after_each_failure(tmp_path: Path) -> None:
    """A socket that is not there is tried again and again, with a back-off that grows to its cap."""
    slept: list[float] = []

    async def note(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0)

    async with Connection(tmp_path / "none.sock") as connection, following(connection, sleep=note) as events:
        lost = [await soon(events) for _ in range(9)]

    assert all(isinstance(event, Lost) and isinstance(event.error, errors.NoSocket) for event in lost)
    assert slept[0] < 2
    assert slept[-1] >= 30
    assert max(slept) <= 60


async def test_a_subscription_that_is_refused_is_lost(tmp_path: Path) -> None:
    """An answer to the probe alone is no subscription for long; what broke is told."""
    async with connected(tmp_path) as given, following(given.connection) as events:
        given.containerd.failing["Version/Version"] = grpclib.Status.INTERNAL

        lost = await soon(events)

        assert isinstance(lost, Lost)
        assert isinstance(lost.error, errors.Refused)


async def test_a_burst_is_drained(tmp_path: Path) -> None:
    """containerd's queue for a subscriber has no end, so nothing stays in it."""
    async with connected(tmp_path) as given, following(given.connection) as events:
        await soon(events)
        for number in range(2000):
            given.store.tell(ContentCreated(f"sha256:{number}", T0))

        assert [await soon(events) for _ in range(2000)][-1] == ContentCreated("sha256:1999", T0)

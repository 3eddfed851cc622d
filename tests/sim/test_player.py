"""Playing: pace, speed, stamps made current, the backlog, and an early end."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from pullwatch.sim import cluster, recording
from pullwatch.sim.player import Player
from pullwatch.sim.recording import Recording, Step
from pullwatch.sim.store import Store
from pullwatch.sim.timeline import Timeline
from tests.recorded import RECORDINGS
from tests.sim.given import Client, event, until

RECORDED_START = 1_700_000_000.0
NOW = 1_800_000_000.0


class Clock:
    """Virtual time: sleeping moves it."""

    def __init__(self) -> None:
        self.now = NOW
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def _step(offset: float, name: str, *, type_: str = "ADDED", first: str = "", last: str = "") -> Step:
    object_: dict[str, Any] = event(name) | {"firstTimestamp": first, "lastTimestamp": last, "message": "in 1m0s", "eventTime": None}
    return Step(offset, "events", type_, object_)


RUNNING_PULL = _step(-720.0, "stuck", first="2023-11-14T22:01:20Z", last="2023-11-14T22:01:20Z")
ASKED = _step(0.0, "asked", first="2023-11-14T22:13:20Z", last="2023-11-14T22:13:20.000000Z")
PULLED = _step(60.0, "pulled", first="2023-11-14T22:13:20Z", last="2023-11-14T22:14:20Z")


def _stamps(store: Store, name: str) -> tuple[str, str]:
    stored = store.get("events", ("shop", name))
    assert stored is not None
    return stored.object["firstTimestamp"], stored.object["lastTimestamp"]


async def test_it_keeps_the_recorded_pace(store: Store) -> None:
    """A step comes as long after the start as it was recorded."""
    clock = Clock()

    await Player(Recording(RECORDED_START, (ASKED, PULLED)), store, clock=clock, sleep=clock.sleep).play()

    assert clock.slept == [60.0]
    assert _stamps(store, "asked") == ("2027-01-15T08:00:00Z", "2027-01-15T08:00:00.000000Z")
    assert _stamps(store, "pulled") == ("2027-01-15T08:00:00Z", "2027-01-15T08:01:00Z")


async def test_it_squeezes_pace_and_stamps_alike_but_no_message(store: Store) -> None:
    """At speed 20 a minute takes three seconds, and the stamps say so; the text keeps its minute."""
    clock = Clock()

    await Player(Recording(RECORDED_START, (ASKED, PULLED)), store, speed=20.0, clock=clock, sleep=clock.sleep).play()

    stored = store.get("events", ("shop", "pulled"))
    assert clock.slept == [3.0]
    assert _stamps(store, "pulled") == ("2027-01-15T08:00:00Z", "2027-01-15T08:00:03Z")
    assert stored is not None
    assert stored.object["message"] == "in 1m0s"


@pytest.mark.parametrize("speed", [1.0, 20.0])
async def test_it_shows_the_backlog_at_once_and_in_the_past(store: Store, speed: float) -> None:
    """A pull asked twelve minutes before the start is twelve minutes old, whatever the speed."""
    clock = Clock()
    player = Player(Recording(RECORDED_START, (RUNNING_PULL, ASKED)), store, speed=speed, clock=clock, sleep=clock.sleep)

    loaded = player.load_backlog()

    assert (loaded, clock.slept, store.count("events")) == (1, [], 1)
    assert _stamps(store, "stuck") == ("2027-01-15T07:48:00Z", "2027-01-15T07:48:00Z")


async def test_it_moves_stamps_by_whole_seconds_at_full_speed(store: Store) -> None:
    """Stamps that were cut to seconds are not cut a second time; the show waits for the next fitting moment."""
    clock = Clock()
    clock.now += 0.25

    await Player(Recording(RECORDED_START, (ASKED,)), store, clock=clock, sleep=clock.sleep).play()

    assert clock.slept == [0.75]
    assert _stamps(store, "asked")[0] == "2027-01-15T08:00:01Z"


async def test_it_shortens_long_gaps(store: Store) -> None:
    """A gap is cut to the limit, and a stamp inside of it lies at its end at the latest."""
    clock = Clock()
    late = _step(3600.0, "late", first="2023-11-14T22:43:20Z", last="2023-11-14T23:13:20Z")

    await Player(Recording(RECORDED_START, (ASKED, late)), store, max_gap_seconds=30.0, clock=clock, sleep=clock.sleep).play()

    assert clock.slept == [30.0]
    assert _stamps(store, "late") == ("2027-01-15T08:00:30Z", "2027-01-15T08:00:30Z")


def test_it_never_maps_time_backwards() -> None:
    """Order survives speed and shortened gaps."""
    timeline = Timeline([0.0, 5.0, 500.0, 505.0], speed=2.0, max_gap_seconds=10.0)

    played = [timeline.played(seconds / 2) for seconds in range(-100, 1100)]

    assert played == sorted(played)
    assert timeline.played(505.0) == 2.5 + 5.0 + 2.5


async def test_it_tells_its_progress(store: Store) -> None:
    """After each live step: played of total."""
    clock, told = Clock(), list[tuple[int, int]]()

    def progress(played: int, total: int) -> None:
        told.append((played, total))

    steps = (RUNNING_PULL, ASKED, PULLED)
    await Player(Recording(RECORDED_START, steps), store, clock=clock, sleep=clock.sleep, progress=progress).play()

    assert told == [(1, 2), (2, 2)]


async def test_it_writes_what_watches_would_have_seen(store: Store) -> None:
    """Known objects are modified, unknown ones created, deletions of unknown ones are passed over."""
    clock = Clock()
    steps = (
        _step(0.0, "a"),
        _step(1.0, "a", type_="MODIFIED"),
        _step(2.0, "b", type_="MODIFIED"),
        _step(3.0, "a", type_="DELETED"),
        _step(4.0, "c", type_="DELETED"),
    )
    subscription = store.subscribe("events", after=store.version)

    await Player(Recording(RECORDED_START, steps), store, clock=clock, sleep=clock.sleep).play()

    seen = [(change.type, change.stored.object["metadata"]["name"]) for change in subscription.take()]
    assert seen == [("ADDED", "a"), ("MODIFIED", "a"), ("ADDED", "b"), ("DELETED", "a")]


async def test_it_plays_a_real_recording_to_a_real_client() -> None:
    """What a watch receives is what the cluster sent, with other stamps and versions."""
    loaded = recording.load(RECORDINGS / "backoff-repeated.events.jsonl")
    frames = [step for step in loaded.steps if step.resource == "events"]

    async with (
        cluster.running(loaded, speed=100_000.0) as running,
        aiohttp.ClientSession() as session,
        Client(session, running.server).watch("/api/v1/events", resourceVersion="1") as watch,
    ):
        received = [await watch.frame() for _ in frames]

    assert [(frame["type"], frame["object"]["message"]) for frame in received] == [(step.type, step.object["message"]) for step in frames]


async def test_it_leaves_nothing_behind_when_it_stops_early() -> None:
    """Leaving a cluster in the middle of its recording ends player, server and watches."""
    async with cluster.running(Recording(RECORDED_START, (ASKED, PULLED))) as running:
        reader, writer = await asyncio.open_connection("127.0.0.1", running.server.port)
        writer.write(b"GET /api/v1/events?watch=1 HTTP/1.1\r\n\r\n")
        await until(lambda: running.server.open_watches["events"] == 1)

    assert running.performance.cancelled()
    assert [task for task in asyncio.all_tasks() if task.get_name().startswith("sim-")] == []
    writer.close()
    assert reader is not None

"""The exporter beside a simulated API server: what it counts is what happened, whatever happens to the watch."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from pullwatch.app.serve import serving
from pullwatch.sim import recording
from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.player import Player
from pullwatch.sim.store import Store
from pullwatch.sources.access import ClusterAccess, NoCredentials
from tests.recorded import RECORDINGS, SCENARIOS, rows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine

DEADLINE_SECONDS = 20.0
SPEED = 200.0

Figures = dict[str, float]


class Time:
    """The metrics' own clock, which a test moves on."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


class Served:
    """A running exporter as a client sees it."""

    def __init__(self, url: str, client: aiohttp.ClientSession, clock: Time) -> None:
        self.url = url
        self._client = client
        self._clock = clock

    async def text(self, path: str) -> str:
        async with self._client.get(self.url + path) as answer:
            return await answer.text()

    async def figures(self) -> Figures:
        """Return what /metrics shows once the first minute of each child is over, added up over all labels."""
        self._clock.ahead += 61.0
        return figures(await self.text("metrics"))


@contextlib.asynccontextmanager
async def exporter(api: ApiServer) -> AsyncIterator[Served]:
    """Serve beside this API server; the lists were read when the context begins."""
    clock = Time()
    cluster = ClusterAccess(url=api.url, credentials=NoCredentials(), origin="a test")
    async with serving(cluster, host="127.0.0.1", port=0, monotonic=clock) as (_, server), aiohttp.ClientSession() as client:
        served = Served(server.url, client, clock)

        async def ready() -> bool:
            async with client.get(server.url + "-/ready") as answer:
                return answer.status == 200

        await until(ready, what="the exporter to be ready")
        yield served


async def until(condition: Callable[[], Awaitable[bool]], *, what: str) -> None:
    """Wait for a condition, at most `DEADLINE_SECONDS`."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not await condition():
        assert time.monotonic() < deadline, f"waited {DEADLINE_SECONDS} s for {what}"
        await asyncio.sleep(0.05)


def figures(text: str) -> Figures:
    """Return the sums over all labels of the counters that pulls move."""
    found: Figures = defaultdict(float)
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name.startswith("pullwatch_pull_") and sample.name.endswith(("_sum", "_count", "_total")):
                kind = sample.labels.get("kind") or sample.labels.get("reason") or ""
                found[f"{sample.name}{'{' + kind + '}' if kind else ''}"] += sample.value
    return {name: round(value, 6) for name, value in found.items() if value}


def expected(scenario: str) -> Figures:
    """Return what /metrics has to say of a scenario, from what really happened."""
    visible = [row for row in rows("expected.jsonl")[scenario] if row["event"] != "none"]
    failed = [row for row in visible if row["outcomes"] == ["failed"]]
    done = [row for row in visible if row["outcomes"] != ["failed"]]
    moved = [row for row in done if row["outcomes"][0] == "pulled"]
    cached = sum(row["count"] for row in rows("cached.jsonl")[scenario])
    wanted: Figures = {
        "pullwatch_pull_duration_seconds_count": len(moved),
        "pullwatch_pull_duration_seconds_sum": _sum(moved, "pull_seconds"),
        "pullwatch_pull_sized_seconds_total": _sum(moved, "pull_seconds"),
        "pullwatch_pull_image_bytes_total": _sum(moved, "size_bytes"),
        "pullwatch_pull_wait_seconds_count": len(done),
        "pullwatch_pull_wait_seconds_sum": _sum(done, "wait_seconds"),
        "pullwatch_pull_including_wait_seconds_count": len(done),
        "pullwatch_pull_including_wait_seconds_sum": _sum(done, "total_seconds"),
        "pullwatch_pull_cache_hits_total{revalidated}": len(done) - len(moved),
        "pullwatch_pull_cache_hits_total{present}": cached,
    }
    for row in failed:
        name = f"pullwatch_pull_failures_total{{{row['reasons'][0]}}}"
        wanted[name] = wanted.get(name, 0) + 1
    return {name: round(value, 6) for name, value in wanted.items() if value}


def _sum(some: list[dict[str, Any]], key: str) -> float:
    return sum(row[key] or 0 for row in some)


def comparable(found: Figures) -> Figures:
    """Return the figures that the expectation speaks of; refusals are not in it."""
    return {name: value for name, value in found.items() if "refusals" not in name}


def added(*lives: Figures) -> Figures:
    total: Figures = defaultdict(float)
    for life in lives:
        for name, value in life.items():
            total[name] += value
    return {name: round(value, 6) for name, value in total.items()}


@contextlib.asynccontextmanager
async def cluster() -> AsyncIterator[tuple[Store, ApiServer]]:
    store = Store()
    async with ApiServer(store) as api:
        yield store, api


def parts(scenario: str, *, at: float) -> tuple[recording.Recording, recording.Recording]:
    """Return a recording cut in two."""
    whole = recording.load(RECORDINGS / f"{scenario}.events.jsonl")
    half = int(len(whole.steps) * at)
    return recording.Recording(whole.started_at, whole.steps[:half]), recording.Recording(whole.started_at, whole.steps[half:])


async def play(played: recording.Recording, store: Store) -> None:
    await Player(played, store, speed=SPEED, max_gap_seconds=10.0).play()


async def counted(served: Served, wanted: Figures, scenario: str, *, before: Figures | None = None) -> None:
    """Wait until the figures, with those of a life before, are those wanted; the assertion shows the difference."""
    found: Figures = {}

    async def same() -> bool:
        nonlocal found
        found = added(before or {}, comparable(await served.figures()))
        return found == wanted

    try:
        await until(same, what=f"the figures of {scenario}")
    except AssertionError:
        assert (scenario, found) == (scenario, wanted)


# A recording of a warm pull alone shows nothing that tells it from a cold one; what it may say is in its outcomes.
REPLAYED = [name for name in SCENARIOS if all(len(row["outcomes"]) == 1 for row in rows("expected.jsonl")[name])]


async def together(check: Callable[..., Coroutine[Any, Any, None]], *cases: tuple[Any, ...]) -> None:
    """Check several cases at the same time, each with a cluster of its own: most of their time is waiting."""
    async with asyncio.TaskGroup() as tasks:
        for case in cases:
            tasks.create_task(check(*case), name=" ".join(map(str, case)))


@pytest.mark.parametrize("nth", range(4))
async def test_it_counts_what_happened(nth: int) -> None:
    """A recording played to the exporter gives the counts and sums of what really happened."""

    async def check(scenario: str) -> None:
        async with cluster() as (store, api), exporter(api) as served:
            await play(recording.load(RECORDINGS / f"{scenario}.events.jsonl"), store)
            await counted(served, expected(scenario), scenario)

    await together(check, *((scenario,) for scenario in REPLAYED[nth::4]))


CUT = ["deployment-typo", "combined-volumes-11", "backoff-repeated", "init-containers", "serial-queue", "jobs-always"]


@pytest.mark.parametrize("at", [0.3, 0.6])
async def test_a_cut_watch_loses_and_doubles_nothing(at: float) -> None:
    """What happens while all watches are reset, and after it, counts once."""

    async def check(scenario: str) -> None:
        first, second = parts(scenario, at=at)
        async with cluster() as (store, api), exporter(api) as served:
            await play(first, store)
            api.drop_watches()
            await play(second, store)
            await counted(served, expected(scenario), scenario)

    await together(check, *((scenario,) for scenario in CUT))


async def test_a_forgotten_history_loses_and_doubles_nothing() -> None:
    """A 410 after a cut makes the exporter read the list anew and count only what it had missed."""

    async def check(scenario: str) -> None:
        async with forgotten(scenario) as served:
            await counted(served, expected(scenario), scenario)

    # Of a combined Event only the newest text is in a list, so that one has a test of its own.
    await together(check, *((scenario,) for scenario in CUT if scenario != "combined-volumes-11"))


async def test_texts_that_a_list_no_longer_has_are_counted_as_coalesced() -> None:
    """One question and two answers of combined Events fell into the gap: nobody can tell what they said."""
    async with forgotten("combined-volumes-11") as served:

        async def told() -> bool:
            return "pullwatch_events_coalesced_total 3.0" in await served.text("metrics")

        await until(told, what="the lost texts to be counted")


@contextlib.asynccontextmanager
async def forgotten(scenario: str) -> AsyncIterator[Served]:
    """Play a recording whose second half falls into a gap that only a list can fill."""
    first, second = parts(scenario, at=0.5)
    async with cluster() as (store, api), exporter(api) as served:
        await play(first, store)
        store.compact()
        api.drop_watches()
        await play(second, store)
        store.compact()
        yield served


@pytest.mark.parametrize("at", [0.2, 0.5, 0.8])
async def test_a_restart_loses_and_doubles_nothing(at: float) -> None:
    """The counters of both lives together are those of what happened; what was listed at the start moves none."""

    async def check(scenario: str) -> None:
        first, second = parts(scenario, at=at)
        async with cluster() as (store, api):
            async with exporter(api) as served:
                await play(first, store)
                await until(_read(served, store), what="all Events to be read")
                before = comparable(await served.figures())
            async with exporter(api) as served:
                assert comparable(await served.figures()) == {}
                await play(second, store)
                await counted(served, expected(scenario), scenario, before=before)

    await together(check, *((scenario,) for scenario in CUT))


def _read(served: Served, store: Store) -> Callable[[], Awaitable[bool]]:
    """Return whether the exporter has read as far as the store: an Event that it counts and that means nothing comes last."""
    marker = {
        "kind": "Event",
        "apiVersion": "v1",
        "metadata": {"name": "marker", "namespace": "marker", "uid": f"marker-{store.version}"},
        "involvedObject": {"kind": "Pod", "name": "marker", "namespace": "marker", "uid": "marker"},
        "reason": "ErrImageNeverPull",
        "message": "a marker",
        "source": {"component": "kubelet", "host": "marker"},
        "type": "Warning",
        "count": 1,
    }
    store.apply("events", marker)

    async def read() -> bool:
        return "pullwatch_events_unparsed_total 1.0" in await served.text("metrics")

    return read


async def test_a_restart_keeps_what_runs() -> None:
    """After a restart a running pull has the start of its own stamp."""
    whole = recording.load(RECORDINGS / "slow-over-60s.events.jsonl")
    asked = recording.Recording(whole.started_at, tuple(step for step in whole.steps if step.object.get("reason") == "Pulling"))
    about = asked.steps[0].object["involvedObject"]
    async with cluster() as (store, api):
        await Player(asked, store, speed=SPEED, max_gap_seconds=1.0).play()
        # Without its pod it would be one of the past until that was read.
        identity = {key: about[key] for key in ("name", "namespace", "uid")}
        container = {"name": "search", "image": "registry.example.com/shop/search:2.0"}
        store.apply("pods", {"metadata": identity, "spec": {"containers": [container]}, "status": {"phase": "Pending"}})

        async with exporter(api) as served:
            text = await served.text("metrics")

    starts = [
        sample.value for family in text_string_to_metric_families(text) for sample in family.samples if "running_start" in sample.name
    ]
    assert len(starts) == 1
    assert time.time() - 10 < starts[0] <= time.time()


async def test_missing_rights_show_in_ready() -> None:
    """Without the right to Events the exporter is not ready and says which right it lacks; it gets ready once it has it."""
    async with cluster() as (_, api):
        api.forbidden.add("events")
        clock, began = Time(), time.time()
        access = ClusterAccess(url=api.url, credentials=NoCredentials(), origin="a test")
        async with serving(access, host="127.0.0.1", port=0, monotonic=clock) as (_, server), aiohttp.ClientSession() as client:
            served = Served(server.url, client, clock)

            async def named() -> bool:
                text = await served.text("-/ready")
                return "events is forbidden" in text or "cannot list resource" in text

            await until(named, what="the missing right to be named")
            named_at = time.time()
            async with client.get(server.url + "-/ready") as answer:
                assert answer.status == 503
            text = await served.text("metrics")
            assert re.search(r'^pullwatch_watch_restarts_total\{reason="forbidden",resource="events"\} [1-9]', text, re.MULTILINE)
            # The start stands for a first contact that never comes, so that ImagePullWatchStale sees it pass.
            assert began <= contact(text, "events") < named_at

            api.forbidden.clear()

            async def ready() -> bool:
                async with client.get(server.url + "-/ready") as answer:
                    return answer.status == 200

            await until(ready, what="the exporter to get ready")


def contact(text: str, resource: str) -> float:
    """Return when the exporter says that it last heard of a resource."""
    (found,) = [
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "pullwatch_watch_last_contact_timestamp_seconds" and sample.labels["resource"] == resource
    ]
    return found


async def test_missing_nodes_do_not_matter() -> None:
    """A role for one namespace cannot grant nodes: the exporter is ready without them and says so."""
    async with cluster() as (_, api):
        api.forbidden.add("nodes")
        async with exporter(api) as served:
            assert "nodes: " in await served.text("-/ready")
            assert "forbidden" in await served.text("-/ready")
            # A right that was never there is no watch that fell silent.
            assert 'last_contact_timestamp_seconds{resource="nodes"}' not in await served.text("metrics")


async def test_runbooks_are_served_beside_the_metrics() -> None:
    """A page that wakes somebody leads to the exporter; the runbook is there without the cluster being read."""
    async with cluster() as (_, api), exporter(api) as served:
        assert "First five minutes" in await served.text("runbooks/ImagePullStuck")
        assert 'href="runbooks/"' in await served.text("")

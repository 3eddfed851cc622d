"""A watch and a session against the simulated API server: real sockets, real frames."""

from __future__ import annotations

import contextlib
import random
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.store import Store
from pullwatch.sources import errors, listing, resources
from pullwatch.sources.kube import Session
from pullwatch.sources.reports import Frames, ListedPage, Report, Trouble
from pullwatch.sources.watch import Clock, watch
from tests.sources import given
from tests.sources.rawserver import Token, access_to


@contextlib.asynccontextmanager
async def cluster(**options: Any) -> AsyncIterator[tuple[Store, ApiServer, Session]]:
    """Run a server and a session with it."""
    store = Store()
    async with ApiServer(store, token="secret", **options) as server, Session(access_to(server.url)) as session:
        yield store, server, session


async def at_once(_: float) -> None:
    """Sleep not at all: what is paced is tested in virtual time."""


async def collect(
    session: Session, *, until: Callable[[list[Report[Any]]], bool], act: Callable[[list[Report[Any]]], None]
) -> list[Report[Any]]:
    """Read reports, acting after each, until a condition holds."""
    reports: list[Report[Any]] = []
    watched = watch(session, resources.events(), batch_seconds=0, clock=Clock(sleep=at_once), rng=random.Random(7))
    async with contextlib.aclosing(watched):
        async for report in watched:
            reports.append(report)
            act(reports)
            if until(reports):
                return reports
    raise AssertionError("a watch does not end")


def made(name: str) -> given.Object:
    """Return an Event with a name and uid of its own."""
    event = given.event()
    event["metadata"] = {"name": name, "namespace": "shop", "uid": f"uid-{name}"}
    return event


def uids(reports: list[Report[Any]]) -> list[str]:
    return [event.uid for report in reports if isinstance(report, Frames) for _, event in report.items]


def doing(*steps: Callable[[], object]) -> Callable[[list[Report[Any]]], None]:
    """Do one more step after each list's end and each report of frames or trouble."""
    left = list(steps)

    def act(reports: list[Report[Any]]) -> None:
        if left and type(reports[-1]).__name__ in ("ListEnded", "Frames"):
            left.pop(0)()

    return act


async def test_it_follows_a_cluster_over_cut_connections() -> None:
    """Each Event comes once and in order, although the connection is reset between them."""
    async with cluster() as (store, server, session):

        def cut_and_create(name: str) -> Callable[[], None]:
            def step() -> None:
                server.drop_watches()
                store.create("events", made(name))

            return step

        steps = [lambda: store.create("events", made("a")), cut_and_create("b"), cut_and_create("c")]
        reports = await collect(session, until=lambda reports: len(uids(reports)) == 3, act=doing(*steps))

    assert uids(reports) == ["uid-a", "uid-b", "uid-c"]
    assert server.requests["list", "events"] == 1


async def test_it_lists_anew_after_a_compaction() -> None:
    """A version that the server forgot leads to a list, in which everything is."""
    async with cluster() as (store, server, session):

        def compact() -> None:
            store.create("events", made("b"))
            store.create("pods", given.pod())
            server.drop_watches()
            store.compact()

        def pages(reports: list[Report[Any]]) -> list[ListedPage[Any]]:
            return [report for report in reports if isinstance(report, ListedPage)]

        steps = [lambda: store.create("events", made("a")), compact]
        reports = await collect(session, until=lambda reports: len(pages(reports)) == 2, act=doing(*steps))

    assert "gone" in {report.reason for report in reports if isinstance(report, Trouble)}
    assert {event.uid for event in pages(reports)[-1].items} == {"uid-a", "uid-b"}


async def test_it_pages_through_a_long_list() -> None:
    """1,200 Events come in three pages, each Event once."""
    async with cluster() as (store, server, session):
        for number in range(1200):
            store.create("events", made(f"e{number}"))
        everything = await listing.read_once(session, resources.events())

    assert len({event.uid for event in everything.items}) == len(everything.items) == 1200
    assert server.requests["list", "events"] == 3


async def test_it_reads_pods_of_any_phase_for_a_report() -> None:
    """A report wants those that run as well; single pods are there or are not."""
    async with cluster() as (store, _, session):
        store.create("pods", given.pod("waits"))
        store.create("pods", given.pod("runs", phase="Running"))
        everything = await listing.read_once(session, resources.pods())
        there = await listing.read_pod(session, namespace="shop", name="runs")
        missing = await listing.read_pod(session, namespace="shop", name="never")

    assert {pod.name for pod in everything.items} == {"waits", "runs"}
    assert there is not None
    assert there.phase == "Running"
    assert missing is None


async def test_it_tells_missing_rights_and_wrong_tokens() -> None:
    """In the words of a real server."""
    async with cluster(forbidden=["nodes"]) as (_, server, session):
        with pytest.raises(errors.Forbidden, match='cannot list resource "nodes" in API group "" at the cluster scope; grant'):
            await listing.read_once(session, resources.nodes())
        async with Session(access_to(server.url, Token("wrong"))) as stranger:
            with pytest.raises(errors.Unauthorized, match="answered 401: Unauthorized"):
                await listing.read_once(stranger, resources.pods())

"""A watch in virtual time: lists, resumes, relists, back-off and kindness, with every fault played from a script."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest

from pullwatch.pulls import observed
from pullwatch.sources import errors, lines, resources
from pullwatch.sources.reports import Frames, ListBegan, ListedPage, ListEnded, Trouble
from pullwatch.sources.resources import Resource
from pullwatch.sources.watch import watch
from tests.sources import given
from tests.sources.scripted import EPOCH, Finished, Scripted, Step, Time, Wait

PODS = resources.pods()
FOREVER = (Wait(3600),)


class Run:
    """A watch that runs until its script ends, or for a span of virtual time."""

    def __init__(
        self,
        *watches: Iterable[Step],
        pages: Sequence[bytes | errors.ApiError] = (given.listed(),),
        seconds: float = 3000,
        resource: Resource[Any] = PODS,
    ) -> None:
        self.time = Time()
        self.contacts: list[float] = []
        self.session = Scripted(
            self.time,
            pages=lambda number: pages[min(number, len(pages) - 1)],
            watches=lambda number: watches[min(number, len(watches) - 1)],
            until=seconds,
        )
        self.reports: list[Any] = []
        self._resource = resource

    async def __call__(self) -> Run:
        reports = watch(
            self.session,
            self._resource,
            on_contact=self.contacts.append,
            batch_seconds=0,
            clock=self.time.clock(),
            rng=random.Random(7),
        )
        async with contextlib.aclosing(reports):
            with contextlib.suppress(Finished):
                async for report in reports:
                    self.reports.append(report)
        assert self.session.open == 0
        return self

    @property
    def shape(self) -> list[str]:
        return [type(report).__name__ for report in self.reports]

    @property
    def names(self) -> list[str]:
        return [pod.name for report in self.reports if isinstance(report, Frames) for _, pod in report.items]

    @property
    def troubles(self) -> list[Trouble[Any]]:
        return [report for report in self.reports if isinstance(report, Trouble)]

    @property
    def versions(self) -> list[str]:
        return [request.params["resourceVersion"] for request in self.session.watched]


def pod(name: str, version: str) -> bytes:
    one = given.pod(name)
    one["metadata"]["resourceVersion"] = version
    return given.frame(one)


async def test_it_lists_then_watches_from_the_lists_version() -> None:
    """Pending pods are listed in pages, all pods watched from there on, with bookmarks."""
    pages = [given.listed(given.pod("a"), continue_="t", version="500"), given.listed(given.pod("b"), version="500")]
    run = await Run([pod("c", "501"), *FOREVER], pages=pages, seconds=100)()
    first, second, watched = run.session.requests

    assert run.shape == ["ListBegan", "ListedPage", "ListedPage", "ListEnded", "Frames"]
    assert first.params == {"fieldSelector": "status.phase=Pending", "limit": "500"}
    assert second.params == {"fieldSelector": "status.phase=Pending", "limit": "500", "continue": "t"}
    assert {name: value for name, value in watched.params.items() if name != "timeoutSeconds"} == {
        "watch": "1",
        "allowWatchBookmarks": "true",
        "resourceVersion": "500",
    }


@pytest.mark.parametrize(
    ("resource", "shortest", "longest", "silence"),
    [(resources.events(), 240, 300, None), (resources.pods(), 300, 600, 75), (resources.nodes(), 300, 600, 75)],
)
async def test_it_bounds_how_long_a_watch_may_take(resource: Resource[Any], shortest: int, longest: int, silence: float | None) -> None:
    """The server is asked to end it in time, a dead connection is noticed, and silence is a sign only with bookmarks."""
    run = await Run([given.bookmark("7"), Wait(200)], resource=resource, seconds=5000)()

    asked = [int(request.params["timeoutSeconds"]) for request in run.session.watched]
    assert all(shortest <= seconds <= longest for seconds in asked)
    assert len(set(asked)) > 5
    assert [request.total_timeout for request in run.session.watched] == [seconds + 30 for seconds in asked]
    assert {request.read_timeout for request in run.session.watched} == {silence}


async def test_it_watches_events_with_their_selector() -> None:
    """One watch of what kubelets say, without what is never about images."""
    run = await Run(FOREVER, resource=resources.events("shop"), seconds=1)()

    assert {request.params["fieldSelector"] for request in run.session.requests} == {resources.EVENT_SELECTOR}
    assert {request.path for request in run.session.requests} == {"/api/v1/namespaces/shop/events"}


async def test_it_resumes_after_a_clean_end_without_listing() -> None:
    """The newest version counts, from frames, bookmarks and objects that do not matter."""
    run = await Run(
        [pod("a", "501"), Wait(300)],
        [given.bookmark("600"), Wait(300)],
        [pod("b", "601"), given.frame({"metadata": {"name": "no uid", "resourceVersion": "602"}}), Wait(300)],
        FOREVER,
        seconds=1000,
    )()

    assert run.versions == ["500", "501", "600", "602"]
    assert len(run.session.lists) == 1
    assert run.troubles == []


async def test_it_resumes_where_a_connection_broke() -> None:
    """What the broken line would have said comes again; its beginning is not joined with anything."""
    broken: list[Step] = [pod("a", "501") + pod("b", "502")[:-20], errors.Closed("cut")]
    run = await Run(broken, [pod("b", "502") + pod("c", "503"), *FOREVER], seconds=100)()

    assert run.versions == ["500", "501"]
    assert run.names == ["a", "b", "c"]
    assert [(trouble.reason, trouble.message) for trouble in run.troubles] == [("closed", "cut")]
    assert sum(report.undecoded for report in run.reports if isinstance(report, Frames)) == 0


async def test_it_joins_lines_that_were_cut_anywhere() -> None:
    """Chunks know nothing of lines."""
    lines = pod("a", "501") + pod("b", "502") + given.bookmark("503") + pod("c", "504")
    run = await Run([*(lines[at : at + 50] for at in range(0, len(lines), 50)), *FOREVER], seconds=100)()

    assert run.names == ["a", "b", "c"]


async def test_it_lets_others_run_in_a_burst() -> None:
    """What came in one read is reported in parts, between which other tasks run, and none of it is lost or out of order."""
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    other = asyncio.create_task(others())
    names = [f"pod-{number}" for number in range(400)]
    burst = b"".join(pod(name, str(number)) for number, name in enumerate(names, start=501))
    run = await Run([burst, *FOREVER], seconds=100)()
    other.cancel()

    assert run.names == names
    assert turns >= run.shape.count("Frames") >= len(burst) // lines.PART > 2


async def test_it_counts_what_it_cannot_read_and_goes_on() -> None:
    """Odd lines and lines without end are reported, and cost nothing else."""
    run = await Run([pod("a", "501") + b"<html>\n", b"x" * 5_000_000, b"\n" + pod("b", "502"), *FOREVER], seconds=100)()

    assert run.names == ["a", "b"]
    assert sum(report.undecoded for report in run.reports if isinstance(report, Frames)) == 2
    assert run.troubles == []


GONE_FORMS: dict[str, Callable[[], list[Step]]] = {
    "as a status": lambda: [errors.Gone("410")],
    "as a frame": lambda: [given.gone()],
    "as a frame after others": lambda: [pod("a", "501") + given.gone() + pod("never", "502")],
}


@pytest.mark.parametrize("form", GONE_FORMS)
async def test_it_lists_anew_at_once_where_its_version_is_gone(form: str) -> None:
    """A 410 in either form is the normal way on: one list, without waiting."""
    run = await Run(
        [Wait(100), *GONE_FORMS[form]()][form == "as a status" :], FOREVER, pages=[given.listed(), given.listed(version="900")], seconds=200
    )()

    assert run.versions == ["500", "900"]
    assert len(run.session.lists) == 2
    assert [trouble.reason for trouble in run.troubles] == ["gone"]
    assert run.troubles[0].retry_in_seconds <= 0.5
    assert "never" not in run.names


async def test_it_starts_a_list_anew_in_one_piece_where_a_page_expired() -> None:
    """The consumer sees that a second list begins before the first ended."""
    pages: list[bytes | errors.ApiError] = [
        given.listed(given.pod("a"), continue_="t"),
        errors.Gone("expired"),
        given.listed(given.pod("a"), given.pod("b"), version="700"),
    ]
    run = await Run(FOREVER, pages=pages, seconds=10)()

    assert run.shape == ["ListBegan", "ListedPage", "ListBegan", "ListedPage", "ListEnded"]
    assert "limit" not in run.session.lists[-1].params
    assert run.versions == ["700"]


async def test_it_lists_at_most_each_half_minute() -> None:
    """A server that forgets everything at once is not asked for everything again and again."""
    run = await Run([given.gone()], seconds=600)()
    starts = [request.at for request in run.session.lists]
    # The first list anew after a 410 may follow at once.

    assert all(later - earlier >= 30 for earlier, later in itertools.pairwise(starts[1:]))
    assert 15 <= len(starts) <= 22


async def test_it_lists_at_most_each_half_minute_when_lists_break_in_the_middle() -> None:
    """A first page that was served has cost the server its price."""
    pages: list[bytes | errors.ApiError] = [given.listed(continue_="t"), errors.ServerTrouble("500")] * 100
    run = await Run(FOREVER, pages=pages, seconds=600)()
    starts = [request.at for request in run.session.lists if "continue" not in request.params]

    assert all(later - earlier >= 30 for earlier, later in itertools.pairwise(starts[1:]))
    assert "ListEnded" not in run.shape


FAULTS: dict[str, tuple[list[Step], Sequence[bytes | errors.ApiError], str]] = {
    "closed at once": ([], [given.listed()], "closed"),
    "nonsense and closed": ([b"<html>502</html>\n"], [given.listed()], "closed"),
    "cut at once": ([errors.Closed("x")], [given.listed()], "closed"),
    "unauthorized": ([errors.Unauthorized("x")], [given.listed()], "unauthorized"),
    "forbidden": ([errors.Forbidden("x")], [given.listed()], "forbidden"),
    "server error": ([errors.ServerTrouble("x")], [given.listed()], "server"),
    "error frame 500": ([given.frame({"kind": "Status", "message": "x", "code": 500}, "ERROR")], [given.listed()], "server"),
    "error frame without anything": ([given.frame({}, "ERROR")], [given.listed()], "server"),
    "throttled": ([errors.Throttled("x", retry_after_seconds=0)], [given.listed()], "throttled"),
    "list unreachable": ([], [errors.Unreachable("x")], "unreachable"),
    "list is no list": ([], [b"<html>"], "decode"),
    "list is gone": ([], [errors.Gone("x")], "gone"),
    "gone at once": ([given.gone()], [given.listed()], "gone"),
    "one frame and closed": ([pod("a", "501")], [given.listed()], ""),
    "bookmark and closed": ([given.bookmark("501")], [given.listed()], ""),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_it_is_kind_under_every_fault(fault: str) -> None:
    """Never more than two requests in a second, and the fault has its name."""
    steps, pages, label = FAULTS[fault]
    run = await Run(steps, pages=pages, seconds=120)()
    starts = [request.at for request in run.session.requests]

    assert all(later - earlier >= 0.5 - 1e-9 for earlier, later in itertools.pairwise(starts))
    assert {trouble.reason for trouble in run.troubles} == ({label} if label else set())
    if label:
        assert len(starts) <= 12


async def test_it_waits_longer_from_failure_to_failure() -> None:
    """client-go's delays, told in advance."""
    run = await Run([errors.ServerTrouble("x")], seconds=600)()
    delays = [trouble.retry_in_seconds for trouble in run.troubles]

    for delay, least in zip(delays, [0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30], strict=False):
        assert least <= delay <= 2 * least


async def test_it_forgets_failures_after_two_healthy_minutes() -> None:
    """A watch that lived is no failure, so that the next trouble starts small."""
    failing: list[Step] = [errors.ServerTrouble("x")]
    healthy: list[Step] = [pod("a", "501"), Wait(121), errors.Closed("x")]
    run = await Run(*[failing] * 6, healthy, failing, FOREVER, seconds=2000)()

    assert run.troubles[5].retry_in_seconds >= 25
    assert run.troubles[6].retry_in_seconds <= 1.6


async def test_it_does_what_retry_after_says() -> None:
    """The server's wish counts where it is longer than our own wait, in a status and in a frame; the version stays."""
    frame = given.frame({"kind": "Status", "code": 429, "message": "x", "details": {"retryAfterSeconds": 45}}, "ERROR")
    run = await Run([errors.Throttled("x", retry_after_seconds=17)], [frame], FOREVER, seconds=200)()
    first, second, third = (request.at for request in run.session.watched)

    assert second - first >= 17
    assert third - second >= 45
    assert len(run.session.lists) == 1


async def test_it_lists_anew_where_a_watch_fails_again_and_again() -> None:
    """From a damaged history a server never goes on and never says 410: a list helps, at its pace."""
    frame = given.frame({"kind": "Status", "message": "PrevKv=nil", "code": 500}, "ERROR")
    run = await Run([frame], seconds=1200)()
    starts = [request.at for request in run.session.lists]

    assert 20 <= starts[1] <= 60
    assert all(later - earlier >= 30 for earlier, later in itertools.pairwise(starts[1:]))
    assert {trouble.reason for trouble in run.troubles} == {"server"}


async def test_it_keeps_its_version_while_progress_is_made() -> None:
    """Failures between frames are no reason to list."""
    failing: list[Step] = [errors.ServerTrouble("x")]
    run = await Run(*[failing] * 4, [pod("a", "501"), Wait(10), errors.ServerTrouble("x")], *[failing] * 3, FOREVER, seconds=600)()

    assert len(run.session.lists) == 1


async def test_it_reconnects_soon_where_a_watch_was_silent_too_long() -> None:
    """A minute of silence was wait enough; it does not grow into more."""
    run = await Run([pod("a", "501"), Wait(75), errors.TimedOut("silent")], seconds=1000)()

    assert len(run.troubles) > 5
    assert {trouble.reason for trouble in run.troubles} == {"timeout"}
    assert max(trouble.retry_in_seconds for trouble in run.troubles) <= 1.6
    assert len(run.session.lists) == 1


@pytest.mark.parametrize(
    ("script", "resource", "nothing_said"),
    [
        ([Wait(75), errors.TimedOut("silent")], PODS, True),
        ([pod("a", "501"), Wait(75), errors.TimedOut("silent")], PODS, False),
        ([given.bookmark("501"), Wait(75), errors.TimedOut("silent")], PODS, False),
        ([Wait(75), errors.Closed("broken")], PODS, False),
        ([Wait(330), errors.TimedOut("silent")], resources.events(), False),
    ],
)
async def test_it_tells_a_watch_that_said_nothing(script: list[Step], resource: Resource[Any], *, nothing_said: bool) -> None:
    """From one that fell silent, and from one that should have ended: until anything changes a new API server sends no bookmarks."""
    run = await Run(script, resource=resource, seconds=200 if resource is PODS else 400)()

    assert {trouble.nothing_said for trouble in run.troubles} == {nothing_said}


async def test_a_list_that_gets_no_answer_after_a_watch_that_said_nothing_is_a_trouble() -> None:
    """A dead server is told by the next attempt, whatever was before it."""
    pages: list[bytes | errors.ApiError] = [given.listed(), errors.TimedOut("no answer")]
    run = await Run([Wait(75), errors.TimedOut("silent")], pages=pages, seconds=400)()

    assert [trouble.nothing_said for trouble in run.troubles][:4] == [True, True, True, False]


async def test_it_lists_anew_where_three_watches_say_nothing() -> None:
    """A server restored from an older state accepts a version of its future and stays silent for ever."""
    run = await Run([Wait(300)], seconds=1100)()

    assert [trouble.reason for trouble in run.troubles] == ["gone"]
    assert [request.at for request in run.session.lists] == [0, pytest.approx(901, abs=2)]


async def test_it_tells_each_contact() -> None:
    """Headers, frames, bookmarks and clean ends are signs of life; nonsense is none."""
    run = await Run([Wait(10), pod("a", "501"), Wait(10), given.bookmark("502"), Wait(10), b"<html>\n", Wait(10)], FOREVER, seconds=45)()

    assert {round(at - EPOCH, 1) for at in run.contacts if at < EPOCH + 45} == {0.0, 0.5, 10.5, 20.5, 40.5}


async def test_it_tells_when_things_arrived() -> None:
    """By our clock, in seconds since the epoch."""
    run = await Run([Wait(10), pod("a", "501"), *FOREVER], pages=[given.listed(given.pod("b"))], seconds=20)()
    page, frames = (report for report in run.reports if isinstance(report, ListedPage | Frames))

    assert (page.arrived_at, frames.arrived_at) == (EPOCH, EPOCH + 10.5)


async def test_it_ends_its_connection_when_it_is_closed() -> None:
    """Whoever stops reading leaves nothing open behind."""
    run = Run([pod("a", "501"), *FOREVER])
    reports = watch(run.session, PODS, batch_seconds=0, clock=run.time.clock(), rng=random.Random(7))
    async for report in reports:
        if isinstance(report, Frames):
            break
    opened = run.session.open
    await reports.aclose()

    assert (opened, run.session.open) == (1, 0)


async def test_it_gives_typed_objects() -> None:
    """Pages hold the objects, frames the change too."""
    run = await Run([pod("a", "501"), *FOREVER], pages=[given.listed(given.pod("b"))], seconds=1)()
    began, page, ended, frames = run.reports

    assert (type(began), type(ended)) == (ListBegan, ListEnded)
    assert isinstance(page.items[0], observed.Pod)
    assert frames.items[0][0] == "ADDED"
    assert isinstance(frames.items[0][1], observed.Pod)

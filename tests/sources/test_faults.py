"""A watch over real sockets against every fault of the simulated API server: it recovers, loses nothing and stays kind."""

from __future__ import annotations

import asyncio
import dataclasses
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from pullwatch.sim import interruptions, oddities, refusals
from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.faults import Fault
from pullwatch.sim.steps import Act
from pullwatch.sim.store import Store
from pullwatch.sources import kube, resources, watch
from pullwatch.sources.kube import Session
from pullwatch.sources.resources import Resource
from tests.sim.given import event
from tests.sources.followed import following, until
from tests.sources.rawserver import access_to

EVENTS = resources.events()

# So that a silence which is to be noticed is noticed soon; that the real figures are what they are is asked elsewhere.
QUICK_EVENTS = dataclasses.replace(EVENTS, silence_seconds=0.2)
QUICK_PODS = dataclasses.replace(resources.pods(), silence_seconds=0.2)


@dataclass(frozen=True)
class Case:
    """A fault, and what is to be seen of it."""

    fault: Fault
    reasons: tuple[str, ...] = ()
    lists: int = 1
    undecoded: int = 0
    brief: bool = False
    """Whether the watch may end so soon that its clean end counts as a failure."""


CASES = {
    "410 as a status": Case(refusals.Gone(verb="watch"), ("gone",), lists=2),
    "410 as a frame": Case(oddities.GoneFrame(), ("gone",), lists=2),
    "429 with seconds": Case(refusals.Throttled(verb="watch", retry_after_seconds=7), ("throttled",)),
    "429 with a date": Case(refusals.Throttled(verb="watch", retry_after_seconds=7, as_date=True), ("throttled",)),
    "429 in a list": Case(refusals.Throttled(verb="list", retry_after_seconds=7), ("throttled",), lists=2),
    "a middlebox that stays silent": Case(interruptions.Silence(), ("timeout",)),
    "a middlebox that stays silent after a frame": Case(interruptions.Silence(after=1), ("timeout",)),
    "a watch that gets no answer": Case(interruptions.Unanswered(verb="watch", act=Act.SILENCE), ("timeout",)),
    "reset in a chunk": Case(interruptions.ResetInChunk(), ("closed",)),
    "closed in a chunk": Case(interruptions.ClosedInChunk(), ("closed",)),
    "no chunk where one should be": Case(interruptions.BadChunk(), ("closed",)),
    "closed without an answer": Case(interruptions.Unanswered(verb="watch", times=2), ("closed",)),
    "reset without an answer": Case(interruptions.Unanswered(verb="watch", act=Act.RESET, times=2), ("closed",)),
    "closed at once": Case(interruptions.EndsAtOnce(times=3), brief=True),
    "502 with HTML": Case(refusals.BadGateway(verb="watch"), ("server",)),
    "502 with HTML for a list": Case(refusals.BadGateway(verb="list"), ("server",), lists=2),
    "HTML that claims to be a list": Case(refusals.BadGateway(verb="list", code=200), ("decode",), lists=2),
    "lines cut anywhere": Case(interruptions.Drip(size_bytes=7, pause_seconds=0)),
    "a slow drip": Case(interruptions.Drip(size_bytes=100, pause_seconds=0.005)),
    "a last line cut short": Case(interruptions.CutLine(), brief=True),
    "lines that are no JSON": Case(oddities.NoJson(), undecoded=4),
    "invalid UTF-8": Case(oddities.InvalidUtf8()),
    "a line of 5 MiB": Case(oddities.LongLine(), undecoded=1),
    "objects without fields": Case(oddities.WithoutFields(), undecoded=4),
    "a thousand bookmarks": Case(oddities.Bookmarks(resource="events", version=101)),
    "an error frame": Case(oddities.ErrorFrame(), ("server",)),
    "an error frame that asks to wait": Case(oddities.ErrorFrame(code=429, retry_after_seconds=7), ("throttled",)),
    "a refused token": Case(refusals.Unauthorized(verb="watch"), ("unauthorized",)),
    "server trouble": Case(refusals.ServerError(code=503), ("server",), lists=2),
    "clocks that are ahead": Case(oddities.Skew(seconds=86_400)),
    "clocks that are behind": Case(oddities.Skew(seconds=-86_400)),
}


@pytest_asyncio.fixture
async def api() -> AsyncIterator[ApiServer]:
    """Give a server that knows one token and one event."""
    store = Store(first_version=100)
    store.create("events", event("before"))
    async with ApiServer(store, token="secret", bookmark_seconds=0.05) as running:
        yield running


@pytest.mark.parametrize("name", CASES)
async def test_it_recovers_from_one_fault(name: str, api: ApiServer) -> None:
    """What happens before, during and after it is seen exactly once, without more lists than needed, and the fault has its name."""
    case = CASES[name]
    fault = api.faults.add(dataclasses.replace(case.fault, times=case.fault.times or 1))
    async with following(api, QUICK_EVENTS) as followed:
        await until(lambda: api.faults.hits[fault])
        api.store.create("events", event("during"))
        await followed.saw("before", "during")
        await until(lambda: api.faults.hits[fault] == fault.times)
        api.store.create("events", event("after"))
        await followed.saw("after")

    assert tuple(dict.fromkeys(reason for reason in followed.reasons if not case.brief or reason != "closed")) == case.reasons
    assert api.requests["list", "events"] == case.lists
    assert len(followed.changed_names) == len(set(followed.changed_names))
    assert followed.undecoded == case.undecoded
    assert {asked.headers.get("authorization") for asked in api.asked} == {"Bearer secret"}
    assert {asked.headers["accept-encoding"] for asked in api.asked if asked.verb == "watch"} == {"identity"}


STANDING = {name: case.fault for name, case in CASES.items()} | {
    "nothing is ever answered": interruptions.Unanswered(act=Act.SILENCE),
    "every connection is closed": interruptions.Unanswered(),
    "every connection is reset": interruptions.Unanswered(act=Act.RESET),
    "410 for everything": refusals.Gone(),
    "401 for everything": refusals.Unauthorized(),
    "502 for everything": refusals.BadGateway(),
    "200 and HTML for everything": refusals.BadGateway(code=200),
    "429 without a time": refusals.Throttled(retry_after_seconds=None),
    "429 with a time of nothing": refusals.Throttled(retry_after_seconds=0),
    "a version of the future": oddities.FutureVersion(),
}


@pytest.mark.parametrize("name", STANDING)
async def test_it_is_kind_while_a_fault_lasts(name: str, api: ApiServer) -> None:
    """Back-off holds requests down, and lists come each half minute at most besides the first and the first one anew.

    Time passes so fast here that a round trip alone takes a second of it: the next test looks at the space between requests.
    """
    speed = 400.0
    api.faults.add(dataclasses.replace(STANDING[name], times=None))
    began = time.monotonic()
    async with following(api, QUICK_EVENTS, speed=speed):
        await until(lambda: time.monotonic() - began >= 60 / speed)
        seconds = (time.monotonic() - began) * speed
        requests = len(api.asked)
        lists = sum(asked.verb == "list" and not asked.further_page for asked in api.asked)

    assert 1 <= requests <= 2 * seconds + 1
    served = api.requests["watch", "events"] > 0
    assert not served or lists <= 2 + seconds / 30


async def test_it_leaves_space_between_requests_that_succeed(api: ApiServer) -> None:
    """Watches that end at once after a bookmark are no failures, so nothing but the space between requests holds them down."""
    speed = 10.0
    api.faults.add(oddities.Bookmarks(resource="pods", version=101, count=1))
    api.faults.add(interruptions.EndsAtOnce(resource="pods", after=1))
    async with following(api, QUICK_PODS, speed=speed) as followed:
        await until(lambda: api.requests["watch", "pods"] >= 10)
    began, *_, ended = (asked.at_seconds for asked in api.asked)

    assert followed.troubles == []
    # A tenth less than two a second: a server sees requests later than they were sent, and not all by the same.
    assert (ended - began) * speed >= 0.45 * (len(api.asked) - 1)


async def test_it_restarts_a_list_that_expires_between_two_pages(api: ApiServer) -> None:
    """A 410 in the middle of a paged list leads to one list in one piece, at once."""
    api.store.create("events", event("other"))
    fault = api.faults.add(refusals.GoneInList())
    async with following(api, dataclasses.replace(EVENTS, page_items=1)) as followed:
        await until(lambda: api.requests["watch", "events"])
    asked = [(one.verb, "limit" in one.query, one.further_page) for one in api.asked]

    assert asked == [("list", True, False), ("list", True, True), ("list", False, False), ("watch", False, False)]
    assert [type(report).__name__ for report in followed.reports] == ["ListBegan", "ListedPage", "ListBegan", "ListedPage", "ListEnded"]
    assert (api.faults.hits[fault], followed.reasons) == (1, [])


@pytest.mark.parametrize("as_date", [False, True])
@pytest.mark.parametrize("ahead_seconds", [0, 86_400, -86_400])
async def test_it_waits_as_long_as_it_is_asked_to(api: ApiServer, *, as_date: bool, ahead_seconds: float) -> None:
    """Retry-After counts in both forms, and a date by the clock of the server that wrote it."""
    api.faults.add(refusals.Throttled(verb="watch", retry_after_seconds=20, as_date=as_date, clock_ahead_seconds=ahead_seconds, times=1))
    async with following(api) as followed:
        await until(lambda: api.requests["watch", "events"] == 2)
    first, second = (asked.at_seconds for asked in api.asked if asked.verb == "watch")

    assert 18 <= followed.troubles[0].retry_in_seconds <= 21
    assert (second - first) * 50 >= 18


@pytest.mark.parametrize("resource", [QUICK_PODS, dataclasses.replace(resources.nodes(), silence_seconds=0.2)], ids=["pods", "nodes"])
async def test_it_notices_a_silent_middlebox_by_missing_bookmarks(api: ApiServer, resource: Resource[Any]) -> None:
    """A watch that heard bookmarks and then nothing is opened anew where the last one stood."""
    api.faults.add(interruptions.Silence(after=2, times=1))
    async with following(api, resource) as followed:
        await until(lambda: api.requests["watch", resource.name] == 2)

    assert followed.reasons == ["timeout"]
    assert api.requests["list", resource.name] == 1


async def test_it_notices_a_silent_middlebox_by_the_end_of_a_watch(api: ApiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where silence is normal, as on events, a watch that is not ended when it should be is ended by us."""
    monkeypatch.setattr(watch, "GRACE_SECONDS", 0.1)
    api.faults.add(interruptions.Silence(times=1))
    async with following(api, dataclasses.replace(EVENTS, watch_seconds=(1, 1))) as followed:
        await until(lambda: api.requests["watch", "events"] == 2)

    assert followed.reasons == ["timeout"]


def keepalive(monkeypatch: pytest.MonkeyPatch, *, seconds: int) -> None:
    """Have dead peers noticed soon."""
    if sys.platform != "linux":
        pytest.skip("a peer can be made to vanish on Linux only")
    for figure in ("KEEPALIVE_IDLE_SECONDS", "KEEPALIVE_INTERVAL_SECONDS", "UNACKNOWLEDGED_SECONDS"):
        monkeypatch.setattr(kube, figure, seconds)
    monkeypatch.setattr(kube, "KEEPALIVE_PROBES", 1)


async def test_it_notices_a_peer_that_is_gone(api: ApiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """No FIN, no RST, no acknowledgement on a quiet watch: the system's probes find out, and the watch resumes."""
    keepalive(monkeypatch, seconds=1)
    api.faults.add(interruptions.HalfOpen(times=1))
    async with following(api) as followed:
        await until(lambda: api.requests["watch", "events"] == 2)
        api.store.create("events", event("after"))
        await followed.saw("after")

    assert followed.reasons == ["closed"]
    assert api.requests["list", "events"] == 1


async def test_it_notices_a_peer_that_is_gone_before_it_is_asked(api: ApiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that nobody acknowledges on an idle connection is sent anew; keepalive alone would wait for minutes."""
    keepalive(monkeypatch, seconds=1)
    async with Session(access_to(api.url)) as session:
        await session.get_json(EVENTS.path)
        api.vanish()
        async with asyncio.timeout(10), session.stream(EVENTS.path, {"watch": "1"}, read_timeout=None, total_timeout=300) as body:
            assert b'"before"' in await body.read()


@pytest.mark.soak
@pytest.mark.timeout(200)
async def test_it_notices_a_peer_that_is_gone_within_its_real_bound(api: ApiServer) -> None:
    """With the figures of production a peer that is gone is found in 75 seconds."""
    if sys.platform != "linux":
        pytest.skip("a peer can be made to vanish on Linux only")
    fault = api.faults.add(interruptions.HalfOpen(times=1))
    async with following(api) as followed:
        await until(lambda: api.faults.hits[fault])
        began = time.monotonic()
        async with asyncio.timeout(120):
            while not followed.troubles:  # noqa: ASYNC110 - as in `until`, which does not wait for so long
                await asyncio.sleep(0.1)

    assert 70 <= time.monotonic() - began <= 77


async def test_it_lists_anew_where_the_server_fails_a_version_again_and_again(api: ApiServer) -> None:
    """From a damaged history the server never goes on, and never says 410: after five failures a list helps."""
    fault = api.faults.add(oddities.ErrorFrame(times=5))
    async with following(api) as followed:
        await until(lambda: api.requests["watch", "events"] == 6)

    assert api.faults.hits[fault] == 5
    assert followed.reasons == ["server"] * 5
    assert api.requests["list", "events"] == 2


async def test_it_lists_anew_where_its_version_lies_in_the_future(api: ApiServer) -> None:
    """A server restored from an older state accepts the version and says nothing: three such watches are enough."""
    api.faults.add(oddities.FutureVersion(times=1))
    async with following(api, dataclasses.replace(EVENTS, watch_seconds=(1, 1)), speed=80) as followed:
        await until(lambda: api.requests["watch", "events"] == 1)
        api.store.create("events", event("after"))
        await followed.saw("after")

    assert followed.reasons == ["gone"]
    assert api.requests["list", "events"] == 2


async def test_it_leaves_stamps_as_the_nodes_wrote_them(api: ApiServer) -> None:
    """Clocks that are off change stamps and nothing else: neither what is seen nor when it arrived."""
    api.faults.add(oddities.Skew(seconds=3600))
    async with following(api) as followed:
        await until(lambda: api.open_watches["events"])
        before = time.time()
        api.store.create("events", event("after") | {"firstTimestamp": "2026-11-23T16:48:48Z"})
        await followed.saw("after")
    frames = followed.reports[-1]

    assert frames.items[0][1].first_at == 1795452528.0 + 3600
    assert before <= frames.arrived_at <= time.time()


async def test_it_resumes_from_a_bookmark(api: ApiServer) -> None:
    """Where only bookmarks came, the next watch begins at the last of them."""
    api.store.create("events", event("moves the version"))
    fault = api.faults.add(interruptions.EndsAtOnce(after=1, times=1, resource="pods"))
    async with following(api, QUICK_PODS):
        await until(lambda: api.faults.hits[fault])
        api.store.create("events", event("moves it again"))
        await until(lambda: api.requests["watch", "pods"] == 2)
    versions = [int(asked.query["resourceVersion"]) for asked in api.asked if asked.verb == "watch"]

    assert versions == [102, 103]


async def test_it_ends_with_a_burst_after_a_fault(api: ApiServer) -> None:
    """A thousand Events during a fault all arrive after it, once, also in batches."""
    api.faults.add(interruptions.ResetInChunk(after=100, times=3))
    names = [f"e{number}" for number in range(1000)]
    async with following(api, batch_seconds=0.002) as followed:
        await until(lambda: api.open_watches["events"])
        for name in names:
            api.store.create("events", event(name))
        await followed.saw(*names)

    assert followed.changed_names == names

"""Questions for layers of images that nodes hold: which, how often, and what comes of the answers."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from pullwatch.app import layer_requests
from pullwatch.app.layer_requests import LayerRequests, RegistryTold
from pullwatch.pulls.entries import Entries
from pullwatch.pulls.known_layers import KnownLayers, LayersFrom
from pullwatch.pulls.layers import Layer, LayerTable
from pullwatch.pulls.manifest import Platform
from pullwatch.pulls.observed import Node, NodeImage
from pullwatch.pulls.registered import LayersAnswer
from pullwatch.sources.layer_service import NotTold, ServiceError
from tests.pulls.made_images import digest

INDEX = digest(b"index")
REFERENCE = f"ghcr.io/app@{INDEX}"


def node(*names: str, arch: str = "amd64", name: str = "node-a", system: str = "linux") -> Node:
    return Node(name, os=system, arch=arch, images=(NodeImage(names, 5),))


def told(platform: Platform) -> LayersAnswer:
    table = LayerTable(digest(str(platform)), "m", digest(b"c"), (Layer(digest(b"l"), 7, "l"),), str(platform))
    return LayersAnswer(image=REFERENCE, index_digest=INDEX, table=table)


@dataclass
class Service:
    """Answers as a test says, and remembers what was asked."""

    asked: list[tuple[str, str]] = field(default_factory=list)
    error: Exception | None = None
    recovers_after: int | None = None

    async def layers(self, reference: str, platform: Platform) -> LayersAnswer:
        self.asked.append((reference, str(platform)))
        if self.error is not None and len(self.asked) != self.recovers_after:
            raise self.error
        return told(platform)


@dataclass
class Asking:
    """Questions under way, with time that passes when a test says so."""

    service: Service
    layers: KnownLayers
    entries: Entries
    requests: LayerRequests
    outcomes: Counter[str]
    agents: set[str]
    time: list[float]
    waits: list[float]

    async def settle(self) -> None:
        """Let the task ask all that is planned."""
        for _ in range(200):
            await asyncio.sleep(0)


@pytest_asyncio.fixture
async def asking(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Asking]:
    """Gives questions whose pauses pass at once, and are remembered."""
    layers, entries, outcomes, agents, time = KnownLayers(), Entries(), Counter[str](), set[str](), [0.0]
    service, waits = Service(), list[float]()
    sleep: Callable[[float], object] = asyncio.sleep

    async def pause(seconds: float) -> None:
        if seconds:
            waits.append(seconds)
            time[0] += seconds
        await sleep(0)  # type: ignore[misc]  # the real one

    monkeypatch.setattr(layer_requests, "asyncio", type("Paused", (), {"sleep": pause, "Event": asyncio.Event}))
    known = RegistryTold(layers, entries, told_by_agent=agents.__contains__)
    requests = LayerRequests(
        service, known, count=lambda outcome: outcomes.update([outcome]), monotonic=lambda: time[0], rng=random.Random(1)
    )
    task = asyncio.create_task(requests.run())
    yield Asking(service, layers, entries, requests, outcomes, agents, time, waits)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_asks_once_for_each_platform(asking: Asking) -> None:
    """Nodes that hold the same image are one question; what is told is known as a registry's."""
    for number in range(5):
        asking.requests.plan(node(REFERENCE, "ghcr.io/app:1", name=f"node-{number}"))
    asking.requests.plan(node(REFERENCE, arch="arm64", name="node-arm"))
    await asking.settle()
    asking.requests.plan(node(REFERENCE))
    await asking.settle()

    assert asking.service.asked == [(REFERENCE, "linux/amd64"), (REFERENCE, "linux/arm64")]
    assert asking.waits == [0.5, 0.5]
    assert asking.outcomes == {"told": 2}
    entry = asking.entries.of(INDEX, "linux/amd64")
    assert entry is not None
    assert entry.index_digest == INDEX
    assert asking.layers.source(entry.digest) is LayersFrom.REGISTRY


async def test_does_not_ask_for_what_an_agent_tells(asking: Asking) -> None:
    """An agent knows better what its node holds; an image whose table is there is known."""
    asking.agents.add("node-a")
    asking.requests.plan(node(REFERENCE))
    answer = told(Platform("linux", "amd64"))
    asking.layers.tell(answer.table)
    asking.requests.plan(node(f"ghcr.io/app@{answer.table.digest}", name="node-b"))
    await asking.settle()

    assert asking.service.asked == []


async def test_asks_again_for_what_found_no_room_after_a_day(asking: Asking) -> None:
    """Nothing is asked over and over because there is no place to keep it."""
    asking.layers._capacity = 0
    counts = []
    for seconds in (0, 3600, 24 * 3600):
        asking.time[0] += seconds
        asking.requests.plan(node(REFERENCE))
        await asking.settle()
        counts.append(len(asking.service.asked))

    assert counts == [1, 1, 2]


@pytest.mark.parametrize(
    "strange",
    [
        node("ghcr.io/app:1"),
        node(INDEX),
        node("ghcr.io/app@sha256:short"),
        node("not a reference@x"),
        node(REFERENCE, arch=""),
        node(REFERENCE, arch="arm"),
        node(REFERENCE, system=""),
        node(REFERENCE, system="windows"),
        Node("node-a", os="linux", arch="amd64"),
    ],
)
async def test_does_not_ask_for_what_it_cannot_name(asking: Asking, strange: Node) -> None:
    """A tag may have moved since, and without a platform an index names nothing."""
    asking.requests.plan(strange)
    await asking.settle()

    assert asking.service.asked == []


@pytest.mark.parametrize(
    ("error", "outcome", "after"),
    [
        (NotTold("not_found", "no", passing=False), "not_told", 24 * 3600),
        (NotTold("timeout", "no", passing=True), "later", 600),
        (NotTold("rate_limited", "no", passing=True, retry_after_seconds=1800), "later", 1800),
    ],
)
async def test_a_refusal_is_remembered(asking: Asking, error: NotTold, outcome: str, after: float) -> None:
    """For a day, or for as long as the trouble may last."""
    asking.service.error = error
    counts = []
    for seconds in (0, after - 2, 3):
        asking.time[0] += seconds
        asking.requests.plan(node(REFERENCE))
        await asking.settle()
        counts.append(len(asking.service.asked))

    assert counts == [1, 1, 2]
    assert asking.outcomes == {outcome: 2}


async def test_a_process_that_is_away_is_asked_less_and_less(asking: Asking) -> None:
    """No question is lost by that, and none is refused."""
    asking.service.error, asking.service.recovers_after = ServiceError("no answer"), 11
    asking.requests.plan(node(REFERENCE))
    await asking.settle()

    assert asking.waits[0] >= 0.8
    assert all(30 <= wait <= 60 for wait in asking.waits[6:10])
    assert asking.outcomes["told"] == 1


async def test_questions_have_a_cap(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that find no room are counted; the node tells of itself again later."""
    monkeypatch.setattr(layer_requests, "CAPACITY", 3)
    asking.requests.plan(Node("a", os="linux", arch="amd64", images=tuple(
        NodeImage((f"ghcr.io/app@{digest(bytes([number]))}",), 1) for number in range(10)
    )))  # fmt: skip
    await asking.settle()

    assert len(asking.service.asked) == 3
    assert asking.outcomes == {"told": 3, "left_out": 7}


async def test_one_node_does_not_take_the_turns_of_all(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond its share of what waits its questions are left out; it has it again once they are asked."""
    monkeypatch.setattr(layer_requests, "OF_ONE_NODE", 2)

    def names(*numbers: int) -> tuple[NodeImage, ...]:
        return tuple(NodeImage((f"ghcr.io/app@{digest(bytes([number]))}",), 1) for number in numbers)

    asking.requests.plan(Node("greedy", os="linux", arch="amd64", images=names(*range(10))))
    asking.requests.plan(Node("other", os="linux", arch="amd64", images=names(20)))
    await asking.settle()
    assert asking.outcomes == {"told": 3, "left_out": 8}

    asking.requests.plan(Node("greedy", os="linux", arch="amd64", images=names(8, 9)))
    await asking.settle()
    assert asking.outcomes == {"told": 5, "left_out": 8}

"""Reports of an agent: what a server is told, in which order, and what happens when it does not listen."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, MutableMapping
from typing import Any, TypeVar

import msgspec
import prometheus_client
import pytest
import structlog.testing

from pullwatch.app.reporting import Reporting
from pullwatch.publish.delivery import DeliveryError
from pullwatch.pulls import reported
from pullwatch.pulls.held import HeldImages
from pullwatch.pulls.layers import Layer, LayerTable
from pullwatch.pulls.reported import Again, ImagesReport, LayerProgress, LayersReport, LayerState, RunningPull, RunningReport, Told, Wanted
from pullwatch.pulls.runtime import StoredImage, StoredManifest

_Answer = TypeVar("_Answer")


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """Return what is logged."""
    with structlog.testing.capture_logs() as lines:
        yield lines


PULL = RunningPull("r", "p", "sha256:a", 1.0, (LayerProgress(0, "sha256:b", 10, LayerState.DOWNLOADING, 5),))


class Server:
    """What gets the reports, in place of a delivery: decodes them as a server does."""

    server = "http://server"

    def __init__(self) -> None:
        self.got: list[ImagesReport | LayersReport | RunningReport] = []
        self.wanted: tuple[str, ...] = ()
        self.wants: list[tuple[str, ...]] = []
        """What is wanted in turn, before `wanted`."""
        self.again_in_seconds = 2.0
        self.images_again_in_seconds = 300.0
        self.error: DeliveryError | None = None

    async def post(self, path: str, content: bytes, answer: type[_Answer]) -> _Answer:
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        assert len(content) <= reported.MAX_BODY_BYTES
        kinds = {"images": ImagesReport, "layers": LayersReport, "running": RunningReport}
        self.got.append(msgspec.json.decode(content, type=kinds[path.removeprefix("/api/v1/agents/")]))
        wanted = self.wants.pop(0) if self.wants and answer is Wanted else self.wanted
        told = Again(self.again_in_seconds) if answer is Again else Wanted(wanted, again_in_seconds=self.images_again_in_seconds)
        body: bytes = msgspec.json.encode(told)
        return msgspec.json.decode(body, type=answer)


class Given:
    """Reporting to that server; `slept` holds the seconds that it waited."""

    def __init__(self) -> None:
        self.server = Server()
        self.held = HeldImages()
        self.manifests: dict[str, Told] = {}
        self.pulls: tuple[RunningPull, ...] = ()
        self.slept: list[float] = []
        self.registry = prometheus_client.CollectorRegistry()
        reports = prometheus_client.Counter("reports", "Reports.", ("report", "outcome"), registry=self.registry)
        self.reporting = Reporting(
            self.server,  # type: ignore[arg-type]  # it posts as a delivery does
            node="node-1",
            held=self.held,
            manifest=self.manifest,
            running=lambda: self.pulls,
            reports=reports,
            sleep=self.sleep,
        )

    async def manifest(self, digest: str) -> Told | None:
        return self.manifests.get(digest)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)

    def hold(self, *tables: LayerTable) -> None:
        names = [StoredImage(f"registry.example/{number}:1", table.digest) for number, table in enumerate(tables)]
        self.held.read(names, {table.digest: StoredManifest(table) for table in tables})
        self.reporting.images_changed()

    def value(self, report: str, outcome: str) -> float | None:
        return self.registry.get_sample_value("reports_total", {"report": report, "outcome": outcome})


@contextlib.asynccontextmanager
async def doing(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Do something for as long as the context is open."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - some turns of the event loop
            await asyncio.sleep(0)


def table(name: str) -> LayerTable:
    return LayerTable(f"sha256:{name}", "manifest", "sha256:config", (Layer(f"sha256:{name}0", 10, "layer"),))


async def test_tells_layers_that_are_wanted_and_no_others() -> None:
    """Images first; of these the server names those whose layers it does not know, and is told the manifests as they are."""
    given = Given()
    given.server.wanted = ("sha256:b", "sha256:unknown", "sha256:b")
    given.manifests = {name: Told(name, b"manifest", b"config") for name in ("sha256:a", "sha256:b")}
    async with doing(given.reporting.images()):
        given.hold(table("a"), table("b"))
        await until(lambda: len(given.server.got) == 3)

    images, layers, _ = given.server.got
    assert isinstance(images, ImagesReport)
    assert (images.node, [held.digest for held in images.images]) == ("node-1", ["sha256:a", "sha256:b"])
    assert isinstance(layers, LayersReport)
    assert layers.manifests == (Told("sha256:b", b"manifest", b"config"),)
    assert (given.value("images", "ok"), given.value("layers", "ok"), given.reporting.wrong) == (2, 1, None)


async def test_asks_again_until_all_that_is_wanted_was_told() -> None:
    """A server names some hundred at a time; what it wants twice was of no use to it, and is not sent for ever."""
    given = Given()
    tables = [table(f"t{number}") for number in range(3)]
    given.manifests = {made.digest: Told(made.digest, b"manifest") for made in tables}
    given.hold(*tables)
    given.server.wants = [(tables[0].digest,), (tables[0].digest, tables[1].digest), (tables[2].digest,), (tables[2].digest,)]

    assert await given.reporting.report_images() == 300.0

    told = [report.manifests[0].digest for report in given.server.got if isinstance(report, LayersReport)]
    assert told == [made.digest for made in tables]


async def test_sends_layers_in_bodies_that_fit() -> None:
    """No report is larger than what a server takes."""
    given = Given()
    tables = [table(f"t{number:03}") for number in range(100)]
    given.manifests = {made.digest: Told(made.digest, bytes(20_000), bytes(10_000)) for made in tables}
    given.server.wanted = tuple(made.digest for made in tables)
    given.hold(*tables)

    await given.reporting.report_images()

    batches = [report.manifests for report in given.server.got if isinstance(report, LayersReport)]
    assert len(batches) > 1
    assert [told.digest for batch in batches for told in batch] == [made.digest for made in tables]


async def test_a_manifest_that_is_gone_is_left_out() -> None:
    """The garbage collector may come between the question and the answer."""
    given = Given()
    given.server.wanted = ("sha256:a", "sha256:b")
    given.manifests = {"sha256:b": Told("sha256:b", b"manifest")}
    given.hold(table("a"), table("b"))

    await given.reporting.report_images()

    (layers,) = [report for report in given.server.got if isinstance(report, LayersReport)]
    assert [told.digest for told in layers.manifests] == ["sha256:b"]


async def test_tells_pulls_while_they_run_and_their_end_once() -> None:
    """As often as the server asks, and one empty report when they are over."""
    given = Given()
    async with doing(given.reporting.pulls()):
        given.pulls = (PULL,)
        given.reporting.looked()
        await until(lambda: len(given.server.got) == 2)
        given.pulls = ()
        given.reporting.looked()
        await until(lambda: not given.server.got[-1].pulls)  # type: ignore[union-attr]  # reports of pulls alone
        for _ in range(20):
            given.reporting.looked()
            await asyncio.sleep(0)

    told = [report.pulls for report in given.server.got if isinstance(report, RunningReport)]
    assert told[-1] == ()
    assert set(told[:-1]) == {(PULL,)}
    assert set(given.slept) == {2.0}


async def test_more_pulls_than_fit_are_told_in_part() -> None:
    """A report that a server would refuse for its size tells of fewer pulls, the oldest."""
    given = Given()
    layers = tuple(
        LayerProgress(number, "sha256:" + "b" * 64, 10, LayerState.DOWNLOADING, 5, 1.23456789, 2.3456789) for number in range(500)
    )
    given.pulls = tuple(RunningPull("r", f"p{number}", "sha256:" + "a" * 64, 1.0, layers) for number in range(50))
    async with doing(given.reporting.pulls()):
        await until(lambda: bool(given.server.got))

    told = given.server.got[0]
    assert isinstance(told, RunningReport)
    assert 5 < len(told.pulls) < 50
    assert told.pulls[0].repository == "p0"


async def test_an_idle_node_tells_nothing() -> None:
    """Without pulls there is no report of pulls."""
    given = Given()
    async with doing(given.reporting.pulls()):
        for _ in range(20):
            given.reporting.looked()
            await asyncio.sleep(0)

    assert given.server.got == []


@pytest.mark.parametrize("label", ["401", "403", "404", "unreachable", "timeout", "server"])
async def test_a_server_that_does_not_listen_is_tried_again(label: str, logged: list[MutableMapping[str, Any]]) -> None:
    """With a back-off that grows, one line in the log, and a counter; when it listens it is told what runs then."""
    given = Given()
    given.server.error = DeliveryError(f"http://server: {label}", label=label)
    given.pulls = (PULL,)
    async with doing(given.reporting.pulls()):
        await until(lambda: (given.value("running", label) or 0) >= 8)
        assert given.reporting.wrong == f"http://server: {label}"
        given.server.error = None
        await until(lambda: bool(given.server.got))

    assert [line["event"] for line in logged] == ["the server cannot be told, and is tried again", "the server is told"]
    assert given.slept[0] < 2
    assert max(given.slept) >= 30
    assert given.reporting.wrong is None


async def test_a_pull_that_ended_while_the_server_was_away_is_told_as_ended() -> None:
    """What a server may still hold for running is corrected when it listens again."""
    given = Given()
    given.pulls = (PULL,)
    async with doing(given.reporting.pulls()):
        await until(lambda: bool(given.server.got))
        given.server.error = DeliveryError("away", label="unreachable")
        await until(lambda: given.value("running", "unreachable") is not None)
        given.pulls = ()
        given.server.error = None
        await until(lambda: given.server.got[-1] == RunningReport("node-1", ()))


@pytest.mark.parametrize(("asked", "waited"), [(0.0, 1.0), (-5.0, 1.0), (1e9, 300.0)])
async def test_what_a_server_asks_for_has_bounds(asked: float, waited: float) -> None:
    """A broken server neither makes an agent spin nor fall silent."""
    given = Given()
    given.pulls = (PULL,)

    given.server.again_in_seconds = asked
    async with doing(given.reporting.pulls()):
        await until(lambda: len(given.slept) > 1)

    assert set(given.slept) == {waited}

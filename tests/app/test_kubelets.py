"""The task that reads kubelets: in turn, a few at once, and harmed by none of them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from pullwatch import settings
from pullwatch.app import kubelets, log, serve
from pullwatch.app.contacts import Contacts
from pullwatch.app.exporter import Exporter
from pullwatch.app.kubelets import KubeletReads
from pullwatch.app.wrong import Wrong
from pullwatch.checkpoint.file import Checkpoint
from pullwatch.pack import assets
from pullwatch.pulls import observed
from pullwatch.pulls.kubelet_counts import KubeletCounts
from pullwatch.pulls.sample import Sample
from pullwatch.sim import certificates
from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.store import Store
from pullwatch.sources import access, errors
from pullwatch.sources.metric_answer import Answer
from pullwatch.sources.metric_text import MetricsError, Reason
from tests.app.given import exit_code, kubeconfig
from tests.app.test_exporter import Time, made, shown
from tests.app.test_serve import until
from tests.pulls.made import T0, pulled
from tests.sources import given, rawserver

if TYPE_CHECKING:
    from structlog.typing import EventDict

pytestmark = pytest.mark.usefixtures("logged")

OPERATIONS = "kubelet_runtime_operations_total"


@pytest.fixture
def logged() -> Iterator[list[EventDict]]:
    """Return what is logged meanwhile."""
    with capture_logs() as lines:
        yield lines


def answer(pulls: float) -> Answer:
    return Answer([Sample(OPERATIONS, {"operation_type": "pull_image"}, pulls)], 1000)


class Kubelet:
    """Kubelets of a test: what each answers, and what was asked."""

    def __init__(self, **answers: Answer | Exception) -> None:
        self.answers: Mapping[str, Answer | Exception] = answers
        self.asked: list[str] = []
        self.at_once = 0
        self.most_at_once = 0
        self.silent = asyncio.Event()

    async def read(self, node: str, address: str) -> Answer:
        self.asked.append(f"{node} {address}")
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if node not in self.answers:
                await self.silent.wait()
            given = self.answers.get(node, answer(0))
            if isinstance(given, Exception):
                raise given
            return given
        finally:
            self.at_once -= 1

    def forget(self, node: str) -> None:
        self.asked.append(f"forget {node}")


def cluster(*nodes: str, address: str = "10.0.0.1:10250") -> tuple[Exporter, Time]:
    exporter, clock = made()
    exporter.node_page([observed.Node(name=node, kubelet=address) for node in nodes])
    exporter.first_events([])
    return exporter, clock


def reads(asked: Kubelet, exporter: Exporter, *, most_nodes: int = 500, interval_seconds: float = 60) -> KubeletReads:
    return KubeletReads(asked, exporter, interval_seconds=interval_seconds, most_nodes=most_nodes)


def counted(exporter: Exporter, name: str, **labels: str) -> float | None:
    return exporter.registry.get_sample_value(name, labels)


async def test_counters_grow_from_the_first_read_on() -> None:
    """500 pulls of before are none of ours; 3 more are 3, of which Events told of 1."""
    exporter, clock = cluster("node-a")
    asked = Kubelet(**{"node-a": answer(500)})
    reading = reads(asked, exporter)

    await reading.read("node-a")
    clock.now += 61
    exporter.events([("ADDED", pulled(took="1s", at=61))], arrived_at=clock.now)
    asked.answers = {"node-a": answer(503)}
    await reading.read("node-a")

    assert shown(exporter, "pullwatch_runtime_pulls_total") == {("node-a",): 3.0}
    assert shown(exporter, "pullwatch_runtime_pulls_seen_total") == {("node-a",): 1.0}
    assert shown(exporter, "pullwatch_runtime_pull_errors_total") == {("node-a",): 0.0}
    assert counted(exporter, "pullwatch_kubelet_reads_total", result="ok") == 2
    assert counted(exporter, "pullwatch_kubelet_read_bytes_total") == 2000
    page = exporter.summary()
    assert [(row.name, row.done, row.seen, row.lost) for row in page.lost] == [("node-a", 3, 1, 2)]
    assert "1 kubelet counted 3 pulls in the last half hour to hour; Events told of 1." in page.coverage


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (MetricsError("no", reason=Reason.FORBIDDEN), "forbidden"),
        (MetricsError("no", reason=Reason.TIMEOUT), "timeout"),
        (errors.Unauthorized("no token"), "unauthorized"),
        (errors.AccessError("no CA"), "untrusted"),
        (Answer([], 10), "not_believed"),
        (Answer([Sample(OPERATIONS, {"operation_type": "pull_image"}, -1.0)], 10), "not_believed"),
    ],
)
async def test_what_a_kubelet_does_wrong_is_counted(trouble: Answer | Exception, reason: str, logged: list[EventDict]) -> None:
    """It moves no counter, and is logged once for its kind."""
    exporter, _ = cluster("node-a", "node-b")
    reading = reads(Kubelet(**{"node-a": trouble, "node-b": trouble}), exporter)

    await reading.read("node-a")
    await reading.read("node-b")

    assert shown(exporter, "pullwatch_runtime_pulls_total") == {}
    assert counted(exporter, "pullwatch_kubelet_reads_total", result=reason) == 2
    assert [(line["node"], line["reason"]) for line in logged if line["log_level"] == "warning"] == [("node-a", reason)]


async def test_a_node_that_went_meanwhile_leaves_nothing() -> None:
    """An answer that comes after its node is gone makes no series that nobody would remove."""
    exporter, _ = cluster("node-a")
    asked = Kubelet()
    reading = asyncio.create_task(reads(asked, exporter).read("node-a"))
    await asyncio.sleep(0)
    exporter.listed_nodes([])
    asked.silent.set()
    await reading

    assert shown(exporter, "pullwatch_runtime_pulls_total") == {}
    assert exporter.summary().lost == []


async def test_few_are_asked_at_once() -> None:
    """Silent kubelets fill the places, and the rest wait."""
    nodes = [f"node-{number}" for number in range(100)]
    exporter, _ = cluster(*nodes)
    asked = Kubelet()
    reading = reads(asked, exporter)
    async with asyncio.TaskGroup() as tasks:
        for node in nodes:
            tasks.create_task(reading.read(node))
        await asyncio.sleep(0)
        asked.silent.set()

    assert asked.most_at_once == kubelets.AT_ONCE
    assert len(asked.asked) == 100


async def test_nodes_beyond_the_limit_are_counted() -> None:
    """The same ones are read each time; who is left out and who tells no address is told."""
    exporter, _ = cluster(*(f"node-{number}" for number in range(10)))
    exporter.node_page([observed.Node(name="virtual")])
    reading = reads(Kubelet(), exporter, most_nodes=4)

    planned = [turn.node for turn in reading.plan()]

    assert planned == [turn.node for turn in reading.plan()]
    assert len(planned) == 4
    states = {state: counted(exporter, "pullwatch_kubelet_nodes", state=state) for state in ("read", "left_out", "no_address")}
    assert states == {"read": 4, "left_out": 6, "no_address": 1}


async def test_a_dead_kubelet_costs_the_others_nothing() -> None:
    """Each is read in each interval, the silent one is asked once, and one that fails less and less often."""
    exporter, _ = cluster("node-a", "silent", "broken")
    enough = asyncio.Event()

    class Counting(Kubelet):
        async def read(self, node: str, address: str) -> Answer:
            if self.asked.count("node-a 10.0.0.1:10250") >= 12:
                enough.set()
            return await super().read(node, address)

    answers: dict[str, Answer | Exception] = {"node-a": answer(1), "broken": MetricsError("no", reason=Reason.TIMEOUT)}
    asked = Counting(**answers)
    running = asyncio.create_task(reads(asked, exporter, interval_seconds=0.02).run())
    async with asyncio.timeout(10):
        await enough.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert asked.asked.count("silent 10.0.0.1:10250") == 1
    assert 2 <= asked.asked.count("broken 10.0.0.1:10250") <= 5


async def test_a_gone_node_is_forgotten() -> None:
    """What was remembered of a failure goes with the node."""
    exporter, _ = cluster("node-a")
    asked = Kubelet(**{"node-a": MetricsError("no", reason=Reason.TIMEOUT)})
    reading = reads(asked, exporter)
    reading.plan()
    await reading.read("node-a")
    exporter.listed_nodes([])

    assert reading.plan() == []
    assert asked.asked[-1] == "forget node-a"


@pytest.mark.parametrize(
    ("options", "namespaces", "text"),
    [
        (settings.Kubelets(), ("shop",), "leave out --namespace"),
        (settings.Kubelets(kubelet_insecure_tls=True, kubelet_ca=Path("x")), (), "leave it out, or --kubelet-ca"),
    ],
)
def test_settings_that_contradict_each_other_are_told(options: settings.Kubelets, namespaces: tuple[str, ...], text: str) -> None:
    """One line says which to leave out."""
    with pytest.raises(Wrong, match=text):
        kubelets.asking(access.ClusterAccess(url="http://x", credentials=access.NoCredentials(), origin=""), options, namespaces=namespaces)


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        ([], "the API server's certificate is not verified, so no CA of kubelets is known: name it with --kubelet-ca"),
        (["--kubelet-ca", "no.crt"], "no.crt: no CA certificate (No such file or directory): --kubelet-ca names a PEM file"),
    ],
)
def test_a_user_reads_one_line(
    flags: list[str], line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without anybody to trust `serve` does not start, and says what to name."""
    monkeypatch.setattr(log, "configure", lambda _: None)
    config = kubeconfig(tmp_path / "config", "http://127.0.0.1:1")

    assert exit_code("serve", "--kubeconfig", config, "--listen", "127.0.0.1:0", "--kubelet-metrics", *flags) == 2
    assert capsys.readouterr().err == f"pullwatch: {line}\n"


async def test_serve_reads_the_kubelets_of_its_cluster(tmp_path: Path) -> None:
    """With the setting, the kubelet at the address that its Node tells is asked with our token, and what it counts is shown."""
    certificate = certificates.make(tmp_path)
    text = b'kubelet_runtime_operations_total{operation_type="pull_image"} 7\n'
    answering = rawserver.whole("200 OK", text, "Content-Type: text/plain")
    # Its turn is at the beginning of the interval.
    node = given.node("node-156")
    store = Store()
    options = settings.Kubelets(kubelet_metrics=True, kubelet_metrics_interval=5, kubelet_ca=certificate.file)
    async with rawserver.serving(answering, tls=certificate.server_context()) as asked, ApiServer(store) as api:
        node["status"] |= {
            "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": int(asked.url.rpartition(":")[2])}},
        }
        store.create("nodes", node)
        cluster = rawserver.access_to(api.url)
        async with serve.serving(cluster, host="127.0.0.1", port=0, kubelets=options) as (exporter, _):

            async def read() -> bool:
                return counted(exporter, "pullwatch_kubelet_reads_total", result="ok") == 1

            await until(read, what="a kubelet to be read")
            assert shown(exporter, "pullwatch_runtime_pulls_total") == {("node-156",): 0.0}

    assert {one.headers["authorization"] for one in asked.asked} == {"Bearer secret"}


def test_a_restart_goes_on_with_what_was_counted(tmp_path: Path) -> None:
    """What a kubelet counted while no process ran is in neither counter, as nobody can tell what Events told meanwhile."""
    clock = Time()
    seen: list[tuple[float, float]] = []
    for pulls in (500.0, 900.0):
        with contextlib.closing(Checkpoint(tmp_path / "checkpoint", server="x")) as checkpoint:
            exporter = Exporter(
                thresholds=assets.thresholds(), contacts=Contacts(clock=clock), clock=clock, monotonic=clock, checkpoint=checkpoint
            )
            exporter.node_page([observed.Node(name="node-a", kubelet="10.0.0.1:10250")])
            exporter.first_events([])
            for more in (0, 3):
                exporter.kubelet_read("node-a", KubeletCounts(pulls=pulls + more))
                exporter.events([("ADDED", pulled(took="1s", pod=f"web-{clock.now}", at=clock.now - T0))], arrived_at=clock.now)
                clock.now += 61
                exporter.tick()
            (done,), (told,) = (shown(exporter, f"pullwatch_runtime_pulls{name}_total").values() for name in ("", "_seen"))
            seen.append((done, told))

    assert seen == [(3.0, 1.0), (6.0, 2.0)]

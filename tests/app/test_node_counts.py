"""What an agent's node counts itself: read now and then, and absent where it cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client.registry import CollectorRegistry

from pullwatch import settings
from pullwatch.app.node_counts import NodeReads
from pullwatch.app.wrong import Wrong
from pullwatch.publish import node_counts
from pullwatch.publish.node_counts import NodeCounts
from pullwatch.sim import certificates
from pullwatch.sources import errors
from tests.pulls.test_runtime_counts import CRIO_LAYERS, CRIO_NEW
from tests.sources import rawserver

TEXT = "Content-Type: text/plain"
CRIO = rawserver.whole("200 OK", CRIO_NEW + CRIO_LAYERS, TEXT)
KUBELET = rawserver.whole("200 OK", b'kubelet_runtime_operations_total{operation_type="pull_image"} 7\n', TEXT)


def results(registry: CollectorRegistry, source: str, result: str) -> float | None:
    return registry.get_sample_value("pullwatch_agent_metrics_reads_total", {"source": source, "result": result})


def shown(counts: NodeCounts) -> dict[str, float]:
    return {sample.name: sample.value for metric in counts.collect() for sample in metric.samples if "le" not in sample.labels}


async def test_it_shows_what_kubelet_and_runtime_tell(tmp_path: Path) -> None:
    """Their own numbers, with the token that the file holds at that moment; all families are those of the table."""
    certificate = certificates.make(tmp_path)
    token = tmp_path / "token"
    token.write_text("a-token\n")
    registry = CollectorRegistry()
    counts = NodeCounts("node-a", registry=registry)
    async with rawserver.serving(CRIO) as runtime, rawserver.serving(KUBELET, tls=certificate.server_context()) as kubelet:
        options = settings.Witnesses(
            runtime_metrics=f"{runtime.url}/metrics",
            kubelet_address=kubelet.url.removeprefix("https://"),
            kubelet_token=token,
            kubelet_ca=certificate.file,
        )
        async with NodeReads(options) as reads:
            await reads.read("node-a", counts)

    values = shown(counts)
    assert values["pullwatch_agent_kubelet_pulls_total"] == 7
    assert values["pullwatch_agent_runtime_fetched_bytes_total"] == 5_001_000
    assert values["pullwatch_agent_runtime_layer_bytes_count"] == 6
    assert registry.get_sample_value("pullwatch_agent_runtime_pulls_total", {"node": "node-a", "status": "failure"}) == 3
    assert kubelet.asked[0].headers["authorization"] == "Bearer a-token"
    told = {metric.name: (metric.type, metric.documentation) for metric in registry.collect()}
    table = {family.name.removesuffix("_total"): (family.type.value, family.help) for family in node_counts.FAMILIES}
    assert told == {name: row for name, row in table.items() if name != node_counts.RUNTIME_RUNNING.name}


async def test_what_can_no_longer_be_read_is_absent() -> None:
    """An old number would look like a node that pulls nothing."""
    registry = CollectorRegistry()
    counts = NodeCounts("node-a", registry=registry)
    nothing = rawserver.whole("200 OK", b"other_total 1\n", TEXT)
    page = rawserver.whole("200 OK", b"<html>\n", "Content-Type: text/html")
    seen = []
    async with (
        rawserver.serving(CRIO, nothing, page) as runtime,
        NodeReads(settings.Witnesses(runtime_metrics=f"{runtime.url}/metrics")) as reads,
    ):
        for _ in range(3):
            await reads.read("node-a", counts)
            seen.append(counts.runtime is not None)

    assert seen == [True, False, False]
    assert [results(registry, "runtime", result) for result in ("ok", "not_believed", "not_metrics")] == [1, 1, 1]


@pytest.mark.parametrize("content", [None, "", "two\nlines", "\ud83d"])
async def test_without_a_token_nobody_is_asked(content: str | None, tmp_path: Path) -> None:
    """A file that is missing or half written is counted, and read again the next time."""
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content.encode("utf-8", "surrogatepass"))
    registry = CollectorRegistry()
    counts = NodeCounts("node-a", registry=registry)
    async with rawserver.serving(KUBELET) as server:
        options = settings.Witnesses(kubelet_address=server.url.removeprefix("http://"), kubelet_token=file, kubelet_insecure_tls=True)
        async with NodeReads(options) as reads:
            await reads.read("node-a", counts)

    assert counts.kubelet is None
    assert server.asked == []
    assert results(registry, "kubelet", "unauthorized") == 1


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (settings.Witnesses(kubelet_ca=Path("x")), "name it with --kubelet-address"),
        (settings.Witnesses(kubelet_token=Path("x")), "name it with --kubelet-address"),
        (settings.Witnesses(kubelet_address="127.0.0.1:10250"), "name one of them"),
        (settings.Witnesses(kubelet_address="127.0.0.1:10250", kubelet_ca=Path("x"), kubelet_insecure_tls=True), "name one of them"),
        (settings.Witnesses(kubelet_address="kubelet.example.com:10250", kubelet_insecure_tls=True), "no address of this node's kubelet"),
        (settings.Witnesses(kubelet_address="169.254.169.254:80", kubelet_insecure_tls=True), "no address of this node's kubelet"),
    ],
)
def test_settings_that_contradict_each_other_are_told(options: settings.Witnesses, text: str) -> None:
    """One line says what to name or leave out."""
    with pytest.raises(Wrong, match=text):
        NodeReads(options)


def test_an_address_that_is_not_here_is_told() -> None:
    """The runtime of another machine is not this node's."""
    with pytest.raises(errors.AccessError, match="--runtime-metrics"):
        NodeReads(settings.Witnesses(runtime_metrics="http://10.0.0.1/metrics"))


def test_nothing_is_read_unasked() -> None:
    """An agent without these settings opens no connection."""
    assert not NodeReads(settings.Witnesses()).wanted

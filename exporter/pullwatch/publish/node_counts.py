"""What the kubelet and the container runtime of an agent's node count themselves, shown as they tell it.

Their counters begin at 0 when they start, not when the agent does, and so do these. What could not be read is absent.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import prometheus_client
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from pullwatch.publish.metrics import Family, MetricType

if TYPE_CHECKING:
    from pullwatch.pulls.kubelet_counts import KubeletCounts
    from pullwatch.pulls.runtime_counts import RuntimeCounts

_COUNTER, _GAUGE, _HISTOGRAM = MetricType.COUNTER, MetricType.GAUGE, MetricType.HISTOGRAM

RUNTIME_PULLS = Family(
    "pullwatch_agent_runtime_pulls_total", _COUNTER,
    "Pulls by the container runtime's own count, since it started; it pulls the image of sandboxes unasked. Only with --runtime-metrics.",
    ("node", "status"), 2,
    example='sum by (node) (rate(pullwatch_agent_runtime_pulls_total{status="failure"}[1h]))',
)  # fmt: skip
RUNTIME_RUNNING = Family(
    "pullwatch_agent_runtime_pulls_running", _GAUGE, "Pulls that run now by the runtime's own count; CRI-O tells none.", ("node",),
)  # fmt: skip
RUNTIME_FETCHED = Family(
    "pullwatch_agent_runtime_fetched_bytes_total", _COUNTER,
    "Bytes of images that came over the network, by the runtime's own count; containerd tells none.",
    ("node",), unit="bytes", example="sum by (node) (rate(pullwatch_agent_runtime_fetched_bytes_total[5m]))",
)  # fmt: skip
RUNTIME_SKIPPED = Family(
    "pullwatch_agent_runtime_skipped_bytes_total", _COUNTER,
    "Bytes of layers that a pull did not fetch as they were there, by the runtime's own count; containerd tells none.",
    ("node",), unit="bytes",
)  # fmt: skip
RUNTIME_LAYERS = Family(
    "pullwatch_agent_runtime_layer_bytes", _HISTOGRAM, "Sizes of the layers that the runtime fetched; containerd tells none.",
    ("node",), unit="bytes", buckets=(1e3, 1e6, 1e7, 5e7, 1e8, 2e8, 3e8, 4e8, 5e8, 1e9, 1e10),
)  # fmt: skip
KUBELET_PULLS = Family(
    "pullwatch_agent_kubelet_pulls_total", _COUNTER,
    "Pull operations that the node's kubelet counted since it started, failed ones included. Only with --kubelet-address.",
    ("node",),
)  # fmt: skip
KUBELET_ERRORS = Family(
    "pullwatch_agent_kubelet_pull_errors_total", _COUNTER, "Of pullwatch_agent_kubelet_pulls_total, those that ended in an error.", ("node",),
)  # fmt: skip
KUBELET_TIMED = Family(
    "pullwatch_agent_kubelet_timed_pulls_total", _COUNTER, "Successful pulls that the node's kubelet measured, since 1.30.", ("node",),
)  # fmt: skip
KUBELET_SECONDS = Family(
    "pullwatch_agent_kubelet_pull_including_wait_seconds_total", _COUNTER, "Time of these pulls, the kubelet's queue included.",
    ("node",), unit="seconds",
)  # fmt: skip
READS = Family(
    "pullwatch_agent_metrics_reads_total", _COUNTER, "Reads of the kubelet's and the runtime's own metrics by their result: ok, or why not.",
    ("source", "result"), 40,
)  # fmt: skip

FAMILIES = (
    RUNTIME_PULLS, RUNTIME_RUNNING, RUNTIME_FETCHED, RUNTIME_SKIPPED, RUNTIME_LAYERS,
    KUBELET_PULLS, KUBELET_ERRORS, KUBELET_TIMED, KUBELET_SECONDS, READS,
)  # fmt: skip


class NodeCounts(Collector):
    """The newest counts of a node, asked for at each scrape."""

    def __init__(self, node: str, *, registry: CollectorRegistry) -> None:
        self._node = node
        self.runtime: RuntimeCounts | None = None
        """None where it could not be read lately."""
        self.kubelet: KubeletCounts | None = None
        self.reads = prometheus_client.Counter(READS.name, READS.help, READS.labels, registry=registry)
        registry.register(self)

    def collect(self) -> Iterable[Metric]:
        if self.runtime is not None:
            yield from self._runtime(self.runtime)
        if self.kubelet is not None:
            yield self._counter(KUBELET_PULLS, self.kubelet.pulls)
            yield self._counter(KUBELET_ERRORS, self.kubelet.errors)
            yield self._counter(KUBELET_TIMED, self.kubelet.timed_pulls)
            yield self._counter(KUBELET_SECONDS, self.kubelet.timed_seconds)

    def _runtime(self, counts: RuntimeCounts) -> Iterable[Metric]:
        pulls = CounterMetricFamily(RUNTIME_PULLS.name, RUNTIME_PULLS.help, labels=RUNTIME_PULLS.labels)
        pulls.add_metric([self._node, "success"], counts.succeeded)
        pulls.add_metric([self._node, "failure"], counts.failed)
        yield pulls
        if counts.running is not None:
            running = GaugeMetricFamily(RUNTIME_RUNNING.name, RUNTIME_RUNNING.help, labels=RUNTIME_RUNNING.labels)
            running.add_metric([self._node], counts.running)
            yield running
        if counts.fetched_bytes is not None:
            yield self._counter(RUNTIME_FETCHED, counts.fetched_bytes)
        if counts.skipped_bytes is not None:
            yield self._counter(RUNTIME_SKIPPED, counts.skipped_bytes)
        if counts.layers is not None:
            layers = HistogramMetricFamily(RUNTIME_LAYERS.name, RUNTIME_LAYERS.help, labels=RUNTIME_LAYERS.labels)
            layers.add_metric([self._node], buckets=list(counts.layers.buckets), sum_value=counts.layers.sum_bytes)
            yield layers

    def _counter(self, family: Family, value: float) -> Metric:
        counter = CounterMetricFamily(family.name, family.help, labels=family.labels)
        counter.add_metric([self._node], value)
        return counter

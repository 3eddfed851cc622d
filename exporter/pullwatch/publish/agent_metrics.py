"""The metrics of the node agent: the layers of the pulls that run there, what was fetched, and the agent about itself.

prometheus-client keeps them: there are few. Layer series exist as long as their pull runs and no longer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import prometheus_client
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from pullwatch.publish.metrics import Family, MetricType, Overflow
from pullwatch.publish.self_metrics import BUILD_INFO
from pullwatch.pulls.reported import LayerState

if TYPE_CHECKING:
    from pullwatch.pulls.reported import LayerProgress, RunningPull

_COUNTER, _GAUGE = MetricType.COUNTER, MetricType.GAUGE

LAYER = ("node", "registry", "repository", "digest", "layer")
PHASES = ("download", "unpack")

MAX_SERIES = 5_000
"""Of all layer families together: a pull of 12 layers has 48."""

LAYER_DOWNLOADED = Family(
    "pullwatch_layer_downloaded_bytes", _GAUGE,
    "Bytes of a layer that are on the node, of a pull that runs there, in steps of 1 MiB; layer is the position from 0. Layers that were"
    " there before the pull have no series.",
    LAYER, MAX_SERIES, Overflow.YOUNGEST, "bytes",
    example="sum by (node, repository, digest) (pullwatch_layer_downloaded_bytes)"
            " / sum by (node, repository, digest) (pullwatch_layer_size_bytes)",
)  # fmt: skip
LAYER_SIZE = Family(
    "pullwatch_layer_size_bytes", _GAUGE, "Compressed size of a layer of a pull that runs on the node, as containerd fetches it.",
    LAYER, MAX_SERIES, Overflow.YOUNGEST, "bytes",
    example="topk(5, pullwatch_layer_size_bytes - pullwatch_layer_downloaded_bytes)",
)  # fmt: skip
LAYER_SECONDS = Family(
    "pullwatch_layer_seconds", _GAUGE,
    "Time that a layer of a running pull has taken to be downloaded and to be unpacked, without its waits; absent where its start is not"
    " known.",
    (*LAYER, "phase"), MAX_SERIES, Overflow.YOUNGEST, "seconds",
    example="sum by (node, repository, phase) (pullwatch_layer_seconds)",
)  # fmt: skip
FETCHED = Family(
    "pullwatch_layer_fetched_bytes_total", _COUNTER, "Compressed bytes of layers that the node fetched since its agent started.",
    ("node",), 1, unit="bytes", example="sum by (node) (rate(pullwatch_layer_fetched_bytes_total[1h]))",
)  # fmt: skip
REPULLED = Family(
    "pullwatch_layer_repulled_bytes_total", _COUNTER,
    "Of the bytes in pullwatch_layer_fetched_bytes_total those of layers that the node had had before and lost to garbage collection.",
    ("node",), 1, unit="bytes",
    example="sum by (node) (increase(pullwatch_layer_repulled_bytes_total[1d]))"
            " / sum by (node) (increase(pullwatch_layer_fetched_bytes_total[1d]))",
)  # fmt: skip

LAYER_FAMILIES = (LAYER_DOWNLOADED, LAYER_SIZE, LAYER_SECONDS, FETCHED, REPULLED)

CALLS = Family(
    "pullwatch_agent_calls_total", _COUNTER, "Calls to containerd by their method, and how they ended.", ("method", "outcome"), 90,
    example="sum by (method, outcome) (rate(pullwatch_agent_calls_total{outcome!=\"ok\"}[15m])) > 0",
)  # fmt: skip
CALL_SECONDS = Family(
    "pullwatch_agent_call_seconds_total", _COUNTER, "Time spent waiting for containerd's answers, without the stream of events.",
    ("method",), 9, unit="seconds",
)  # fmt: skip
TROUBLE = Family(
    "pullwatch_agent_trouble_total", _COUNTER,
    "What was seen and could not be used: size_differs = a manifest names another size than is fetched, gone = content was collected"
    " between two calls; others name what is wrong with a manifest, or which cap was reached.",
    ("reason",), 30,
)  # fmt: skip
RESTARTS = Family(
    "pullwatch_agent_watch_restarts_total", _COUNTER, "Times that containerd's stream of events broke or could not be opened, and why.",
    ("reason",), 10,
)  # fmt: skip
LOOKS = Family(
    "pullwatch_agent_looks_total", _COUNTER, "Looks at what containerd fetches: one a second during pulls, else one in 30 s.",
)  # fmt: skip
CONNECTED = Family("pullwatch_agent_connected", _GAUGE, "1 while containerd's events are heard, else 0.")
DROPPED = Family(
    "pullwatch_agent_series_dropped_total", _COUNTER, "Series of layers that found no room, counted at each scrape.",
)  # fmt: skip
REPORTS = Family(
    "pullwatch_agent_reports_sent_total", _COUNTER, "Reports to `pullwatch serve` by their kind, and how they ended.", ("report", "outcome"), 30,
)  # fmt: skip

SELF_FAMILIES = (BUILD_INFO, CALLS, CALL_SECONDS, TROUBLE, RESTARTS, LOOKS, CONNECTED, DROPPED, REPORTS)

FAMILIES = (*LAYER_FAMILIES, *SELF_FAMILIES)


class AgentMetrics:
    """All metrics of one agent. `running`, `fetched` and `trouble` are asked at each scrape."""

    def __init__(
        self,
        *,
        node: str,
        version: str,
        running: Callable[[], Sequence[RunningPull]],
        fetched: Callable[[], tuple[int, int]],
        trouble: Callable[[], Mapping[str, int]],
    ) -> None:
        prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]  # prometheus-client leaves it unannotated
        self.registry = CollectorRegistry()
        self.calls = prometheus_client.Counter(CALLS.name, CALLS.help, CALLS.labels, registry=self.registry)
        self.call_seconds = prometheus_client.Counter(CALL_SECONDS.name, CALL_SECONDS.help, CALL_SECONDS.labels, registry=self.registry)
        self.restarts = prometheus_client.Counter(RESTARTS.name, RESTARTS.help, RESTARTS.labels, registry=self.registry)
        self.looks = prometheus_client.Counter(LOOKS.name, LOOKS.help, registry=self.registry)
        self.connected = prometheus_client.Gauge(CONNECTED.name, CONNECTED.help, registry=self.registry)
        self.reports = prometheus_client.Counter(REPORTS.name, REPORTS.help, REPORTS.labels, registry=self.registry)
        self.trouble: Counter[str] = Counter()
        """What was not right, by reason; that of `trouble` is added to it."""
        info = prometheus_client.Gauge(BUILD_INFO.name, BUILD_INFO.help, BUILD_INFO.labels, registry=self.registry)
        info.labels(version).set(1)
        self.registry.register(_Layers(node, running))
        self.registry.register(_Counted(node, fetched, lambda: self.trouble + Counter(trouble())))
        prometheus_client.ProcessCollector(registry=self.registry)

    def called(self, method: str, outcome: str, *, seconds: float) -> None:
        """Count a call to containerd."""
        self.calls.labels(method, outcome).inc()
        if method != "Events/Subscribe":
            self.call_seconds.labels(method).inc(seconds)


class _Counted(Collector):
    """What others count."""

    def __init__(self, node: str, fetched: Callable[[], tuple[int, int]], trouble: Callable[[], Mapping[str, int]]) -> None:
        self._node = node
        self._fetched = fetched
        self._trouble = trouble

    def collect(self) -> Iterable[Metric]:
        for family, number in zip((FETCHED, REPULLED), self._fetched(), strict=True):
            metric = CounterMetricFamily(family.name, family.help, labels=family.labels)
            metric.add_metric([self._node], number)
            yield metric
        trouble = CounterMetricFamily(TROUBLE.name, TROUBLE.help, labels=TROUBLE.labels)
        for reason, times in self._trouble().items():
            trouble.add_metric([reason], times)
        yield trouble


class _Layers(Collector):
    """The layers of the pulls that run at the moment of a scrape."""

    def __init__(self, node: str, running: Callable[[], Sequence[RunningPull]]) -> None:
        self._node = node
        self._running = running
        self._dropped = 0

    def collect(self) -> Iterable[Metric]:
        downloaded = GaugeMetricFamily(LAYER_DOWNLOADED.name, LAYER_DOWNLOADED.help, labels=LAYER_DOWNLOADED.labels)
        sizes = GaugeMetricFamily(LAYER_SIZE.name, LAYER_SIZE.help, labels=LAYER_SIZE.labels)
        seconds = GaugeMetricFamily(LAYER_SECONDS.name, LAYER_SECONDS.help, labels=LAYER_SECONDS.labels)
        room = MAX_SERIES
        for pull in self._running():
            for layer in pull.layers:
                if layer.state is LayerState.PRESENT:
                    continue
                room -= 1 + (layer.downloaded_bytes is not None) + len(_phases(layer))
                if room < 0:
                    self._dropped += 1 + (layer.downloaded_bytes is not None) + len(_phases(layer))
                    continue
                labels = [self._node, pull.registry, pull.repository, pull.digest, str(layer.position)]
                sizes.add_metric(labels, layer.size_bytes)
                if layer.downloaded_bytes is not None:
                    downloaded.add_metric(labels, layer.downloaded_bytes)
                for phase, number in _phases(layer).items():
                    seconds.add_metric([*labels, phase], number)
        dropped = CounterMetricFamily(DROPPED.name, DROPPED.help)
        dropped.add_metric([], self._dropped)
        return [downloaded, sizes, seconds, dropped]


def _phases(layer: LayerProgress) -> dict[str, float]:
    """Return the seconds of each phase that are known."""
    known = zip(PHASES, (layer.download_seconds, layer.unpack_seconds), strict=True)
    return {phase: seconds for phase, seconds in known if seconds is not None}

"""The exporter's metrics about itself, kept by prometheus-client: few series, so that its cost does not matter.

They say whether what the other metrics show can be believed: is the cluster still heard, was anything not understood,
left out or late.
"""

from __future__ import annotations

import bisect
import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

import prometheus_client
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from pullwatch.publish.metrics import OTHER, Family, MetricType
from pullwatch.pulls import message, pods
from pullwatch.pulls.received import Refusal

if TYPE_CHECKING:
    from pullwatch.pulls.known_images import KnownImages
    from pullwatch.pulls.live import Live
    from pullwatch.pulls.observed import Event

_COUNTER, _GAUGE, _HISTOGRAM = MetricType.COUNTER, MetricType.GAUGE, MetricType.HISTOGRAM

RESOURCES = ("events", "pods", "nodes")
"""What is watched."""

RESTART_REASONS = ("gone", "closed", "timeout", "unauthorized", "forbidden", "not_found", "throttled", "server", "unreachable", "decode")
"""Why a watch is opened again."""

LAYER_OUTCOMES = ("told", "not_told", "later", "unreachable", "left_out")

LAG_BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)

BUILD_INFO = Family("pullwatch_build_info", _GAUGE, "Version of the running exporter; always 1.", ("version",))
LEADER = Family("pullwatch_leader", _GAUGE, "1 if this replica counts pulls, 0 if it stands by to take over.")
RESTARTS = Family(
    "pullwatch_watch_restarts_total", _COUNTER, "Watches of the Kubernetes API that were opened again, and why.",
    ("resource", "reason"), len(RESOURCES) * 20,
    example="sum by (resource, reason) (increase(pullwatch_watch_restarts_total[1h])) > 0",
)  # fmt: skip
LAST_CONTACT = Family(
    "pullwatch_watch_last_contact_timestamp_seconds", _GAUGE,
    "When the Kubernetes API last said anything on this watch (an event, a bookmark, a response header, a clean end), as seconds since 1970.",
    ("resource",), len(RESOURCES), unit="seconds",
    example="time() - pullwatch_watch_last_contact_timestamp_seconds",
)  # fmt: skip
EVENT_LAG = Family(
    "pullwatch_event_lag_seconds", _HISTOGRAM, "Time from an Event's own stamp until its arrival here.",
    unit="seconds", buckets=LAG_BUCKETS,
    example="histogram_quantile(0.99, sum by (le) (rate(pullwatch_event_lag_seconds_bucket[5m])))",
)  # fmt: skip
EVENTS = Family(
    "pullwatch_events_total", _COUNTER,
    "Events received from the Kubernetes API by their reason; _other stands for all reasons that do not concern images.",
    ("reason",), len(message.REASONS) + 1,
)  # fmt: skip
UNPARSED = Family(
    "pullwatch_events_unparsed_total", _COUNTER,
    "Events about images whose text is in no known form; what they say is in no other metric.",
)  # fmt: skip
COALESCED = Family(
    "pullwatch_events_coalesced_total", _COUNTER,
    "Occurrences that the kubelet merged into an Event whose older text was gone before it could be read.",
)  # fmt: skip
REJECTED = Family(
    "pullwatch_events_rejected_total", _COUNTER,
    "Events that contradict the pod they name (another uid, node or image) and were not counted.",
    ("reason",), 10,
)  # fmt: skip
UNVERIFIED = Family(
    "pullwatch_events_unverified_total", _COUNTER,
    "Events that were counted although their pod was not known, so that nothing could be checked.",
)  # fmt: skip
UNCHECKED = Family(
    "pullwatch_pods_unchecked_total", _COUNTER,
    "Pods that were not looked at for untold pulls, because reads of the Kubernetes API are limited.",
)  # fmt: skip
AGENTS = Family("pullwatch_agents", _GAUGE, "Nodes whose agents tell what images they hold.")
AGENT_REPORTS = Family(
    "pullwatch_agent_reports_total", _COUNTER, "Reports of agents that were taken: images of a node, layers of images, running pulls.",
    ("kind",), 3,
)  # fmt: skip
AGENT_REFUSALS = Family(
    "pullwatch_agent_refusals_total", _COUNTER,
    "Reports of agents, or parts of them, that were not taken: no good token, another node, too large, not what its digest says.",
    ("reason",), len(Refusal),
    example="sum by (reason) (increase(pullwatch_agent_refusals_total[1h])) > 0",
)  # fmt: skip
LAYERS_KEPT = Family("pullwatch_layer_tables", _GAUGE, "Images whose layers are known.")
LAYERS_DROPPED = Family(
    "pullwatch_layers_dropped_total", _COUNTER,
    "What agents or a registry told and found no room: table, name (of images), running (pulls); or made room for others: forgotten (tables"
    " that no node held), entry (manifests that digests of nodes mean).",
    ("kind",), 5,
)  # fmt: skip
LAYER_REQUESTS = Family(
    "pullwatch_layer_requests_total", _COUNTER,
    "Questions to the registry process for layers of images: told, not_told (asked again after a day), later (it may pass), unreachable,"
    " left_out (too many waited).",
    ("outcome",), len(LAYER_OUTCOMES),
    example="sum by (outcome) (increase(pullwatch_layer_requests_total[1h]))",
)  # fmt: skip
CHECKPOINT_DROPPED = Family(
    "pullwatch_checkpoint_events_dropped_total", _COUNTER,
    "Events that the checkpoint file forgot early for want of room; after a restart such an Event is not counted a second time.",
)  # fmt: skip
KUBELET_READS = Family(
    "pullwatch_kubelet_reads_total", _COUNTER,
    "Reads of kubelets' own metrics by their result: ok, or why not. Only with --kubelet-metrics.",
    ("result",), 20,
    example='sum by (result) (increase(pullwatch_kubelet_reads_total{result!="ok"}[1h])) > 0',
)  # fmt: skip
KUBELET_BYTES = Family(
    "pullwatch_kubelet_read_bytes_total", _COUNTER, "Bytes that kubelets sent for these reads, compressed as they came.", unit="bytes",
)  # fmt: skip
KUBELET_NODES = Family(
    "pullwatch_kubelet_nodes", _GAUGE,
    "Nodes by what becomes of their kubelet's metrics: read, left_out (beyond --kubelet-metrics-nodes), no_address (none that may be asked).",
    ("state",), 3,
)  # fmt: skip
DROPPED = Family(
    "pullwatch_series_dropped_total", _COUNTER,
    "Label sets that found no room under the cap of their family; registries and repositories count in _other instead.",
    ("family",), 100,
    example="sum by (family) (increase(pullwatch_series_dropped_total[1h])) > 0",
)  # fmt: skip
SERIES = Family("pullwatch_series", _GAUGE, "Time series that a family shows now.", ("family",), 100)

FAMILIES = (
    BUILD_INFO, LEADER, RESTARTS, LAST_CONTACT, EVENT_LAG, EVENTS, UNPARSED, COALESCED, REJECTED, UNVERIFIED, UNCHECKED,
    AGENTS, AGENT_REPORTS, AGENT_REFUSALS, LAYERS_KEPT, LAYERS_DROPPED, LAYER_REQUESTS,
    CHECKPOINT_DROPPED, KUBELET_READS, KUBELET_BYTES, KUBELET_NODES, DROPPED, SERIES,
)  # fmt: skip


class Room(Protocol):
    """What is told of the room that families take, by family name."""

    @property
    def series(self) -> Mapping[str, int]: ...

    @property
    def dropped(self) -> Mapping[str, int]: ...


class SelfMetrics:
    """The exporter's own metrics; whoever does the work increases them, `registry` shows them."""

    def __init__(self, *, version: str, room: Room) -> None:
        # Two series per child for its birth would double what a scrape of these carries, and nobody reads them.
        prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]  # prometheus-client leaves it unannotated
        self.registry = CollectorRegistry()
        self.watch_restarts = self._make(prometheus_client.Counter, RESTARTS)
        # A counter that is born at 1 has no increase: nobody would see the first of what is rare, often the only one. So all
        # children of these are there from the start.
        for resource, reason in itertools.product(RESOURCES, RESTART_REASONS):
            self.watch_restarts.labels(resource, reason)
        self.watch_last_contact = self._make(prometheus_client.Gauge, LAST_CONTACT)
        self._event_lag = _Lag()
        self.registry.register(self._event_lag)
        self.events_unparsed = self._make(prometheus_client.Counter, UNPARSED)
        self.events_coalesced = self._make(prometheus_client.Counter, COALESCED)
        self.events_rejected = self._make(prometheus_client.Counter, REJECTED)
        for reason in pods.CONTRADICTIONS:
            self.events_rejected.labels(reason)
        self.events_unverified = self._make(prometheus_client.Counter, UNVERIFIED)
        self.pods_unchecked = self._make(prometheus_client.Counter, UNCHECKED)
        self.checkpoint_dropped = self._make(prometheus_client.Counter, CHECKPOINT_DROPPED)
        self.kubelet_reads = self._make(prometheus_client.Counter, KUBELET_READS)
        self.kubelet_bytes = self._make(prometheus_client.Counter, KUBELET_BYTES)
        self.kubelet_nodes = self._make(prometheus_client.Gauge, KUBELET_NODES)
        self.agent_reports = self._make(prometheus_client.Counter, AGENT_REPORTS)
        self.agent_refusals = self._make(prometheus_client.Counter, AGENT_REFUSALS)
        for refusal in Refusal:
            self.agent_refusals.labels(refusal.value)
        self.layer_requests = self._make(prometheus_client.Counter, LAYER_REQUESTS)
        for outcome in LAYER_OUTCOMES:
            self.layer_requests.labels(outcome)
        self.leader = self._make(prometheus_client.Gauge, LEADER)
        self.leader.set(1)
        self._make(prometheus_client.Gauge, BUILD_INFO).labels(version).set(1)
        events = self._make(prometheus_client.Counter, EVENTS)
        self._events = {reason: events.labels(reason) for reason in (*sorted(message.REASONS), OTHER)}
        self.registry.register(_RoomCollector(room))
        self._kept = _KeptCollector()
        self.registry.register(self._kept)
        prometheus_client.ProcessCollector(registry=self.registry)

    def count_events(self, events: Sequence[Event], *, arrived_at: float) -> None:
        """Count Events that arrived together. A reason is free text, so only known ones become a label."""
        for reason, number in Counter([event.reason for event in events]).items():
            self._events.get(reason, self._events[OTHER]).inc(number)
        for stamp, number in Counter([event.last_at for event in events]).items():
            if stamp is not None:
                self._event_lag.observe(max(0.0, arrived_at - stamp), number)

    def watch_kept(self, images: KnownImages, live: Live) -> None:
        """Show what is kept of images and their layers."""
        self._kept.show(images, live)

    def _make(self, kind: type[_Kept], family: Family) -> _Kept:
        return kind(family.name, family.help, family.labels, registry=self.registry)


_Kept = TypeVar("_Kept", prometheus_client.Counter, prometheus_client.Gauge)


class _Lag(Collector):
    """Counts lags many at a time: stamps are whole seconds, so that Events that arrive together share a few."""

    def __init__(self) -> None:
        self._counts = [0] * (len(LAG_BUCKETS) + 1)
        self._sum = 0.0

    def observe(self, seconds: float, times: int) -> None:
        self._counts[bisect.bisect_left(LAG_BUCKETS, seconds)] += times
        self._sum += seconds * times

    def collect(self) -> Iterable[Metric]:
        cumulative = itertools.accumulate(self._counts)
        edges = [*map(str, LAG_BUCKETS), "+Inf"]
        yield HistogramMetricFamily(EVENT_LAG.name, EVENT_LAG.help, buckets=list(zip(edges, cumulative, strict=True)), sum_value=self._sum)


class _RoomCollector(Collector):
    """Reads the room of the other families at each scrape."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def collect(self) -> Iterable[Metric]:
        dropped = CounterMetricFamily(DROPPED.name, DROPPED.help, labels=DROPPED.labels)
        for name, times in self._room.dropped.items():
            dropped.add_metric([name], times)
        series = GaugeMetricFamily(SERIES.name, SERIES.help, labels=SERIES.labels)
        for name, number in self._room.series.items():
            series.add_metric([name], number)
        return [dropped, series]


class _KeptCollector(Collector):
    """Reads what is kept of images and their layers at each scrape."""

    def __init__(self) -> None:
        self._images: KnownImages | None = None
        self._live: Live | None = None

    def show(self, images: KnownImages, live: Live) -> None:
        self._images = images
        self._live = live

    def collect(self) -> Iterable[Metric]:
        agents = GaugeMetricFamily(AGENTS.name, AGENTS.help, labels=())
        tables = GaugeMetricFamily(LAYERS_KEPT.name, LAYERS_KEPT.help, labels=())
        dropped = CounterMetricFamily(LAYERS_DROPPED.name, LAYERS_DROPPED.help, labels=LAYERS_DROPPED.labels)
        if self._images is not None and self._live is not None:
            layers, holdings = self._images.layers, self._images.holdings
            agents.add_metric((), holdings.agents)
            tables.add_metric((), len(layers))
            kinds = {"table": layers.left_out, "forgotten": layers.forgotten, "name": holdings.left_out, "running": self._live.left_out}
            if holdings.entries is not None:
                kinds["entry"] = holdings.entries.forgotten
            for kind, times in kinds.items():
                dropped.add_metric([kind], times)
        return [agents, tables, dropped]

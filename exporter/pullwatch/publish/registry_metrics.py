"""The metrics of the registry process: one table, and the collector that shows what was counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

import prometheus_client
from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from pullwatch.publish.metrics import Family, MetricType
from pullwatch.publish.self_metrics import BUILD_INFO

_COUNTER = MetricType.COUNTER

REQUESTS = Family(
    "pullwatch_registry_requests_total", _COUNTER,
    "Requests to registries, and to the hosts of their tokens and blobs, by how they were answered; failed = there was no whole answer.",
    ("host", "outcome"), 1_000,
    example="sum by (host, outcome) (increase(pullwatch_registry_requests_total[1h])) > 0",
)  # fmt: skip
DOCUMENTS = Family(
    "pullwatch_registry_documents_total", _COUNTER,
    "What was fetched from registries and holds what its digest says: manifests (indexes among them), configs, looks at tags, tokens.",
    ("kind",), 4,
)  # fmt: skip
TOLD = Family("pullwatch_registry_images_told_total", _COUNTER, "Questions that were answered with the layers of an image.")
REFUSED = Family(
    "pullwatch_registry_refused_total", _COUNTER,
    "Images whose layers were not told, and configs that were left out of a told image, by what was wrong with reference, registry or image.",
    ("reason",), 40,
    example="sum by (reason) (increase(pullwatch_registry_refused_total[1h])) > 0",
)  # fmt: skip
DROPPED = Family(
    "pullwatch_registry_documents_dropped_total", _COUNTER,
    "Documents that the store dropped or did not take for want of room; they are fetched again when somebody asks.",
)  # fmt: skip
UNREAD = Family(
    "pullwatch_registry_credentials_unread_total", _COUNTER,
    "Times that a replaced file of credentials could not be read, so that the old ones stayed in use.",
)  # fmt: skip

_Labels = TypeVar("_Labels", bound=tuple[str, ...])

FAMILIES = (REQUESTS, DOCUMENTS, TOLD, REFUSED, DROPPED, UNREAD)


class Counts(Protocol):
    """What was counted since the start."""

    @property
    def requests(self) -> Mapping[tuple[str, str], int]: ...

    @property
    def fetched(self) -> Mapping[str, int]: ...

    @property
    def refused(self) -> Mapping[str, int]: ...

    @property
    def told(self) -> int: ...

    @property
    def dropped(self) -> int: ...

    @property
    def credentials_unread(self) -> int: ...


def registry(
    counts: Counts, *, version: str, hosts: Sequence[str], outcomes: Sequence[str], kinds: Sequence[str], reasons: Sequence[str]
) -> CollectorRegistry:
    """Return what shows the counts; all that can be counted is there at 0 from the start."""
    made = CollectorRegistry()
    prometheus_client.Gauge(BUILD_INFO.name, BUILD_INFO.help, BUILD_INFO.labels, registry=made).labels(version).set(1)
    zeros = _Zeros([(host, outcome) for host in hosts for outcome in outcomes], kinds, reasons)
    made.register(_Counted(counts, zeros))
    prometheus_client.ProcessCollector(registry=made)
    return made


class _Zeros:
    def __init__(self, requests: Sequence[tuple[str, str]], kinds: Sequence[str], reasons: Sequence[str]) -> None:
        self.requests = dict.fromkeys(requests, 0)
        self.kinds = dict.fromkeys(kinds, 0)
        self.reasons = dict.fromkeys(reasons, 0)


class _Counted(Collector):
    def __init__(self, counts: Counts, zeros: _Zeros) -> None:
        self._counts = counts
        self._zeros = zeros

    def collect(self) -> Iterable[Metric]:
        counts, zeros = self._counts, self._zeros
        yield _family(REQUESTS, {**zeros.requests, **counts.requests})
        yield _family(DOCUMENTS, {(kind,): count for kind, count in (zeros.kinds | dict(counts.fetched)).items()})
        yield _family(TOLD, {(): counts.told})
        yield _family(REFUSED, {(reason,): count for reason, count in (zeros.reasons | dict(counts.refused)).items()})
        yield _family(DROPPED, {(): counts.dropped})
        yield _family(UNREAD, {(): counts.credentials_unread})


def _family(family: Family, values: Mapping[_Labels, int]) -> Metric:
    made = CounterMetricFamily(family.name, family.help, labels=family.labels)
    for labels, value in values.items():
        made.add_metric(labels, value)
    return made

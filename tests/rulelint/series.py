"""What is known of each metric that a rule may name: its kind, its edges and the values that its labels can have."""

from __future__ import annotations

import enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from pullwatch.publish import metrics, self_metrics
from pullwatch.publish.metrics import Family, MetricType, Overflow
from pullwatch.pulls import message
from pullwatch.pulls.causes import Cause
from pullwatch.pulls.pull import FAILURES, REFUSALS, Reason, SizeKind
from pullwatch.pulls.received import Refusal
from tests import promql

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FAMILIES: Mapping[str, Family] = MappingProxyType({family.name: family for family in promql.FAMILIES})

LAST_PULL_SECONDS = 900.0
"""How long a pull that ended stays in the pullwatch_last_pull_* gauges."""


class Kind(enum.Enum):
    """How a series moves."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram, which has no series of this name"
    RECORDED = "recorded"


def kind(name: str) -> Kind:
    """Return the kind of a series. Of others' metrics the name tells it, as their conventions are ours."""
    if ":" in name:
        return Kind.RECORDED
    if name in FAMILIES:
        return {MetricType.COUNTER: Kind.COUNTER, MetricType.GAUGE: Kind.GAUGE, MetricType.HISTOGRAM: Kind.HISTOGRAM}[FAMILIES[name].type]
    if name in _UNLIKE_THEIR_NAMES:
        return _UNLIKE_THEIR_NAMES[name]
    if f"{name}_bucket" in promql.KNOWN:
        return Kind.HISTOGRAM
    return Kind.COUNTER if name.endswith(("_total", *promql.HISTOGRAM_SERIES)) else Kind.GAUGE


def is_timestamp(name: str) -> bool:
    """Tell whether the value is a moment, which time() can be compared with."""
    return "timestamp" in name or name.endswith(("_time", "_time_seconds", "_created"))


def edges(name: str) -> frozenset[str]:
    """Return what `le` can be in the buckets of our own histograms, as they are exposed; nothing where that is not known."""
    family = FAMILIES.get(name.removesuffix("_bucket"))
    if family is None or not family.buckets:
        return frozenset()
    return frozenset(map(str, map(float, family.buckets))) | {"+Inf"}


def values(name: str, label: str) -> frozenset[str]:
    """Return all values that a label of one of our metrics can have; nothing where they are without end."""
    found = _VALUES.get((name, label)) or _OF_ALL.get(label, frozenset()) if name in FAMILIES or name in _OF_TEXTS else frozenset()
    family = FAMILIES.get(name)
    return found | {metrics.OTHER} if found and family is not None and family.overflow is Overflow.FOLD else found


def _texts(found: Iterable[str]) -> frozenset[str]:
    return frozenset(map(str, found))


_UNLIKE_THEIR_NAMES: Mapping[str, Kind] = {
    "containerd_cri_in_progress_image_pulls_total": Kind.GAUGE,
    "containerd_cri_sandboxed_in_progress_image_pulls_total": Kind.GAUGE,
    "dragonfly_client_download_traffic": Kind.COUNTER,
}

_OF_TEXTS = frozenset({"pullwatch_pull_cause_info"})

_OF_ALL: Mapping[str, frozenset[str]] = {
    "size_kind": _texts(SizeKind),
    "cause": _texts(Cause),
    "pull_required": frozenset({"true", "false", "unknown"}),
    "resource": frozenset({"events", "pods", "nodes"}),
}
_VALUES: Mapping[tuple[str, str], frozenset[str]] = {
    (metrics.PULL_FAILURES.name, "reason"): _texts(FAILURES),
    (metrics.PULL_REFUSALS.name, "reason"): _texts(REFUSALS),
    (metrics.FAILING_START.name, "reason"): _texts(Reason),
    (metrics.CACHE_HITS.name, "kind"): _texts(metrics.CACHE_KINDS),
    (metrics.NODE_CACHE_HITS.name, "kind"): _texts(metrics.CACHE_KINDS),
    (self_metrics.EVENTS.name, "reason"): _texts(message.REASONS) | {metrics.OTHER},
    (self_metrics.AGENT_REFUSALS.name, "reason"): _texts(Refusal),
    (self_metrics.LAYER_REQUESTS.name, "outcome"): _texts(self_metrics.LAYER_OUTCOMES),
    (self_metrics.LAYERS_DROPPED.name, "kind"): frozenset({"table", "forgotten", "name", "running", "entry"}),
    (self_metrics.KUBELET_NODES.name, "state"): frozenset({"read", "left_out", "no_address"}),
}

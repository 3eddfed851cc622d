"""The tables of metrics, their document, and the exporter's metrics about itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import msgspec
import pytest

from pullwatch.publish import agent_metrics, metrics, metrics_docs, node_counts, registry_metrics, self_metrics
from pullwatch.publish.metrics import Family, MetricType
from tests.publish.given import Exporter, pulled
from tests.pulls import made


def test_shows_every_family_of_the_table_in_its_order(exporter: Exporter) -> None:
    """A family without children still tells its name and help."""
    assert [text.family for text in exporter.collect()] == list(metrics.FAMILIES)


@pytest.mark.parametrize(
    "family",
    [
        *metrics.FAMILIES,
        *self_metrics.FAMILIES,
        *agent_metrics.LAYER_FAMILIES,
        *agent_metrics.SELF_FAMILIES[1:],
        *registry_metrics.FAMILIES,
    ],
    ids=lambda family: family.name,
)
def test_declares_a_family_by_the_rules_of_prometheus(family: Family) -> None:
    """Names carry prefix and unit, counters `_total`, and help is a sentence."""
    base = family.name.removesuffix("_total")

    assert family.name.startswith("pullwatch_")
    assert family.name.endswith("_total") == (family.type is MetricType.COUNTER)
    assert base.endswith(f"_{family.unit}") if family.unit else not base.endswith(("_seconds", "_bytes"))
    assert family.help.endswith(".")
    assert bool(family.buckets) == (family.type is MetricType.HISTOGRAM)
    assert len(set(family.labels)) == len(family.labels)


def test_documents_the_metrics_as_they_are() -> None:
    """docs/metrics.md is what the generator writes: `make docs` renews it."""
    assert metrics_docs.PAGE.read_text(encoding="utf-8") == metrics_docs.document()


@dataclasses.dataclass(frozen=True)
class Room:
    """Room as the families tell it."""

    series: Mapping[str, int] = dataclasses.field(default_factory=lambda: {"pullwatch_a": 5})
    dropped: Mapping[str, int] = dataclasses.field(default_factory=lambda: {"pullwatch_a": 2})


def test_keeps_metrics_about_itself() -> None:
    """The exporter's own metrics are those of the table, without series for births."""
    own = self_metrics.SelfMetrics(version="1.2.3", room=Room())
    own.count_events([made.pulling(at=0), msgspec.structs.replace(made.pulling(at=0), reason="x" * 5000)], arrived_at=made.T0 + 2)
    own.watch_restarts.labels("events", "gone").inc()

    value = own.registry.get_sample_value
    assert value("pullwatch_build_info", {"version": "1.2.3"}) == 1
    assert value("pullwatch_leader") == 1
    assert value("pullwatch_events_total", {"reason": "Pulling"}) == 1
    assert value("pullwatch_event_lag_seconds_sum") == 4
    assert value("pullwatch_events_total", {"reason": "_other"}) == 1
    assert value("pullwatch_watch_restarts_total", {"resource": "events", "reason": "gone"}) == 1
    assert value("pullwatch_watch_restarts_total", {"resource": "pods", "reason": "closed"}) == 0
    assert value("pullwatch_series", {"family": "pullwatch_a"}) == 5
    assert value("pullwatch_series_dropped_total", {"family": "pullwatch_a"}) == 2
    assert value("process_cpu_seconds_total") is not None
    assert not [metric.name for metric in own.registry.collect() for sample in metric.samples if sample.name.endswith("_created")]


def test_no_name_means_two_things() -> None:
    """The exporter, an agent and the registry process may be scraped by one Prometheus: a name has the same labels and help everywhere."""
    tables = (metrics, self_metrics, agent_metrics, node_counts, registry_metrics)
    said: dict[str, set[tuple[tuple[str, ...], str]]] = {}
    for family in (family for table in tables for family in table.FAMILIES):
        said.setdefault(family.name, set()).add((tuple(family.labels), family.help))

    assert {name: found for name, found in said.items() if len(found) > 1} == {}


def test_keeps_all_metrics_about_itself_that_the_table_names() -> None:
    """Table and registry do not drift apart."""
    registry = self_metrics.SelfMetrics(version="1.2.3", room=Room()).registry
    kept = {metric.name: (metric.type, metric.documentation) for metric in registry.collect() if metric.name.startswith("pullwatch_")}

    assert kept == {family.name.removesuffix("_total"): (family.type.value, family.help) for family in self_metrics.FAMILIES}


def test_counts_series_as_they_are_exposed(exporter: Exporter) -> None:
    """A histogram's child is one series per bucket, +Inf, sum and count."""
    exporter.metrics.count(pulled())

    assert exporter.metrics.series[metrics.NODE_DURATION.name] == 7


def test_what_is_rare_is_counted_from_0() -> None:
    """A counter that is born at 1 has no increase, and the first of these is often the only one."""
    registry = self_metrics.SelfMetrics(version="1.2.3", room=Room()).registry
    shown = {sample.name for family in registry.collect() for sample in family.samples if sample.labels.get("reason") and sample.value == 0}

    assert shown > {"pullwatch_watch_restarts_total", "pullwatch_events_rejected_total", "pullwatch_agent_refusals_total"}

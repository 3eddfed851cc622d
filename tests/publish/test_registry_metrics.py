"""The metrics of the registry process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics

from pullwatch.publish import registry_metrics
from pullwatch.sources.registry import tally

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry


def shown(counts: tally.Tally) -> CollectorRegistry:
    return registry_metrics.registry(
        counts, version="1.2.3", hosts=["ghcr.io"], outcomes=tally.OUTCOMES, kinds=tally.KINDS, reasons=tally.REASONS
    )


def test_shows_all_that_can_be_counted_from_the_start() -> None:
    """Each reason is there at 0, so that its first increase is seen; table and collector do not drift apart."""
    registry = shown(tally.Tally())

    for reason in tally.REASONS:
        assert registry.get_sample_value("pullwatch_registry_refused_total", {"reason": str(reason)}) == 0
    assert registry.get_sample_value("pullwatch_registry_requests_total", {"host": "ghcr.io", "outcome": "ok"}) == 0
    kept = {
        metric.name: (metric.type, metric.documentation) for metric in registry.collect() if metric.name.startswith("pullwatch_registry_")
    }
    assert kept == {family.name.removesuffix("_total"): (family.type.value, family.help) for family in registry_metrics.FAMILIES}


def test_shows_what_was_counted() -> None:
    """Each count has its series, in both formats."""
    counts = tally.Tally()
    counts.requests["auth.docker.io", "ok"] = 2
    counts.fetched["manifest"] = 3
    counts.refused["bomb"] = 4
    counts.told, counts.dropped, counts.credentials_unread = 5, 6, 7

    registry = shown(counts)

    value = registry.get_sample_value
    assert value("pullwatch_registry_requests_total", {"host": "auth.docker.io", "outcome": "ok"}) == 2
    assert value("pullwatch_registry_documents_total", {"kind": "manifest"}) == 3
    assert value("pullwatch_registry_refused_total", {"reason": "bomb"}) == 4
    names = ("images_told", "documents_dropped", "credentials_unread")
    assert [value(f"pullwatch_registry_{name}_total") for name in names] == [5, 6, 7]
    text = generate_latest(registry).decode()  # type: ignore[no-untyped-call]  # prometheus-client leaves it unannotated
    assert list(parse_openmetrics(text))  # type: ignore[no-untyped-call]  # as above


def test_has_room_for_all_reasons() -> None:
    """The caps in the table are those of the code."""
    assert len(set(tally.REASONS)) <= registry_metrics.REFUSED.cap
    assert len(tally.KINDS) <= registry_metrics.DOCUMENTS.cap

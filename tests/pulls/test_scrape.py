"""Which scrape jobs replace the metrics' own labels, by what a Prometheus tells."""

from __future__ import annotations

import pytest

from pullwatch.pulls.scrape import Exporter, Kind, Target, judge

POOL = "serviceMonitor/monitoring/pullwatch/0"
TARGET = Target(pool=POOL, url="http://10.0.0.7:9436/metrics", job="pullwatch", instance="10.0.0.7:9436")


def exporter(*, attached: tuple[str, ...] = ("namespace", "node"), renamed: tuple[str, ...] = (), kept: bool = False) -> Exporter:
    return Exporter(job="pullwatch", instance="10.0.0.7:9436", attached=attached, renamed=renamed, kept=kept)


@pytest.mark.parametrize(
    ("seen", "honored", "kind"),
    [
        (exporter(renamed=("node",)), None, Kind.RENAMED),
        (exporter(renamed=("node",)), {POOL: False}, Kind.RENAMED),
        (exporter(renamed=("node",)), {POOL: True}, None),
        (exporter(), {POOL: True}, None),
        (exporter(), {POOL: False}, Kind.NOT_HONORED),
        (exporter(), None, Kind.NOT_KNOWN),
        (exporter(), {"another": True}, Kind.NOT_KNOWN),
        (exporter(kept=True), None, None),
        (exporter(attached=()), {POOL: False}, None),
        (exporter(attached=()), None, None),
    ],
)
def test_series_and_configuration_tell_together(seen: Exporter, honored: dict[str, bool] | None, kind: Kind | None) -> None:
    """The configuration that runs has the last word; without it series tell, and what cannot be told is not called well."""
    assert [finding.kind for finding in judge([seen], [TARGET], honored)] == ([] if kind is None else [kind])


def test_a_job_of_the_operator_is_known_by_its_object() -> None:
    """The finding names labels, address and the very field of the ServiceMonitor."""
    (finding,) = judge([exporter(renamed=("namespace", "node"))], [TARGET], {POOL: False})

    assert (finding.job, finding.labels, finding.where) == (POOL, ("namespace", "node"), (TARGET.url,))
    assert "exported_namespace, exported_node" in finding.what
    assert finding.remedy.startswith("set honorLabels: true in ServiceMonitor pullwatch of namespace monitoring, below spec.endpoints[0];")


@pytest.mark.parametrize(
    ("pool", "says"),
    [
        ("podMonitor/a/b/2", "honorLabels: true in PodMonitor b of namespace a, below spec.podMetricsEndpoints[2];"),
        ("scrapeConfig/a/b", "honorLabels: true in ScrapeConfig b of namespace a, below spec."),
        ("pods", "honor_labels: true beside job_name: pods in Prometheus' scrape_configs."),
    ],
)
def test_the_remedy_fits_the_job(pool: str, says: str) -> None:
    """Each way of configuring a scrape has its own field."""
    target = Target(pool=pool, url="u", job="pullwatch", instance="10.0.0.7:9436")

    (finding,) = judge([exporter(renamed=("node",))], [target], None)

    assert says in finding.remedy


def test_replicas_of_one_job_are_one_finding() -> None:
    """It is the job that is to be changed, once."""
    targets = [Target(pool="pods", url=f"http://{n}", job="pullwatch", instance=str(n)) for n in range(3)]
    exporters = [Exporter(job="pullwatch", instance=str(n), attached=("pod",), renamed=("pod",)) for n in range(3)]

    (finding,) = judge(exporters, targets, None)

    assert finding.where == ("http://0", "http://1", "http://2")


def test_no_exporter_is_a_finding() -> None:
    """Nothing scraped is no all-clear; a target that cannot be reached says why."""
    down = Target(pool="pullwatch", url="http://10.0.0.7:9436/metrics", job="pullwatch", instance="i", error="connection refused")
    other = Target(pool="nodes", url="http://10.0.0.8", job="nodes", instance="j")

    (unknown,), (unreachable,) = judge([], [other]), judge([], [other, down])

    assert (unknown.kind, unknown.job, unknown.where) == (Kind.NOT_SCRAPED, None, ())
    assert "honor_labels: true" in unknown.remedy
    assert (unreachable.job, unreachable.where) == ("pullwatch", ("http://10.0.0.7:9436/metrics (connection refused)",))

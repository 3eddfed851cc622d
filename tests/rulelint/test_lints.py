"""Each mistake, planted in a good rule, is found by its lint alone; the nearest correct rule passes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rulelint import lints, queries

Rule = dict[str, Any]

DURATION = "pullwatch_pull_duration_seconds"
SIZE = "pullwatch_image_size_bytes"
STALE = "max by (cluster, resource) (time() - pullwatch_watch_last_contact_timestamp_seconds) > 420"


def alert(expr: str = STALE, **changed: Any) -> Rule:
    good = {
        "alert": "Good",
        "expr": expr,
        "keep_firing_for": "10m",
        "labels": {"severity": "warning"},
        "annotations": {"summary": "Good.", "description": "Silent for {{ $value | humanizeDuration }}."},
    }
    return {**good, **changed}


def text(description: str, expr: str = STALE) -> Rule:
    return alert(expr, annotations={"description": description})


def record(expr: str, name: str = "node:pulls:rate5m") -> Rule:
    return {"record": name, "expr": expr}


def found(*rules: Rule, **given: Any) -> set[str]:
    return {finding.lint for finding in lints.findings([{"name": "g", "rules": list(rules)}], **given)}


RECORDED = record("sum by (cluster, node) (rate(pullwatch_node_failures_total[5m]))")
ASKED = "{{ with query (printf `max(pullwatch_pending_pods{image=%%q%s)` $labels.resource) }}{{ . | first | value }}{{ end }}"
PENDING = "sum by (cluster, image, namespace) (pullwatch_pending_pods)"
SIZES = f"max by (cluster, image) ({SIZE})"

MISTAKES: list[tuple[str, list[Rule], list[Rule]]] = [
    (
        "bare histogram name",
        [alert(f"max by (cluster) ({DURATION}) > 60")],
        [alert(f"sum by (cluster) (rate({DURATION}_sum[5m])) > 60")],
    ),
    ("no comparison", [alert(f"max by (cluster) ({SIZE})")], [alert(f"max by (cluster) ({SIZE}) > 1e9")]),
    ("no comparison", [alert(f"{SIZES} or {SIZES} > 5")], [alert("group by (cluster) (up) unless on (cluster) max by (cluster) (up)")]),
    ("bool comparison", [alert(STALE.replace(">", "> bool"))], [alert("sum by (cluster) (pullwatch_pending_pods > bool 3) > 2")]),
    (
        "rate of a gauge",
        [alert("sum by (cluster) (rate(pullwatch_pending_pods[5m])) > 1")],
        [alert("sum by (cluster) (delta(pullwatch_pending_pods[5m])) > 1")],
    ),
    (
        "delta of a counter",
        [alert("sum by (cluster) (delta(pullwatch_unseen_pulls_total[5m])) > 1")],
        [alert("sum by (cluster) (increase(pullwatch_unseen_pulls_total[5m])) > 1")],
    ),
    (
        "rate of a sum",
        [alert("rate(sum by (cluster) (pullwatch_unseen_pulls_total)[10m:1m]) > 1")],
        [alert("max_over_time(sum by (cluster) (rate(pullwatch_unseen_pulls_total[5m]))[10m:1m]) > 1")],
    ),
    (
        "rate of a sum",
        [RECORDED, alert("max by (cluster) (increase(node:pulls:rate5m[5m])) > 1")],
        [RECORDED, alert("max by (cluster) (max_over_time(node:pulls:rate5m[5m])) > 1")],
    ),
    ("label lost in template", [text("On {{ $labels.node }}.")], [text("Of {{ $labels.resource }}.")]),
    (
        "label lost in template",
        [text("On {{ $labels.node }}.", f"{SIZES} > 1e9 or max by (cluster, node) (pullwatch_node_info) > 1")],
        [text("{{ with $labels.node }}On {{ . }}.{{ end }}", f"{SIZES} > 1e9 or max by (cluster, node) (pullwatch_node_info) > 1")],
    ),
    (
        "quantile without le",
        [alert(f"histogram_quantile(0.9, sum by (cluster) (rate({DURATION}_bucket[5m]))) > 60")],
        [alert(f"histogram_quantile(0.9, sum by (cluster, le) (rate({DURATION}_bucket[5m]))) > 60")],
    ),
    ("unknown template function", [text("For {{ $value | humaniseDuration }}.")], [text("For {{ $value | humanizeDuration }}.")]),
    (
        "many-to-one join",
        [alert(f"{PENDING} / on (cluster, image) {SIZES} > 1")],
        [alert(f"{PENDING} / on (cluster, image) group_left () {SIZES} > 1")],
    ),
    (
        "many-to-one join",
        [alert(f"{PENDING} / on (cluster, image) group_left () {SIZE} > 1")],
        [alert(f"max by (cluster, image) ({PENDING}) / on (cluster, image) {SIZES} > 1")],
    ),
    ("no severity", [alert(labels={})], [alert(labels={"severity": "info"})]),
    ("no severity", [alert(labels={"severity": "page"})], [alert(labels={"severity": "critical"})]),
    (
        "value in a label",
        [alert(labels={"severity": "warning", "age": "{{ $value }}"})],
        [alert(labels={"severity": "warning", "what": "{{ $labels.resource }}"})],
    ),
    ("absent with regex", [alert('absent(up{job=~"pullwatch.*"})')], [alert('absent(up{job="pullwatch"})')]),
    (
        "range under two scrapes",
        [alert("sum by (cluster) (rate(pullwatch_unseen_pulls_total[45s])) > 1")],
        [alert("sum by (cluster) (rate(pullwatch_unseen_pulls_total[2m])) > 1")],
    ),
    (
        "contradicting matchers",
        [alert('max by (cluster) (pullwatch_pending_pods{image="a", image!~"a|b"}) > 1')],
        [alert('max by (cluster) (pullwatch_pending_pods{image=~"a|b|c", image!~"a|b"}) > 1')],
    ),
    (
        "contradicting matchers",
        [alert(f'max by (cluster, image) (pullwatch_pending_pods{{image="a"}} and on (cluster, image) {SIZE}{{image="b"}}) > 1')],
        [alert(f'max by (cluster, image) (pullwatch_pending_pods{{image="a"}} unless on (cluster, image) {SIZE}{{image="b"}}) > 1')],
    ),
    ("duplicate", [alert(), alert(STALE.replace("420", "500"))], [alert(), alert(STALE.replace("420", "500"), labels={"severity": "critical"})]),
    ("duplicate", [alert(), alert(alert="Other")], [alert(), alert(STALE.replace("420", "500"), alert="Other")]),
    ("bad record name", [record(RECORDED["expr"], "node_pulls:rate5m")], [RECORDED]),
    ("topk flapping", [alert(f"topk(3, {SIZES}) > 1e9")], [alert(f"{SIZES} > 1e9")]),
    ("bad query in a template", [text(ASKED % "")], [text(ASKED % "}")]),
    ("bad query in a template", [text(ASKED % ", namespace=%q}")], [text(ASKED.replace("`max", "`min") % "}")]),
    ("bad query in a template", [text(ASKED.replace("%%q", '"%%s"') % "}")], [text(ASKED % "}")]),
    ("bad query in a template", [text('{{ with query "up[" }}{{ end }}')], [text('{{ with query "up" }}{{ end }}')]),
    (
        "join on a missing label",
        [alert(f"{SIZES} > 5 unless on (cluster, node) max by (cluster, node) (pullwatch_node_info)")],
        [alert(f"{SIZES} > 5 unless on (cluster) max by (cluster, node) (pullwatch_node_info)")],
    ),
    (
        "join on a missing label",
        [alert(f"{SIZES} > 5 and max by (cluster, node) (pullwatch_node_info)")],
        [alert(f"{SIZES} > 5 and max by (cluster, image) (pullwatch_pending_pods)")],
    ),
    ("unknown metric", [alert("max by (cluster) (pullwatch_pending_podz) > 1")], [alert("max by (cluster) (pullwatch_pending_pods) > 1")]),
    (
        "unknown label",
        [alert('max by (cluster) (pullwatch_pending_pods{node="a"}) > 1')],
        [alert('max by (cluster) (pullwatch_pending_pods{image="a"}) > 1')],
    ),
    ("unknown label", [alert("max by (cluster, node) (pullwatch_pending_pods) > 1")], [alert("max by (cluster, image) (pullwatch_pending_pods) > 1")]),
    (
        "unknown label",
        [alert(f"{PENDING} / on (cluster, image) group_left (digest) {SIZES} > 1")],
        [alert(f"{PENDING} / on (cluster, image) group_left (registry) max by (cluster, image, registry) ({SIZE}) > 1")],
    ),
    (
        "impossible value",
        [alert('sum by (cluster) (increase(pullwatch_pull_failures_total{reason="ratelimited"}[5m])) > 1')],
        [alert('sum by (cluster) (increase(pullwatch_pull_failures_total{reason="rate_limited"}[5m])) > 1')],
    ),
    (
        "impossible value",
        [alert('sum by (cluster) (increase(pullwatch_node_cache_hits_total{kind!~"present|cached"}[5m])) > 1')],
        [alert('sum by (cluster) (increase(pullwatch_node_cache_hits_total{kind=~"present|revalidated"}[5m])) > 1')],
    ),
    (
        "le is no edge",
        [alert(f'sum by (cluster) (increase({DURATION}_bucket{{le="60"}}[5m])) > 1')],
        [alert(f'sum by (cluster) (increase({DURATION}_bucket{{le="60.0"}}[5m])) > 1')],
    ),
    (
        "le is no edge",
        [alert(f'sum by (cluster) (increase({DURATION}_bucket{{le="45.0"}}[5m])) > 1')],
        [alert(f'sum by (cluster) (increase({DURATION}_bucket{{le="+Inf"}}[5m])) > 1')],
    ),
    (
        "counter without rate",
        [alert("sum by (cluster) (pullwatch_unseen_pulls_total) > 100")],
        [alert("count by (cluster) (pullwatch_unseen_pulls_total) > 100")],
    ),
    (
        "counter without rate",
        [alert("sum by (cluster, node) (pullwatch_unseen_pulls_total) > 0 unless on (cluster, node) pullwatch_unseen_pulls_total")],
        [alert("sum by (cluster, node) (pullwatch_unseen_pulls_total) > 0 unless on (cluster, node) pullwatch_unseen_pulls_total offset 30m")],
    ),
    ("time of no timestamp", [alert(f"max by (cluster) (time() - {SIZE}) > 60")], [alert()]),
    (
        "for longer than its input",
        [alert("max by (cluster) (pullwatch_last_pull_wait_seconds) > 60", **{"for": "15m"})],
        [alert("max by (cluster) (pullwatch_last_pull_wait_seconds) > 60", **{"for": "14m"})],
    ),
    (
        "for longer than its input",
        [alert("sum by (cluster) (increase(pullwatch_unseen_pulls_total[5m])) > 0", **{"for": "5m"})],
        [alert("sum by (cluster) (increase(pullwatch_unseen_pulls_total[15m])) > 0", **{"for": "5m"})],
    ),
    (
        "for longer than its input",
        [record(f"max by (cluster) ({SIZE} and on (cluster) time() - pullwatch_last_pull_end_timestamp_seconds < 60)", "a:b:max"),
         alert("a:b:max > 1", **{"for": "1m"})],
        [record(f"max by (cluster) ({SIZE} and on (cluster) time() - pullwatch_last_pull_end_timestamp_seconds < 90)", "a:b:max"),
         alert("a:b:max > 1", **{"for": "1m"})],
    ),
    ("no keep_firing_for", [alert(keep_firing_for=None)], [alert(keep_firing_for="10m")]),
    (
        "no keep_firing_for",
        [alert("sum by (cluster) (increase(pullwatch_unseen_pulls_total[5m])) > 0", keep_firing_for=None)],
        [alert("sum by (cluster) (increase(pullwatch_unseen_pulls_total[30m])) > 0", keep_firing_for=None)],
    ),
    ("aggregation without by", [alert(f"max ({SIZE}) > 1")], [alert(f"max by () ({SIZE}) > 1")]),
    ("aggregation without by", [alert(f"max without (instance) ({SIZE}) > 1")], [alert(f"max by (cluster) ({SIZE}) > 1")]),
    ("unreadable", [alert("max by (")], [alert()]),
]  # fmt: skip


@pytest.mark.parametrize(("lint", "wrong", "right"), MISTAKES, ids=[f"{number}-{mistake[0]}" for number, mistake in enumerate(MISTAKES)])
def test_a_mistake_is_found_by_its_lint_alone(lint: str, wrong: list[Rule], right: list[Rule]) -> None:
    """One mistake, one message, and no message for what is right."""
    assert found(*wrong) == {lint}
    assert found(*right) == set()


def test_every_lint_has_a_mistake() -> None:
    """A lint that never found anything may be blind."""
    elsewhere = {"cluster label", "metric selector"}

    assert set(lints.LINTS) == {lint for lint, _, _ in MISTAKES} - {"duplicate", "unreadable"} | elsewhere


def test_a_label_that_does_not_follow_the_configuration_is_found() -> None:
    """With another label for clusters, `cluster` is the label of nobody."""
    given = {"cluster": "k8s"}

    assert "cluster label" in found(alert(), **given)
    assert found(alert(STALE.replace("cluster", "k8s")), **given) == set()


def test_a_metric_without_the_selector_is_found() -> None:
    """In a Prometheus of many clusters such a metric is that of all."""
    given = {"selector": 'env="x"', "target": ["env"]}

    assert found(alert(), **given) == {"metric selector"}
    assert found(alert(STALE.replace("_seconds)", '_seconds{env="x"})')), **given) == set()


def test_a_message_names_rule_and_remedy() -> None:
    """Somebody who reads the message knows what to change."""
    (only,) = lints.findings([{"name": "g", "rules": [alert(f"topk(3, {SIZES}) > 1e9")]}])

    assert str(only) == "Good: picks series with topk, so that it flaps: compare with a threshold, and rank in the text [topk flapping]"


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("topk(10, max by (image) (pullwatch_image_layers))", []),
        (f"sum({DURATION})", ["bare histogram name"]),
        ('sum by (le) (rate(pullwatch_pull_wait_seconds_bucket{le="61.0"}[5m]))', ["le is no edge"]),
        ('pullwatch_image_size_bytes{size_kind="zipped"}', ["impossible value"]),
        ('label_values(pullwatch_image_size_bytes{registry=~"$registry"}, image)', []),
        ("sum(rate(pullwatch_unseen_pulls_total[$__rate_interval]))", []),
    ],
)
def test_a_query_of_a_page_is_judged(query: str, wrong: list[str]) -> None:
    """What is wrong in a query is wrong on a page as well; ranking and sums over all are not."""
    assert [sentence.rpartition("[")[2][:-1] for sentence in queries.wrong_in(query)] == wrong

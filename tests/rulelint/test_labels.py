"""Labels of a result, told from the expression."""

from __future__ import annotations

import pytest

from tests.rulelint import labels
from tests.rulelint.labels import Labels
from tests.rulelint.reader import parse

STORED = {"a": {"job", "pod", "node"}, "b": {"job", "node", "pool"}, "h_bucket": {"job", "le", "node"}}


def series(name: str) -> Labels | None:
    found = frozenset(STORED[name]) if name in STORED else None
    return None if found is None else Labels(found, found)


def of(text: str) -> Labels:
    return labels.of(parse(text), series)


@pytest.mark.parametrize(
    ("expression", "always"),
    [
        ("a", "job node pod"),
        ("a offset 5m", "job node pod"),
        ("-a", "job node pod"),
        ("rate(a[5m])", "job node pod"),
        ("max_over_time(sum by (node) (a)[1h:5m])", "node"),
        ("sum(a)", ""),
        ("sum by (node) (a)", "node"),
        ("sum by (node, pool) (a)", "node"),
        ("sum without (node) (a)", "job pod"),
        ("topk(3, a)", "job node pod"),
        ("topk by (node) (3, a)", "job node pod"),
        ("quantile by (pod) (0.9, a)", "pod"),
        ('count_values("version", a)', "version"),
        ('count_values by (node) ("version", a)', "node version"),
        ("a > 5", "job node pod"),
        ("5 < a", "job node pod"),
        ("a * time()", "job node pod"),
        ("a / scalar(b)", "job node pod"),
        ("a and on (node) b", "job node pod"),
        ("a unless b", "job node pod"),
        ("a or b", "job node"),
        ("a * on (node) b", "node"),
        ("a * ignoring (pod, pool) b", "job node"),
        ("a * on (node) group_left () b", "job node pod"),
        ("a * on (node) group_left (pool) b", "job node pod pool"),
        ("b * on (node) group_right (pool) a", "job node pod pool"),
        ("a * on (node) group_left (digest) b", "job node pod"),
        ("a * on (node) group_left (job) sum by (node) (b)", "node pod"),
        ("a > on (node) group_left () b", "job node pod"),
        ('label_replace(a, "host", "$1", "node", "(.*)")', "host job node pod"),
        ('label_join(a, "where", "/", "node", "pod")', "job node pod where"),
        ("histogram_quantile(0.9, sum by (le, node) (rate(h_bucket[5m])))", "node"),
        ("histogram_quantile(0.9, rate(h_bucket[5m]))", "job node"),
        ('absent(a{job="x", pod=~"y"})', "job"),
        ("absent_over_time(a[5m])", ""),
        ("vector(1)", ""),
        ("time()", ""),
        ('a{pool="x"}', "job node pod pool"),
        ('a{pod=""}', "job node"),
        ("sum by (node) (a) + on (node) group_left () max by (node) (b)", "node"),
    ],
)
def test_it_tells_what_each_series_has(expression: str, always: str) -> None:
    """Each construct of PromQL keeps, drops or adds the labels that Prometheus does."""
    assert of(expression).always == set(always.split())


@pytest.mark.parametrize(
    ("expression", "may"),
    [("a or b", "job node pod pool"), ("sum by (pod) (a or b)", "pod"), ("a and (a or b)", "job node pod"), ("a{pod!=\"\"}", "job node pod")],
)  # fmt: skip
def test_it_tells_what_a_series_may_have(expression: str, may: str) -> None:
    """With `or` a label can be there on one side alone."""
    assert of(expression).may == set(may.split())


@pytest.mark.parametrize(
    ("expression", "telling"),
    [
        ('a{node="x"}', "job pod"),
        ('sum by (node, pod) (a{node="x"})', "pod"),
        ('a{node="x"} or a{node="x"}', "job pod"),
        ('a{node="x"} or a{node="y"}', "job node pod"),
        ('a{node=~"x|y"}', "job node pod"),
        ('label_replace(a{node="x"}, "node", "$1", "pod", "(.*)")', "job node pod"),
    ],
)
def test_a_label_with_one_value_tells_nothing_apart(expression: str, telling: str) -> None:
    """Series that a matcher pins to one value do not differ by that label."""
    assert of(expression).telling == set(telling.split())


def test_what_is_not_known_may_have_any_label() -> None:
    """An unknown metric is one mistake, and not one for each label besides."""
    assert of("unknown").has("anything")
    assert not of("sum by (node) (unknown)").has("anything")
    assert of("sum by (node) (unknown)").has("node")
    assert of("unknown or a").open


def test_several_metrics_have_what_all_of_them_have() -> None:
    """A list of names is a choice between them."""
    assert of('{__name__=~"a|b"}').always == {"job", "node"}
    assert of('{__name__=~"a|b"}').may == {"job", "node", "pod", "pool"}

"""Names of series in PromQL."""

from __future__ import annotations

import json

import pytest

from pullwatch.pack import dashboards, promql, rules
from tests import promql as reader


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("up", {"up"}),
        ('sum by (le, registry) (rate(a_bucket{registry=~"$registry", le="60.0"}[$__rate_interval]))', {"a_bucket"}),
        ("pod:a:max - on (cluster, image) group_left () (60 + image:b:max / 1e7)", {"pod:a:max", "image:b:max"}),
        ("time() - max by (x) (a) > bool 600 and on (x) b offset 5m or c", {"a", "b", "c"}),
        ('label_values({__name__=~"a|b", cluster=~"$cluster"}, image)', {"a", "b"}),
        ("label_values(a, cluster)", {"a"}),
        ('ALERTS{alertname=~".*(Image|Pull).*", namespace=~"$namespace|"}', {"ALERTS"}),
        ('a{text="say \\"b\\" {c}"}', {"a"}),
        ("histogram_quantile(0.9, sum(a)) > 0", {"a"}),
        ("1 - a / (b > 0)", {"a", "b"}),
    ],
)
def test_it_finds_the_names(query: str, names: set[str]) -> None:
    """Series are found; functions, labels, texts, windows and numbers are not taken for some."""
    assert promql.names(query) == names


def test_it_finds_what_a_parser_finds() -> None:
    """What renders does without a parser: in all that we ship both find the same names."""
    asked = [query for _, content in dashboards.render() for query in dashboards.queries(json.loads(content))]
    asked += [rule["expr"] for group in rules.groups() for rule in group["rules"]]

    assert len(asked) > 50
    assert [query for query in asked if promql.names(query) != reader.names(query).metrics] == []

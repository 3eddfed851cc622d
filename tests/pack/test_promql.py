"""Names of series in PromQL."""

from __future__ import annotations

import json

import pytest

from pullwatch.pack import dashboards, promql, rules
from tests import promql as reader
from tests.rulelint.reader import UnreadableError, parse


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


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ('sum(a{b="c"}', "( is not closed"),
        ("sum(a))", ") closes nothing"),
        ("a[5m}", "} closes nothing"),
        ('a{b=~"$c}', "a text in it has no end"),
        ("a{REGISTRY}", '{REGISTRY} is no selector such as {label="value"}'),
        ('a{{b="c"}}', "{ within { is no selector"),
        ('a{b="c" d="e"}', "is no selector"),
        ("a{b=c}", "{b=c} is no selector"),
        ("  ", "it is empty"),
        ("label_values(a{b, c)", "closes nothing"),
    ],
)
def test_it_finds_slips(query: str, says: str) -> None:
    """What a brace, a quote or a comma too few leads to is told without a parser."""
    assert says in (promql.slip(query) or "")


@pytest.mark.parametrize(
    "query",
    [
        'a{b="c",}', "a{}", '{__name__=~"a|b", c!~\'d\'}', 'a{b="}{)("}', "a{b=`\"'`}", 'a{b="\\""}', "a[$__rate_interval] @ end()", "a{$filters}",
        "a{${filters:raw}}", 'a{$label=~"${value:regex}"}', 'label_replace(a, "b", "${1}", "c", "(.*)$")', "label_values(a, b)", '{"a.b", "c.d"="e"}',
    ],
)  # fmt: skip
def test_it_finds_no_slip_in_what_is_right(query: str) -> None:
    """Quotes of all three kinds, what stands in them, and variables of Grafana wherever it fills them in."""
    assert promql.slip(query) is None


def test_what_it_refuses_a_parser_refuses() -> None:
    """Of all rules, each with one bracket, quote or comma less: none is called a slip that Prometheus would take."""
    rules_ = sorted({rule["expr"] for group in rules.groups() for rule in group["rules"]})
    slips = [
        cut
        for query in rules_
        for place, letter in enumerate(query)
        if letter in '()[]{}",' and promql.slip(cut := query[:place] + query[place + 1 :])
    ]

    assert [query for query in rules_ if promql.slip(query)] == []
    assert len(slips) > 500
    assert [query for query in slips if readable(query)] == []


def readable(query: str) -> bool:
    try:
        parse(query)
    except UnreadableError:
        return False
    return True

"""PromQL, and what Grafana makes of it, as our own tree."""

from __future__ import annotations

import pytest

from tests.rulelint.expression import Aggregation, Call, Chosen, Matcher, Number, Operation, Selector, Subquery
from tests.rulelint.reader import UnreadableError, parse


def test_it_reads_an_operation_with_all_that_it_can_say() -> None:
    """Sides, match, grouping and the labels that are copied are told apart."""
    assert parse('max by (node) (a{x!~"y|z"}) * on (node) group_left (pool) (b offset 5m)') == Operation(
        "*",
        Aggregation("max", Selector(("a",), (Matcher("x", "!~", "y|z"),)), None, Chosen(("node",))),
        Selector(("b",), offset_seconds=300.0),
        Chosen(("node",)),
        "left",
        ("pool",),
    )


def test_it_reads_ranges_in_seconds() -> None:
    """Of a series and of an expression."""
    assert parse("rate(a[5m])") == Call("rate", (Selector(("a",), range_seconds=300.0),))
    assert parse("max_over_time(a[1h:5m])") == Call("max_over_time", (Subquery(Selector(("a",)), 3600.0, step_seconds=300.0),))


def test_it_reads_the_moment_that_something_is_pinned_to() -> None:
    """A ranking that is pinned is the same at each moment of a graph."""
    assert parse("a @ end()") == Selector(("a",), at="end()")
    assert parse("max_over_time(a[1h:5m] @ start())") == Call("max_over_time", (Subquery(Selector(("a",)), 3600.0, "start()", 300.0),))


@pytest.mark.parametrize(
    ("query", "plain"),
    [
        ("rate(a[$__rate_interval])", "rate(a[5m])"),
        ("max_over_time(a[$__range:$__interval])", "max_over_time(a[5m:1m])"),
        ("topk($limit, a)", "topk(1, a)"),
        ("a > ${limit:raw}", "a > 1"),
        ("label_values(a, image)", "a"),
    ],
)
def test_it_reads_what_is_grafanas(query: str, plain: str) -> None:
    """The library refuses a dollar, so variables are put in place before."""
    assert parse(query) == parse(plain)


def test_a_variable_in_quotes_stays() -> None:
    """There it is the value of a label, and a pattern may end in a dollar."""
    assert parse('a{x=~"$x", y=~"b$"}') == Selector(("a",), (Matcher("x", "=~", "$x"), Matcher("y", "=~", "b$")))


@pytest.mark.parametrize("text", ["", "max by (", "rate(a)", "a{x=}", "a[5m", "a and on (x) group_left (y) b", "{}"])
def test_it_refuses_what_is_no_promql(text: str) -> None:
    """The reason names the text, so that it can be found."""
    with pytest.raises(UnreadableError):
        parse(text)


def test_numbers_and_bool() -> None:
    """A comparison with bool leaves nothing out."""
    node = parse("a > bool 5")

    assert node == Operation(">", Selector(("a",)), Number(5.0), returns_bool=True)
    assert isinstance(node, Operation)
    assert not node.filters

"""The mistakes in rules that promtool lets through, each with a lint of its own that says what to do.

A lint looks at one rule and yields a sentence for each mistake. `findings` applies all of them to rule groups; what
concerns queries anywhere is in `queries`, the timing of alerts in `timing`, their texts in `texts`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from tests import promql
from tests.rulelint import conditions, queries, series, texts, timing
from tests.rulelint.expression import Aggregation, Call, Chosen, Operation, selectors, walk
from tests.rulelint.reader import UnreadableError, parse
from tests.rulelint.rule import Context, Rule

Lint = Callable[[Rule, Context], Iterator[str]]

RECORD_NAME = re.compile(r"[a-z][a-z0-9_]*:[a-z][a-z0-9_]*:[a-z0-9_]+")
SEVERITIES = frozenset({"critical", "warning", "info", "none"})
"""`none` is that of an alert which only inhibits others."""
PICKING = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake in a rule."""

    rule: str
    lint: str
    message: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.message} [{self.lint}]"


def findings(
    groups: Iterable[Mapping[str, Any]], *, cluster: str = "cluster", selector: str = "", target: Iterable[str] = ()
) -> list[Finding]:
    """Return all mistakes in rule groups as they are rendered.

    `cluster` is the label that tells clusters apart, `selector` the matcher that each metric of pullwatch must have, and
    `target` are labels that Prometheus adds besides.
    """
    found = [Rule(rule) for group in groups for rule in group["rules"]]
    context = Context.of(found, cluster=cluster, selector=selector, target=frozenset(target))
    return list(_found(found, context))


def _found(rules: list[Rule], context: Context) -> Iterator[Finding]:
    readable = []
    for rule in rules:
        try:
            parse(rule.text)
        except UnreadableError as error:
            yield Finding(rule.name, "unreadable", f"the expression is no PromQL: {error}")
        else:
            readable.append(rule)
    for rule in readable:
        for name, lint in LINTS.items():
            yield from (Finding(rule.name, name, message) for message in dict.fromkeys(lint(rule, context)))
    yield from _duplicates(readable)


def _duplicates(rules: list[Rule]) -> Iterator[Finding]:
    names: set[object] = set()
    expressions: dict[object, str] = {}
    for rule in rules:
        told = (rule.name, tuple(sorted(rule.labels.items())))
        if told in names:
            yield Finding(
                rule.name, "duplicate", "stands there twice with the same labels: their series are one, so leave one out or tell them apart"
            )
        names.add(told)
        same = (rule.is_alert, rule.expression, tuple(sorted(rule.labels.items())))
        other = expressions.setdefault(same, rule.name)
        if other != rule.name:
            yield Finding(rule.name, "duplicate", f"has the expression of {other}: use that one")


def _of_query(lint: queries.Lint) -> Lint:
    """Return a lint of queries as one of rules: it looks at the expression and at what the texts ask for."""

    def applied(rule: Rule, context: Context) -> Iterator[str]:
        for node in (rule.expression, *rule.asked):
            yield from lint(node, context.series)

    return applied


def no_comparison(rule: Rule, _context: Context) -> Iterator[str]:
    """An alert that fires for each series that is there."""
    if rule.is_alert and not conditions.filters(rule.expression):
        yield "compares nothing, so it fires for each series that is there: compare with a threshold"


def bool_comparison(rule: Rule, _context: Context) -> Iterator[str]:
    """A comparison that answers 0 is an answer all the same, and so it fires."""
    if rule.is_alert and conditions.answers_with_bool(rule.expression):
        yield "compares with `bool`, whose 0 fires as its 1 does: leave `bool` out"


def no_severity(rule: Rule, _context: Context) -> Iterator[str]:
    """An alert that no route knows."""
    if rule.is_alert and rule.labels.get("severity") not in SEVERITIES:
        yield f"has severity {rule.labels.get('severity')!r}: set one of {', '.join(sorted(SEVERITIES))}"


def bad_record_name(rule: Rule, _context: Context) -> Iterator[str]:
    """A recorded series says what it is by three parts."""
    if not rule.is_alert and RECORD_NAME.fullmatch(rule.name) is None:
        yield "is not named level:metric:operation"


def picking(rule: Rule, _context: Context) -> Iterator[str]:
    """Which series are the highest changes from one evaluation to the next, and each change is another alert."""
    for node in walk(rule.expression):
        if isinstance(node, Aggregation) and node.operator in PICKING:
            yield f"picks series with {node.operator}, so that it flaps: compare with a threshold, and rank in the text"


def implicit_grouping(rule: Rule, _context: Context) -> Iterator[str]:
    """What is not named is lost, and what `without` leaves changes with each label that somebody adds; `le` says what it means."""
    for node in walk(rule.expression):
        if isinstance(node, Aggregation) and node.operator not in PICKING and not _says_what_stays(node.grouping):
            yield f"aggregates with {node.operator} and no `by (...)`: name the labels that the result has"


def _says_what_stays(grouping: Chosen | None) -> bool:
    return grouping is not None and (not grouping.all_but or grouping.labels == ("le",))


def other_cluster_label(rule: Rule, context: Context) -> Iterator[str]:
    """A label for clusters that is written out does not follow the configuration."""
    if context.cluster != "cluster" and "cluster" in promql.names(rule.text).labels:
        yield "names the label `cluster` itself: use clusterLabel of the configuration"


def lost_selector(rule: Rule, context: Context) -> Iterator[str]:
    """A metric that is not written through the configuration's selector is of all clusters."""
    if not context.selector:
        return
    (wanted,) = (matcher for found in selectors(parse(f"x{{{context.selector}}}")) for matcher in found.matchers)
    for found in selectors(rule.expression):
        if any(name.startswith("pullwatch_") and ":" not in name for name in found.metrics) and wanted not in found.matchers:
            yield f"asks for {', '.join(found.metrics)} without metricSelector: write it with promql.series or promql.ofPods"


def wrong_time(rule: Rule, _context: Context) -> Iterator[str]:
    """A time that is compared with what is no time."""
    for node in walk(rule.expression):
        if isinstance(node, Operation) and node.operator == "-" and node.left == Call("time", ()):
            for found in conditions.valued(node.right):
                yield from (f"takes time() - {name}, which is no timestamp" for name in found.metrics if not _may_be_time(name))


def _may_be_time(name: str) -> bool:
    return series.is_timestamp(name) or (series.kind(name) is series.Kind.RECORDED and "seconds" in name)


LINTS: Mapping[str, Lint] = MappingProxyType(
    {
        **{name: _of_query(lint) for name, lint in queries.LINTS.items()},
        "no comparison": no_comparison,
        "bool comparison": bool_comparison,
        "no severity": no_severity,
        "bad record name": bad_record_name,
        "topk flapping": picking,
        "aggregation without by": implicit_grouping,
        "cluster label": other_cluster_label,
        "metric selector": lost_selector,
        "time of no timestamp": wrong_time,
        **timing.LINTS,
        **texts.LINTS,
    }
)
"""All lints of one rule, by name. Duplicates and what is no PromQL are found besides."""

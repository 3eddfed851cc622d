"""Rules for what a board asks: the lints of rules and pages, and what only matters where something is drawn."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from pullwatch.publish import self_metrics
from tests import promql
from tests.dashlint.asked import Query
from tests.dashlint.board import Board
from tests.dashlint.context import Context
from tests.rulelint import conditions, labels, lints, series
from tests.rulelint import queries as of_any
from tests.rulelint.expression import SETS, Aggregation, Call, Node, Operation, Selector, Subquery, children, selectors, walk
from tests.rulelint.rule import Rule as OfRule

Rule = Callable[[Query, Context], Iterator[str]]

SCRAPE_LABELS = frozenset({"job", "instance"})
"""What Prometheus adds to each target: two replicas of the exporter differ by it, and by nothing else."""

_OF_REPLICAS = frozenset(
    {
        "up",
        "process_cpu_seconds_total",
        "process_resident_memory_bytes",
        *(family.name + suffix for family in self_metrics.FAMILIES for suffix in ("", *promql.HISTOGRAM_SERIES)),
    }
)
"""What each replica tells of itself."""

_COUNTED = frozenset({"rate", "irate", "increase", "resets", "changes", "count_over_time", "present_over_time", "absent_over_time"})
_RATES = frozenset({"rate", "irate", "increase"})
_ONE_OF_TWO = frozenset({"max", "min", "group", "topk", "bottomk"})


def unreadable(query: Query, _context: Context) -> Iterator[str]:
    """Grafana shows the error of Prometheus in place of the panel."""
    if not query.readable:
        yield f"asks what is no PromQL: {query.text}"


def without(query: Query, _context: Context) -> Iterator[str]:
    """What `without` leaves changes with each label that somebody adds, and so does what `ignoring` matches."""
    for node in walk(query.node):
        if isinstance(node, Aggregation) and node.grouping is not None and node.grouping.all_but:
            yield f"aggregates with {node.operator} without {', '.join(node.grouping.labels)}: say by what"
        if isinstance(node, Operation) and node.matching is not None and node.matching.all_but:
            yield f"matches with {node.operator} ignoring {', '.join(node.matching.labels)}: say on what"


def unsaid_match(query: Query, context: Context) -> Iterator[str]:
    """Without `on` two sides match by all their labels, of which one more is enough to match nothing."""
    for node in walk(query.node):
        if isinstance(node, Operation) and node.operator in SETS and node.matching is None:
            left, right = labels.of(node.left, context.series), labels.of(node.right, context.series)
            if left.may or right.may or left.open or right.open:
                yield f"matches with `{node.operator}` and does not say by which labels: write on (...)"


def counter(query: Query, _context: Context) -> Iterator[str]:
    """How high a counter is says when its process started."""
    # A variable asks which series there are, and not for their values.
    for found in conditions.valued(query.node) if query.over_time or query.drawn else ():
        for name in found.metrics:
            if series.kind(name) is series.Kind.COUNTER and found.range_seconds is None:
                yield f"shows {name}, a counter, as it stands: show its rate() or increase()"
    for node in walk(query.node):
        if isinstance(node, Call) and node.function not in _COUNTED:
            for argument in node.arguments:
                for name in argument.metrics if isinstance(argument, Selector) and argument.range_seconds else ():
                    if series.kind(name) is series.Kind.COUNTER and not node.function.startswith(("delta", "idelta", "deriv", "predict")):
                        yield f"takes {node.function}() of {name}, a counter: take rate() or increase()"


def scrape_label(query: Query, context: Context) -> Iterator[str]:
    """Two replicas would be two lines, and after a restart a third one; only what is about replicas tells them apart, by name."""
    if query.drawn:
        chosen = {label for node in walk(query.node) if isinstance(node, Aggregation) and node.grouping for label in node.grouping.labels}
        about = all(name in _OF_REPLICAS for found in selectors(query.node) for name in found.metrics)
        for label in sorted((SCRAPE_LABELS & labels.of(query.node, context.series).may) - (chosen if about else set())):
            yield f"shows a series for each {label} of the exporter: aggregate by what is asked for"


def replicas(query: Query, _context: Context) -> Iterator[str]:
    """Two replicas show each pull that runs, and while one follows the other both are there."""
    for node in walk(query.node):
        if isinstance(node, Aggregation) and node.operator not in _ONE_OF_TWO:
            for found in _unmerged(node.inner):
                for name in found.metrics:
                    if name.startswith("pullwatch_") and ":" not in name and series.kind(name) is series.Kind.GAUGE:
                        yield f"takes {node.operator} of {name}, which two replicas show twice: make them one with max by (...)"


def _unmerged(node: Node) -> Iterator[Selector]:
    """Yield what an aggregation counts without another one between that makes replicas one."""
    if isinstance(node, Selector):
        yield node
    elif isinstance(node, Operation) and node.operator in {"and", "unless"}:
        yield from _unmerged(node.left)
    elif not isinstance(node, Aggregation):
        for child in children(node):
            yield from _unmerged(child)


def other_cluster(query: Query, context: Context) -> Iterator[str]:
    """What is not of the chosen clusters is of all of them, and nobody sees it."""
    if query.where == "variable cluster":
        return
    for found in selectors(query.node):
        if not any(each.label == context.cluster and _is(each.value, "cluster") for each in found.matchers):
            yield f'asks for {", ".join(found.metrics) or "a series"} of all clusters: add {context.cluster}=~"$cluster"'


def _is(value: str, variable: str) -> bool:
    return re.fullmatch(rf"\$\{{?{variable}(:\w+)?\}}?\|?", value) is not None


def ranking(query: Query, _context: Context) -> Iterator[str]:
    """Which ten are the worst changes from step to step, so that a graph draws dozens, each in pieces."""
    for node in walk(query.node) if query.over_time else ():
        if isinstance(node, Aggregation) and node.operator in lints.PICKING and not _pinned(node.inner):
            yield f"picks with {node.operator} at each step of a graph: pin what is compared with `@ end()`"


def _pinned(node: Node) -> bool:
    match node:
        case Selector() | Subquery():
            return node.at == "end()"
        case _:
            return all(_pinned(child) for child in children(node))


def parts(query: Query, context: Context) -> Iterator[str]:
    """How many pulls the busiest part had is not how many there were."""
    for node in walk(query.node):
        if isinstance(node, Aggregation) and node.operator in {"max", "min", "avg"} and isinstance(node.inner, Call):
            names = {name for found in selectors(node.inner) for name in found.metrics}
            counters = all(series.kind(name) is series.Kind.COUNTER for name in names)
            added_up = node.inner.function == "sum_over_time" and any(":increase" in name for name in names)
            counted = added_up or (counters and node.inner.function in _RATES)
            lost = labels.of(node.inner, context.series).telling - set(node.grouping.labels if node.grouping else ()) - SCRAPE_LABELS
            if counted and lost and not names <= _OF_REPLICAS:
                yield f"takes {node.operator} of parts that differ by {', '.join(sorted(lost))}: what is counted is added up with sum"


def wrong_time(query: Query, context: Context) -> Iterator[str]:
    """A time that is compared with what is no time."""
    yield from lints.wrong_time(OfRule({"record": "", "expr": query.text}), context.known)


def _of_any(lint: of_any.Lint) -> Rule:
    def applied(query: Query, context: Context) -> Iterator[str]:
        yield from lint(query.node, context.series)

    return applied


def of_boards(rule: Rule) -> Callable[[Board, Context], Iterator[tuple[str, str]]]:
    """Return a rule of queries as one of boards; what cannot be read is found by its own rule."""

    def applied(board: Board, context: Context) -> Iterator[tuple[str, str]]:
        for query in board.queries:
            if query.readable or rule is unreadable:
                yield from ((query.where, message) for message in rule(query, context))

    return applied


RULES: Mapping[str, Callable[[Board, Context], Iterator[tuple[str, str]]]] = MappingProxyType(
    {
        name: of_boards(rule)
        for name, rule in {
            "unreadable": unreadable,
            **{name: _of_any(lint) for name, lint in of_any.LINTS.items() if name != "counter without rate"},
            "counter without rate": counter,
            "time of no timestamp": wrong_time,
            "without": without,
            "match without on": unsaid_match,
            "label of the scrape": scrape_label,
            "replicas counted twice": replicas,
            "all clusters": other_cluster,
            "topk over time": ranking,
            "largest part": parts,
        }.items()
    }
)

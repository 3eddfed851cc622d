"""Mistakes in a query, wherever it stands: in a rule, in a text, on a page or in a panel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from tests.rulelint import conditions, labels
from tests.rulelint import series as known
from tests.rulelint.expression import (
    COMPARISONS,
    SETS,
    Aggregation,
    Call,
    Matcher,
    Node,
    Operation,
    Selector,
    Subquery,
    parse,
    selectors,
    walk,
)
from tests.rulelint.labels import Labels, Series
from tests.rulelint.rule import Context

Lint = Callable[[Node, Series], Iterator[str]]

COUNTER_FUNCTIONS = frozenset({"rate", "irate", "increase", "resets"})
GAUGE_FUNCTIONS = frozenset({"delta", "idelta", "deriv", "predict_linear", "holt_winters", "double_exponential_smoothing"})
SCRAPE_SECONDS = 30.0
_ANY_RANGE = frozenset({"last_over_time", "present_over_time", "absent_over_time", "count_over_time"})
"""Functions that a range with one sample serves."""


def wrong_in(text: str, *, context: Context | None = None) -> list[str]:
    """Return what is wrong with a query of a page or a panel, as sentences. Raises UnreadableError.

    `context` tells what is recorded; without it only what the exporter, Prometheus and others expose is known.
    """
    node = parse(text)
    found = (context or Context()).series
    return [f"{message} [{name}]" for name, lint in LINTS.items() for message in lint(node, found)]


def bare_histogram(node: Node, _series: Series) -> Iterator[str]:
    """A histogram has no series of its own name."""
    for name in _names(node):
        if known.kind(name) is known.Kind.HISTOGRAM:
            yield f"asks for {name}, a histogram, which has no series of that name: use {name}_bucket, _sum or _count"


def unknown_metric(node: Node, series: Series) -> Iterator[str]:
    """A metric that nobody exposes or records."""
    for name in _names(node):
        if series(name) is None and known.kind(name) is not known.Kind.HISTOGRAM:
            yield f"asks for {name}, which nobody exposes or records"


def unknown_label(node: Node, series: Series) -> Iterator[str]:
    """A label that no series has there."""
    for found in walk(node):
        match found:
            case Selector():
                bare = Selector(found.metrics)
                of = labels.of(bare, series)
                wrong = {matcher.label for matcher in found.matchers if not of.has(matcher.label)}
                yield from (f"selects {label} of {', '.join(found.metrics)}, which has no such label" for label in sorted(wrong))
            case Aggregation(grouping=grouping) if grouping is not None:
                of = labels.of(found.inner, series)
                yield from (f"groups by {label}, which what is aggregated does not have" for label in grouping.labels if not of.has(label))
            case Operation(copied=copied) if copied:
                one = labels.of(found.right if found.many == "left" else found.left, series)
                yield from (f"takes {label} from the other side, which does not have it" for label in copied if not one.has(label))
            case _:
                pass


def impossible_value(node: Node, _series: Series) -> Iterator[str]:
    """A value that the label never has selects nothing, or leaves nothing out."""
    for name, matcher in _matchers(node):
        can = known.values(name, matcher.label)
        for value in matcher.alternatives if can else ():
            if value not in can:
                yield f"selects {matcher.label}{matcher.operator}{value!r} of {name}, which it never is: it is one of {', '.join(sorted(can))}"


def no_edge(node: Node, _series: Series) -> Iterator[str]:
    """A bucket that is not there; 60 and 60.0 are two series before Prometheus 3."""
    for name, matcher in _matchers(node):
        can = known.edges(name) if matcher.label == "le" else frozenset()
        written = matcher.value.replace("\\", "").split("|") if matcher.operator.endswith("~") else [matcher.value]
        for value in written if can else ():
            if value not in can:
                yield f"selects le={value!r} of {name}, which is no edge as it is exposed: {', '.join(sorted(can))}"


def contradiction(node: Node, series: Series) -> Iterator[str]:
    """Matchers that no series satisfies together."""
    for found in walk(node):
        if isinstance(found, Selector):
            yield from _contradicting(found.matchers)
        elif isinstance(found, Operation) and found.operator not in {"or", "unless"}:
            left, right = labels.of(found.left, series), labels.of(found.right, series)
            on_left, on_right = labels.matched(found, left, right)
            for label in sorted(on_left & on_right & set(left.fixed) & set(right.fixed)):
                if left.fixed[label] != right.fixed[label]:
                    yield f"matches {label}={left.fixed[label]!r} with {label}={right.fixed[label]!r}: no series is both"


def rate_of_gauge(node: Node, _series: Series) -> Iterator[str]:
    """A gauge that falls is taken for a counter that was reset."""
    for function, found in _ranges(node, COUNTER_FUNCTIONS):
        for name in found.metrics if isinstance(found, Selector) else ():
            if known.kind(name) is known.Kind.GAUGE:
                yield f"takes {function}() of {name}, a gauge: use delta() or deriv()"


def delta_of_counter(node: Node, _series: Series) -> Iterator[str]:
    """A counter that is reset is taken for a gauge that falls."""
    for function, found in _ranges(node, GAUGE_FUNCTIONS):
        for name in found.metrics if isinstance(found, Selector) else ():
            if known.kind(name) is known.Kind.COUNTER:
                yield f"takes {function}() of {name}, a counter, which restarts at 0: use rate() or increase()"


def rate_of_sum(node: Node, _series: Series) -> Iterator[str]:
    """A sum falls when one of its parts is reset, and the rest looks like an increase."""
    for function, found in _ranges(node, COUNTER_FUNCTIONS):
        if isinstance(found, Subquery) and any(isinstance(below, Aggregation) for below in walk(found)):
            yield f"takes {function}() of an aggregation, in which one counter's reset looks like an increase: aggregate the {function}()"
        elif isinstance(found, Selector):
            for name in found.metrics:
                if known.kind(name) is known.Kind.RECORDED:
                    yield f"takes {function}() of {name}, which is recorded from many series: record the {function}() itself"


def short_range(node: Node, _series: Series) -> Iterator[str]:
    """A range in which there may be one sample, of which no rate can be told."""
    for found in walk(node):
        if isinstance(found, Call) and found.function not in _ANY_RANGE:
            for argument in found.arguments:
                if isinstance(argument, Selector) and argument.range_seconds is not None and argument.range_seconds < 2 * SCRAPE_SECONDS:
                    yield f"looks back {argument.range_seconds:g} s, under two scrapes of {SCRAPE_SECONDS:g} s: take four scrapes or more"


def raw_counter(node: Node, _series: Series) -> Iterator[str]:
    """How high a counter is says when its process started."""
    for found in walk(node):
        if isinstance(found, Operation) and found.operator in COMPARISONS:
            for side in (found.left, found.right):
                for selector in conditions.valued(side):
                    names = {name for name in selector.metrics if known.kind(name) is known.Kind.COUNTER}
                    # What was not there a while ago began at 0: its height is its increase.
                    if selector.range_seconds is None and names and not _born_lately(node, names):
                        yield f"compares {', '.join(sorted(names))}, a counter, as it stands: compare its rate() or increase()"


def quantile_without_le(node: Node, series: Series) -> Iterator[str]:
    """Buckets without their edges are no histogram."""
    for found in walk(node):
        if isinstance(found, Call) and found.function == "histogram_quantile" and not labels.of(found.arguments[-1], series).has("le"):
            yield "takes histogram_quantile() of what has no label le: add le to `by (...)`"


def absent_with_pattern(node: Node, _series: Series) -> Iterator[str]:
    """One series of many is enough to keep it quiet, and the result lacks the labels."""
    for found in walk(node):
        if isinstance(found, Call) and found.function in {"absent", "absent_over_time"}:
            for matcher in (matcher for selector in selectors(found) for matcher in selector.matchers):
                if matcher.operator.endswith("~"):
                    yield f"takes {found.function}() with a pattern for {matcher.label}: one that matches hides all others that are gone"


def many_to_many(node: Node, series: Series) -> Iterator[str]:
    """A side with two series for one of the other stops the rule, without a word but in the log."""
    for found, left, right in _joins(node, series):
        on_left, on_right = labels.matched(found, left, right)
        if found.matching is None or left.open or right.open:
            continue
        for side, of, on in (("left", left, on_left), ("right", right, on_right)):
            # What is copied is taken for told by what is matched, as a node's pool is by its name.
            extra = of.telling - on - set(found.copied)
            if side != found.many and extra:
                yield (
                    f"joins a {side} side of which several series may match, as they differ by {', '.join(sorted(extra))}: "
                    "aggregate it with `max by`, or say group_left or group_right"
                )


def missing_in_join(node: Node, series: Series) -> Iterator[str]:
    """A label that one side lacks matches nothing."""
    for found in walk(node):
        if not isinstance(found, Operation) or found.operator == "or":
            continue
        left, right = labels.of(found.left, series), labels.of(found.right, series)
        if left.open or right.open or left.scalar or right.scalar:
            continue
        on_left, on_right = labels.matched(found, left, right)
        wanted = frozenset(found.matching.labels) if found.matching and not found.matching.all_but else on_left | on_right
        for side, on in (("left", on_left), ("right", on_right)):
            if lost := wanted - on:
                yield f"matches with `{found.operator}` by {', '.join(sorted(lost))}, which the {side} side does not have: name labels of both in `on (...)`"


def _joins(node: Node, series: Series) -> Iterator[tuple[Operation, Labels, Labels]]:
    """Yield operations whose sides are joined one by one, with the labels of the sides."""
    for found in walk(node):
        if isinstance(found, Operation) and found.operator not in SETS:
            left, right = labels.of(found.left, series), labels.of(found.right, series)
            if not left.scalar and not right.scalar:
                yield found, left, right


def _ranges(node: Node, functions: frozenset[str]) -> Iterator[tuple[str, Node]]:
    for found in walk(node):
        if isinstance(found, Call) and found.function in functions:
            yield from ((found.function, argument) for argument in found.arguments)


def _names(node: Node) -> list[str]:
    return sorted({name for selector in selectors(node) for name in selector.metrics})


def _matchers(node: Node) -> Iterator[tuple[str, Matcher]]:
    for selector in selectors(node):
        yield from ((name, matcher) for name in selector.metrics for matcher in selector.matchers)


def _contradicting(matchers: tuple[Matcher, ...]) -> Iterator[str]:
    """Yield a sentence for each list of values of which the others leave none."""
    for matcher in matchers:
        if matcher.operator in {"=", "=~"} and matcher.alternatives:
            others = [other for other in matchers if other.label == matcher.label and other is not matcher]
            if not any(all(other.accepts(value) for other in others) for value in matcher.alternatives):
                yield f"selects {matcher.label}{matcher.operator}{matcher.value!r}, which another matcher excludes: it selects nothing"
                return


def _born_lately(node: Node, names: set[str]) -> bool:
    """Tell whether these counters are looked at only `unless` they were there a while ago."""
    families = {_family(name) for name in names}
    for found in walk(node):
        if isinstance(found, Operation) and found.operator == "unless":
            before = {_family(name) for selector in selectors(found.right) if selector.offset_seconds for name in selector.metrics}
            within = {_family(name) for selector in selectors(found.left) for name in selector.metrics}
            if families <= before & within:
                return True
    return False


def _family(name: str) -> str:
    for suffix in ("_bucket", "_sum", "_count"):
        name = name.removesuffix(suffix)
    return name


LINTS: Mapping[str, Lint] = MappingProxyType(
    {
        "bare histogram name": bare_histogram,
        "unknown metric": unknown_metric,
        "unknown label": unknown_label,
        "impossible value": impossible_value,
        "le is no edge": no_edge,
        "contradicting matchers": contradiction,
        "rate of a gauge": rate_of_gauge,
        "delta of a counter": delta_of_counter,
        "rate of a sum": rate_of_sum,
        "range under two scrapes": short_range,
        "counter without rate": raw_counter,
        "quantile without le": quantile_without_le,
        "absent with regex": absent_with_pattern,
        "many-to-one join": many_to_many,
        "join on a missing label": missing_in_join,
    }
)

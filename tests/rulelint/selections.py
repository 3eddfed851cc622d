"""Mistakes in what a query selects: metrics, labels and values that are not there, or exclude each other."""

from __future__ import annotations

from collections.abc import Iterator

from tests.rulelint import labels
from tests.rulelint import series as known
from tests.rulelint.expression import Aggregation, Call, Matcher, Node, Operation, Selector, selectors, walk
from tests.rulelint.labels import Series


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


def absent_with_pattern(node: Node, _series: Series) -> Iterator[str]:
    """One series of many is enough to keep it quiet, and the result lacks the labels."""
    for found in walk(node):
        if isinstance(found, Call) and found.function in {"absent", "absent_over_time"}:
            for matcher in (matcher for selector in selectors(found) for matcher in selector.matchers):
                if matcher.operator.endswith("~"):
                    yield f"takes {found.function}() with a pattern for {matcher.label}: one that matches hides all others that are gone"


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

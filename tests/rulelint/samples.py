"""Mistakes in what a query makes of samples: counters taken for gauges and gauges for counters, sums that hide resets, ranges too short."""

from __future__ import annotations

from collections.abc import Iterator

from tests.rulelint import conditions
from tests.rulelint import series as known
from tests.rulelint.expression import COMPARISONS, Aggregation, Call, Node, Operation, Selector, Subquery, selectors, walk
from tests.rulelint.labels import Series

COUNTER_FUNCTIONS = frozenset({"rate", "irate", "increase", "resets"})
GAUGE_FUNCTIONS = frozenset({"delta", "idelta", "deriv", "predict_linear", "holt_winters", "double_exponential_smoothing"})
SCRAPE_SECONDS = 30.0
_ANY_RANGE = frozenset({"last_over_time", "present_over_time", "absent_over_time", "count_over_time"})
"""Functions that a range with one sample serves."""


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


def _ranges(node: Node, functions: frozenset[str]) -> Iterator[tuple[str, Node]]:
    for found in walk(node):
        if isinstance(found, Call) and found.function in functions:
            yield from ((found.function, argument) for argument in found.arguments)


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

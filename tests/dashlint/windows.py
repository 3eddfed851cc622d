"""Rules for how far back a query looks: what Grafana chooses, what a record was written for, and the panel's least step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from tests.dashlint import queries
from tests.dashlint.asked import INTERVAL, RANGE, RATE_INTERVAL, Query, window
from tests.dashlint.board import Board, Panel
from tests.dashlint.context import Context
from tests.rulelint.expression import Call, Selector, Subquery, selectors, walk
from tests.rulelint.samples import COUNTER_FUNCTIONS, GAUGE_FUNCTIONS

LOOKBACK_SECONDS = 300.0
"""How old a sample may be that Prometheus still takes for the present."""
HOUR_SECONDS = 3600.0
LEAST_STEP_SECONDS = 60.0
"""Each step of this length holds a sample of a scrape or of a rule that comes once a minute."""

_RATES = COUNTER_FUNCTIONS | GAUGE_FUNCTIONS
_SAMPLES = frozenset({"sum_over_time", "count_over_time", "stddev_over_time", "stdvar_over_time"})


def rate_interval(query: Query, _context: Context) -> Iterator[str]:
    """A window shorter than the step skips points, a longer one counts them twice, and one under four scrapes misses them."""
    for function, found in _looking_back(query):
        name = window(found.range_seconds)
        if function in _RATES:
            if name != RATE_INTERVAL and (query.over_time or name != RANGE):
                yield f"takes {function}() over {_said(found)}: over time write [{RATE_INTERVAL}], for a number of the whole range [{RANGE}]"
        elif name == RATE_INTERVAL:
            yield f"takes {function}() over [{RATE_INTERVAL}], which is made for rates: write [{INTERVAL}] or [{RANGE}]"


def whole_range(query: Query, _context: Context) -> Iterator[str]:
    """At each step of a graph the whole range before it: a curve of what was before the graph, and a thousand times its cost."""
    for function, found in _looking_back(query):
        if query.over_time and window(found.range_seconds) == RANGE and found.at != "end()":
            yield f"takes {function}() over [{RANGE}] at each step of a graph: write [{INTERVAL}], or pin it with `@ end()`"


def record_window(query: Query, context: Context) -> Iterator[str]:
    """A record of five minutes' increases is added up without gap or overlap only where the windows tile the time."""
    for function, found in _looking_back(query):
        if not isinstance(found, Selector) or window(found.range_seconds) in {RANGE, RATE_INTERVAL}:
            continue
        step = max((context.step_seconds(name) for name in found.metrics), default=0.0)
        length = found.range_seconds or 0.0
        if window(length) == INTERVAL:
            if not query.over_time:
                yield f"takes {function}() over [{INTERVAL}] as of now, where there is no step: write [{RANGE}]"
            elif step and query.step_seconds != step:
                yield f"reads {', '.join(found.metrics)} over [{INTERVAL}]: give the panel the interval {_duration(step)}, that of the record"
            elif query.step_seconds < LEAST_STEP_SECONDS:
                yield f"takes {function}() over [{INTERVAL}] in a panel without a least step: give it an interval of 1m or more"
        elif step and (length < step or (function in _SAMPLES and (query.over_time or length % step))):
            wanted = f"[{INTERVAL}]" if query.over_time and function in _SAMPLES else f"{_duration(step)} or a multiple of it"
            yield f"takes {function}() over {_said(found)} of {', '.join(found.metrics)}, which is written each {_duration(step)}: write {wanted}"


def between_samples(query: Query, context: Context) -> Iterator[str]:
    """A sample counts for five minutes; what is written once an hour is nothing in between."""
    inside = {id(found) for _, found in _looking_back(query)}
    for found in selectors(query.node):
        for name in found.metrics if id(found) not in inside and found.range_seconds is None else ():
            if (step := context.step_seconds(name)) >= LOOKBACK_SECONDS:
                yield f"reads {name} as of a moment, and it is written each {_duration(step)}: take last_over_time(...[{_duration(step)}])"


def sum_of_samples(query: Query, _context: Context) -> Iterator[str]:
    """How many samples there are is a matter of how often is scraped; only increases may be added up."""
    for function, found in _looking_back(query):
        for name in found.metrics if function in _SAMPLES and isinstance(found, Selector) else ():
            if ":increase" not in name:
                yield f"takes {function}() of {name}, whose samples are as many as its scrapes: take max_over_time() or avg_over_time()"
        if function in _SAMPLES and isinstance(found, Subquery):
            yield f"takes {function}() of an expression, whose samples are as many as its steps: record its increase"


def increase(query: Query, _context: Context) -> Iterator[str]:
    """The largest of many increases is none of a number that was asked for, and a mean of them follows the record's step."""
    for function, found in _looking_back(query):
        for name in found.metrics if isinstance(found, Selector) and function not in {*_RATES, "sum_over_time", "last_over_time"} else ():
            if ":increase" in name:
                yield f"takes {function}() of {name}: increases are added up with sum_over_time()"


def whole_hours(panel: Panel, context: Context) -> Iterator[str]:
    """An hour counts once it is over: who has started something ten minutes ago looks for it in vain, and wonders."""
    read = {name for query in panel.queries for found in selectors(query.node) for name in found.metrics}
    told = "hour" in f"{panel.description} {panel.defaults.get('noValue', '')}"
    if not told and any(context.step_seconds(name) >= HOUR_SECONDS for name in read):
        yield "reads what is written once an hour, and says so neither in its description nor where it is empty"


def least_step(panel: Panel, _context: Context) -> Iterator[str]:
    """A least step that nothing needs coarsens a graph, and a number has no steps."""
    following = {window(found.range_seconds) for query in panel.queries if query.over_time for found in query.windows()}
    if panel.model.get("interval") and not following & {INTERVAL, RATE_INTERVAL}:
        yield f"has the interval {panel.model['interval']}, and no query of it looks back over a step: leave it out"


def _looking_back(query: Query) -> Iterator[tuple[str, Selector | Subquery]]:
    """Yield each function that looks back, with what it looks at."""
    for node in walk(query.node):
        if isinstance(node, Call):
            for found in node.arguments:
                if isinstance(found, Subquery) or (isinstance(found, Selector) and found.range_seconds is not None):
                    yield node.function, found


def _said(found: Selector | Subquery) -> str:
    return f"[{window(found.range_seconds) or _duration(found.range_seconds or 0.0)}]"


def _duration(seconds: float) -> str:
    return next((f"{seconds / unit:g}{name}" for name, unit in (("h", 3600), ("m", 60)) if seconds % unit == 0), f"{seconds:g}s")


def _of_panels(rule: Callable[[Panel, Context], Iterator[str]]) -> Callable[[Board, Context], Iterator[tuple[str, str]]]:
    def applied(board: Board, context: Context) -> Iterator[tuple[str, str]]:
        for panel in board.panels:
            if all(query.readable for query in panel.queries):
                yield from ((panel.title, message) for message in rule(panel, context))

    return applied


RULES: Mapping[str, Callable[[Board, Context], Iterator[tuple[str, str]]]] = MappingProxyType(
    {
        "rate interval": queries.of_boards(rate_interval),
        "whole range over time": queries.of_boards(whole_range),
        "window of a record": queries.of_boards(record_window),
        "record between its samples": queries.of_boards(between_samples),
        "sum of samples": queries.of_boards(sum_of_samples),
        "increases are added up": queries.of_boards(increase),
        "least step": _of_panels(least_step),
        "whole hours": _of_panels(whole_hours),
    }
)

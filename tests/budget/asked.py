"""What a dashboard asks over a time range, as Grafana would send it: variables replaced, and the steps at which it is evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pullwatch.pack import kinds
from tests.budget.touched import Grid
from tests.budget.world import CHOSEN, SCRAPE_SECONDS

RANGE_SECONDS = 30 * 86_400.0
STEP_SECONDS = 1_800.0
"""Of a graph over 30 days: Grafana asks for as many points as it has pixels, 1,440 and more."""
LEAST_RATE_SECONDS = 120.0
"""Four scrapes, the least that $__rate_interval is."""


@dataclass(frozen=True, slots=True)
class Query:
    """`text` is PromQL. What asks for values of a label has a grid of one moment: it touches no more than the series' names."""

    place: str
    text: str
    grid: Grid


def queries(board: dict[str, Any], *, range_seconds: float = RANGE_SECONDS) -> Iterator[Query]:
    """Yield each query of a rendered dashboard: of its panels, its variables and its annotations."""
    single = {variable["name"] for variable in board["templating"]["list"] if not (variable.get("multi") or variable.get("includeAll"))}
    for panel in board["panels"]:
        step = max(kinds.seconds(panel["interval"]) if panel.get("interval") else 0.0, STEP_SECONDS)
        for target in panel.get("targets", ()):
            grid = Grid() if target.get("instant") else Grid.of_range(range_seconds, step)
            place = f"{board['title']}, {panel['title']!r} {target['refId']}"
            yield Query(place, filled(target["expr"], single, range_seconds=range_seconds, step_seconds=step), grid)
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            place = f"{board['title']}, variable {variable['name']}"
            yield Query(
                place, filled(_of_variable(variable["query"]), single, range_seconds=range_seconds, step_seconds=STEP_SECONDS), Grid()
            )
    for annotation in board["annotations"]["list"]:
        place = f"{board['title']}, annotation {annotation['name']}"
        text = filled(annotation["expr"], single, range_seconds=range_seconds, step_seconds=STEP_SECONDS)
        yield Query(place, text, Grid.of_range(range_seconds, STEP_SECONDS))


def filled(text: str, single: set[str], *, range_seconds: float, step_seconds: float) -> str:
    """Return a query with Grafana's variables replaced: one value of what is a single choice, all of the others."""
    seconds = {
        # Of Grafana's data source, which is told the scrape interval.
        "__rate_interval": max(step_seconds + SCRAPE_SECONDS, LEAST_RATE_SECONDS),
        "__interval": step_seconds,
        "__range": range_seconds,
    }

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name in seconds:
            return f"{seconds[name]:.0f}s"
        if (unit := re.fullmatch(r"(__\w+?)_(s|ms)", name)) and unit[1] in seconds:
            return f"{seconds[unit[1]] * (1000 if unit[2] == 'ms' else 1):.0f}"
        return CHOSEN if name in single else ".*"

    return re.sub(r"\$(?:(\w+)|\{(\w+)(?::\w+)?\})", value, text)


def _of_variable(query: Any) -> str:
    """Return PromQL; Grafana's own form may be an object with the text in it."""
    return str(query["query"] if isinstance(query, dict) else query)

"""A dashboard as Grafana asks for it: variables and intervals filled in, panels of their width, at the end of a history.

As of Grafana 12: how steps are rounded is `roundInterval` of its rangeutil, how values are escaped `interpolateQueryExpr` of its data source
for Prometheus, what `$__rate_interval` comes to `calculateRateInterval` of its back end.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from pullwatch.pack import kinds
from tests.e2e.started import fetched

if TYPE_CHECKING:
    from tests.history.stored import History

HOURS = 6
"""Of the range that is looked at."""

SCREEN_PIXELS, COLUMNS = 1600, 24

SCRAPE_SECONDS = 15.0
"""What a data source takes for the interval of scrapes where nobody tells it; at 30 s, windows made of it are the tightest."""

_STEPS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 21600, 43200)
_VARIABLE = re.compile(r"\$(\w+)|\$\{(\w+)(?::\w+)?\}|\[\[(\w+)\]\]")


@dataclass(frozen=True, slots=True)
class Query:
    """What one target of a panel, an annotation or a variable asks."""

    board: str
    """Its uid."""
    title: str
    legend: str
    """Of the query, or its number in the panel where it has none."""
    text: str
    instant: bool = False
    least_step: str = ""
    columns: int = COLUMNS
    values_of: str = ""
    """The label whose values a variable offers."""

    @property
    def name(self) -> str:
        return f"{self.board}: {self.title} ({self.legend})"


def queries(model: Mapping[str, Any]) -> Iterator[Query]:
    """Yield all that a dashboard asks."""
    uid = model["uid"]
    for panel in panels(model):
        for number, target in enumerate(panel.get("targets", ()), start=1):
            yield Query(
                uid, panel["title"], target["legendFormat"] or f"query {number}", target["expr"], instant=target["instant"],
                least_step=panel.get("interval") or "", columns=panel["gridPos"]["w"],
            )  # fmt: skip
    for annotation in model["annotations"]["list"]:
        yield Query(uid, annotation["name"], "annotation", annotation["expr"])
    for variable in model["templating"]["list"]:
        if variable["type"] == "query":
            yield _offered(uid, variable)


def _offered(board: str, variable: Mapping[str, Any]) -> Query:
    """Return what a variable asks."""
    found = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"], re.DOTALL)
    assert found, variable["query"]
    return Query(board, variable["name"], "variable", found[1], values_of=found[2])


def panels(model: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the panels, those below a folded row among them."""
    for panel in model["panels"]:
        yield panel
        yield from panel.get("panels", ())


class Viewer:
    """Somebody who looks at a dashboard, with these values of variables chosen and all of the others."""

    def __init__(self, history: History, model: Mapping[str, Any], chosen: Mapping[str, str] | None = None) -> None:
        self._history = history
        self._variables = {variable["name"]: variable for variable in model["templating"]["list"]}
        self._chosen = dict(chosen or {})
        assert self._chosen.keys() <= self._variables.keys(), "what is chosen is a variable of the dashboard"

    def find(self, query: Query) -> list[Any]:
        """Return the series that have a value, or the values of a variable."""
        step = self._step_seconds(query)
        text = self.filled(query.text, step)
        end = self._history.end
        start = end - HOURS * 3600
        if query.values_of:
            return list(self._ask(f"label/{query.values_of}/values", {"match[]": text, "start": start, "end": end}))
        if query.instant:
            series = self._ask("query", {"query": text, "time": end})["result"]
            return [one for one in series if one["value"][1] != "NaN"]
        # Grafana asks at whole steps.
        whole = {"start": start // step * step, "end": end // step * step, "step": step}
        series = self._ask("query_range", {"query": text} | whole)["result"]
        return [one for one in series if any(value != "NaN" for _, value in one["values"])]

    def filled(self, text: str, step: float) -> str:
        """Return a query with variables and intervals filled in."""
        intervals = {
            "__interval": f"{step:.0f}s",
            "__interval_ms": f"{step * 1000:.0f}",
            "__rate_interval": f"{max(step + SCRAPE_SECONDS, 4 * SCRAPE_SECONDS):.0f}s",
            "__range": f"{HOURS * 3600}s",
            "__range_s": f"{HOURS * 3600}",
        }

        def value(found: re.Match[str]) -> str:
            name = found[1] or found[2] or found[3]
            return intervals[name] if name in intervals else self._value(name)

        return _VARIABLE.sub(value, text)

    def _value(self, name: str) -> str:
        variable = self._variables[name]
        if name not in self._chosen and variable["includeAll"]:
            return str(variable["allValue"])
        chosen = self._chosen[name] if name in self._chosen else self._first(variable)
        if variable["multi"] or variable["includeAll"]:
            chosen = re.sub(r"[$^*{}\[\]'+?.()|\\]", r"\\\g<0>", chosen)
        return chosen.replace("\\", "\\\\")

    def _first(self, variable: Mapping[str, Any]) -> str:
        """Return the value that Grafana takes where none is chosen, of a variable without All; nothing where there is none."""
        values = self.find(_offered("", variable))
        return self._chosen.setdefault(variable["name"], min(map(str, values), default=""))

    def _step_seconds(self, query: Query) -> float:
        exact = HOURS * 3600 / (SCREEN_PIXELS * query.columns / COLUMNS)
        rounded = min(_STEPS, key=lambda step: abs(math.log(step / exact)))
        return max(rounded, SCRAPE_SECONDS, kinds.seconds(query.least_step) if query.least_step else 0)

    def _ask(self, path: str, parameters: Mapping[str, Any]) -> Any:
        return _answered(self._history, path, parameters)


def instant(history: History, query: str, *, at: float | None = None) -> list[Any]:
    """Return the series that a query finds at the end of a history, or at another moment."""
    return list(_answered(history, "query", {"query": query, "time": history.end if at is None else at})["result"])


def over(history: History, query: str, *, step: float) -> list[Any]:
    """Return the series that a query finds in the course of a history."""
    return list(_answered(history, "query_range", {"query": query, "start": history.start, "end": history.end, "step": step})["result"])


def _answered(history: History, path: str, parameters: Mapping[str, Any]) -> Any:
    """Return Prometheus' answer; a query that it does not take fails the test."""
    text = fetched(f"{history.url}/api/v1/{path}?{urlencode(parameters)}")
    assert text is not None, f"Prometheus refuses {parameters}"
    return json.loads(text)["data"]

"""A dashboard of ours: rows of panels, variables, alerts drawn over the graphs, and where each panel stands.

Files in dashboards/ declare one in their module variable `dashboard`, with the words of this module alone. How each kind of
panel is drawn stands in `panels` and `tables`, what a reader may choose in `variables`; what becomes JSON is made in `classic`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pullwatch.pack import classic, mixin
from pullwatch.pack.classic import Json
from pullwatch.pack.panels import BarGauge, Heatmap, Link, Page, Panel, Stat, StateTimeline, Target, TimeSeries
from pullwatch.pack.tables import Column, Quotient, Table
from pullwatch.pack.variables import DatasourceVariable, QueryVariable

__all__ = [
    "AlertAnnotations",
    "BarGauge",
    "Column",
    "Dashboard",
    "DatasourceVariable",
    "Heatmap",
    "Link",
    "Page",
    "QueryVariable",
    "Quotient",
    "Row",
    "Stat",
    "StateTimeline",
    "Table",
    "Target",
    "TimeSeries",
]

COLUMNS = 24
TAG = "pullwatch"


@dataclass(frozen=True, slots=True)
class Row:
    """A headline and the panels below it, set from left to right."""

    title: str
    panels: Sequence[Panel]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertAnnotations:
    """Alerts that fire, as marks on every graph."""

    name: str
    query: str
    title: str
    """With labels in double braces."""
    color: str = "red"

    def model(self) -> Json:
        return {
            "datasource": dict(classic.DATASOURCE),
            "enable": True,
            "expr": self.query,
            "hide": False,
            "iconColor": self.color,
            "name": self.name,
            "titleFormat": self.title,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """What a file in dashboards/ declares."""

    uid: str
    """Part of its address, which alerts and other dashboards link to: it never changes."""
    title: str
    description: str
    variables: Sequence[DatasourceVariable | QueryVariable]
    alerts: Sequence[AlertAnnotations] = ()
    rows: Sequence[Row]
    time_from: str = "now-6h"

    def to_json_data(self) -> Json:
        """Return the dashboard as Grafana reads it; grafanalib's own programs ask for it by this name."""
        return classic.dashboard(
            uid=self.uid,
            title=self.title,
            description=self.description,
            tags=[TAG],
            time_from=self.time_from,
            variables=[variable.model() for variable in self.variables],
            annotations=[alerts.model() for alerts in self.alerts],
            links=[classic.link("pullwatch", tag=TAG)],
            panels=list(self._panels(runbook_url=mixin.config()["runbookURLPattern"])),
        )

    def _panels(self, *, runbook_url: str) -> Iterator[Json]:
        numbers = itertools.count(1)
        top = 0
        for row in self.rows:
            yield classic.row(row.title, place=_place(0, top, COLUMNS, 1), number=next(numbers))
            left, top, tallest = 0, top + 1, 0
            for panel in row.panels:
                if left + panel.width > COLUMNS:
                    left, top, tallest = 0, top + tallest, 0
                place = _place(left, top, panel.width, panel.height)
                yield panel.model(number=next(numbers), place=place, runbook_url=runbook_url)
                left, tallest = left + panel.width, max(tallest, panel.height)
            top += tallest


def _place(left: int, top: int, width: int, height: int) -> Json:
    return {"x": left, "y": top, "w": width, "h": height}

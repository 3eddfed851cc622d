"""Kinds of panels. A declaration says which question it answers, by which query, in which unit, and what to do about it.

How each kind is drawn stands here once, so that boards look alike; where a panel stands is decided by `grafana`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import Any, ClassVar

from pullwatch.pack import classic, mixin
from pullwatch.pack.classic import Json

Steps = Sequence[tuple[float, str]]
"""Colours from a value upwards, such as [(60, "orange"), (600, "red")]."""


@dataclass(frozen=True, slots=True)
class Target:
    """A query, and what its series are called: text with labels in double braces."""

    query: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a click on a value leads: another dashboard, with the time, the data source and the clusters kept."""

    title: str
    uid: str
    chosen: Mapping[str, str]
    """What its variables become, by name: `__field.labels.NODE` of the series that is clicked, or `__value.raw` of a cell."""
    kept: Sequence[str] = ("datasource", "cluster")

    def model(self) -> Json:
        return classic.data_link(self.title, uid=self.uid, kept=self.kept, chosen=self.chosen)


@dataclass(frozen=True, slots=True)
class Page:
    """Where a click on a cell leads: the page of runbooks/ that is called as the cell says, such as reasons/not_found."""

    title: str
    folder: str

    def model(self) -> Json:
        pattern = mixin.config()["runbookURLPattern"]
        return {"title": self.title, "url": pattern.replace("%s", f"{self.folder}/${{__value.raw:percentencode}}"), "targetBlank": True}


@dataclass(frozen=True, kw_only=True)
class Panel:
    """What every panel has. A subclass says how it is drawn."""

    kind: ClassVar[str]
    instant: ClassVar[bool] = False
    shape: ClassVar[str] = "time_series"

    title: str
    """The question that it answers."""
    query: str | Sequence[Target] = ()
    """One query, or several with a legend each."""
    legend: str = ""
    """What the series of the one query are called."""
    unit: str = "short"
    description: str
    """What good looks like, and what to do where it does not."""
    runbook: str = ""
    """The page of runbooks/ that goes on from here: that of an alert by its name, or one such as causes/size."""
    interval: str = ""
    """Least step of a graph: that of the records it reads, such as 5m."""
    leads_to: Sequence[Link] = ()
    """Where a click on a value leads."""
    colors: Mapping[str, str] = field(default_factory=dict)
    """Colours of series by their names, where one means something: red for what failed."""
    steps: Steps = ()
    base: str = "green"
    """Colour below the first step."""
    empty: str = "No pulls in this range"
    """What stands there when nothing is found."""
    width: int = 12
    """Of 24 columns."""
    height: int = 8

    def targets(self) -> Sequence[Target]:
        return [Target(self.query, self.legend)] if isinstance(self.query, str) else self.query

    def model(self, *, number: int, place: Json, runbook_url: str) -> Json:
        """Return the panel as Grafana reads it; `runbook_url` has %s where the alert's name goes."""
        targets = [
            classic.target(target.query, reference=letter, legend=target.legend, instant=self.instant, shape=self.shape)
            for letter, target in zip(ascii_uppercase, self.targets(), strict=False)
        ]
        title = f"Runbook: {self.runbook}"
        links = [{"title": title, "url": runbook_url.replace("%s", self.runbook), "targetBlank": True}] if self.runbook else []
        return classic.panel(
            self.kind, title=self.title, description=self.description, place=place, number=number, targets=targets, links=links,
            defaults=self.defaults(), overrides=self.overrides(), options=self.options(), transformations=self.transformations(),
            interval=self.interval or None,
        )  # fmt: skip

    def defaults(self) -> Json:
        links = {"links": [link.model() for link in self.leads_to]} if self.leads_to else {}
        return links | {
            "unit": self.unit,
            "noValue": self.empty,
            "color": {"mode": "palette-classic"},
            "thresholds": classic.thresholds(self.steps, base=self.base),
            "mappings": [],
            "custom": self.custom(),
        }

    def custom(self) -> Json:
        return {}

    def options(self) -> Json:
        return {}

    def overrides(self) -> Sequence[Json]:
        return [override(name, {"color": {"mode": "fixed", "fixedColor": color}}) for name, color in self.colors.items()]

    def transformations(self) -> Sequence[Json]:
        return ()


@dataclass(frozen=True, kw_only=True)
class Stat(Panel):
    """One number as of now, coloured by its steps."""

    kind: ClassVar[str] = "stat"
    instant: ClassVar[bool] = True
    named: bool = False
    """Whether the number alone would leave open what it is of, so that the legend stands beside it."""
    nothing: str = "text"
    """Colour of what `empty` says. A number that is not there is neither good nor bad, unless this says so."""
    width: int = 4
    height: int = 5

    def defaults(self) -> Json:
        # Without steps a number is neither good nor bad. What is not there takes the lowest colour, so that numbers begin at 0.
        steps = [(0, self.base), *self.steps] if self.steps else ()
        return super().defaults() | {"color": {"mode": "thresholds"}, "thresholds": classic.thresholds(steps, base=self.nothing)}

    def options(self) -> Json:
        return {
            "colorMode": "value",
            "graphMode": "none",
            "justifyMode": "auto",
            "orientation": "auto",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
            # By itself a name shows only beside other numbers.
            "textMode": "value_and_name" if self.named else "auto",
        }


@dataclass(frozen=True, kw_only=True)
class TimeSeries(Panel):
    """Lines over time, stacked bars where parts of a whole are counted, or points. Steps are drawn as lines across."""

    kind: ClassVar[str] = "timeseries"
    stacked: bool = False
    points: bool = False
    """Whether each value stands for itself, such as the last pull of a node, and no line leads from one to the next."""

    def custom(self) -> Json:
        style = "points" if self.points else "bars" if self.stacked else "line"
        return {
            "drawStyle": style,
            "fillOpacity": 60 if self.stacked else 8,
            "lineWidth": 1,
            # Pulls are rare: a point between two gaps would be no line at all.
            "showPoints": "auto",
            "pointSize": 7 if self.points else 5,
            "spanNulls": False,
            "stacking": {"mode": "normal" if self.stacked else "none", "group": "A"},
            "thresholdsStyle": {"mode": "dashed" if self.steps else "off"},
            "axisSoftMin": 0,
        }

    def options(self) -> Json:
        return {
            "legend": {"showLegend": True, "displayMode": "list", "placement": "bottom", "calcs": []},
            "tooltip": {"mode": "multi", "sort": "desc"},
        }


@dataclass(frozen=True, kw_only=True)
class Heatmap(Panel):
    """How a histogram's values are spread over time; the query sums by `le`, the unit is that of the edges."""

    kind: ClassVar[str] = "heatmap"
    shape: ClassVar[str] = "heatmap"

    def targets(self) -> Sequence[Target]:
        return [Target(target.query, "{{le}}") for target in super().targets()]

    def options(self) -> Json:
        return {
            "calculate": False,
            "cellGap": 1,
            "color": {"mode": "scheme", "scheme": "Oranges", "scale": "exponential", "exponent": 0.5, "steps": 64, "reverse": False},
            # An empty cell says more than one in the faintest colour.
            "filterValues": {"le": 1e-9},
            "legend": {"show": True},
            "rowsFrame": {"layout": "auto"},
            "tooltip": {"mode": "single", "yHistogram": False},
            "yAxis": {"axisPlacement": "left", "reverse": False, "unit": self.unit},
        }


@dataclass(frozen=True, kw_only=True)
class BarGauge(Panel):
    """A bar for each series as of now, to compare them; the largest first where the query sorts."""

    kind: ClassVar[str] = "bargauge"
    instant: ClassVar[bool] = True

    def defaults(self) -> Json:
        # Without steps a bar is neither good nor bad.
        base = self.base if self.steps else "blue"
        return super().defaults() | {"color": {"mode": "thresholds"}, "thresholds": classic.thresholds(self.steps, base=base), "min": 0}

    def options(self) -> Json:
        return {
            "displayMode": "basic",
            "legend": {"showLegend": False, "displayMode": "list", "placement": "bottom", "calcs": []},
            "maxVizHeight": 48,
            "minVizHeight": 16,
            "minVizWidth": 8,
            "namePlacement": "left",
            "orientation": "horizontal",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
            "showUnfilled": True,
            "sizing": "auto",
            # Where bars are few, names grow until they are cut.
            "text": {"titleSize": 14, "valueSize": 18},
            "valueMode": "text",
        }


@dataclass(frozen=True, kw_only=True)
class StateTimeline(Panel):
    """Which state each series was in, over time."""

    kind: ClassVar[str] = "state-timeline"
    states: Mapping[int, tuple[str, str]]
    """Text and colour of each value."""

    def defaults(self) -> Json:
        named = {str(value): {"text": text, "color": color, "index": value} for value, (text, color) in self.states.items()}
        return super().defaults() | {"mappings": [{"type": "value", "options": named}]}

    def custom(self) -> Json:
        return {"fillOpacity": 70, "lineWidth": 0}

    def options(self) -> Json:
        return {
            "alignValue": "left",
            "legend": {"showLegend": True, "displayMode": "list", "placement": "bottom"},
            "mergeValues": True,
            "rowHeight": 0.8,
            "showValue": "never",
            "tooltip": {"mode": "single", "sort": "none"},
        }


def override(field: str, properties: Mapping[str, Any]) -> Json:
    """Return how one field is drawn, other than the rest."""
    listed = [{"id": name, "value": value} for name, value in properties.items()]
    return {"matcher": {"id": "byName", "options": field}, "properties": listed}

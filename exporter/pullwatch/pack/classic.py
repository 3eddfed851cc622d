"""Grafana's classic dashboard model, made by grafanalib and then put right: the one module that imports grafanalib.

grafanalib 0.7.1 writes a model of 2017 with fields that Grafana dropped since, nulls, and defaults that coarsen graphs.
What it writes is normalised here; what panels, variables and boards are for is in the modules beside this one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from grafanalib import _gen
from grafanalib import core as grafanalib

core: Any = grafanalib
"""Its classes are attrs without annotations: a checker that looks inside takes them for classes without fields."""

Json = dict[str, Any]

SCHEMA_VERSION = 39
"""The newest that Grafana 10 reads as it is, and what 11 to 13 migrate from without loss."""

DATASOURCE: Mapping[str, str] = {"type": "prometheus", "uid": "${datasource}"}

ALL = "$__all"

_OF_DASHBOARDS = ("__inputs", "gnetId", "hideControls", "rows", "sharedCrosshair", "style")
_OF_PANELS = ("cacheTimeout", "editable", "error", "height", "hideTimeOverride", "maxDataPoints", "minSpan", "span")
_OF_TARGETS = ("hide", "interval", "intervalFactor", "metric", "query", "step", "target")
_OF_VARIABLES = ("auto", "auto_count", "auto_min", "tagValuesQuery", "tagsQuery", "useTags")


def dashboard(
    *, uid: str, title: str, description: str, tags: Sequence[str], time_from: str, variables: Sequence[Json], annotations: Sequence[Json],
    links: Sequence[Json], panels: Sequence[Json],
) -> Json:  # fmt: skip
    """Return a whole dashboard, normalised."""
    made = core.Dashboard(
        uid=uid,
        title=title,
        description=description,
        tags=list(tags),
        editable=False,
        graphTooltip=core.GRAPH_TOOLTIP_MODE_SHARED_CROSSHAIR,
        time=core.Time(time_from, "now"),
        # Rules and most scrapes come once in 30 s or more: a board that asks oftener shows nothing newer.
        refresh="1m",
        timezone="browser",
        schemaVersion=SCHEMA_VERSION,
        templating=core.Templating(list=list(variables)),
        annotations=core.Annotations(list=list(annotations)),
        links=list(links),
        panels=list(panels),
    )
    # Only what was encoded is plain JSON: until then objects of grafanalib stand at any depth.
    model: Json = json.loads(json.dumps(made.to_json_data(), cls=_gen.DashboardEncoder))
    # Which steps of refreshing and which ranges a reader may choose is Grafana's own business.
    model["timepicker"] = {}
    normalised: Json = _without_nulls(_without(model, _OF_DASHBOARDS))
    return normalised


def panel(
    kind: str, *, title: str, description: str, place: Json, number: int, targets: Sequence[Json], links: Sequence[Json],
    defaults: Json, overrides: Sequence[Json], options: Json, transformations: Sequence[Json] = (), interval: str | None = None,
) -> Json:  # fmt: skip
    """Return a panel of any kind; `defaults` and `overrides` say how its fields are drawn, `interval` is its least step, such as 5m."""
    made = core.Panel(
        title=title,
        description=description,
        dataSource=dict(DATASOURCE),
        gridPos=place,
        id=number,
        interval=interval,
        targets=list(targets),
        links=list(links),
        transformations=list(transformations),
    )
    drawn = {"type": kind, "fieldConfig": {"defaults": defaults, "overrides": list(overrides)}, "options": options}
    normalised: Json = _without_nulls(_without(made.panel_json(drawn), _OF_PANELS))
    return normalised


def row(title: str, *, place: Json, number: int) -> Json:
    """Return the headline above the panels that follow it."""
    return {"type": "row", "title": title, "id": number, "gridPos": place, "collapsed": False, "panels": []}


def target(query: str, *, reference: str, legend: str, instant: bool, shape: str) -> Json:
    """Return one query of a panel; `shape` is time_series, table or heatmap."""
    made = core.Target(expr=query, refId=reference, legendFormat=legend, instant=instant, format=shape, datasource=dict(DATASOURCE))
    return _without(made.to_json_data(), _OF_TARGETS) | {"range": not instant, "editorMode": "code", "exemplar": False}


def thresholds(steps: Sequence[tuple[float, str]], *, base: str) -> Json:
    """Return colours from a value upwards. The base has no value, as it begins at minus infinity."""
    return {"mode": "absolute", "steps": [{"color": base}, *({"color": color, "value": value} for value, color in steps)]}


def variable(
    *, kind: str, name: str, label: str, query: str, all_value: str | None, refresh: int, current: Json, hidden: bool = False
) -> Json:
    """Return a variable. With `all_value` a reader may choose several values, or all of them; a hidden one follows others."""
    several = all_value is not None
    made = core.Template(
        type=kind, name=name, label=label, query=query, regex="", allValue=all_value, includeAll=several, multi=several, refresh=refresh,
        dataSource=None if kind == "datasource" else dict(DATASOURCE), hide=core.HIDE_VARIABLE if hidden else core.SHOW,
    )  # fmt: skip
    # An address that held a hidden one would bring it to another choice of what it follows.
    unsynced = {"skipUrlSync": True} if hidden else {}
    return _without(made.to_json_data(), _OF_VARIABLES) | {"current": current} | unsynced


def link(title: str, *, tag: str) -> Json:
    """Return the menu of all dashboards that bear a tag; it keeps variables and time."""
    made = core.DashboardLink(title=title, tags=[tag], asDropdown=True, includeVars=True, keepTime=True)
    return dict(made.to_json_data())


def data_link(title: str, *, uid: str, kept: Sequence[str], chosen: Mapping[str, str]) -> Json:
    """Return a link from what is clicked to another dashboard, which keeps the time.

    `kept` are variables that stay as they are, `chosen` those that become what is clicked: values such as
    `__field.labels.node` or `__value.raw`. They are percent-encoded: an image's name holds `/`, `:` and `@`.
    """
    stays = [f"${{{name}:queryparam}}" for name in kept]
    becomes = [f"var-{name}=${{{value}:percentencode}}" for name, value in chosen.items()]
    return {"title": title, "url": f"/d/{uid}?" + "&".join([*stays, *becomes, "${__url_time_range}"])}


def text(model: Json) -> bytes:
    """Return a model as the file that grafanalib's own generate-dashboards writes of it."""
    return (json.dumps(model, sort_keys=True, indent=2) + "\n").encode()


def _without(model: Mapping[str, Any], leftovers: Sequence[str]) -> Json:
    return {key: value for key, value in model.items() if key not in leftovers}


def _without_nulls(value: Any) -> Any:
    """Return a value without keys that say nothing; strict readers of the schema refuse null."""
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_without_nulls(inner) for inner in value]
    return value

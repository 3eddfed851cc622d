"""What Grafana 11 to 13 change in a classic model when they load it: the steps from schemaVersion 37 on, each once.

A board that we write is the same before and after. Sources: apps/dashboard/pkg/migration/schemaversion in grafana/grafana,
v37.go to v43.go. Steps up to 36 mend what no board of ours ever had.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

_BARS = {"basic": "basic", "gradient-gauge": "gradient", "lcd-gauge": "lcd"}
_BACKGROUNDS = {"color-background": "gradient", "color-background-solid": "basic"}


def migrated(model: Json) -> Json:
    """Return the model as Grafana keeps it, changed in place."""
    for panel in _panels(model.get("panels", [])):
        # A heatmap's legend has a key of its own, `show`, and no step of a model that is written as 39 looks at it.
        if panel["type"] != "heatmap":
            _legend(panel.get("options", {}))
        if panel["type"] == "table":
            _cells(panel.get("fieldConfig", {}))
        for transformation in panel.get("transformations", []):
            _transformation(transformation)
        _hidden(panel.get("fieldConfig", {}))
    if not isinstance(model.get("refresh"), str):
        model["refresh"] = ""
    model.get("timepicker", {}).pop("time_options", None)
    return model


def _panels(listed: list[Json]) -> Iterator[Json]:
    for panel in listed:
        yield panel
        yield from _panels(panel.get("panels") or [])


def _legend(options: Json) -> None:
    """37: what is shown says so."""
    legend = options.get("legend")
    if isinstance(legend, bool):
        options["legend"] = {"displayMode": "list", "showLegend": legend}
    elif isinstance(legend, dict):
        shown = legend.get("displayMode") != "hidden" and legend.get("showLegend") is not False
        legend["showLegend"] = shown
        if not shown:
            legend["displayMode"] = "list"


def _cells(drawn: Json) -> None:
    """38: how a table's cell is drawn is an object."""
    custom = drawn.get("defaults", {}).get("custom", {})
    if "displayMode" in custom:
        custom["cellOptions"] = _cell(custom.pop("displayMode"))
    for override in drawn.get("overrides", []):
        for each in override["properties"]:
            if each["id"] == "custom.displayMode":
                each |= {"id": "custom.cellOptions", "value": _cell(each["value"])}


def _cell(mode: str) -> Json:
    if mode in _BARS:
        return {"type": "gauge", "mode": _BARS[mode]}
    if mode in _BACKGROUNDS:
        return {"type": "color-background", "mode": _BACKGROUNDS[mode]}
    return {"type": mode}


def _transformation(transformation: Json) -> None:
    """39 and 43: a statistic for each query is an object, and times are told as any other field's type."""
    options = transformation.get("options", {})
    if transformation["id"] == "timeSeriesTable" and "refIdToStat" in options:
        transformation["options"] = {reference: {"stat": stat} for reference, stat in options["refIdToStat"].items()}
    if transformation["id"] == "formatTime":
        conversion = {"destinationType": "string", "targetField": options.get("timeField"), "dateFormat": options.get("outputFormat")}
        transformation |= {"id": "convertFieldType", "options": {"conversions": [conversion]}}


def _hidden(drawn: Json) -> None:
    """42: what is not drawn is not in the tooltip either."""
    for override in drawn.get("overrides", []):
        for each in override["properties"]:
            if each["id"] == "custom.hideFrom" and each["value"].get("viz"):
                each["value"]["tooltip"] = True

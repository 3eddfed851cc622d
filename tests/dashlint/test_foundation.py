"""Grafana's own types find keys and values that Grafana does not have."""

from __future__ import annotations

import copy

import pytest

from tests.dashlint import foundation, given
from tests.dashlint.planted import Ground, Plant, board, drawn, overridden, panel, query, variable

GOOD = given.models()[0]


def option(kind: str, key: str, value: object) -> Plant:
    return lambda ground: ground.panel(kind)["options"].update({key: value})


def custom(kind: str, key: str, value: object) -> Plant:
    return lambda ground: ground.panel(kind)["fieldConfig"]["defaults"]["custom"].update({key: value})


def transformed(key: str, value: object) -> Plant:
    return lambda ground: ground.panel("table")["transformations"][0].update({key: value})


KINDS = ["stat", "bargauge", "timeseries", "heatmap", "state-timeline", "table"]

UNKNOWN_KEYS: list[tuple[str, Plant]] = [
    *((f"options.{kind}", option(kind, "lengend", {})) for kind in KINDS),
    *((f"custom.{kind}", custom(kind, "filOpacity", 8)) for kind in ("timeseries", "heatmap", "state-timeline", "table")),
    ("options.legend", lambda ground: ground.panel("timeseries")["options"]["legend"].update(show=True)),
    ("options.reduceOptions", lambda ground: ground.panel("stat")["options"]["reduceOptions"].update(calc="last")),
    ("options.color", lambda ground: ground.panel("heatmap")["options"]["color"].update(schema="Oranges")),
    ("defaults", drawn("stat", units="s")),
    ("thresholds", lambda ground: ground.panel("stat")["fieldConfig"]["defaults"]["thresholds"].update(step=[])),
    ("panel", panel("stat", desc="Low is good.")),
    ("panel.links", panel("stat", links=[{"title": "There", "uri": "/d/x"}])),
    ("target", query("stat", expresion="up")),
    ("transformation", transformed("option", {})),
    ("board", board(schema=39)),
    ("variable", variable("cluster", allvalue=".*")),
]

WRONG_VALUES: list[tuple[str, Plant]] = [
    ("options.stat", option("stat", "colorMode", "values")),
    ("options.bargauge", option("bargauge", "displayMode", "basics")),
    ("options.table", option("table", "cellHeight", "small")),
    ("options.state-timeline", option("state-timeline", "showValue", "sometimes")),
    ("options.heatmap", option("heatmap", "cellGap", "1")),
    ("custom.timeseries", custom("timeseries", "drawStyle", "bar")),
    ("custom.state-timeline", custom("state-timeline", "lineWidth", "0")),
    ("defaults", drawn("stat", noValue=0)),
    ("panel", panel("stat", interval=5)),
    ("variable", variable("cluster", refresh=3)),
    ("board", board(tags="pullwatch")),
]

WRONG_OVERRIDES: list[tuple[str, Plant]] = [
    ("misspelt", overridden("table", "Size", "custom.cellOption", {"type": "auto"})),
    ("misspelt within", overridden("table", "Size", "custom.cellOptions", {"type": "gauge", "modes": "basic"})),
    ("unknown to the kind", overridden("stat", "Size", "custom.cellOptions", {"type": "auto"})),
    ("misspelt default", overridden("table", "Size", "novalue", "-")),
    ("wrong value", overridden("table", "Size", "custom.align", "middle")),
]


def planted(plant: Plant) -> list[str]:
    model = copy.deepcopy(GOOD)
    plant(Ground(model))
    return [*foundation.differences(model), *foundation.misspelt(model)]


def test_a_good_board_is_known_to_the_last_key() -> None:
    """All that our layer writes is in Grafana's types."""
    assert planted(lambda _: None) == []


@pytest.mark.parametrize("plant", [plant for _, plant in UNKNOWN_KEYS], ids=[name for name, _ in UNKNOWN_KEYS])
def test_a_misspelt_key_is_found(plant: Plant) -> None:
    """Grafana passes over what it does not know, so that an option has no effect and nobody is told."""
    assert [message.partition(" is lost")[1] for message in planted(plant)] == [" is lost"]


@pytest.mark.parametrize("plant", [plant for _, plant in WRONG_VALUES], ids=[name for name, _ in WRONG_VALUES])
def test_a_value_that_there_is_not_is_found(plant: Plant) -> None:
    """What Grafana does not know it draws in some other way."""
    assert [message.partition(", where Grafana takes ")[1] for message in planted(plant)] == [", where Grafana takes "]


@pytest.mark.parametrize("plant", [plant for _, plant in WRONG_OVERRIDES], ids=[name for name, _ in WRONG_OVERRIDES])
def test_a_wrong_override_is_found(plant: Plant) -> None:
    """What is drawn otherwise is named by text, which the types of a whole board do not look into."""
    assert len(planted(plant)) == 1


@pytest.mark.parametrize("unit", ["s", "decbytes", "percentunit", "short", "Bps", "cpm"])
def test_units_are_grafanas(unit: str) -> None:
    """Those of our boards are among them, and what looks like one is not."""
    assert unit in foundation.UNITS
    assert {"seconds", "pulls", ""} & foundation.UNITS == set()

"""What Grafana makes of a model when it loads it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.dashlint import given, migrations
from tests.dashlint.board import Json


def one(**panel: Any) -> Json:
    return {"refresh": "1m", "panels": [{"type": "table", **panel}]}


def drawn(**custom: Any) -> Json:
    return one(fieldConfig={"defaults": {"custom": custom}, "overrides": []})


def overridden(name: str, value: Any) -> Json:
    return one(fieldConfig={"overrides": [{"properties": [{"id": name, "value": value}]}]})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (one(options={"legend": True}), one(options={"legend": {"displayMode": "list", "showLegend": True}})),
        (one(options={"legend": {"displayMode": "hidden"}}), one(options={"legend": {"displayMode": "list", "showLegend": False}})),
        (one(options={"legend": {}}), one(options={"legend": {"showLegend": True}})),
        (drawn(displayMode="gradient-gauge"), drawn(cellOptions={"type": "gauge", "mode": "gradient"})),
        (drawn(displayMode="color-background-solid"), drawn(cellOptions={"type": "color-background", "mode": "basic"})),
        (overridden("custom.displayMode", "auto"), overridden("custom.cellOptions", {"type": "auto"})),
        (
            one(transformations=[{"id": "timeSeriesTable", "options": {"refIdToStat": {"A": "mean"}}}]),
            one(transformations=[{"id": "timeSeriesTable", "options": {"A": {"stat": "mean"}}}]),
        ),
        ({"refresh": False, "panels": []}, {"refresh": "", "panels": []}),
        ({"panels": []}, {"refresh": "", "panels": []}),
        ({"refresh": "1m", "timepicker": {"time_options": ["5m"]}}, {"refresh": "1m", "timepicker": {}}),
        (overridden("custom.hideFrom", {"viz": True}), overridden("custom.hideFrom", {"viz": True, "tooltip": True})),
        (overridden("custom.hideFrom", {"viz": False}), overridden("custom.hideFrom", {"viz": False})),
        ({"refresh": "", "panels": [{"type": "row", "panels": one(options={"legend": {}})["panels"]}]},
         {"refresh": "", "panels": [{"type": "row", "panels": one(options={"legend": {"showLegend": True}})["panels"]}]}),
    ],
)  # fmt: skip
def test_each_step_is_taken(before: Json, after: Json) -> None:
    """From 37 on, in rows that are closed as well."""
    assert migrations.migrated(before) == after


def test_a_migrated_board_stays_as_it_is() -> None:
    """Nothing changes once more, and nothing in what we write."""
    (board, _) = given.models()

    assert migrations.migrated(copy.deepcopy(board)) == board

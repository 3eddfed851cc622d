"""Kinds of panels: what a declaration says shows in the model that Grafana reads."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pullwatch.pack import mixin
from pullwatch.pack.grafana import BarGauge, Column, Link, Page, Quotient, Stat, Table, TimeSeries
from pullwatch.pack.panels import Panel

PLACE = {"x": 0, "y": 0, "w": 12, "h": 8}


def model(panel: Panel) -> dict[str, Any]:
    return panel.model(number=1, place=PLACE, runbook_url="https://example.com/%s")


def test_a_graph_of_records_has_their_step() -> None:
    """Windows of one step each then lie side by side, and what is counted in them is counted once."""
    assert model(TimeSeries(title="How many?", query="x", description="", interval="5m"))["interval"] == "5m"


def test_a_graph_without_a_least_step_leaves_it_to_the_data_source() -> None:
    """An empty text would be taken for a step."""
    assert "interval" not in model(TimeSeries(title="How many?", query="x", description=""))


def test_a_click_on_a_series_leads_to_another_board() -> None:
    """What is clicked becomes the variable, percent-encoded; data source, clusters and time stay."""
    link = Link("Show this node", "pullwatch-node-registry", {"node": "__field.labels.node"})
    drawn = model(TimeSeries(title="Which node?", query="x", description="", leads_to=[link]))

    assert drawn["fieldConfig"]["defaults"]["links"] == [
        {
            "title": "Show this node",
            "url": "/d/pullwatch-node-registry?${datasource:queryparam}&${cluster:queryparam}"
            "&var-node=${__field.labels.node:percentencode}&${__url_time_range}",
        }
    ]


def test_a_click_on_a_cell_leads_to_the_page_of_what_it_says() -> None:
    """Runbooks are where the configuration says, beside the board and not in its place."""
    columns = [Column("Fails for", "a", unit="s")]
    links = {"Reason": Page("What to do", "reasons")}
    with mixin.configured({"runbookURLPattern": "https://example.com/%s.html"}):
        drawn = model(Table(title="What?", description="", labels={"reason": "Reason"}, columns=columns, sort_by="Fails for", links=links))

    linked = [one["value"] for field in drawn["fieldConfig"]["overrides"] for one in field["properties"] if one["id"] == "links"]
    assert linked == [
        [{"title": "What to do", "url": "https://example.com/reasons/${__value.raw:percentencode}.html", "targetBlank": True}]
    ]


def test_a_number_may_say_what_it_is_of() -> None:
    """A size is compressed or not: the number alone does not tell. By itself a name shows only beside others."""
    named, unnamed = (model(Stat(title="How large?", query="x", description="", named=named)) for named in (True, False))

    assert (named["options"]["textMode"], unnamed["options"]["textMode"]) == ("value_and_name", "auto")


def test_a_series_that_means_something_has_its_colour() -> None:
    """What failed is red in each graph, whichever place it has among the others."""
    drawn = model(TimeSeries(title="How many?", query="x", description="", colors={"failed": "red"}))

    assert drawn["fieldConfig"]["overrides"] == [
        {"matcher": {"id": "byName", "options": "failed"}, "properties": [{"id": "color", "value": {"mode": "fixed", "fixedColor": "red"}}]}
    ]


def test_points_are_not_joined() -> None:
    """Each pull stands for itself."""
    assert (
        model(TimeSeries(title="How long?", query="x", description="", points=True))["fieldConfig"]["defaults"]["custom"]["drawStyle"]
        == "points"
    )


def test_bars_without_a_limit_are_neither_good_nor_bad() -> None:
    """A bar that begins at 0 and has no steps is not green."""
    defaults = model(BarGauge(title="Which layer?", query="x", description=""))["fieldConfig"]["defaults"]

    assert (defaults["min"], defaults["thresholds"]["steps"]) == (0, [{"color": "blue"}])


def test_a_number_that_is_not_there_is_neither_good_nor_bad() -> None:
    """A silent exporter shows no green; where silence is bad, its words are red."""
    number = Stat(title="How old?", query="x", description="", steps=[(60, "orange")])

    assert number.defaults()["thresholds"]["steps"] == [{"color": "text"}, {"color": "green", "value": 0}, {"color": "orange", "value": 60}]
    assert replace(number, nothing="red").defaults()["thresholds"]["steps"][0] == {"color": "red"}


def test_a_quotient_is_computed_of_two_columns_before_they_are_named() -> None:
    """Grafana knows the columns by the letters of their queries until they are renamed; the quotient comes last."""
    columns = [Column("Seconds", "a", unit="s"), Column("Pulls", "b")]
    mean = Quotient("Mean", of="Seconds", by="Pulls", unit="s")
    drawn = model(Table(title="Which?", description="", labels={"node": "Node"}, columns=columns, quotients=[mean], sort_by="Mean"))

    merge, computed, organize = drawn["transformations"]
    assert (merge["id"], computed["id"], organize["id"]) == ("merge", "calculateField", "organize")
    assert computed["options"]["binary"] == {"left": "Value #A", "operator": "/", "right": "Value #B"}
    assert organize["options"]["renameByName"] == {"node": "Node", "Value #A": "Seconds", "Value #B": "Pulls", "Mean": "Mean"}
    assert max(organize["options"]["indexByName"].items(), key=lambda item: item[1])[0] == "Mean"

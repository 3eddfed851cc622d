"""What every dashboard that we ship keeps to: the rules of Grafana's own linter without exemption, and ours."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from grafanalib import formatunits

from pullwatch.pack import dashboards, mixin
from pullwatch.publish import metrics, self_metrics

FILES = dashboards.render()
BOARDS: dict[str, dict[str, Any]] = {name: json.loads(text) for name, text in FILES}
PANELS = [(f"{name}: {panel['title']}", panel) for name, board in BOARDS.items() for panel in board["panels"] if panel["type"] != "row"]
QUERIES = [(f"{name}: {query[:60]}", query) for name, board in BOARDS.items() for query in dashboards.queries(board)]
TARGETS = [(title, target) for title, panel in PANELS for target in panel["targets"]]

ALERTS = {rule["alert"] for group in mixin.groups() for rule in group["rules"] if "alert" in rule}
DRAWN = {"stat", "timeseries", "heatmap", "table", "state-timeline"}
"""Kinds that Grafana 10 to 13 draw as they are; graph, singlestat and their like are gone."""

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
LEFTOVERS = {
    "__inputs", "cacheTimeout", "error", "gnetId", "height", "intervalFactor", "maxDataPoints", "rows", "sharedCrosshair",
    "span", "step", "style", "tagsQuery", "time_options", "useTags",
}  # fmt: skip

OURS = {*itertools.chain(*(family.labels for family in (*metrics.FAMILIES, *self_metrics.FAMILIES)))}
LABELS = OURS | {"le", "cluster", "alertname", "alertstate", "severity", "__name__"}
"""Of our metrics, of histograms, of clusters in one Prometheus and of its alerts."""

every_board = pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
every_panel = pytest.mark.parametrize("panel", [panel for _, panel in PANELS], ids=[title for title, _ in PANELS])
every_target = pytest.mark.parametrize(
    "target", [target for _, target in TARGETS], ids=[f"{title} {target['refId']}" for title, target in TARGETS]
)
every_query = pytest.mark.parametrize("query", [query for _, query in QUERIES], ids=[title for title, _ in QUERIES])


@every_panel
def test_a_panel_asks_a_question(panel: dict[str, Any]) -> None:
    """Its title is what a reader wants to know."""
    assert re.fullmatch(r"[A-Z][^?]+\?", panel["title"])


@every_panel
def test_a_panel_says_what_good_looks_like(panel: dict[str, Any]) -> None:
    """Its description has more than a sentence, and names what is good; what to do follows."""
    assert re.search(r"\b(good|fine)\b", panel["description"])
    assert len(re.findall(r"[.:] ", panel["description"])) >= 1
    assert len(panel["description"]) > 80


@every_panel
def test_a_panel_has_a_unit_that_grafana_knows(panel: dict[str, Any]) -> None:
    """An unknown unit is shown behind each number as if it were one."""
    known = {value for name, value in vars(formatunits).items() if name.isupper()}
    drawn = [panel["fieldConfig"]["defaults"]["unit"]]
    for override in panel["fieldConfig"]["overrides"]:
        drawn += [field["value"] for field in override["properties"] if field["id"] == "unit"]

    assert set(drawn) <= known


@every_panel
def test_a_panel_is_of_a_kind_that_is_still_there(panel: dict[str, Any]) -> None:
    """Nothing is drawn by a plugin that Grafana removed."""
    assert panel["type"] in DRAWN


@every_panel
def test_a_panel_says_when_nothing_was_found(panel: dict[str, Any]) -> None:
    """`No data` leaves open whether something is broken."""
    assert re.match(r"No |Nothing ", panel["fieldConfig"]["defaults"]["noValue"])


@pytest.mark.parametrize("table", [panel for _, panel in PANELS if panel["type"] == "table"], ids=lambda table: table["title"])
def test_a_cell_without_a_value_is_a_dash(table: dict[str, Any]) -> None:
    """What a table says when it has no row would else stand in each empty cell; every column that is shown is named."""
    organize = next(one["options"] for one in table["transformations"] if one["id"] == "organize")
    dashes = {
        override["matcher"]["options"]
        for override in table["fieldConfig"]["overrides"]
        if {"id": "noValue", "value": "-"} in override["properties"]
    }

    assert dashes == set(organize["renameByName"].values())


@every_panel
def test_a_panel_asks_the_chosen_datasource(panel: dict[str, Any]) -> None:
    """Panel and queries follow the variable, by type and uid."""
    assert [panel["datasource"], *(target["datasource"] for target in panel["targets"])] == [DATASOURCE] * (1 + len(panel["targets"]))
    assert panel["targets"]


@every_panel
def test_a_runbook_that_is_linked_belongs_to_an_alert(panel: dict[str, Any]) -> None:
    """Links lead to runbooks of alerts that the mixin has."""
    assert {link["url"].rpartition("/")[2] for link in panel["links"]} <= ALERTS


@every_panel
def test_every_series_of_several_has_a_name(panel: dict[str, Any]) -> None:
    """A legend that shows all labels, or two queries under one name, cannot be read."""
    legends = [target["legendFormat"] for target in panel["targets"]]

    assert panel["type"] in {"table", "stat"} or len(legends) == 1 or (all(legends) and len(set(legends)) == len(legends))


@every_target
def test_a_rate_follows_the_graph(target: dict[str, Any]) -> None:
    """Over time each window is $__rate_interval, else points are skipped; a number as of now may count the whole range."""
    windows = set(re.findall(r"\b(rate|irate|increase|delta|\w+_over_time)\([^][]*\[([^]]*)\]", target["expr"]))
    allowed = {"rate": {"$__rate_interval"}, "increase": {"$__range"} if target["instant"] else {"$__rate_interval"}}

    assert target["instant"] != target["range"]
    assert [window for window in windows if window[1] not in allowed.get(window[0], set())] == []


@every_query
def test_an_aggregation_says_by_what(query: str) -> None:
    """A label that is added later changes no result: by, never without; joins name their labels."""
    assert not re.search(r"\bwithout\b|\bignoring\b", query)
    assert not re.search(r"\b(and|or|unless)\s+(?!on\b)", re.sub(r'"[^"]*"', "", query))


@every_query
def test_labels_exist(query: str) -> None:
    """Selectors, aggregations and joins use labels of our tables."""
    bare = re.sub(r'"[^"]*"', '""', query)
    selected = re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", bare)
    grouped = re.findall(r"\b(?:by|on|group_left|group_right)\s*\(([^)]*)\)", bare)
    asked = re.findall(r"^label_values\(.*,\s*(\w+)\)$", bare)
    used = {*selected, *asked, *(label.strip() for labels in grouped for label in labels.split(",") if label.strip())}

    assert used <= LABELS


@pytest.mark.parametrize("family", [*metrics.FAMILIES, *self_metrics.FAMILIES], ids=lambda family: family.name)
def test_a_metric_is_asked_for_labels_that_it_has(family: metrics.Family) -> None:
    """A selector with a label that the metric lacks finds nothing, or everything."""
    has = {*family.labels, "le", "cluster"}
    for _, query in QUERIES:
        for selector in re.findall(rf"\b{family.name}(?:_bucket|_sum|_count)?\{{([^}}]*)\}}", query):
            assert set(re.findall(r"(\w+)\s*=", re.sub(r'"[^"]*"', '""', selector))) <= has, query


@every_board
def test_a_board_is_a_clean_classic_model(board: dict[str, Any]) -> None:
    """No nulls, no leftovers of older schemas, and nobody edits what is provisioned."""
    assert board["schemaVersion"] == 39
    assert board["editable"] is False
    assert board["panels"]
    assert [path for path, value in walk(board) if value is None] == []
    assert [path for path, _ in walk(board) if path[-1] in LEFTOVERS] == []
    assert [path for path, _ in walk(board) if path[-2:] == ("custom", "displayMode")] == []
    assert [path for path, value in walk(board) if path[-1] == "steps" and path[-2] == "thresholds" and not isinstance(value, list)] == []
    assert [path for path, value in walk(board) if path[-1] == "legend" and "show" not in value and "showLegend" not in value] == []


@every_board
def test_ids_of_panels_are_unique(board: dict[str, Any]) -> None:
    """Grafana tells panels apart by id."""
    ids = [panel["id"] for panel in board["panels"]]

    assert sorted(set(ids)) == sorted(ids)
    assert min(ids) >= 1


@every_board
def test_titles_of_panels_are_unique(board: dict[str, Any]) -> None:
    """Descriptions refer to panels by title."""
    titles = [panel["title"] for panel in board["panels"]]

    assert sorted(set(titles)) == sorted(titles)
    named = [name for panel in board["panels"] for name in re.findall(r"`([A-Z][^`]+\?)`", panel.get("description", ""))]
    assert [name for name in named if not any(title.startswith(name) for title in titles)] == []


@every_board
def test_panels_fill_the_grid_without_overlap(board: dict[str, Any]) -> None:
    """Each cell of 24 columns belongs to one panel, and no row has a hole."""
    cells = [
        (place["x"] + column, place["y"] + line)
        for place in (panel["gridPos"] for panel in board["panels"])
        for column in range(place["w"])
        for line in range(place["h"])
    ]

    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) == 23
    assert len(cells) == 24 * (1 + max(y for _, y in cells))


@every_board
def test_a_reader_chooses_by_variables(board: dict[str, Any]) -> None:
    """The datasource comes first; all others take several values, all of them to begin with, and follow the time range."""
    datasource, *others = board["templating"]["list"]

    assert (datasource["name"], datasource["type"], datasource["query"], datasource["label"]) == (
        "datasource", "datasource", "prometheus", "Data source",
    )  # fmt: skip
    for variable in others:
        assert (variable["multi"], variable["includeAll"], variable["refresh"]) == (True, True, 2)
        assert variable["allValue"] in {".*", ".+"}
        assert variable["current"]["value"] == ["$__all"]
        assert variable["datasource"] == DATASOURCE


@every_board
def test_a_variable_is_used(board: dict[str, Any]) -> None:
    """Each is in some query, and each that a query names is declared."""
    declared = {variable["name"] for variable in board["templating"]["list"]}
    used = set(re.findall(r"\$\{?(\w+)", " ".join(dashboards.queries(board))))

    assert used - {"__rate_interval", "__range"} == declared - {"datasource"}


@every_board
def test_alerts_are_drawn_over_the_graphs(board: dict[str, Any]) -> None:
    """Who sees a peak sees whether it paged."""
    assert [annotation["datasource"] for annotation in board["annotations"]["list"] if "ALERTS" in annotation["expr"]] == [DATASOURCE]


@every_board
def test_a_board_is_not_asked_oftener_than_data_comes(board: dict[str, Any]) -> None:
    """Once a minute or less."""
    assert re.fullmatch(r"[1-9]\d*[mh]", board["refresh"])


def walk(value: Any, path: tuple[str, ...] = ("", "")) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each value of a model with the keys that lead to it."""
    yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from walk(inner, (*path, key))
    if isinstance(value, list):
        for number, inner in enumerate(value):
            yield from walk(inner, (*path, str(number)))

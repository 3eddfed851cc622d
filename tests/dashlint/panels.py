"""Rules for a panel's words and for how it is drawn. What it asks is judged in `queries` and `windows`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from tests.dashlint import foundation
from tests.dashlint.board import Board, Panel
from tests.dashlint.context import Context

KINDS = frozenset({"bargauge", "heatmap", "stat", "state-timeline", "table", "timeseries"})
"""What Grafana 10 to 13 draw as it is, and our layer has a class for; graph, singlestat and their like are gone."""
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
SHORTEST = 80
"""Characters in which what is good and what to do can be said."""

_SHAPES = {"table": "table", "heatmap": "heatmap"}
_HTML = re.compile(r"<[a-zA-Z/!]|&\w+;")

Rule = Callable[[Panel, Context], Iterator[str]]


def kind(panel: Panel, _context: Context) -> Iterator[str]:
    """A plugin that is gone draws an error."""
    if panel.kind not in KINDS:
        yield f"is a {panel.kind}, which Grafana dropped or our layer does not know: use one of {', '.join(sorted(KINDS))}"


def question(panel: Panel, _context: Context) -> Iterator[str]:
    """A reader comes with a question."""
    if re.fullmatch(r"[A-Z][^?]+\?", panel.title) is None:
        yield "has a title that asks nothing: write what a reader wants to know, with a question mark"


def description(panel: Panel, _context: Context) -> Iterator[str]:
    """A number alone does not say whether anything has to be done."""
    if not re.search(r"\b(good|fine)\b", panel.description) or len(re.findall(r"[.:;] ", panel.description)) < 1:
        yield "does not say in its description what is good, and what to do otherwise"
    elif len(panel.description) <= SHORTEST:
        yield f"has a description of {len(panel.description)} characters: say what is good and what to do, in more than {SHORTEST}"


def datasource(panel: Panel, _context: Context) -> Iterator[str]:
    """A panel that asks another data source than the chosen one answers about another cluster."""
    for what, found in [("panel", panel.model.get("datasource")), *(("query", target.get("datasource")) for target in panel.targets)]:
        if found != DATASOURCE:
            yield f"has a {what} that asks {found}: it asks what the variable datasource says"


def targets(panel: Panel, _context: Context) -> Iterator[str]:
    """A panel without a query is empty for ever."""
    if not panel.targets:
        yield "asks for nothing: give it a query"
    references = [target.get("refId") for target in panel.targets]
    if not all(references) or len(set(references)) < len(references):
        yield f"has queries of the names {references}: each has one of its own"


def shape(panel: Panel, _context: Context) -> Iterator[str]:
    """A graph asks over time, a number and a table as of now; each kind reads one format."""
    # A bar for each series may be the last value, or one of the whole range.
    at_once = {"stat": True, "table": True, "bargauge": True}.get(panel.kind, False)
    for target in panel.targets:
        if (target.get("instant"), target.get("range")) != (at_once, not at_once):
            yield f"asks {target.get('refId')} with instant {target.get('instant')} and range {target.get('range')}: a {panel.kind} asks {'as of now' if at_once else 'over time'}"
        if target.get("format") != (wanted := _SHAPES.get(panel.kind, "time_series")):
            yield f"asks {target.get('refId')} in the format {target.get('format')}: a {panel.kind} reads {wanted}"


def unit(panel: Panel, _context: Context) -> Iterator[str]:
    """An unknown unit is written behind each number as if it were one; seconds without a unit are bare numbers."""
    drawn = [panel.defaults.get("unit"), *(value for _, name, value in panel.properties() if name == "unit")]
    for found in drawn:
        if found not in foundation.UNITS:
            yield f"has the unit {found!r}, which Grafana does not know"


def empty(panel: Panel, _context: Context) -> Iterator[str]:
    """`No data` leaves open whether something is broken."""
    text = str(panel.defaults.get("noValue", ""))
    if not re.match(r"(No|Nothing) ", text) or text.lower().startswith("no data"):
        yield f"says {text!r} where nothing is found: say what it means, beginning with No or Nothing"


def threshold(panel: Panel, _context: Context) -> Iterator[str]:
    """Grafana takes the steps in their order, and its code throws at steps that are no list."""
    drawn = [panel.defaults.get("thresholds"), *(value for _, name, value in panel.properties() if name == "thresholds")]
    for found in drawn:
        steps = found.get("steps") if isinstance(found, Mapping) else None
        if not isinstance(steps, list) or not steps:
            yield "has thresholds whose steps are no list"
            continue
        values = [step.get("value") for step in steps]
        if values[0] is not None or any(not isinstance(value, int | float) for value in values[1:]) or values[1:] != sorted(values[1:]):
            yield f"has steps at {values}: the first has no value, the others rise"


def override(panel: Panel, _context: Context) -> Iterator[str]:
    """What is said of a field that is not there is said of nothing."""
    if panel.kind == "table":
        there = set(panel.organized.get("renameByName", {}).values())
    else:
        there = {target.get("legendFormat") for target in panel.targets}
        if any("{{" in str(name) for name in there):
            return
    for override in panel.overrides:
        if override["matcher"]["id"] != "byName" or override["matcher"]["options"] not in there:
            yield f"draws {override['matcher']['options']!r} otherwise, which is not there: there are {', '.join(sorted(map(str, there)))}"


def unnamed_cell(panel: Panel, _context: Context) -> Iterator[str]:
    """What a table says when it has no row would else stand in each empty cell."""
    if panel.kind == "table":
        dashes = {field for field, name, value in panel.properties() if name == "noValue" and value == "-"}
        for title in set(panel.organized.get("renameByName", {}).values()) - dashes:
            yield f"has no dash for an empty cell of {title}: override its noValue"


def sorting(panel: Panel, _context: Context) -> Iterator[str]:
    """A table that is sorted by nothing shows its worst row last."""
    if panel.kind == "table":
        by = [one.get("displayName") for one in panel.model["options"].get("sortBy", ())]
        if not by or not set(by) <= set(panel.organized.get("renameByName", {}).values()):
            yield f"is sorted by {by}, which is no column of it"


def _of_panels(rule: Rule) -> Callable[[Board, Context], Iterator[tuple[str, str]]]:
    """Return a rule of panels as one of boards."""

    def applied(board: Board, context: Context) -> Iterator[tuple[str, str]]:
        for panel in board.panels:
            yield from ((panel.title, message) for message in rule(panel, context))

    return applied


def twice(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """Descriptions refer to panels by title, and so do people."""
    seen: set[str] = set()
    for panel in board.panels:
        if panel.title in seen:
            yield panel.title, "has the title of another panel"
        seen.add(panel.title)


def reference(board: Board, context: Context) -> Iterator[tuple[str, str]]:
    """A description that sends a reader to a panel that is not there sends him astray."""
    titles = {panel.title for one in (board, *context.boards.values()) for panel in one.panels}
    for panel in board.panels:
        for named in re.findall(r"`([A-Z][^`]*\?)`", panel.description):
            if named not in titles:
                yield panel.title, f"refers to {named!r}, which no panel asks"


def html(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """Grafana cleans some texts and draws the tags of others."""
    for where, text in board.texts():
        if _HTML.search(text):
            yield where, f"has HTML in {text!r}: write text"


RULES: Mapping[str, Callable[[Board, Context], Iterator[tuple[str, str]]]] = MappingProxyType(
    {
        **{
            name: _of_panels(rule)
            for name, rule in {
                "kind of a panel": kind,
                "title is no question": question,
                "description": description,
                "data source of a panel": datasource,
                "no query": targets,
                "instant or range": shape,
                "unit": unit,
                "empty text": empty,
                "threshold steps": threshold,
                "override of nothing": override,
                "empty cell": unnamed_cell,
                "sorted by nothing": sorting,
            }.items()
        },
        "title twice": twice,
        "reference to a panel": reference,
        "html": html,
    }
)

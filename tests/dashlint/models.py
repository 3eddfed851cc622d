"""Rules for a board as a whole: its model, its address, its grid, and what Grafana would change in it when it loads it."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from pullwatch.pack import grafana, kinds
from tests.dashlint import migrations
from tests.dashlint.board import Board, walk
from tests.dashlint.context import Context

Rule = Callable[[Board, Context], Iterator[tuple[str, str]]]
"""Yields for each mistake where it is, and a sentence about it."""

UID = re.compile(r"pullwatch-[a-z]+(-[a-z]+)*")
LONGEST_UID = 40
"""Grafana's database has no room for more."""
SCHEMAS = range(39, 43)
"""39 is what Grafana 10 reads as it is; 42 is the last of this model."""
LEFTOVERS = frozenset({
    "__inputs", "__requires", "cacheTimeout", "error", "gnetId", "height", "hideControls", "intervalFactor", "maxDataPoints", "rows",
    "sharedCrosshair", "span", "step", "style", "tagsQuery", "tagValuesQuery", "useTags", "minSpan", "pluginVersion", "iteration",
})  # fmt: skip
"""Keys that Grafana dropped, or that a Grafana in which somebody drew the board left behind."""


def editable(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """What is provisioned is overwritten, so that nobody's work may begin there."""
    if board.model.get("editable") is not False:
        yield "board", "may be edited, and what is edited is lost with the next rendering: set editable to false"


def schema(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """An older model is migrated by some versions and refused by others."""
    if board.model.get("schemaVersion") not in SCHEMAS:
        yield "board", f"has schemaVersion {board.model.get('schemaVersion')}: write one of {SCHEMAS[0]} to {SCHEMAS[-1]}"


def null(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """Strict readers of the schema refuse it, and Grafana's own code throws at some."""
    for path, value in walk(board.model):
        if value is None:
            yield _place(board, path), f"has null at {_written(path)}: leave the key out"


def leftover(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """What nobody reads misleads who does."""
    for path, _ in walk(board.model):
        if path and path[-1] in LEFTOVERS:
            yield _place(board, path), f"has {_written(path)}, which Grafana reads no longer: leave it out"


def migrated(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """What Grafana changes when it loads a board differs from the file for ever."""
    before = dict(walk(board.model))
    after = dict(walk(migrations.migrated(copy.deepcopy(board.model))))
    for path in {**before, **after}:
        changed = path not in after or path not in before or (before[path] != after[path] and not isinstance(after[path], dict | list))
        if changed and path != ("schemaVersion",):
            yield _place(board, path), f"has {_written(path)} as Grafana migrates it: write {after.get(path, 'nothing')!r}"


def uid(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """Alerts and boards link to it."""
    if UID.fullmatch(board.uid) is None or len(board.uid) > LONGEST_UID:
        yield "board", f"has the uid {board.uid!r}: name it pullwatch-SUBJECT, in small letters, {LONGEST_UID} at most"
    if "id" in board.model:
        yield "board", "has the id of a board in some Grafana, which is another board in the next: leave it out"


def name(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """In a list of hundreds of boards ours stand together, and each says what it is for."""
    if re.fullmatch(r"pullwatch / [A-Z][a-z ]+", board.title) is None:
        yield "board", f"is called {board.title!r}: write pullwatch / Subject"
    if len(str(board.model.get("description", ""))) < len("pulls"):
        yield "board", "has no description: say which questions it answers"


def refresh(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """Who asks oftener than data comes sees nothing newer and loads Prometheus."""
    often = board.model.get("refresh")
    if not isinstance(often, str) or not kinds.seconds(often) >= 60:
        yield "board", f"is asked again each {often!r}: rules and scrapes come once in 30 s to 60 s, so write 1m or more"


def tags(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """The menu of our boards finds them by it."""
    if board.model.get("tags") != [grafana.TAG]:
        yield "board", f"has the tags {board.model.get('tags')}: the menu of boards finds {grafana.TAG!r}"


def ids(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """Grafana tells panels apart by id."""
    seen: set[object] = set()
    for panel in board.all_panels:
        number = panel.get("id")
        if not isinstance(number, int) or number < 1 or number in seen:
            yield str(panel.get("title")), f"has the id {number!r}, which is none or another panel's"
        seen.add(number)


def grid(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """A hole is a panel that somebody looks for; of two that overlap one is hidden."""
    owners: dict[tuple[int, int], str] = {}
    for panel in board.all_panels:
        place = panel["gridPos"]
        cells = [(place["x"] + column, place["y"] + line) for column in range(place["w"]) for line in range(place["h"])]
        hidden = {owners[cell] for cell in cells if cell in owners}
        yield from ((str(panel["title"]), f"lies upon {other}") for other in sorted(hidden))
        if place["x"] + place["w"] > grafana.COLUMNS:
            yield str(panel["title"]), f"ends behind column {grafana.COLUMNS}"
        owners.update(dict.fromkeys(cells, str(panel["title"])))
    lines = {line for _, line in owners}
    for line in range(max(lines, default=-1) + 1):
        if empty := [column for column in range(grafana.COLUMNS) if (column, line) not in owners]:
            yield owners.get((0, line), "board"), f"leaves columns {empty[0]} to {empty[-1]} of line {line} empty: widen a panel"


def rows(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """A row is a question as well, and panels below it answer it."""
    panels = board.all_panels
    if panels and panels[0]["type"] != "row":
        yield "board", "begins with a panel that no row is above"
    for number, panel in enumerate(panels):
        if panel["type"] == "row":
            if "?" not in panel["title"]:
                yield str(panel["title"]), "is a row that asks nothing: write the question that its panels answer"
            if not panel.get("panels") and (number + 1 == len(panels) or panels[number + 1]["type"] == "row"):
                yield str(panel["title"]), "is a row without panels"


def alerts(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """Who sees a peak sees whether it paged."""
    if not any("ALERTS" in one.get("expr", "") and one.get("enable") and not one.get("hide") for one in board.annotations):
        yield "board", "draws no alerts over its graphs: give it AlertAnnotations"


def _place(board: Board, path: tuple[str | int, ...]) -> str:
    """Return the title of the panel that a path leads into."""
    if len(path) > 1 and path[0] == "panels" and isinstance(path[1], int):
        panels = board.model["panels"]
        return str(panels[path[1]].get("title")) if path[1] < len(panels) else "board"
    return "board"


def _written(path: tuple[str | int, ...]) -> str:
    return ".".join(map(str, path))


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "editable": editable,
        "schema version": schema,
        "null": null,
        "leftover key": leftover,
        "migrated key": migrated,
        "uid": uid,
        "name of the board": name,
        "refresh": refresh,
        "tags": tags,
        "id of a panel": ids,
        "grid": grid,
        "row": rows,
        "alerts on graphs": alerts,
    }
)

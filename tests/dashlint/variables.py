"""Rules for what a reader may choose: which variables there are, what they ask for, and who follows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from tests.dashlint import queries
from tests.dashlint.asked import values_of
from tests.dashlint.board import Board, Json, used_variables
from tests.dashlint.context import Context
from tests.dashlint.panels import DATASOURCE
from tests.rulelint import labels
from tests.rulelint.expression import selectors
from tests.rulelint.reader import UnreadableError, parse

ON_TIME_RANGE = 2
ALL = "$__all"


def datasource(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """One board serves every Prometheus; the others' values are asked for there, so it stands first."""
    found = [variable for variable in board.variables if variable["type"] == "datasource"]
    if len(found) != 1 or board.variables[0] is not found[0]:
        yield "board", f"has {len(found)} variables of data sources: there is one, and it is the first"
    for variable in found:
        said = (variable.get("name"), variable.get("label"), variable.get("query"))
        if said != ("datasource", "Data source", "prometheus"):
            yield (
                f"variable {variable.get('name')}",
                f"is called {said[0]}, labelled {said[1]!r} and takes {said[2]}: datasource, 'Data source' and prometheus",
            )


def cluster(board: Board, context: Context) -> Iterator[tuple[str, str]]:
    """One Prometheus may hold many clusters."""
    found = [variable for variable in board.asking if variable["name"] == "cluster"]
    asked = values_of(str(found[0]["query"])) if found else None
    if not found or not found[0].get("multi") or asked is None or asked[1] != context.cluster:
        yield "board", f"has no variable `cluster` that takes several values of {context.cluster}"


def scrape(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """Who chooses a job or an instance chooses which of two replicas is asked, and both tell the same."""
    for variable in board.asking:
        asked = values_of(str(variable["query"]))
        if variable["name"] in queries.SCRAPE_LABELS or (asked and asked[1] in queries.SCRAPE_LABELS):
            yield f"variable {variable['name']}", "is to choose a replica of the exporter, and both tell the same: leave it out"


def query(board: Board, context: Context) -> Iterator[tuple[str, str]]:
    """A variable that finds nothing shows nothing to choose, and each panel that follows it stays empty."""
    for variable in board.asking:
        asked = values_of(str(variable["query"]))
        if asked is None:
            yield f"variable {variable['name']}", f"asks {variable['query']}: write label_values(series, label)"
            continue
        try:
            found = labels.of(parse(asked[0]), context.series)
        except UnreadableError:
            # Found as a query that is no PromQL.
            continue
        if not found.has(asked[1]):
            yield f"variable {variable['name']}", f"asks for values of {asked[1]}, which {asked[0]} does not have"


def reload(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """What was there last week can be chosen last week."""
    for variable in board.asking:
        if variable.get("refresh") != ON_TIME_RANGE:
            yield (
                f"variable {variable['name']}",
                f"is asked for with refresh {variable.get('refresh')}: write {ON_TIME_RANGE}, on a change of the time range",
            )


def choice(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """Either all to begin with, those without the label as well, or one at a time."""
    for variable in board.asking:
        several = (variable.get("multi"), variable.get("includeAll"), variable.get("allValue"), variable.get("current", {}).get("value"))
        if several not in [(True, True, ".*", [ALL]), (False, False, None, None)]:
            yield (
                f"variable {variable['name']}",
                f"takes several, all, the value of all and the chosen as {several}: all of them with .* to begin with, or one",
            )
        if not variable.get("label"):
            yield f"variable {variable['name']}", "has no label that a reader sees"
        if variable.get("datasource") != DATASOURCE:
            yield f"variable {variable['name']}", f"asks {variable.get('datasource')}: it asks what the variable datasource says"


def matcher(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """Several values are a pattern; one value is put in as it is, and its dots would match anything in a pattern."""
    several = {variable["name"]: bool(variable.get("multi")) for variable in board.asking}
    for asked in board.queries:
        for each in (each for found in selectors(asked.node) for each in found.matchers) if asked.readable else ():
            for name in used_variables(each.value) & set(several):
                if each.operator.endswith("~") != several[name]:
                    wanted = "=~" if several[name] else "="
                    yield (
                        asked.where,
                        f"selects {each.label}{each.operator}{each.value!r}, a choice of {'several' if several[name] else 'one'}: write {wanted}",
                    )


def used(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """A variable that changes nothing is a lie to who chooses, and one that nobody declares stays a dollar sign."""
    declared = {variable["name"] for variable in board.variables}
    asked = {name: query.where for query in board.queries for name in used_variables(query.text)}
    shown = {name: where for where, text in board.texts() for name in used_variables(text)}
    for name in sorted(declared - set(asked) - {"datasource"}):
        yield f"variable {name}", "is in no query"
    for name in sorted((set(asked) | set(shown)) - declared):
        yield {**shown, **asked}[name], f"uses ${name}, which is no variable of the board"


def before(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """A reader chooses from left to right: what a variable follows stands before it."""
    declared: set[str] = set()
    every = {variable["name"] for variable in board.variables}
    for variable in board.variables:
        for name in sorted((used_variables(str(variable.get("query", ""))) & every) - declared):
            yield f"variable {variable['name']}", f"follows ${name}, which stands behind it"
        declared.add(variable["name"])


def same(board: Board, context: Context) -> Iterator[tuple[str, str]]:
    """Links carry choices from board to board by name."""
    # What `cluster` is a choice of has its own rule.
    for variable in (one for one in board.asking if one["name"] != "cluster"):
        for other in context.boards.values():
            if other.uid < board.uid and (theirs := _labels(other).get(variable["name"])) is not None and theirs != _label(variable):
                yield f"variable {variable['name']}", f"is a choice of {_label(variable)}, and on {other.uid} one of {theirs}"


def _labels(board: Board) -> dict[str, str | None]:
    return {variable["name"]: _label(variable) for variable in board.asking}


def _label(variable: Json) -> str | None:
    asked = values_of(str(variable["query"]))
    return asked[1] if asked else None


def annotation(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """As that of panels."""
    for one in board.annotations:
        if one.get("datasource") != DATASOURCE:
            yield f"annotation {one['name']}", f"asks {one.get('datasource')}: it asks what the variable datasource says"


RULES: Mapping[str, Callable[[Board, Context], Iterator[tuple[str, str]]]] = MappingProxyType(
    {
        "data source variable": datasource,
        "cluster variable": cluster,
        "variable of the scrape": scrape,
        "query of a variable": query,
        "variable reload": reload,
        "choice of a variable": choice,
        "matcher of a variable": matcher,
        "variable used and known": used,
        "order of variables": before,
        "same variable everywhere": same,
        "data source of an annotation": annotation,
    }
)

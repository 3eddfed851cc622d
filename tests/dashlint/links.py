"""Rules for links: to runbooks, from board to board, from a value to the board about it, and from alerts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pullwatch.pack import grafana
from tests.dashlint.board import Board, Panel
from tests.dashlint.context import Context
from tests.rulelint import labels

_VARIABLE = re.compile(r"\$\{([^}:]+)(?::(\w+))?\}|\$(\w+)")
_TARGET = re.compile(r"^(?:\$\{[^}]*\})?/d/([\w-]+)(?:/[\w-]*)?(?:\?|$)")
_VAR = re.compile(r"[?&]var-(\w+)=")
_LABEL = re.compile(r"__field\.labels\.(\w+)")
_CELL = re.compile(r"__data\.fields(?:\.(\w+)|\[\"?([^\]\"]+)\"?\])")
_TIME = ("${__url_time_range}", "$__url_time_range")
KEPT = ("datasource", "cluster")
"""What stays chosen wherever a link leads: another data source would show another cluster's image of that name."""


def runbook(board: Board, context: Context) -> Iterator[tuple[str, str]]:
    """A link that leads to no page costs the minute in which it is needed."""
    for panel in board.panels:
        for link in panel.model.get("links", ()):
            if not _pages(link["url"], context):
                yield panel.title, f"links {link['url']}, which is no runbook of ours"
            elif link.get("targetBlank") is not True:
                yield panel.title, f"links {link['url']} in place of the board: set targetBlank"
        for link in panel.data_links():
            if _name(link["url"], context) and not _pages(link["url"], context):
                yield panel.title, f"links {link['url']}, which is no runbook of ours"


def _name(url: str, context: Context) -> str:
    """Return the name of the runbook that an address is one of; nothing where it is another address."""
    begin, _, end = str(context.config["runbookURLPattern"]).partition("%s")
    return url.removeprefix(begin).removesuffix(end) if url.startswith(begin) and url.endswith(end) else ""


def _pages(url: str, context: Context) -> set[str]:
    """Return the runbooks that an address may lead to, whatever the values in it."""
    name = _name(url, context)
    any_value = re.compile("[^/]+".join(map(re.escape, re.split(r"\$\{[^}]*\}", name))))
    return {page for page in context.pages if name and any_value.fullmatch(page)}


def menu(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """From each board all others can be reached, with what was chosen."""
    wanted = {"type": "dashboards", "tags": [grafana.TAG], "asDropdown": True, "includeVars": True, "keepTime": True}
    if not any(all(link.get(key) == value for key, value in wanted.items()) for link in board.model.get("links", ())):
        yield "board", f"has no menu of the other boards: a link with {wanted}"


def target(board: Board, context: Context) -> Iterator[tuple[str, str]]:
    """A board that is not there, or a variable that it does not have, is a click for nothing."""
    for panel, url in _links(board, context):
        found = _TARGET.match(url)
        if found is None or found[1] not in context.boards:
            yield panel.title, f"links {url}, which is none of our boards: {', '.join(sorted(context.boards))}"
            continue
        there = {variable["name"] for variable in context.boards[found[1]].variables}
        here = {variable["name"] for variable in board.variables}
        kept = {name for name, form, _ in _VARIABLE.findall(url) if form == "queryparam"}
        for name in sorted((set(_VAR.findall(url)) | kept) - there):
            yield panel.title, f"sets the variable {name}, which {found[1]} does not have"
        for name in sorted(kept - here):
            yield panel.title, f"keeps the variable {name}, which is none of this board"


def keeps(board: Board, context: Context) -> Iterator[tuple[str, str]]:
    """Who follows a link looks at the same time of the same cluster."""
    for panel, url in _links(board, context):
        lost = [name for name in KEPT if f"${{{name}:queryparam}}" not in url and name not in _VAR.findall(url)]
        if not any(time in url for time in _TIME):
            lost.append("time")
        if lost:
            yield panel.title, f"links {url}, which loses {', '.join(lost)}"


def escaped(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """Grafana encodes a value of a link as a whole URL, so that & # and + in it end it; percentencode leaves nothing of them."""
    for panel in board.panels:
        for name, form, bare in _VARIABLE.findall(" ".join(link["url"] for link in panel.data_links())):
            if (name or bare) != "__url_time_range" and form not in {"percentencode", "queryparam"}:
                yield panel.title, f"puts {name or bare} into a link as it is: write ${{{name or bare}:percentencode}}"


def known(board: Board, context: Context) -> Iterator[tuple[str, str]]:
    """A label that is not there is written as nothing, so that the link shows everything."""
    for panel in board.panels:
        if not all(query.readable for query in panel.queries):
            continue
        there = [labels.of(query.node, context.series) for query in panel.queries]
        titles = set(panel.organized.get("renameByName", {}).values())
        for link in panel.data_links():
            for label in _LABEL.findall(link["url"]):
                if panel.kind == "table" or not any(one.has(label) for one in there):
                    yield (
                        panel.title,
                        f"links by the label {label}, which {'no cell of a table has' if panel.kind == 'table' else 'no series has'}",
                    )
            for dotted, quoted in _CELL.findall(link["url"]):
                if (dotted or quoted) not in titles:
                    yield panel.title, f"links by the column {dotted or quoted}, which is none that is shown: {', '.join(sorted(titles))}"


def number(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
    """A choice of 3.14 is none."""
    for panel in board.panels:
        columns = {title for field, title in panel.organized.get("renameByName", {}).items() if field.startswith("Value")}
        by_value = [link for link in panel.defaults.get("links", ()) if "__value" in link["url"]]
        if by_value:
            yield panel.title, "links by a value, which is a number: link by __field.labels"
        for field, name, value in panel.properties():
            if name == "links" and field in columns and any("__value" in link["url"] for link in value):
                yield panel.title, f"links by the value of {field}, which is a number: link by __data.fields"


def of_alerts(groups: Iterable[Mapping[str, Any]], boards: Mapping[str, Board]) -> Iterator[str]:
    """Yield what is wrong with the links of alerts to our boards: a board that is not there, or a variable of it."""
    for rule in (rule for group in groups for rule in group["rules"] if "alert" in rule):
        url = urlsplit(rule["annotations"]["dashboard_url"])
        uid = url.path.rpartition("/d/")[2]
        if uid not in boards:
            yield f"{rule['alert']}: links {uid!r}, which is none of our boards"
            continue
        there = {variable["name"] for variable in boards[uid].variables}
        for name, _ in parse_qsl(url.query.replace("{{", "").replace("}}", "")):
            if name.removeprefix("var-") not in there:
                yield f"{rule['alert']}: sets {name}, which {uid} does not have"


def _links(board: Board, context: Context) -> Iterator[tuple[Panel, str]]:
    """Yield the links from values to boards."""
    for panel in board.panels:
        yield from ((panel, str(link["url"])) for link in panel.data_links() if not _name(str(link["url"]), context))


RULES: Mapping[str, Callable[[Board, Context], Iterator[tuple[str, str]]]] = MappingProxyType(
    {
        "runbook": runbook,
        "menu of boards": menu,
        "link to a board": target,
        "link that keeps": keeps,
        "link that escapes": escaped,
        "link by a label": known,
        "link by a number": number,
    }
)

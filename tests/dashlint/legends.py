"""Rules for names: of series in a graph, and of the columns in a table. Which labels there are is told by the query."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from string import ascii_uppercase
from types import MappingProxyType

from tests.dashlint.asked import Query
from tests.dashlint.board import Board, Panel
from tests.dashlint.context import Context
from tests.rulelint import labels

_NAMED = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def unnamed(panel: Panel, context: Context) -> Iterator[str]:
    """Grafana writes all labels, or the query, where nothing is said; two series under one name cannot be told apart."""
    if panel.kind == "table":
        return
    legends = [str(target.get("legendFormat", "")) for target in panel.targets]
    for legend, query in zip(legends, panel.queries, strict=True):
        told = labels.of(query.node, context.series)
        named = set(_NAMED.findall(legend))
        if told.telling - named:
            yield f"calls its series {legend!r}, and they differ by {', '.join(sorted(told.telling))}: name all of these"
        if lost := {label for label in named if not told.has(label)}:
            yield f"names {', '.join(sorted(lost))} in a legend, which the result does not have"
        if legend.startswith("__") or (not legend and not (panel.kind == "stat" and len(legends) == 1 and not told.telling)):
            yield "leaves the name of a series to Grafana: give it a legend"
    if len(set(legends)) < len(legends):
        yield f"gives two queries one legend: {legends}"


def marked(board: Board, context: Context) -> Iterator[tuple[str, str]]:
    """A mark on a graph that names a label which its series lack says nothing."""
    for one in board.annotations:
        query = Query(one.get("expr", ""), str(one["name"]))
        if query.readable:
            told = labels.of(query.node, context.series)
            if lost := sorted(label for label in _NAMED.findall(str(one.get("titleFormat", ""))) if not told.has(label)):
                yield f"annotation {one['name']}", f"names {', '.join(lost)} in its title, which the result does not have"


def columns(panel: Panel, context: Context) -> Iterator[str]:
    """Queries are merged into rows by all their labels: where they differ, one row falls apart into several."""
    if panel.kind != "table":
        return
    found = [labels.of(query.node, context.series) for query in panel.queries]
    for letter, other in zip(ascii_uppercase, found, strict=False):
        if other.may != found[0].may:
            differing = ", ".join(sorted(other.may ^ found[0].may))
            yield f"has rows that fall apart: query {letter} and query A differ by {differing}"
    there = {label for one in found for label in one.may} | {"Time"}
    there |= {f"Value #{letter}" for letter, _ in zip(ascii_uppercase, found, strict=False)} if len(found) > 1 else {"Value"}
    for each in panel.model.get("transformations", ()):
        if each["id"] == "calculateField":
            binary = each["options"].get("binary", {})
            for side in ("left", "right"):
                if side in binary and binary[side] not in there:
                    yield f"computes with {binary[side]!r}, which no query gives"
            there.add(each["options"]["alias"])
    named = {*panel.organized.get("renameByName", {}), *panel.organized.get("excludeByName", {})}
    if unknown := named - there:
        yield f"names {', '.join(sorted(unknown))} as a column, which no query gives"
    if raw := there - named:
        yield f"shows {', '.join(sorted(raw))} without a title: name the column or hide it"


def _of(rule: Callable[[Panel, Context], Iterator[str]]) -> Callable[[Board, Context], Iterator[tuple[str, str]]]:
    def applied(board: Board, context: Context) -> Iterator[tuple[str, str]]:
        for panel in board.panels:
            if all(query.readable for query in panel.queries):
                yield from ((panel.title, message) for message in rule(panel, context))

    return applied


RULES: Mapping[str, Callable[[Board, Context], Iterator[tuple[str, str]]]] = MappingProxyType(
    {
        "legend": _of(unnamed),
        "columns": _of(columns),
        "title of an annotation": marked,
    }
)

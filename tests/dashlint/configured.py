"""Rules for what follows the configuration: limits that are drawn, asked for or told, and the label of clusters.

A board is rendered twice, once with another configuration. What stays as it was in both is written out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from tests import promql
from tests.dashlint.asked import Query, values_of
from tests.dashlint.board import Board, Panel, walk
from tests.dashlint.context import Context
from tests.rulelint.expression import COMPARISONS, Number, Operation, children
from tests.rulelint.expression import walk as nodes

_SECONDS = re.compile(r"\b(\d+(?:\.\d+)?) s\b")


def drawn(board: Board, context: Context) -> Iterator[tuple[str, str]]:
    """A line at 60 s stays there when the alerts go on at 150, and then graph and page contradict each other."""
    for panel, other in _pairs(board, context):
        there = dict(walk(other.model))
        for path, value in walk(panel.model):
            if path[-2:] != () and "steps" in path and path[-1] == "value" and value not in {0, 1, None} and there.get(path) == value:
                yield panel.title, f"is coloured from {value:g} on whatever the configuration says: take the number from mixin.config()"


def compared(board: Board, context: Context) -> Iterator[tuple[str, str]]:
    """As for what is drawn."""
    moved = {(query.where, number): query for number, query in enumerate(_moved(board, context))}
    for number, query in enumerate(board.queries):
        other = moved.get((query.where, number))
        if other is None or not (query.readable and other.readable):
            continue
        for value in sorted(_limits(query) & _limits(other)):
            yield query.where, f"compares with {value:g} whatever the configuration says: take the number from mixin.config()"


def told(board: Board, context: Context) -> Iterator[tuple[str, str]]:
    """A text that names another limit than the alert has is worse than none."""
    limits = {float(value) for key, value in context.config.items() if key.endswith("Seconds") and isinstance(value, int | float)}
    for panel, other in _pairs(board, context):
        for text, moved in ((panel.title, other.title), (panel.description, other.description)):
            for value in sorted(_told(text) & _told(moved) & limits):
                yield panel.title, f"tells of {value:g} s whatever the configuration says: take the number from mixin.config()"


def cluster(board: Board, context: Context) -> Iterator[tuple[str, str]]:
    """Whose clusters are told apart by another label sees nothing where `cluster` is written out."""
    moved = context.moved.get(board.uid)
    if moved is None:
        return
    for query in moved.queries:
        asked = values_of(query.text)
        if (asked and asked[1] == "cluster") or (query.readable and "cluster" in promql.names(query.plain).labels):
            yield query.where, "asks for the label `cluster` whatever the configuration says: use clusterLabel of mixin.config()"
    for one in moved.annotations:
        if "{{cluster}}" in one.get("titleFormat", ""):
            yield (
                f"annotation {one['name']}",
                "names the label `cluster` whatever the configuration says: use clusterLabel of mixin.config()",
            )
    for panel in moved.panels:
        legends = [str(target.get("legendFormat", "")) for target in panel.targets]
        columns = [*panel.organized.get("renameByName", {}), *panel.organized.get("excludeByName", {})]
        links = [link["url"] for link in panel.data_links()]
        written = any("{{cluster}}" in text for text in legends) or "cluster" in columns or any("labels.cluster" in url for url in links)
        if written:
            yield panel.title, "names the label `cluster` whatever the configuration says: use clusterLabel of mixin.config()"


def _pairs(board: Board, context: Context) -> Iterator[tuple[Panel, Panel]]:
    """Yield each panel with itself under another configuration."""
    moved = context.moved.get(board.uid)
    if moved is not None:
        yield from zip(board.panels, moved.panels, strict=False)


def _moved(board: Board, context: Context) -> list[Query]:
    moved = context.moved.get(board.uid)
    # A title may name a limit as well, so that queries are compared by their place.
    return [] if moved is None else [Query(two.text, one.where) for one, two in zip(board.queries, moved.queries, strict=False)]


def _limits(query: Query) -> set[float]:
    """Return the numbers that something is compared with; 0 and 1 tell whether there is any."""
    return {
        side.value
        for node in nodes(query.node)
        if isinstance(node, Operation) and node.operator in COMPARISONS
        for side in children(node)
        if isinstance(side, Number) and side.value not in {0.0, 1.0}
    }


def _told(text: str) -> set[float]:
    return {float(found) for found in _SECONDS.findall(text)}


RULES: Mapping[str, Callable[[Board, Context], Iterator[tuple[str, str]]]] = MappingProxyType(
    {
        "limit drawn": drawn,
        "limit compared": compared,
        "limit told": told,
        "label of clusters": cluster,
    }
)

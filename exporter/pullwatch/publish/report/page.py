"""The report as one HTML file: no script, nothing loaded, light and dark as the reader's system is.

The template escapes every text; what comes from a cluster is hostile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TextIO

import jinja2

from pullwatch.publish.report import content, strips, timeline, words
from pullwatch.publish.report.content import Column, Kind, Row
from pullwatch.pulls.pull import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullwatch.pulls.summary import Summary

LEAST_ROWS = 20
MOST_ROWS = 100
"""Rows of each list, however many are asked for: the page stays below 2 MB even where each name is as long and hostile as can be."""

MOST_TEXT = 160
"""Characters of one cell; the whole texts are in the JSON."""

MOST_IMAGE = 90
"""Characters of an image in a cell; the whole reference appears when it is pointed at."""

_PIECES_AT_ONCE = 200


class Tile(NamedTuple):
    """A figure at the head of the page."""

    figure: str
    label: str
    tone: str


class Cell(NamedTuple):
    """A cell; `whole` is what its text was shortened from, empty where it is all there."""

    text: str
    whole: str
    kind: str


def write(summary: Summary, stream: TextIO, *, top: int | None) -> None:
    """Write the page with as many rows in each list as were asked for, within the limits above."""
    rows = MOST_ROWS if top is None else min(max(top, LEAST_ROWS), MOST_ROWS)
    template = _environment().get_template("report.html")
    page = template.stream(
        report=content.compose(summary, top=rows),
        window=_window(summary),
        tiles=tuple(_tiles(summary)),
        timeline=timeline.plot(summary),
        strips=strips.plot(summary),
    )
    page.enable_buffering(_PIECES_AT_ONCE)
    stream.writelines(page)


def _window(summary: Summary) -> str:
    if summary.first is None or summary.last is None:
        return ""
    return f"{words.moment(summary.first)} to {words.moment(summary.last)}"


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pullwatch.publish", "pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["cells"] = _cells
    environment.filters["number"] = words.number
    environment.globals["WIDTH"] = timeline.WIDTH
    environment.globals["LEFT"] = timeline.LEFT
    return environment


def _cells(row: Row, columns: tuple[Column, ...]) -> Iterator[Cell]:
    for column, text in zip(columns, row.cells, strict=True):
        whole = words.shorten_middle(text, MOST_TEXT, end=MOST_TEXT // 2)
        shown = words.shorten_image(whole, MOST_IMAGE) if column.kind is Kind.IMAGE else whole
        yield Cell(shown, whole if shown != whole else "", _CLASSES[column.kind])


_CLASSES = {Kind.FIGURE: "figure", Kind.WORD: "", Kind.IMAGE: "name image", Kind.NAME: "name", Kind.NOTE: "text", Kind.MESSAGE: "text"}


def _tiles(summary: Summary) -> Iterator[Tile]:
    total = summary.total
    stuck = sum(judged.stuck for judged in summary.running)
    yield Tile(words.number(total.pulls), "pulls", "")
    yield Tile(words.number(len(summary.slow)), "slow", "slow" if summary.slow else "")
    yield Tile(words.number(len(summary.running)), "running now", "")
    yield Tile(words.number(stuck), "stuck", "stuck" if stuck else "")
    yield Tile(words.number(total.failures), "failed attempts", "failed" if total.failures else "")
    yield Tile(words.number(total.outcomes[Outcome.CACHED]), "cached", "")

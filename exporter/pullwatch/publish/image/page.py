"""What an image is made of as HTML: one file that works offline, and the same below `/images/` of the exporter.

The template escapes every text, holds no script and loads nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullwatch.publish import page
from pullwatch.publish.image import content
from pullwatch.publish.report import words
from pullwatch.publish.report.content import Kind

if TYPE_CHECKING:
    from pullwatch.publish.report.content import Column, Row
    from pullwatch.pulls.breakdown import Breakdown

MOST_TEXT = 240
"""Characters of one cell; the whole texts are in the JSON."""


@dataclass(frozen=True, slots=True)
class Served:
    """What surrounds it where an exporter serves it."""

    wanted: str = ""
    """The reference that was asked for; empty where none was."""
    problem: str = ""
    """What stands in place of an answer."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell; `percent` is the width of a bar, None where it is none, `image` the whole reference of another image."""

    text: str
    title: str
    kind: str
    percent: float | None = None
    image: str | None = None


def render(images: Sequence[Breakdown], *, moment: str, served: Served | None = None, node: str | None = None) -> str:
    """Return the page: a file of its own, or with the exporter's links around it."""
    composed = [content.compose(image, node=node) for image in images]
    return page.template("image.html").render(images=composed, moment=_told(moment), served=served, cells=_cells)


def _told(moment: str) -> str:
    """Return a moment of a document as the other pages have it; whatever else a server says as it is."""
    try:
        return words.moment(datetime.datetime.fromisoformat(moment).timestamp())
    except (ValueError, OverflowError, OSError):
        return moment


def _cells(row: Row, columns: Sequence[Column]) -> Iterator[Cell]:
    for column, text in zip(columns, row.cells, strict=True):
        percent = round(100 * float(text), 1) if column.kind is Kind.BAR and text else None
        shown = "" if column.kind is Kind.BAR else text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}…"
        image = text if column.kind is Kind.IMAGE else None
        yield Cell(shown, column.title, _CLASSES.get(column.kind, ""), percent, image)


_CLASSES = {Kind.FIGURE: "figure", Kind.IMAGE: "name", Kind.NAME: "name", Kind.LINE: "name line", Kind.BAR: "share"}

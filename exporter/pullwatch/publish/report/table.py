"""The report for a terminal: never wider than asked, plain where it does not go to a terminal.

A list has one line per row; what does not fit beside the figures stands on a second, dimmed line. Names are shortened
in the middle. A narrow terminal loses columns before it loses names.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.text import Text

from pullwatch.publish.report import words
from pullwatch.publish.report.content import Kind, Tone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pullwatch.publish.report.content import Column, Content, Row, Section

LEAST_WIDTH = 40
"""Below this the layout stays as it is for 40 cells, and lines are cut at the edge."""

_INDENT = 3
_STEP = 2
"""Further cells before a second line."""
_GAP = 2
_ENOUGH = 32
"""Cells a name should have before the first figure is left out."""

_BAR_CELLS = 10

_ELASTIC = (Kind.IMAGE, Kind.NAME, Kind.LINE)

_MARKS = {Tone.PLAIN: "   ", Tone.SLOW: "!  ", Tone.STUCK: "!! ", Tone.FAILED: "   ", Tone.LARGE: "!  "}
_STYLES = {Tone.PLAIN: "", Tone.SLOW: "yellow", Tone.STUCK: "bold red", Tone.FAILED: "red", Tone.LARGE: "yellow"}


def write(content: Content, stream: TextIO, *, width: int, color: bool) -> None:
    """Write the table; a letter that the stream cannot encode becomes `?`."""
    console = Console(
        file=stream,
        width=max(width, 1),
        force_terminal=color,
        color_system="standard" if color else None,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    encoding = getattr(stream, "encoding", None) or "utf-8"
    for line in _lines(content, max(width, LEAST_WIDTH)):
        line.plain = words.encodable(line.plain, encoding)
        console.print(line, no_wrap=True, overflow="crop", crop=True)


def _lines(content: Content, width: int) -> Iterator[Text]:
    yield from _sentence(content.headline, width, "bold")
    for fact in content.facts:
        yield from _sentence(fact, width)
    for section in content.sections:
        yield Text()
        yield from _section(section, width)
    yield Text()
    yield from _sentence(content.coverage, width, "dim")


def _sentence(text: str, width: int, style: str = "") -> Iterator[Text]:
    """Wrap a sentence; a name in it that is wider than a line is broken."""
    for line in textwrap.wrap(text, width, break_on_hyphens=False):
        yield from (Text(part, style) for part in _broken(line, width))


def _broken(line: str, width: int) -> Iterator[str]:
    """Break what `wrap` holds for one line because it counts letters, where wide ones take two cells."""
    while line:
        part = words.head(line, width)
        yield part
        line = line[len(part) :]


@dataclass(frozen=True, slots=True)
class _Layout:
    """The columns of a section's first line with their widths, and those of its second line."""

    first: tuple[tuple[int, Column, int], ...]
    second: tuple[tuple[int, Column], ...]
    width: int


def _section(section: Section, width: int) -> Iterator[Text]:
    layout = _layout(section, width - _INDENT)
    yield Text(section.title, "bold underline")
    titles = [_set(column, column.title.upper(), room) for _, column, room in layout.first]
    yield Text(" " * _INDENT + _joined(titles), "dim")
    for row in section.rows:
        cells = [_set(column, _drawn(column, row.cells[index]), room) for index, column, room in layout.first]
        yield Text(_MARKS[row.tone] + _joined(cells), _STYLES[row.tone])
        below = _below(row, layout)
        if below:
            yield Text(" " * (_INDENT + _STEP) + below, "dim")
    if section.left_out:
        yield Text(f"{' ' * _INDENT}and {words.number(section.left_out)} more", "dim")


def _drawn(column: Column, text: str) -> str:
    return words.bar(text, _BAR_CELLS) if column.kind is Kind.BAR else text


def _joined(cells: Sequence[str]) -> str:
    return (" " * _GAP).join(cells).rstrip()


def _layout(section: Section, width: int) -> _Layout:
    """Give each figure the room it needs and the name the rest, leaving out figures until the name has enough."""
    shown = [(index, column) for index, column in enumerate(section.columns) if not column.below]
    natural = {index: _natural(section, index) for index, _ in shown}
    elastic = next(index for index, column in shown if column.kind in _ELASTIC)
    while (room := _room(shown, natural, elastic, width)) < min(natural[elastic], _ENOUGH):
        droppable = [item for item in shown if item[1].rank]
        if not droppable:
            break
        shown.remove(max(droppable, key=lambda item: item[1].rank))
    natural[elastic] = max(1, min(natural[elastic], room))
    second = tuple((index, column) for index, column in enumerate(section.columns) if column.below)
    return _Layout(tuple((index, column, natural[index]) for index, column in shown), second, width)


def _natural(section: Section, index: int) -> int:
    if section.columns[index].kind is Kind.BAR:
        return _BAR_CELLS
    return max(len(section.columns[index].title), *(words.cells(row.cells[index]) for row in section.rows))


def _room(shown: Sequence[tuple[int, Column]], natural: dict[int, int], elastic: int, width: int) -> int:
    return width - sum(natural[index] for index, _ in shown if index != elastic) - _GAP * (len(shown) - 1)


def _set(column: Column, text: str, width: int) -> str:
    if column.kind is Kind.IMAGE:
        text = words.shorten_image(text, width)
    elif column.kind is Kind.NAME:
        text = words.shorten_middle(text, width)
    elif column.kind is Kind.LINE:
        text = words.shorten(text, width)
    blanks = " " * (width - words.cells(text))
    return blanks + text if column.kind is Kind.FIGURE else text + blanks


def _below(row: Row, layout: _Layout) -> str:
    """Return the second line: names share what the note leaves, the note is cut only where it alone is too wide."""
    width = layout.width - _STEP
    parts = [(column, row.cells[index]) for index, column in layout.second if row.cells[index]]
    names = [text for column, text in parts if column.kind is Kind.NAME]
    notes = sum(words.cells(text) for column, text in parts if column.kind is not Kind.NAME)
    leads = sum(len(column.lead) for column, _ in parts)
    rooms = iter(_shared(names, max(width - leads - notes, 8 * len(names))))
    told = ""
    for column, text in parts:
        room = next(rooms) if column.kind is Kind.NAME else width
        # The cause of an error stands at its end.
        end = width * 2 // 3 if column.kind is Kind.MESSAGE else None
        told += column.lead + (text if column.kind is Kind.NOTE else words.shorten_middle(text, room, end=end))
    return words.shorten(told, width)


def _shared(names: Sequence[str], room: int) -> list[int]:
    """Share the room: the longest name gives way first."""
    rooms = [words.cells(name) for name in names]
    while sum(rooms) > room and max(rooms) > 1:
        longest = rooms.index(max(rooms))
        others = max((other for index, other in enumerate(rooms) if index != longest), default=0)
        excess = sum(rooms) - room
        rooms[longest] -= max(1, min(excess, rooms[longest] - others))
    return rooms

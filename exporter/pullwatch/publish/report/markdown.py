"""The report as GitHub-flavoured Markdown, to paste into an issue or a chat.

Cells come from a cluster: a name in the letters that references consist of stands as code; in any other, each letter
that Markdown or HTML could read is written as a character reference, which neither takes for structure.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TextIO

from pullwatch.publish.report import words
from pullwatch.publish.report.content import Kind, Tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullwatch.publish.report.content import Column, Content, Row, Section

MOST_TEXT = 300
"""Characters of one cell; the whole texts are in the JSON."""

BAR_CELLS = 10

_MARKS = {Tone.SLOW: "**slow** ", Tone.STUCK: "**stuck** ", Tone.LARGE: "**large** "}


def write(content: Content, stream: TextIO) -> None:
    """Write headings and tables."""
    stream.writelines(line + "\n" for line in _lines(content))


def _lines(content: Content) -> Iterator[str]:
    yield f"# {escape(content.title)}"
    yield ""
    yield f"**{escape(content.headline)}**"
    for fact in content.facts:
        yield ""
        yield escape(fact)
    for section in content.sections:
        yield ""
        yield from _section(section)
    yield ""
    yield f"{content.lead}: {escape(content.coverage)}"


def _section(section: Section) -> Iterator[str]:
    yield f"## {section.title}"
    yield ""
    yield _line(column.title for column in section.columns)
    yield _line("---:" if column.kind is Kind.FIGURE else "---" for column in section.columns)
    for row in section.rows:
        yield _line(_cells(section, row))
    if section.left_out:
        yield ""
        yield f"and {words.number(section.left_out)} more"


def _line(cells: Iterator[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(section: Section, row: Row) -> Iterator[str]:
    """Yield the cells; the mark of a slow or stuck row stands before its first one."""
    mark = _MARKS.get(row.tone, "")
    for column, text in zip(section.columns, row.cells, strict=True):
        yield mark + _cell(column, text)
        mark = ""


def _cell(column: Column, text: str) -> str:
    if column.kind is Kind.BAR:
        return words.bar(text, BAR_CELLS)
    if column.kind is Kind.LINE:
        return name(words.shorten(text, MOST_TEXT))
    text = words.shorten_middle(text, MOST_TEXT, end=MOST_TEXT // 2)
    return name(text) if column.kind in (Kind.IMAGE, Kind.NAME, Kind.WORD) else escape(text)


_PLAIN_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._/:@ +-]*[A-Za-z0-9])?\Z")
"""Holds neither a backtick nor a bar, which would end the code or the cell."""


def name(text: str) -> str:
    """Return a name as code, whatever it holds."""
    if _PLAIN_NAME.match(text):
        return f"`{text}`"
    return f"<code>{escape(text)}</code>" if text else ""


_MEANINGFUL = re.compile(r"""[^\w \-.,:;/()=?%+'"\u2026\ufffd]|_|:(?=\S)|(?<=[Ww]{3})\.""")
"""Whatever is more than text to Markdown: marks, and what makes a link, a mention or an emoji of a word."""


def escape(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return _MEANINGFUL.sub(_references, words.plain(text))


def _references(found: re.Match[str]) -> str:
    return "".join(f"&#{ord(letter)};" for letter in found[0])

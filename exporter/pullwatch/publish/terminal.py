"""The page's content for a terminal that is redrawn: what runs, what fails, what ended lately.

The content is `page.PageModel`, as in the browser; only the drawing differs. Names are texts, never markup, and a row
never takes more than one line, so that the picture keeps its place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from pullwatch.publish import notified as notifications
from pullwatch.publish.report import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from pullwatch.publish import page
    from pullwatch.publish.notified import Notified

_STYLES = {"stuck": "bold red", "slow": "yellow", "calm": "green", "": ""}

_TABLE_LINES = 3
"""Lines of a table beside its rows: title, heads and a blank."""

_GAP = 2
_LONGEST_NODE = 24


@dataclass(frozen=True, slots=True)
class _Line:
    """A row: two figures, then image, pod and node."""

    figures: tuple[str, str]
    image: str
    pod: str
    node: str
    style: str


@dataclass(frozen=True, slots=True)
class _List:
    """A table before it is fitted into its place."""

    title: str
    heads: tuple[str, str]
    lines: Sequence[_Line]
    more: int
    none: str


def render(model: page.PageModel, *, width: int, height: int, foot: str = "", notified: Sequence[Notified] = ()) -> RenderableType:
    """Return the picture, at most `width` cells wide and `height` lines high; what has no room is left out, the foot never."""
    headline = Text(model.headline, style=_STYLES.get(model.tone, ""))
    feet = [Text(line, style="dim", no_wrap=True, overflow="ellipsis") for line in foot.splitlines()]
    room = height - len(headline.wrap(Console(width=width), width)) - 2 - len(feet)
    told = _told(notified, room)
    lists = _fitted([_running(model), _failing(model), _finished(model)], room - (told + notifications.LINES_BESIDE_ROWS if told else 0))
    tables = [_table(one, width) for one in lists]
    if told:
        tables.append(notifications.table(notified, width=width, most=told))
    return Group(headline, Text(), *tables, *feet)


def _told(notified: Sequence[Notified], room: int) -> int:
    """Return how many notifications are shown: a quarter of the lines is theirs, where that is one at least."""
    return min(len(notified), max(0, room // 4 - notifications.LINES_BESIDE_ROWS))


def _fitted(lists: Sequence[_List], room: int) -> Iterator[_List]:
    """Give each list its lines while there is room: the first may take half of it, the next half of what is left."""
    for position, one in enumerate(lists):
        last = position == len(lists) - 1
        least = _TABLE_LINES + 1 if one.lines else 2
        if room < least:
            return
        most = room - _TABLE_LINES if last else max(1, room // 2 - _TABLE_LINES + 1)
        kept = one.lines[:most]
        yield replace(one, lines=kept, more=one.more + len(one.lines) - len(kept))
        room -= _TABLE_LINES + len(kept) if kept else 2


def _running(model: page.PageModel) -> _List:
    lines = [
        _Line((words.duration(row.age_seconds), _worked(row)), row.image, row.pod, row.node, _STYLES[row.tone]) for row in model.running
    ]
    return _List("Running", ("age", "of limit"), lines, model.running_more, "No pull is running.")


def _worked(row: page.Running) -> str:
    if row.worked_seconds is None:
        return f"behind {row.ahead}"
    return f"{words.duration(row.worked_seconds)}/{words.duration(row.limit_seconds)}"


def _failing(model: page.PageModel) -> _List:
    lines = [_Line((words.duration(row.age_seconds), row.reason), row.image, row.pod, row.node, "red") for row in model.failing]
    return _List("Failing", ("since", "reason"), lines, model.failing_more, "No container fails to get its image.")


def _finished(model: page.PageModel) -> _List:
    lines = [
        _Line((words.duration(row.pull_seconds), words.duration(row.wait_seconds)), row.image, row.pod, row.node, _STYLES[row.tone])
        for row in model.finished
    ]
    return _List("Slowest of late", ("pull", "waited"), lines, model.finished_more, "No pull took longer than 10 s.")


def _table(one: _List, width: int) -> RenderableType:
    if not one.lines:
        return Group(Text(one.none, style="dim"), Text())
    more = f" (and {words.number(one.more)} more)" if one.more else ""
    table = Table(title=f"{one.title}{more}", title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, _GAP, 0, 0))
    for head in (*one.heads, "image", "pod", "node"):
        table.add_column(head, no_wrap=True, header_style="dim", overflow="ellipsis")
    image_cells, pod_cells, node_cells = _cells(one, width)
    for line in one.lines:
        shown = (
            words.shorten_image(words.plain(line.image), image_cells),
            words.shorten_middle(words.plain(line.pod), pod_cells),
            words.shorten_middle(words.plain(line.node), node_cells),
        )
        table.add_row(*(Text(text, style=line.style) for text in (*line.figures, *shown)))
    return Group(table, Text())


def _cells(one: _List, width: int) -> tuple[int, int, int]:
    """Return the cells of image, pod and node: what they need, and where that is too much the pod yields first."""
    figures = sum(max(words.cells(text) for text in (head, *column)) + _GAP for head, column in zip(one.heads, _columns(one), strict=True))
    node = min(_LONGEST_NODE, max(4, *(words.cells(words.plain(line.node)) for line in one.lines)))
    left = max(16, width - figures - node - 3 * _GAP)
    image = max(words.cells(words.plain(line.image)) for line in one.lines)
    pod = max(words.cells(words.plain(line.pod)) for line in one.lines)
    if image + pod > left:
        pod = min(pod, max(left - image, left * 2 // 5))
    return max(8, left - pod), max(3, pod), node


def _columns(one: _List) -> tuple[list[str], list[str]]:
    return [line.figures[0] for line in one.lines], [line.figures[1] for line in one.lines]

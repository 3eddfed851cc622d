"""The page's content for a terminal that is redrawn: what runs, what fails, what ended lately.

The content is `page.PageModel`, as in the browser; only the drawing differs. Names are texts, never markup, and a row
never takes more than one line, so that the picture keeps its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from pullwatch.publish.report import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType

    from pullwatch.publish import page

_STYLES = {"stuck": "bold red", "slow": "yellow", "calm": "green", "": ""}

_HEAD_LINES = 6
"""Lines of the head line, up to three, and of the foot line, with a blank each."""

_TABLE_LINES = 3
"""Lines of a table beside its rows: title, heads and a blank."""


def render(model: page.PageModel, *, width: int, height: int, foot: str = "") -> RenderableType:
    """Return the picture, at most `width` cells wide and `height` lines high."""
    room = max(3, height - _HEAD_LINES - 3 * _TABLE_LINES)
    running = model.running[: max(1, room // 2)]
    failing = model.failing[: max(1, room // 4)]
    finished = model.finished[: max(1, room - len(running) - len(failing))]
    return Group(
        Text(model.headline, style=_STYLES.get(model.tone, "")),
        Text(),
        _running(running, width, hidden=len(model.running) - len(running) + model.running_more),
        _failing(failing, width, hidden=len(model.failing) - len(failing) + model.failing_more),
        _finished(finished, width, hidden=len(model.finished) - len(finished) + model.finished_more),
        Text(foot, style="dim", no_wrap=True, overflow="ellipsis"),
    )


def _running(rows: Sequence[page.Running], width: int, *, hidden: int) -> RenderableType:
    table = _table("Running", ("age", "of limit", "image", "pod", "node"), width, hidden=hidden)
    for row in rows:
        worked = (
            f"behind {row.ahead}"
            if row.worked_seconds is None
            else f"{words.duration(row.worked_seconds)}/{words.duration(row.limit_seconds)}"
        )
        _add(table, (words.duration(row.age_seconds), worked), (row.image, row.pod, row.node), width, style=_STYLES[row.tone])
    return _or_none(table, "No pull is running.")


def _failing(rows: Sequence[page.Failing], width: int, *, hidden: int) -> RenderableType:
    table = _table("Failing", ("since", "reason", "image", "pod", "node"), width, hidden=hidden)
    for row in rows:
        _add(table, (words.duration(row.age_seconds), row.reason), (row.image, row.pod, row.node), width, style="red")
    return _or_none(table, "No container fails to get its image.")


def _finished(rows: Sequence[page.Finished], width: int, *, hidden: int) -> RenderableType:
    table = _table("Slowest of late", ("pull", "waited", "image", "pod", "node"), width, hidden=hidden)
    for row in rows:
        figures = (words.duration(row.pull_seconds), words.duration(row.wait_seconds))
        _add(table, figures, (row.image, row.pod, row.node), width, style=_STYLES[row.tone])
    return _or_none(table, "No pull took longer than 10 s.")


def _table(title: str, heads: Iterable[str], width: int, *, hidden: int) -> Table:
    more = f" (and {words.number(hidden)} more)" if hidden > 0 else ""
    table = Table(
        title=f"{title}{more}", title_justify="left", title_style="bold", box=None, pad_edge=False, width=width, padding=(0, 2, 0, 0)
    )
    for head in heads:
        table.add_column(head, no_wrap=True, header_style="dim", overflow="ellipsis")
    return table


def _add(table: Table, figures: Sequence[str], names: Sequence[str], width: int, *, style: str) -> None:
    # Image and pod share what the figures (6 and 13 cells) and the node leave.
    node_cells = min(16, max(6, width // 6))
    cells = max(8, (width - 27 - node_cells - 2) // 2)
    image, pod, node = (words.plain(name) for name in names)
    shown = (words.shorten_image(image, cells), words.shorten_middle(pod, cells), words.shorten_middle(node, node_cells))
    table.add_row(*(Text(text, style=style) for text in (*figures, *shown)))


def _or_none(table: Table, sentence: str) -> RenderableType:
    body: RenderableType = table if table.row_count else Text(sentence, style="dim")
    return Group(body, Text())

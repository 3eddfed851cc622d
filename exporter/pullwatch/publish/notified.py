"""What a person was notified of, for the live view: a line for each, with links where the terminal knows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from pullwatch.publish.report import words

LINES_BESIDE_ROWS = 2
"""The title, and a blank below."""

_GAP = 2
_LEAST_IMAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Notified:
    """An alert of a notification."""

    alert: str
    resolved: bool
    subject: str
    """The image; empty where it is about the watcher itself."""
    summary: str
    runbook_url: str
    page_url: str

    @property
    def line(self) -> str:
        """All of it in one line, for a log."""
        named = f"{self.alert} resolved" if self.resolved else self.alert
        return words.plain(": ".join(part for part in (named, self.subject, f"{self.summary} {self.runbook_url}") if part))


def table(rows: Sequence[Notified], *, width: int, most: int) -> RenderableType:
    """Return the newest notifications, at most so many; the title tells in full where the newest one's runbook is."""
    shown = rows[:most]
    # An address that is cut leads nowhere, so the title is short.
    runbook = _linked(shown[0].runbook_url, shown[0].runbook_url)
    title = Text.assemble((f"Notified ({words.number(len(rows))})", "bold"), ("; runbook ", "dim"), runbook)
    body = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), show_header=False)
    for _ in range(3):
        body.add_column(no_wrap=True, overflow="ellipsis")
    image_cells, summary_cells = _cells(shown, width)
    for row in shown:
        body.add_row(
            _linked(row.alert, row.runbook_url, style="dim" if row.resolved else "yellow"),
            _linked(words.shorten_image(words.plain(row.subject), image_cells), row.page_url),
            Text("resolved" if row.resolved else words.shorten(words.plain(row.summary), summary_cells), style="dim"),
        )
    title.no_wrap, title.overflow = True, "ellipsis"
    return Group(title, body, Text())


def _cells(rows: Sequence[Notified], width: int) -> tuple[int, int]:
    """Return the cells of image and summary: where both are too long, the image has its name and the summary yields."""
    alert, image, summary = (max(words.cells(words.plain(text)) for text in texts) for texts in zip(*map(_texts, rows), strict=True))
    left = max(0, width - alert - 2 * _GAP)
    image = min(image, max(_LEAST_IMAGE, left - summary))
    return image, max(0, left - image)


def _texts(row: Notified) -> tuple[str, str, str]:
    return row.alert, row.subject, row.summary


def _linked(text: str, url: str, *, style: str = "") -> Text:
    """Return text that opens a URL where the terminal can; only addresses of the web are followed."""
    address = words.plain(url)
    link = Style(link=address) if address.startswith(("http://", "https://")) else Style()
    return Text(words.plain(text), style=Style.parse(style) + link)

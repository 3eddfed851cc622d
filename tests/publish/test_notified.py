"""Notifications in the live view."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from pullwatch.publish import notified
from pullwatch.publish.notified import Notified

RUNBOOK = "http://127.0.0.1:9436/runbooks/SlowImagePull"


def told(**fields: object) -> Notified:
    values: dict[str, object] = {
        "alert": "SlowImagePull",
        "resolved": False,
        "subject": "registry.example.com/team/web:1.0",
        "summary": "An image pull takes longer than its size explains.",
        "runbook_url": RUNBOOK,
        "page_url": "http://127.0.0.1:9436/?namespace=shop",
    }
    return Notified(**(values | fields))  # type: ignore[arg-type]  # the fields are of different types


def drawn(*rows: Notified, width: int, most: int = 3, links: bool = False) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=links, highlight=False, color_system="standard" if links else None)
    console.print(notified.table(rows, width=width, most=most))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_it_has_a_line_for_each() -> None:
    """Alert, image and summary stand in a line, and the title tells how many there are and where the newest runbook is."""
    text = drawn(told(), told(resolved=True), width=120)

    assert [line.rstrip() for line in text.splitlines()] == [
        f"Notified (2); runbook {RUNBOOK}",
        "SlowImagePull  registry.example.com/team/web:1.0  An image pull takes longer than its size explains.",
        "SlowImagePull  registry.example.com/team/web:1.0  resolved",
        "",
    ]


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("image", ["web:1.0", "registry.example.com/" + "deep/" * 30 + "web:1.0", "レジストリ/" * 20])
def test_it_stays_in_its_place(width: int, image: str) -> None:
    """However long the names, no line is wider than the terminal and no row takes more than one."""
    lines = drawn(*[told(subject=image)] * 9, width=width).splitlines()

    assert max(map(cell_len, lines)) <= width
    assert len(lines) == 3 + notified.LINES_BESIDE_ROWS
    assert all(line.startswith("SlowImagePull  ") for line in lines[1:4])


def test_it_links_to_the_web_only() -> None:
    """A terminal that knows links opens runbook and page; any other address, and control characters, are plain text."""
    shown = drawn(told(), width=80, links=True)
    hostile = drawn(told(runbook_url="file:///etc/passwd", page_url="", subject="web\x1b]8;;http://evil\x1b\\"), width=80, links=True)

    assert f";{RUNBOOK}\x1b\\" in shown
    assert "\x1b]8;" not in hostile


def test_it_says_everything_in_one_line_of_a_log() -> None:
    """Where no picture is drawn the line has it all, and a resolved one says so."""
    assert told().line == f"SlowImagePull: registry.example.com/team/web:1.0: An image pull takes longer than its size explains. {RUNBOOK}"
    assert told(resolved=True, subject="").line == f"SlowImagePull resolved: An image pull takes longer than its size explains. {RUNBOOK}"

"""Links between pages, README files and docs lead to what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pullwatch.pack import assets
from tests.runbooks import pages

ROOT = assets.root()
FILES = sorted({*pages.ALL, *ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "dashboards").glob("*.md")})


def dead(file: Path, text: str) -> list[str]:
    """Return the links of a file that lead to no file, or to no heading of it."""
    found = []
    for link in pages.links(text):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        led = (file.parent / target).resolve() if target else file
        reachable = led.exists() and led.is_relative_to(ROOT)
        # Anchors of code, such as #L10, are the repository's own affair.
        if not reachable or (
            anchor and led.suffix == ".md" and anchor not in pages.anchors(text if led == file else led.read_text("utf-8"))
        ):
            found.append(link)
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_links_and_anchors_resolve(file: Path) -> None:
    """Nobody clicks into nothing."""
    assert dead(file, file.read_text(encoding="utf-8")) == []


def test_planted_mistakes_are_found() -> None:
    """A file that is not there, a heading that is not there and a file outside are dead; code and addresses are no links of ours."""
    text = (
        "# a b\n\n[1](gone.md) [2](README.md#nowhere) [3](#nothing) [4](../../etc/passwd) [5](#a-b) [6](https://x.example/y) `[7](z.md)`\n"
    )

    assert dead(pages.RUNBOOKS / "SlowImagePull.md", text) == ["gone.md", "README.md#nowhere", "#nothing", "../../etc/passwd"]

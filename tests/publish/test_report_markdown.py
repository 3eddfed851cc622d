"""The report as Markdown."""

from __future__ import annotations

import re

from hypothesis import given, settings

from pullwatch.publish.report import markdown
from tests.publish.reported import TRAINER, attacked, hostile, small, written
from tests.pulls.made_pulls import summarise

ROWS = {"## Running now": 2, "## Slowest pulls": 2, "## Failures by reason": 1}


def test_it_prints_tables() -> None:
    """The first list of a small cluster, whole."""
    text = written(small(), output="markdown")

    assert text.startswith("# Image pulls\n\n**3 pulls in 1h00m, 1 slow; 3 running now, 1 past its limit, 1 stuck (14m40s: ")
    assert (
        f"""
## Slowest pulls

| Pull | Wait | Total | Size | Image | Pod | Node | Note |
| ---: | ---: | ---: | ---: | --- | --- | --- | --- |
| **slow** 7m12s | 0s | 7m12s | 420 MB | `{TRAINER}` | `ml/trainer-7c9f6d8b5-x2x9q` | `node-a` | PAST its limit of 1m42s |
| 3.0s | 0s | 3.0s | 20 MB | `nginx` | `shop/nginx-0` | `node-b` |  |
| 2.2s | 42s | 44s | 20 MB | `registry.example.com/team/web:1.0` | `shop/web-1` | `node-a` |  |
| 62ms | 0s | 62ms | 20 MB | `registry.example.com/team/web:1.0` | `shop/web-2` | `node-a` | revalidated |
"""
        in text
    )
    assert text.endswith("UTC: 30 events read: 1 unparsed, 0 coalesced, 0 rejected; 2 containers unseen.\n")


def test_names_with_marks_are_spelled_out() -> None:
    """A letter that Markdown or HTML reads as structure becomes a character reference."""
    assert markdown.name("a|b`<c>") == "<code>a&#124;b&#96;&#60;c&#62;</code>"
    assert markdown.name("team/web_app:1.0@sha256:ab") == "`team/web_app:1.0@sha256:ab`"
    assert markdown.escape("@team *x* [a](b) http://evil www.evil \\") == (
        "&#64;team &#42;x&#42; &#91;a&#93;(b) http&#58;//evil www&#46;evil &#92;"
    )


@settings(max_examples=500)
@given(text=hostile)
def test_hostile_names_change_no_structure(text: str) -> None:
    """Each table has the rows it would have with any name, each row its cells; nothing is left that opens a link or a tag."""
    lines = written(summarise(attacked(text)), output="markdown").splitlines()

    width, rows, title = 0, dict.fromkeys(ROWS, -2), ""
    for line in lines:
        assert line.isprintable()
        title = line if line.startswith("## ") else title
        if line.startswith("|"):
            width = width if lines[lines.index(line) - 1].startswith("|") else line.count("|")
            assert line.count("|") == width
            rows[title] = rows.get(title, -2) + 1
        assert not re.search(r"[\\\[\]]|<(?!/?code>)", re.sub(r"`[A-Za-z0-9._/:@ +-]+`", "", line))
    assert {title: rows[title] for title in ROWS} == ROWS

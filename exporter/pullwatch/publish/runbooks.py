"""Runbooks as pages: Markdown in, HTML out.

The texts are ours, and HTML in them is switched off all the same: whoever serves runbooks of his own may have copied from
anywhere. Where the files are is not known here.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from pullwatch.publish import page

if TYPE_CHECKING:
    from markdown_it.token import Token


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the index."""

    name: str
    lead: str
    """The first paragraph of the page: what the alert says."""


class Runbooks:
    """Pages by the name of their alert; each is made when it is first asked for."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._pages: dict[str, str] = {}

    @property
    def names(self) -> Sequence[str]:
        return sorted(self._texts)

    def index(self) -> str:
        """Return the page that lists all of them."""
        entries = [Entry(name, _lead(self._texts[name])) for name in self.names]
        return page.template("runbooks.html").render(entries=entries)

    def page(self, name: str) -> str | None:
        """Return the page of an alert, None where there is none."""
        if name not in self._texts:
            return None
        if name not in self._pages:
            body = _html(self._texts[name])
            others = [other for other in self.names if other != name]
            self._pages[name] = page.template("runbook.html").render(name=name, body=body, others=others)
        return self._pages[name]


@functools.cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _html(text: str) -> str:
    """Return the body of a page: headings can be linked to, cells of a narrow table say what they are."""
    markdown = _markdown()
    tokens = markdown.parse(text)
    for token, content in itertools.pairwise(tokens):
        if token.type == "heading_open":
            token.attrSet("id", re.sub(r"\W+", "-", content.content.lower()).strip("-"))
    _label_cells(tokens)
    for token in tokens:
        _lead_to_pages(token.children or ())
    return str(markdown.renderer.render(tokens, markdown.options, {}))


def _label_cells(tokens: Sequence[Token]) -> None:
    heads: list[str] = []
    column = 0
    for token, content in itertools.pairwise(tokens):
        match token.type:
            case "table_open":
                heads = []
            case "th_open":
                heads.append(content.content)
            case "tr_open":
                column = 0
            case "td_open":
                token.attrSet("data-label", heads[column])
                column += 1
            case _:
                pass


def _lead_to_pages(children: Sequence[Token]) -> None:
    """Make links between the files links between the pages."""
    for child in children:
        target = child.attrGet("href") if child.type == "link_open" else None
        if isinstance(target, str) and re.fullmatch(r"\w+\.md", target):
            child.attrSet("href", target.removesuffix(".md"))


def _lead(text: str) -> str:
    """Return the first paragraph as plain text."""
    paragraphs = [part for part in text.split("\n\n") if not part.startswith("#")]
    return " ".join(paragraphs[0].split()) if paragraphs else ""

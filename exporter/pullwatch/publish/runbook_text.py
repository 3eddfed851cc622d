"""The text of a runbook: Markdown in, HTML out.

The texts are ours, and HTML in them is switched off all the same: whoever serves runbooks of his own may have copied from
anywhere. Which pages there are, and where they are served, is not known here.
"""

from __future__ import annotations

import collections
import functools
import itertools
import posixpath
import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from markdown_it.token import Token

_FILE = re.compile(r"(?P<path>(?:[\w.-]+/)*[\w.-]+)\.md(?P<anchor>#.*)?")
"""A link to a file beside, below or above: the only ones that differ between files and pages."""


def html(text: str, *, name: str, names: Collection[str]) -> str:
    """Return the body of a page: headings can be linked to, links lead to pages, cells of a narrow table say what they are.

    `name` is the page's own path below the runbooks, such as `causes/size`, `names` are those of all pages.
    """
    markdown = _markdown()
    tokens = markdown.parse(text)
    _give_anchors(tokens)
    _label_cells(tokens)
    for token in tokens:
        if token.children:
            token.children = _lead_to_pages(token.children, name=name, names=names)
    return str(markdown.renderer.render(tokens, markdown.options, {}))


def lead(text: str) -> str:
    """Return the first paragraph as plain words, without marks of emphasis, code or links."""
    tokens = _markdown().parse(text)
    for opened, content in itertools.pairwise(tokens):
        if opened.type == "paragraph_open" and opened.level == 0:
            children = content.children or ()
            words = (" " if child.type in {"softbreak", "hardbreak"} else child.content for child in children)
            return " ".join("".join(words).split())
    return ""


@functools.cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _give_anchors(tokens: Sequence[Token]) -> None:
    """Name headings as GitHub does, so that one link holds in the repository and here."""
    given: collections.Counter[str] = collections.Counter()
    for token, content in itertools.pairwise(tokens):
        if token.type == "heading_open":
            plain = "".join(child.content for child in content.children or ())
            anchor = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
            token.attrSet("id", f"{anchor}-{given[anchor]}" if given[anchor] else anchor)
            given[anchor] += 1


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


def _lead_to_pages(children: Sequence[Token], *, name: str, names: Collection[str]) -> list[Token]:
    """Make links between the files links between the pages; one to a file that is not served leaves its words only."""
    kept = []
    dropped = False
    for child in children:
        if child.type == "link_open":
            target = _target(str(child.attrGet("href") or ""), name=name, names=names)
            dropped = target is None
            if target is not None:
                child.attrSet("href", target)
        if not (dropped and child.type in {"link_open", "link_close"}):
            kept.append(child)
    return kept


def _target(link: str, *, name: str, names: Collection[str]) -> str | None:
    """Return where a link leads from the page of this name, None where nothing is served."""
    if re.match(r"[a-z][a-z0-9+.-]*:|//|#", link, re.IGNORECASE):
        return link
    file = _FILE.fullmatch(link)
    if file is None:
        return None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(name), file["path"]))
    anchor = file["anchor"] or ""
    if path == "README":
        return "../" * name.count("/") + "./" + anchor
    return file["path"] + anchor if path in names else None

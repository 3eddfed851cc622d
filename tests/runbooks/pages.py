"""The pages as the checks see them: all Markdown below `runbooks/`, its fenced blocks, headings and links."""

from __future__ import annotations

import collections
import functools
import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from markdown_it import MarkdownIt

from pullwatch.pack import assets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

RUNBOOKS = assets.root() / "runbooks"
ALL = sorted(RUNBOOKS.rglob("*.md"))
KINDS = ("causes", "reasons", "remedies")


def of(kind: str) -> list[Path]:
    """Return the pages of a kind; alerts stand in no folder."""
    folder = RUNBOOKS if kind == "alerts" else RUNBOOKS / kind
    return sorted(path for path in folder.glob("*.md") if path.name != "README.md")


class Block(NamedTuple):
    """A fenced block, its first line in the file, and what is said after it before the next block or heading."""

    language: str
    text: str
    line: int
    explained: str


def blocks(text: str) -> list[Block]:
    """Return the fenced blocks of a page, those in lists as well."""
    tokens = _tokens(text)
    found = []
    for position, token in enumerate(tokens):
        if token.type == "fence":
            after = []
            for following in tokens[position + 1 :]:
                if following.type in {"fence", "heading_open"}:
                    break
                after.append(following.content)
            found.append(Block(token.info, token.content, (token.map or [0])[0] + 1, " ".join(after).strip()))
    return found


def sections(text: str) -> list[str]:
    """Return the headings of the second level."""
    return [content for level, content in _headings(text) if level == "h2"]


def within(text: str, section: str) -> str:
    """Return what stands below a heading of the second level."""
    found = re.search(rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


@functools.cache
def anchors(text: str) -> frozenset[str]:
    """Return what a link into this page may name: headings as GitHub names them."""
    found: set[str] = set()
    given: collections.Counter[str] = collections.Counter()
    for _, content in _headings(text):
        name = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", content).lower()).replace(" ", "-")
        found.add(f"{name}-{given[name]}" if given[name] else name)
        given[name] += 1
    return frozenset(found)


def links(text: str) -> list[str]:
    """Return where links lead; what stands in code is none."""
    found = []
    for token in _tokens(text):
        found += [str(child.attrGet("href")) for child in token.children or () if child.type == "link_open"]
    return found


def inline(text: str) -> list[str]:
    """Return the pieces of code in sentences and tables."""
    return [child.content for token in _tokens(text) for child in token.children or () if child.type == "code_inline"]


def _headings(text: str) -> list[tuple[str, str]]:
    return [(token.tag, content.content) for token, content in itertools.pairwise(_tokens(text)) if token.type == "heading_open"]


@functools.cache
def _tokens(text: str) -> Sequence[Token]:
    """Return what a page is made of; many checks look at the same one."""
    return MarkdownIt().enable("table").parse(text)

"""Runbooks as pages: an index by kind, and a page for each.

A name is the path of the file without its ending, `SlowImagePull` or `causes/size`, and the page stands at that path below
`/runbooks/`. All links are relative, so that pages hold behind a proxy's prefix and as files of a static site. How text
becomes HTML is `runbook_text`; where the files are is not known here.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pullwatch.publish import page, runbook_text

TITLES = {"alerts": "Alerts", "causes": "Causes of slow pulls", "reasons": "Reasons of failed pulls", "remedies": "Remedies"}
"""Kinds of pages in the order of the index. A kind is the folder; alerts have none. A folder of another name comes last."""

MOST_NAME = 100
"""Characters of an unknown name that are compared with the known ones, which takes time with its length squared."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the index."""

    name: str
    title: str
    """The name without its folder."""
    lead: str
    """The first paragraph of the page: what the alert says, what the cause or remedy is."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Pages of one kind."""

    anchor: str
    title: str
    entries: Sequence[Entry]


class Runbooks:
    """Pages by their names; each is made when it is first asked for."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._pages: dict[str, str] = {}
        self._kinds = _kinds(texts)
        self.names: Sequence[str] = sorted(texts)

    @property
    def kinds(self) -> Sequence[str]:
        """Return the anchors of the index."""
        return [kind.anchor for kind in self._kinds]

    def index(self) -> str:
        """Return the page that lists all of them."""
        return page.template("runbooks.html").render(kinds=self._kinds)

    def page(self, name: str) -> str | None:
        """Return the page of this name, None where there is none."""
        if name not in self._texts:
            return None
        if name not in self._pages:
            body = runbook_text.html(self._texts[name], name=name, names=self._texts)
            top = "../" * name.count("/") or "./"
            self._pages[name] = page.template("runbook.html").render(name=name, body=body, top=top, kinds=self._kinds)
        return self._pages[name]

    def near(self, name: str) -> Sequence[str]:
        """Return names that are written like this one, nearest first."""
        wanted = name[:MOST_NAME].lower()
        known = {form.lower(): name for name in self.names for form in (name, name.rsplit("/", 1)[-1])}
        return list(dict.fromkeys(known[form] for form in difflib.get_close_matches(wanted, known, n=3)))


def _kinds(texts: Mapping[str, str]) -> Sequence[Kind]:
    found: dict[str, list[Entry]] = {kind: [] for kind in TITLES}
    for name in sorted(texts):
        folder, _, title = name.rpartition("/")
        found.setdefault(folder or "alerts", []).append(Entry(name, title, runbook_text.lead(texts[name])))
    return [Kind(kind, TITLES.get(kind, kind), entries) for kind, entries in found.items() if entries]

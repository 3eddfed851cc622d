"""A dashboard, drawn: what the page reports of each panel, and its picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from tests.e2e.viewer.browser import Browser

WIDTH = 1600
"""Pixels: a common window of Grafana."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What came of a dashboard."""

    report: dict[str, Any]
    """As src/report.ts declares it."""
    wrong: list[str]
    """What went wrong in the page itself."""
    texts: dict[int, str]
    """What stands in each panel, by its id, as far as it is text and not drawn."""
    picture: bytes

    @property
    def errors(self) -> list[str]:
        """All that must not be."""
        of_panels = [f"{panel['title']}: {error}" for panel in self.report["panels"] for error in panel["errors"]]
        return [*self.wrong, *self.report["errors"], *of_panels]


async def draw(browser: Browser, site: str, board: str, *, end: float, parameters: Mapping[str, str] = MappingProxyType({})) -> Drawing:
    """Draw a board of a site as of a moment, in seconds since the epoch; parameters are those of the page's address."""
    asked = {"board": f"/boards/{board}", "now": f"{end * 1000:.0f}", "width": str(WIDTH)} | dict(parameters)
    async with browser.page() as page:
        await page.open(f"{site}/?{urlencode(asked)}", width=WIDTH)
        report = await page.value("window.report")
        picture = await page.picture(width=WIDTH, height=max(report["heightPx"], 100))
        texts = await page.value(
            "Object.fromEntries([...document.querySelectorAll('[data-panel]')].map(e => [e.dataset.panel, e.innerText]))"
        )
        return Drawing(report, list(page.wrong), {int(number): text for number, text in texts.items()}, picture)

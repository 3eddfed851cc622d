"""All boards that we ship, drawn as at the end of the made day, when all goes wrong at once."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e.viewer import browser, drawing, site
from tests.history import shelf

if TYPE_CHECKING:
    from tests.e2e.viewer.drawing import Drawing
    from tests.history.stored import History

HOURS = 6
"""Of the range that is drawn, less where the day is shorter."""

CHOSEN: Mapping[str, Mapping[str, str]] = {"image.json": {"var-image": shelf.SHOWN.canonical}}
"""What is chosen on a board that shows nothing by itself."""


class Gallery:
    """A browser before the boards."""

    def __init__(self, history: History, page: browser.Browser, url: str) -> None:
        self._history = history
        self._browser = page
        self._url = url

    async def draw(self, board: str, **parameters: str) -> Drawing:
        """Draw a board by the name of its JSON file; parameters are added to the page's address."""
        start = max(self._history.start, self._history.end - HOURS * 3600)
        asked = {"from": f"{start * 1000:.0f}"} | dict(CHOSEN.get(board, {})) | parameters
        return await drawing.draw(self._browser, self._url, board, end=self._history.end, parameters=asked)


@contextlib.asynccontextmanager
async def opened(history: History, boards: Mapping[str, bytes], folder: Path) -> AsyncIterator[Gallery]:
    """Open a browser whose profile lies in a folder before boards, by the names of their JSON files."""
    async with (
        site.passing_on(history.url) as ask,
        site.serving(boards, ask) as url,
        browser.running(folder) as running,
    ):
        yield Gallery(history, running, url)

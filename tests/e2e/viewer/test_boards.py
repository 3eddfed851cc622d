"""Each board that we ship, drawn by Grafana's own components at the end of the made day."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from pullwatch.pack import dashboards
from tests.e2e.viewer import gallery, picture

if TYPE_CHECKING:
    from tests.e2e.viewer.drawing import Drawing
    from tests.history.stored import History

# The first test to ask for the history waits until the day is played.
pytestmark = pytest.mark.timeout(300)

BOARDS = dict(dashboards.render())
DRAWN: dict[str, Drawing] = {}

EMPTY: Mapping[tuple[str, str], str] = {
    ("image.json", "How many are over their limit?"): "none of this image is at the end of the day",
}
"""Panels that find nothing, by board and title, and why; the queries of each are judged in tests/e2e/test_dashboards.py."""

_LINK = re.compile(r"/d/pullwatch-[a-z-]+\?")


@pytest.mark.parametrize("name", BOARDS)
async def test_every_panel_is_drawn(history: History, tmp_path: Path, name: str) -> None:
    """Nothing throws, no query errs, no option is unknown, and no panel is empty but for those listed with a reason."""
    drawn = await looked_at(history, tmp_path, name)

    assert drawn.errors == []
    empty = {(name, panel["title"]) for panel in drawn.report["panels"] if panel["state"] == "empty"}
    listed = {key for key in EMPTY if key[0] == name}
    assert empty - listed == set(), "no data: give the day what they ask for, or list them with the reason"
    assert listed - empty == set(), "they find something: list them no longer"
    assert len(drawn.texts) == len(json.loads(BOARDS[name])["panels"])
    written = [panel for panel in drawn.report["panels"] if panel["state"] == "drawn" and panel["type"] in {"stat", "bargauge", "table"}]
    assert [panel["title"] for panel in written if len(drawn.texts[panel["id"]].splitlines()) < 2] == [], "only a title stands there"
    assert picture.colours(drawn.picture) > 100, "the picture is blank"


@pytest.mark.parametrize("name", BOARDS)
async def test_every_link_says_where_it_leads(history: History, tmp_path: Path, name: str) -> None:
    """A click on a value opens a board of ours with its variables set and the time kept."""
    drawn = await looked_at(history, tmp_path, name)

    addresses = [url for panel in drawn.report["panels"] for url in panel["links"]]
    assert [url for url in addresses if "$" in url] == []
    for url in filter(_LINK.match, addresses):
        parameters = parse_qs(urlsplit(url).query, strict_parsing=True, keep_blank_values=True)
        assert {"var-datasource", "from", "to"} <= parameters.keys(), url


async def test_a_board_is_drawn_in_a_light_theme(history: History, tmp_path: Path) -> None:
    """Who prefers dark text on white reads the same."""
    async with gallery.opened(history, BOARDS, tmp_path) as opened:
        dark, light = await opened.draw("overview.json"), await opened.draw("overview.json", theme="light")

    assert light.errors == []
    assert light.texts == dark.texts
    assert light.picture != dark.picture


async def looked_at(history: History, folder: Path, name: str) -> Drawing:
    """Return a board as it is drawn, for several tests once."""
    if name not in DRAWN:
        async with gallery.opened(history, BOARDS, folder) as opened:
            DRAWN[name] = await opened.draw(name)
    return DRAWN[name]

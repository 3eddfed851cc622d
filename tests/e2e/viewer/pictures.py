"""Draws docs/dashboards/*.png and docs/overview.png anew: `make pictures`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pullwatch.pack import dashboards
from tests.e2e.viewer import gallery, picture
from tests.history import day, stored

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.history.stored import History


async def draw(history: History, boards: Mapping[str, bytes], folder: Path) -> list[str]:
    """Draw boards, by the names of their JSON files, and return what went wrong."""
    wrong: list[str] = []
    async with gallery.opened(history, boards, folder) as opened:
        for name, board in boards.items():
            drawn = await opened.draw(name)
            wrong += [f"{name}: {error}" for error in drawn.errors]
            file = picture.path(name)
            picture.write(file, drawn.picture, board=board)
            sys.stdout.write(f"{file}: {file.stat().st_size / 1000:.0f} kB\n")
            if name == picture.FIRST_SCREEN_OF:
                picture.write(picture.FIRST_SCREEN, drawn.picture, board=board, height=picture.FIRST_SCREEN_PIXELS)
    return wrong


def main(chosen: list[str]) -> int:
    """Draw the boards that are chosen, by file without ending, or all; return the exit code."""
    boards = {name: board for name, board in dashboards.render() if not chosen or name.removesuffix(".json") in chosen}
    try:
        with tempfile.TemporaryDirectory() as folder, stored.prometheus(Path(folder), day.made()) as history:
            wrong = asyncio.run(draw(history, boards, Path(folder)))
    except (pytest.skip.Exception, pytest.fail.Exception) as missing:
        sys.stderr.write(f"make pictures: {missing}\n")
        return 2
    for error in wrong:
        sys.stderr.write(f"make pictures: {error}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

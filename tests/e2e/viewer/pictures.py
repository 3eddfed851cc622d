"""Draws docs/dashboards/*.png anew: `make pictures`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

import pytest

from pullwatch.pack import dashboards
from tests.e2e.viewer import gallery, picture
from tests.history import day, stored


async def draw(names: list[str]) -> int:
    """Draw boards by the names of their files, all of them where none is named; return the exit code."""
    boards = {name: board for name, board in dashboards.render() if not names or name.removesuffix(".json") in names}
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder, stored.prometheus(Path(folder), day.made()) as history:
        async with gallery.opened(history, boards, Path(folder)) as pictures:
            for name, board in boards.items():
                drawn = await pictures.draw(name)
                wrong += [f"{name}: {error}" for error in drawn.errors]
                picture.write(picture.path(name), drawn.picture, board=board)
                print(f"{picture.path(name)}: {picture.path(name).stat().st_size / 1000:.0f} kB")
    print(*wrong, sep="\n", end="", file=sys.stderr)
    return 1 if wrong else 0


def main() -> int:
    try:
        return asyncio.run(asyncio.to_thread(asyncio.run, draw(sys.argv[1:])))
    except (pytest.skip.Exception, pytest.fail.Exception) as missing:
        print(f"make pictures: {missing}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())

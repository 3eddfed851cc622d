"""The pictures in docs/dashboards show the boards as they are."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from pullwatch.pack import dashboards
from tests.e2e.viewer import picture

BOARDS = dict(dashboards.render())
MOST_BYTES = 400_000
"""Of one picture in the repository, which keeps each version."""


@pytest.mark.parametrize("name", BOARDS)
def test_picture_shows_the_board_as_it_is(name: str) -> None:
    """A board that changed is drawn anew."""
    file = picture.path(name)

    assert file.exists(), f"{file} is missing: make pictures"
    assert picture.shown(file) == picture.digest(BOARDS[name]), f"{name} changed: make pictures"


def test_the_first_screen_shows_the_board_as_it_is() -> None:
    """The README has no other state of it than the rest of the pages."""
    assert picture.shown(picture.FIRST_SCREEN) == picture.digest(BOARDS[picture.FIRST_SCREEN_OF]), "make pictures"


def test_pictures_are_of_boards() -> None:
    """A board that is gone leaves no picture behind."""
    assert {file.name for file in picture.FOLDER.iterdir()} == {picture.path(name).name for name in BOARDS}


@pytest.mark.parametrize("name", BOARDS)
def test_pictures_are_small(name: str) -> None:
    """A clone stays quick."""
    assert picture.path(name).stat().st_size < MOST_BYTES


def test_a_picture_says_what_it_shows(tmp_path: Path) -> None:
    """The note is read from the file as it was written, and a palette takes no pixel away."""
    drawn = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(drawn, "PNG")

    picture.write(tmp_path / "board.png", drawn.getvalue(), board=b"{}")

    assert picture.shown(tmp_path / "board.png") == picture.digest(b"{}") != picture.digest(b"{} ")
    assert picture.colours((tmp_path / "board.png").read_bytes()) == 256

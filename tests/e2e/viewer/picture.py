"""A dashboard's picture as a file: small, and with a note of which dashboard it shows.

The note is the SHA-256 of the rendered JSON in a text chunk of the PNG, so that one can tell whether a picture is out of date without drawing.
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

from PIL import Image, PngImagePlugin

FOLDER = Path(__file__).parents[3] / "docs" / "dashboards"

FIRST_SCREEN = FOLDER.parent / "overview.png"
"""What a viewer sees of the overview before scrolling, for the README."""
FIRST_SCREEN_OF = "overview.json"
FIRST_SCREEN_PIXELS = 1044

_NOTE = "Dashboard"
_COLOURS = 256


def path(board: str) -> Path:
    """Return where the picture of a board lies, by the name of its JSON file."""
    return FOLDER / f"{board.removesuffix('.json')}.png"


def write(file: Path, drawn: bytes, *, board: bytes, height: int | None = None) -> None:
    """Write what a browser drew of a board, or its first pixels down to a height.

    With a palette it has less than half of the bytes, and no colour that one would miss.
    """
    with Image.open(io.BytesIO(drawn)) as picture:
        shown = picture.crop((0, 0, picture.width, height or picture.height))
        small = shown.convert("RGB").quantize(_COLOURS, kmeans=3, dither=Image.Dither.NONE)
    note = PngImagePlugin.PngInfo()
    note.add_text(_NOTE, digest(board))
    file.parent.mkdir(exist_ok=True)
    small.save(file, optimize=True, pnginfo=note)


def shown(file: Path) -> str | None:
    """Return the digest of the board that a picture shows."""
    with Image.open(file) as picture:
        assert isinstance(picture, PngImagePlugin.PngImageFile)
        return picture.text.get(_NOTE)


def digest(board: bytes) -> str:
    return hashlib.sha256(board).hexdigest()


def colours(drawn: bytes) -> int:
    """Return how many colours a picture has: a blank one has one."""
    with Image.open(io.BytesIO(drawn)) as picture:
        return len(picture.convert("RGB").getcolors(picture.width * picture.height) or ())

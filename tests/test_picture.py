"""The README's picture."""

from __future__ import annotations

from xml.etree import ElementTree

from pullwatch import picture


def test_the_committed_picture_is_what_the_demo_shows() -> None:
    """`make docs` was run after the last change of the made cluster or the view."""
    assert picture.FILE.read_text(encoding="utf-8") == picture.draw()


def test_the_picture_loads_nothing() -> None:
    """It is sound XML and names no address but that of its own language."""
    drawn = picture.draw()

    ElementTree.fromstring(drawn)  # noqa: S314 - drawn by ourselves
    assert drawn.count("://") == drawn.count("http://www.w3.org/2000/svg")

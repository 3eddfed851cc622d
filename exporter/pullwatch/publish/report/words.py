"""How figures, moments and names are worded for people: short, without false precision, safe to print.

Names from a cluster are hostile and of any length: `plain` leaves nothing in them that moves a cursor or turns the
direction of writing, the `shorten` functions keep them within cells of a terminal.
"""

from __future__ import annotations

import datetime
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pullwatch.pulls.image import Image

UNKNOWN = "?"
"""A figure that no source told."""

ELLIPSIS = "…"


def duration(seconds: float | None) -> str:
    """Return a time in at most six cells below a hundred days: `275ms`, `4.8s`, `43s`, `1m22s`, `2h05m`, `3d04h`."""
    if seconds is None:
        return UNKNOWN
    if seconds < 0.9995:
        return _milliseconds(max(0.0, seconds))
    if seconds < 9.95:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02}s"
    minutes = round(seconds / 60)
    if minutes < 1440:
        return f"{minutes // 60}h{minutes % 60:02}m"
    hours = round(seconds / 3600)
    return f"{hours // 24}d{hours % 24:02}h"


def _milliseconds(seconds: float) -> str:
    if seconds == 0:
        return "0s"
    return f"{round(seconds * 1000)}ms" if seconds >= 0.0005 else "<1ms"


def size(count: float | None) -> str:
    """Return bytes in decimal units as the runtimes and registries do: `728 kB`, `5.6 MB`, `420 MB`."""
    if count is None:
        return UNKNOWN
    value = float(count)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 999.5 or unit == "TB":
            break
        value /= 1000
    return f"{value:.1f} {unit}" if value < 9.95 and unit != "B" else f"{value:,.0f} {unit}"


def rate(bytes_per_second: float | None) -> str:
    """Return a speed: `6.2 MB/s`."""
    return UNKNOWN if bytes_per_second is None else f"{size(bytes_per_second)}/s"


def percent(share: float | None) -> str:
    """Return a part of the whole: `84 %`; what is there is never 0 %, and what is missing something never 100 %."""
    if share is None:
        return UNKNOWN
    whole = round(100 * share)
    if share > 0 and whole == 0:
        return "<1 %"
    return f"{99 if share < 1 and whole >= 100 else whole} %"


def bar(share: str, width: int) -> str:
    """Return a bar of eighths of a cell; what is not 0 is seen, and only all of it fills the width."""
    if not share:
        return ""
    eighths = round(float(share) * width * 8)
    if float(share) > 0:
        eighths = max(1, eighths)
    if float(share) < 1:
        eighths = min(eighths, width * 8 - 1)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8]


_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


def encodable(text: str, encoding: str) -> str:
    """Return text for a stream of this encoding: bars of signs that it has, `?` for any other letter that it lacks."""
    if text.isascii():
        return text
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_SIGNS).encode(encoding, "replace").decode(encoding)
    return text


_SIGNS = {ord(letter): "#" for letter in ("█", *_EIGHTHS[4:])} | {ord(letter): "-" for letter in _EIGHTHS[1:4]}


def number(count: int) -> str:
    """Return a count with thousands apart."""
    return f"{count:,}"


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return `1 pull`, `2 pulls`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def moment(seconds: float | None) -> str:
    """Return a moment in UTC to the second."""
    if seconds is None:
        return UNKNOWN
    try:
        return f"{datetime.datetime.fromtimestamp(seconds, datetime.UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (ValueError, OverflowError, OSError):
        return UNKNOWN


def plain(text: str) -> str:
    """Return text without any control, format, private or separator character but the blank."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else " " if letter in "\t\r\n" else "\N{REPLACEMENT CHARACTER}" for letter in text)


def cells(text: str) -> int:
    """Return the cells that a terminal needs at most; a mark that combines is counted as if it stood alone."""
    if text.isascii():
        return len(text)
    return sum(_letter_cells(letter) for letter in text)


def _letter_cells(letter: str) -> int:
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def head(text: str, width: int) -> str:
    """Return as much of the beginning as fits."""
    if text.isascii():
        return text[: max(0, width)]
    used = 0
    for position, letter in enumerate(text):
        used += _letter_cells(letter)
        if used > width:
            return text[:position]
    return text


def tail(text: str, width: int) -> str:
    """Return as much of the end as fits."""
    return head(text[::-1], width)[::-1]


def shorten(text: str, width: int) -> str:
    """Cut the end, and show that it is cut."""
    return text if cells(text) <= width else head(text, width - 1) + ELLIPSIS[: max(0, width)]


def shorten_middle(text: str, width: int, *, end: int | None = None) -> str:
    """Cut the middle and keep `end` cells of the end, half by default: names of pods and errors differ there."""
    if cells(text) <= width:
        return text
    if width < 3:
        return head(text, width)
    kept = min((width - 1) // 2 if end is None else end, width - 1)
    return head(text, width - 1 - kept) + ELLIPSIS + tail(text, kept)


def shorten_image(text: str, width: int) -> str:
    """Shorten a reference so that its last path component, tag and the beginning of its digest stay.

    A name without room for these loses its own middle; the tag is the last to go.
    """
    if cells(text) <= width:
        return text
    name, at, digest = text.rpartition("@")
    if at:
        text = f"{name}@{_short_digest(digest)}"
    if cells(text) <= width:
        return text
    last = text[text.rfind("/", 0, len(name) if at else len(text)) + 1 :]
    room = width - cells(last) - 2
    if room >= 1 and len(last) < len(text):
        return f"{head(text, room)}{ELLIPSIS}/{last}"
    return shorten_middle(last, width, end=width * 2 // 3)


def _short_digest(digest: str) -> str:
    algorithm, colon, encoded = digest.partition(":")
    return f"{algorithm}{colon}{encoded[:12]}"


def error(text: str, image: Image) -> str:
    """Return the error inside a kubelet's text, without the image that stands beside it: the cause is at the end."""
    prefix = 'Failed to pull image "'
    if text.startswith(prefix) and '": ' in text:
        text = text.partition('": ')[2]
    code, separator, rest = text.partition(" desc = ")
    text = rest if separator and code.startswith("rpc error: code = ") else text
    for spelling in (image.canonical, image.as_written):
        text = text.replace(spelling, ELLIPSIS) if spelling else text
    return text

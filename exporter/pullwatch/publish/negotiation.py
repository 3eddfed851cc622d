"""Which format and coding a client gets, from its Accept and Accept-Encoding headers (RFC 9110)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pullwatch.publish.lines import Format

MAX_HEADER = 2048
"""Characters of a header that are read."""


@dataclass(frozen=True, slots=True)
class _Choice:
    name: str
    quality: float
    version: str


def format_for(accept: str) -> Format:
    """Return the format the client likes best; the text format if it likes none that is offered."""
    offered = [(choice.quality, form) for choice in _choices(accept) if (form := _offered(choice)) and choice.quality > 0]
    return max(offered, key=lambda item: item[0], default=(0.0, Format.TEXT))[1]


def accepts_gzip(accept_encoding: str) -> bool:
    """Tell whether the answer may be compressed; one that names gzip decides over one that says `*`."""
    qualities = {choice.name: choice.quality for choice in _choices(accept_encoding)}
    return qualities.get("gzip", qualities.get("*", 0.0)) > 0


def _offered(choice: _Choice) -> Format | None:
    if choice.name == "application/openmetrics-text":
        return Format.OPENMETRICS if choice.version in ("", "1.0.0") else None
    if choice.name in ("text/plain", "text/*", "*/*"):
        return Format.TEXT
    return None


def _choices(header: str) -> Iterator[_Choice]:
    for item in header[:MAX_HEADER].split(","):
        name, *parameters = (part.strip().lower() for part in item.split(";"))
        told = {key: value for key, _, value in (parameter.partition("=") for parameter in parameters)}
        yield _Choice(name, _quality(told.get("q", "1")), told.get("version", "").strip('"'))


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0

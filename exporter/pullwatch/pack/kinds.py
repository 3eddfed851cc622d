"""Kinds of values: numbers, shares, durations, selectors, patterns, addresses, each told in words for whoever gave another one.

Which key takes which of them is `values`' to say. What is accepted here Prometheus accepts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

MOST = 1e15
"""Largest number: more is a typing error, and beyond 2^53 jsonnet would round it."""

_DURATION = re.compile(r"(?=\d)(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?")
_UNITS = (365 * 86400, 7 * 86400, 86400, 3600, 60, 1, 0.001)
# What may follow a backslash in a string of PromQL: "\d" is an error there, and "\\d" a digit.
_ESCAPE = r"\\(?:[abfnrtv\\]|x[0-9a-fA-F]{2}|[0-3][0-7]{2}|u[0-9a-fA-F]{4})"
_STRING = rf"""("(?:[^"\\\n]|{_ESCAPE}|\\")*"|'(?:[^'\\\n]|{_ESCAPE}|\\')*')"""
_MATCHER = rf"[a-zA-Z_][a-zA-Z0-9_]*\s*(?:=~|!~|!=|=)\s*{_STRING}"
_SELECTOR = re.compile(rf"\s*{_MATCHER}\s*(?:,\s*{_MATCHER}\s*)*")
_PATTERNS = re.compile(rf"(?:=~|!~)\s*{_STRING}")
# What Python takes and RE2 does not: what looks around or back, atomic groups, comments, other flags than i, m and s, \Z, \u and \N. To be
# looked for where classes and other escapes are no more; so are `*+`, and more than 1,000 times.
_NOT_RE2 = re.compile(r"\(\?(?!:|P<|[ims]+\)|[ims]*-?[ims]*:)")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CLASS = re.compile(r"\[\^?\]?[^\]]*\]")
_POSSESSIVE = re.compile(r"[*+?}]\+")
_REPEAT = re.compile(r"\{(\d+)(?:,(\d*))?\}")
URL = re.compile(r"https?://[^\s/?#{}\"'<>%]+(?:[/?#](?:[^\s{}\"'<>%]|%[0-9A-Fa-f]{2})*)?")
"""Neither blanks nor quotes nor the braces of a template; a percent sign begins an escape."""


@dataclass(frozen=True, slots=True)
class Key:
    """What one key takes; `expected` ends the sentence "expected ..."."""

    expected: str
    accepts: Callable[[Any], bool]


def seconds(duration: str) -> float:
    """Return the seconds of a duration that Prometheus would take."""
    match = _DURATION.fullmatch(duration)
    return sum(int(number or 0) * unit for number, unit in zip(match.groups(), _UNITS, strict=True)) if match else math.nan


def number(expected: str, *, most: float = MOST) -> Key:
    """Return the key of a number above 0."""
    return Key(expected, lambda value: isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= most)


def share(expected: str) -> Key:
    """Return the key of a part of 1, neither none nor all."""
    return Key(expected, lambda value: isinstance(value, float) and 0 < value < 1)


def edge(edges: Sequence[float]) -> Key:
    """Return the key of a limit that a histogram must have: between two edges nothing can be counted."""
    named = ", ".join(f"{edge:g}" for edge in edges)
    return Key(f"one of the edges {named} in seconds", lambda value: not isinstance(value, bool) and value in edges)


def text(expected: str, accepts: Callable[[str], object]) -> Key:
    """Return the key of a text."""
    return Key(expected, lambda value: isinstance(value, str) and bool(accepts(value)))


def selects(text: str) -> bool:
    """Tell whether a text is a list of matchers; an empty one would take every target for the exporter."""
    return bool(_SELECTOR.fullmatch(text)) and all(_compiles(_ESCAPED.sub(r"\1", quoted[1:-1])) for quoted in _PATTERNS.findall(text))


def is_selector(value: Any) -> bool:
    """Tell whether a value is a text that is a list of matchers."""
    return isinstance(value, str) and selects(value)


def texts(expected: str, accepts: Callable[[str], object]) -> Key:
    """Return the key of a list of texts."""
    return Key(
        expected,
        lambda value: (
            isinstance(value, Sequence) and not isinstance(value, str) and all(isinstance(item, str) and accepts(item) for item in value)
        ),
    )


def is_pattern(text: str) -> bool:
    """Tell whether a text is a pattern of one line that Prometheus takes."""
    return bool(text) and "\n" not in text and _compiles(text)


def _compiles(pattern: str) -> bool:
    """Tell whether Prometheus' RE2 takes a pattern: what Python takes, without what only Python knows."""
    escapes = set(_ESCAPED.findall(pattern))
    bare = _CLASS.sub("x", _ESCAPED.sub("x", pattern))
    counts = [int(count) for match in _REPEAT.findall(bare) for count in match if count]
    if escapes & set("ZuUN123456789") or _NOT_RE2.search(bare) or _POSSESSIVE.search(bare) or max(counts, default=0) > 1000:
        return False
    try:
        re.compile(pattern)
    except (re.error, OverflowError):
        return False
    return True

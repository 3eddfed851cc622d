"""Names near to one that is not known: what somebody meant who typed another tag, registry or letter."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from pullwatch.pulls import image as images

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 3

_LOOKED_AT = 50_000
"""Names compared at most."""

_RATIO = 0.7
"""Likeness of two last path components; one wrong letter in six is 0.83."""


def near(wanted: str, known: Iterable[str], *, most: int = MOST) -> list[str]:
    """Return known images that may be meant, the likeliest first: the same repository, the same last component, one like it."""
    asked = images.parse(wanted)
    repository = asked.repository or wanted
    last = _last(repository)
    alike: dict[str, float] = {}
    ranked: list[tuple[float, str]] = []
    for name in list(known)[:_LOOKED_AT]:
        found = images.parse(name)
        theirs = _last(found.repository or name)
        if theirs not in alike:
            alike[theirs] = 1.0 if theirs == last else _likeness(last, theirs)
        score = alike[theirs] + (found.repository == repository) + (found.repository == repository and found.registry == asked.registry)
        if score >= _RATIO:
            ranked.append((-score, name))
    return [name for _, name in sorted(ranked)[:most]]


def _last(repository: str) -> str:
    return repository.rpartition("/")[2]


def _likeness(one: str, other: str) -> float:
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    # The quick bounds spare most names the comparison, which is quadratic in their length.
    return matcher.ratio() if matcher.real_quick_ratio() >= _RATIO and matcher.quick_ratio() >= _RATIO else 0.0

"""What a label set of a family shows: its labels and its value. How it is kept is `children`, how it is written `lines`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Labels: TypeAlias = tuple[str, ...]
"""Label values in the order of `Family.labels`."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """What a histogram's child shows: observations up to each edge (the last is +Inf), and their sum."""

    cumulative: tuple[int, ...]
    sum: float


Value: TypeAlias = float | Distribution

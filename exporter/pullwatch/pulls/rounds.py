"""Which nodes' kubelets are read, and when within each interval: by the node's name alone, so that it is the same after a restart.

The hash of a name gives two independent numbers: its rank, by which the same nodes stay chosen while others come and go, and
its phase, by which the requests spread evenly over the interval.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_WHOLE = 2.0**32

MOST_SKIPPED = 7
"""Turns that a kubelet which never answers is left out for, at most."""


class Turn(NamedTuple):
    """When a node is read, as a share of the interval."""

    phase: float
    node: str


def plan(nodes: Iterable[str], *, most: int) -> list[Turn]:
    """Return the turns of an interval in their order, of at most so many nodes."""
    ranked = sorted((*_numbers(node), node) for node in nodes)
    return sorted(Turn(phase, node) for _, phase, node in ranked[:most])


def skipped(failures: int) -> int:
    """Return how many turns a kubelet is left out for after so many failures in a row: a dead one must not cost its timeout each time."""
    return min(MOST_SKIPPED, 2 ** min(failures - 1, 10) - 1) if failures else 0


def _numbers(node: str) -> tuple[int, float]:
    digest = hashlib.blake2b(node.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest[:4], "big"), int.from_bytes(digest[4:], "big") / _WHOLE

"""When each node was last heard of, so that what is kept of one goes once nobody speaks of it any more.

The watch of nodes tells the end of most. But an Event may come after that, a role for some namespaces sees no nodes at
all, and a tenant may write any name into an Event.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

IDLE_SECONDS = 24 * 3600.0
"""Silence after which nothing that is known of a node helps to judge its next pull."""

CAPACITY = 20_000
"""Nodes beside those that the watch shows; a cluster has 5,000."""

SWEEP_SECONDS = 60.0
"""Silent nodes are looked for this often at most."""


class HeardNodes:
    """Nodes that Events named, and when."""

    def __init__(self, *, capacity: int = CAPACITY) -> None:
        self.at: dict[str, float] = {}
        """By name. Whoever takes an Event writes it down here; a call for each would cost three times as much."""
        self._capacity = capacity
        self._swept_at = -math.inf

    def forget(self, node: str) -> None:
        self.at.pop(node, None)

    def silent(self, now: float, *, known: Container[str]) -> list[str]:
        """Return those that nobody heard of for a day, and past the capacity those silent for longest; never known ones."""
        if now - self._swept_at < SWEEP_SECONDS:
            return []
        self._swept_at = now
        unknown = sorted((at, node) for node, at in self.at.items() if node not in known)
        surplus = len(unknown) - self._capacity
        return [node for number, (at, node) in enumerate(unknown) if number < surplus or at < now - IDLE_SECONDS]

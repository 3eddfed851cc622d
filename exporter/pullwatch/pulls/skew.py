"""How far a node's clock is from ours, learned from Events that arrived as they happened."""

from __future__ import annotations

import statistics

SAMPLES = 15
"""Events per node that the usual difference is taken from; a median shrugs off the few that came late."""


class Skew:
    """Usual difference of arrival and stamp by node, in seconds."""

    def __init__(self) -> None:
        # Lists, as a deque takes 600 bytes for one sample.
        self._differences: dict[str, list[float]] = {}

    def learn(self, node: str, *, arrived_at: float, stamp: float) -> None:
        differences = self._differences.get(node)
        if differences is None:
            differences = self._differences[node] = []
        elif len(differences) >= SAMPLES:
            del differences[0]
        differences.append(arrived_at - stamp)

    def ours(self, node: str, stamp: float) -> float:
        """Return a node's stamp on our clock; unchanged where nothing is known of the node yet."""
        differences = self._differences.get(node)
        return stamp + statistics.median(differences) if differences else stamp

    def forget(self, node: str) -> None:
        self._differences.pop(node, None)

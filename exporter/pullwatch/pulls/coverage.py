"""How many of the pulls that kubelets counted were told by Events: the kubelet is a witness that no filter of Events concerns.

Only the time since the first read of a kubelet counts, on both sides. What Events tell is held back until the next read, so
that both sides move at once, also where a kubelet could not be read for hours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from pullwatch.pulls import kubelet_counts
from pullwatch.pulls.kubelet_counts import KubeletCounts
from pullwatch.pulls.pull import Outcome, Pull, Reason

WINDOW_SECONDS = 1800.0
"""At least this much time, at most twice as much, is what `nodes` tells of."""


class Growth(NamedTuple):
    """What happened on a node between two reads."""

    counted: KubeletCounts
    """By its kubelet."""
    seen: int
    """Pulls that Events told of."""


class NodeCoverage(NamedTuple):
    """Pulls of a node in the last half hour to hour."""

    node: str
    done: float
    """By its kubelet's count."""
    seen: int
    """Told by Events, those since the newest read included."""

    @property
    def lost(self) -> int:
        """Return how many pulls nobody told of."""
        return max(0, round(self.done) - self.seen)


class _Mark(NamedTuple):
    at: float
    done: float
    seen: int


@dataclass(slots=True)
class _Witness:
    """A node whose kubelet is read."""

    since: float
    counts: KubeletCounts
    newer: _Mark
    older: _Mark
    done: float = 0.0
    seen: int = 0
    """Both since the first read."""
    pending: int = 0
    """Seen since the newest read."""


@dataclass(slots=True)
class Witnesses:
    """All nodes whose kubelets are read. Times are seconds since the epoch."""

    _nodes: dict[str, _Witness] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._nodes)

    def told(self, row: Pull) -> None:
        """Take a row that was counted. One of before the first read is none of those that the kubelet may have counted since."""
        witness = self._nodes.get(row.node or "")
        if witness is not None and _asked_the_runtime(row) and (row.finished_at is None or row.finished_at >= witness.since):
            witness.pending += row.count
            witness.seen += row.count

    def read(self, node: str, counts: KubeletCounts, *, at: float) -> Growth:
        """Take what a kubelet counts now, and return what is new; nothing is at the first read."""
        witness = self._nodes.get(node)
        if witness is None:
            mark = _Mark(at, 0.0, 0)
            self._nodes[node] = _Witness(since=at, counts=counts, newer=mark, older=mark)
            return Growth(KubeletCounts(), 0)
        grown = Growth(kubelet_counts.growth(witness.counts, counts), witness.pending)
        witness.counts, witness.pending = counts, 0
        witness.done += grown.counted.pulls
        if at - witness.newer.at >= WINDOW_SECONDS:
            witness.older, witness.newer = witness.newer, _Mark(at, witness.done, witness.seen)
        return grown

    def forget(self, node: str) -> None:
        """Take a node's end: one that comes under its name is read for the first time."""
        self._nodes.pop(node, None)

    def nodes(self) -> list[NodeCoverage]:
        """Return the nodes that are read, those with most lost pulls first."""
        found = [
            NodeCoverage(name, witness.done - witness.older.done, witness.seen - witness.older.seen)
            for name, witness in self._nodes.items()
        ]
        return sorted(found, key=lambda one: (-one.lost, one.node))


def _asked_the_runtime(row: Pull) -> bool:
    """Tell whether the kubelet counted an operation for this row.

    Its own rate limit refuses before the runtime is asked; a cached or refused image is none either.
    """
    if row.outcome is Outcome.FAILED:
        return row.reason is not Reason.KUBELET_QPS
    return row.outcome in (Outcome.PULLED, Outcome.REVALIDATED)

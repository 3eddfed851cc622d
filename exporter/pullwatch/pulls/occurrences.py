"""How often each Event was counted, so that every occurrence counts once.

A watch repeats, a relist repeats everything, and a kubelet raises `count` on the same object: only the growth of the
count of one `metadata.uid` is news. What a watch calls a frame (ADDED, MODIFIED) plays no part.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullwatch.pulls.recent import Recent

if TYPE_CHECKING:
    from collections.abc import Callable

CAPACITY = 100_000
"""Events remembered, about 17 MiB; an API server keeps an Event for an hour."""


@dataclass(slots=True)
class Grown:
    """What changed since it was last asked for."""

    counts: dict[str, int] = field(default_factory=dict)
    """New counts by uid."""
    forgotten: set[str] = field(default_factory=set)
    """Uids that are gone; one that came back is among the counts as well."""


class Occurrences:
    """The last seen count by uid."""

    def __init__(self, *, capacity: int = CAPACITY) -> None:
        self._counts: Recent[int] = Recent(capacity=capacity)
        self.grown: Grown | None = None
        """Kept where somebody saves it."""
        self.recall: Callable[[str], int | None] | None = None
        """Knows what was forgotten for want of room, where somebody saved it; asked only then."""

    def __len__(self) -> int:
        return len(self._counts)

    @property
    def evicted(self) -> int:
        """Return how many Events were forgotten for want of room."""
        return self._counts.evicted

    def known(self, uid: str) -> int | None:
        """Return how often an Event was counted; None for an unknown one."""
        known = self._counts.get(uid)
        return self._recalled(uid) if known is None and self.recall is not None and self.evicted else known

    def growth(self, uid: str, count: int) -> int:
        """Return how many occurrences are new, and remember them; 0 for a state seen before or older."""
        known = self._counts.get(uid)
        if known is None and self.recall is not None and self._counts.evicted:
            known = self._recalled(uid)
        if known is not None and count <= known:
            # Touched, so that what a list repeats is forgotten last.
            self._counts.put(uid, known)
            return 0
        self._counts.put(uid, count)
        if self.grown is not None:
            self.grown.counts[uid] = count
        if known is not None:
            return count - known
        # Once something was forgotten, an unknown Event may be one of those: only its newest occurrence is surely new.
        return count if self.recall is not None or not self._counts.evicted else 1

    def learn(self, uid: str, count: int) -> None:
        """Take that so many occurrences were counted before."""
        known = self.known(uid) or 0
        self._counts.put(uid, max(count, known))
        if self.grown is not None and count > known:
            self.grown.counts[uid] = count

    def forget(self, uid: str) -> None:
        """Drop an Event that the API server deleted; its uid never comes back."""
        self._counts.drop(uid)
        if self.grown is not None:
            self.grown.counts.pop(uid, None)
            self.grown.forgotten.add(uid)

    def _recalled(self, uid: str) -> int | None:
        """Ask for what was forgotten; what changed since it was last saved is told by that."""
        if self.grown is not None and (uid in self.grown.counts or uid in self.grown.forgotten):
            return self.grown.counts.get(uid)
        return self.recall(uid) if self.recall is not None else None

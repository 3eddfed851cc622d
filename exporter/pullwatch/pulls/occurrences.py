"""How often each Event was counted, so that every occurrence counts once.

A watch repeats, a relist repeats everything, and a kubelet raises `count` on the same object: only the growth of the
count of one `metadata.uid` is news. What a watch calls a frame (ADDED, MODIFIED) plays no part.
"""

from __future__ import annotations

from pullwatch.pulls.recent import Recent

CAPACITY = 100_000
"""Events remembered, about 17 MiB; an API server keeps an Event for an hour."""


class Occurrences:
    """The last seen count by uid."""

    def __init__(self, *, capacity: int = CAPACITY) -> None:
        self._counts: Recent[int] = Recent(capacity=capacity)

    def __len__(self) -> int:
        return len(self._counts)

    @property
    def evicted(self) -> int:
        """Return how many Events were forgotten for want of room."""
        return self._counts.evicted

    def growth(self, uid: str, count: int) -> int:
        """Return how many occurrences are new, and remember them; 0 for a state seen before or older."""
        known = self._counts.get(uid)
        if known is None:
            self._counts.put(uid, count)
            # Once something was forgotten, an unknown Event may be one of those: only its newest occurrence is surely new.
            return count if not self._counts.evicted else 1
        self._counts.put(uid, max(count, known))
        return max(0, count - known)

    def forget(self, uid: str) -> None:
        """Drop an Event that the API server deleted; its uid never comes back."""
        self._counts.drop(uid)

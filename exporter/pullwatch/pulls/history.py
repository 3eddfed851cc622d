"""Finished pulls, kept for a while: what pages and reports of a running exporter show."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pullwatch.pulls.pull import Pull

CAPACITY = 20_000
MAX_AGE_SECONDS = 7 * 86_400.0


class History:
    """The newest finished pulls, at most `CAPACITY` and a week old."""

    def __init__(self, *, capacity: int = CAPACITY) -> None:
        self._pulls: deque[Pull] = deque(maxlen=capacity)

    def __len__(self) -> int:
        return len(self._pulls)

    def add(self, pull: Pull) -> None:
        self._pulls.append(pull)

    def pulls(self, *, now: float) -> list[Pull]:
        """Return the pulls that are young enough, oldest first."""
        while self._pulls and (self._pulls[0].finished_at or now) < now - MAX_AGE_SECONDS:
            self._pulls.popleft()
        return list(self._pulls)

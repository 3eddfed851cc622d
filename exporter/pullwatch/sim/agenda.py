"""Virtual time for the made cluster: actions at moments, run in order; equal moments keep the order they were entered in."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

Action = Callable[[], None]


class Agenda:
    """What happens when, in seconds from the start of the live part."""

    def __init__(self, *, start: float) -> None:
        self.now = start
        self._numbers = itertools.count()
        self._entries: list[tuple[float, int, Action]] = []

    def at(self, moment: float, action: Action) -> None:
        """Enters an action; a moment that is past means now."""
        heapq.heappush(self._entries, (max(moment, self.now), next(self._numbers), action))

    def after(self, seconds: float, action: Action) -> None:
        """Enters an action some time from now."""
        self.at(self.now + seconds, action)

    def run(self, *, until: float) -> None:
        """Does everything up to a moment; what is later never happens."""
        while self._entries and self._entries[0][0] <= until:
            self.now, _, action = heapq.heappop(self._entries)
            action()
        self.now = until

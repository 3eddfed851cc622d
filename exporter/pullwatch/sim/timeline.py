"""Recorded time to played time: the past keeps its distance, the live part is squeezed by speed, long gaps are cut."""

from __future__ import annotations

import bisect
from collections.abc import Iterable


class Timeline:
    """Maps offsets of a recording to offsets of its performance, piece by piece linear and never going backwards.

    Before the start nothing is squeezed: a pull that has been running for twelve minutes when the show begins has to be
    twelve minutes old on the wall clock too, whatever the speed.
    """

    def __init__(self, offsets: Iterable[float], *, speed: float, max_gap_seconds: float | None = None) -> None:
        self._recorded = [0.0]
        self._played = [0.0]
        self.speed = speed
        for offset in offsets:
            self._add(offset, max_gap_seconds)

    def played(self, recorded: float) -> float:
        """Gives the played offset of a recorded one."""
        if recorded < 0:
            return recorded
        place = bisect.bisect_right(self._recorded, recorded)
        start = place - 1
        after = (recorded - self._recorded[start]) / self.speed
        if place == len(self._recorded):
            return self._played[start] + after
        # Within a shortened gap time stands still at its end.
        return min(self._played[start] + after, self._played[place])

    def _add(self, offset: float, max_gap_seconds: float | None) -> None:
        gap = offset - self._recorded[-1]
        if gap <= 0:
            return
        shortened = gap if max_gap_seconds is None else min(gap, max_gap_seconds)
        self._recorded.append(offset)
        self._played.append(self._played[-1] + shortened / self.speed)

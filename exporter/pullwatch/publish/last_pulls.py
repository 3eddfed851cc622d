"""Slow pulls that ended a moment ago, one by one, for the alerts and tables that name pods.

Only pulls above a floor are kept, for a quarter of an hour after their end, and of those the slowest.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from pullwatch.publish import gauges, metrics
from pullwatch.publish.shown import Shown
from pullwatch.pulls.pull import Outcome

if TYPE_CHECKING:
    from pullwatch.publish.samples import Labels
    from pullwatch.pulls.pull import Pull

FLOOR_SECONDS = 10.0
SHOWN_SECONDS = 15 * 60.0
CAP = metrics.LAST_END.cap


class LastPulls:
    """Finished pulls worth naming, by the labels of their pod."""

    def __init__(self) -> None:
        self.dropped = 0
        """Pulls forgotten early, for slower ones."""
        self._pulls: dict[Labels, tuple[float, Pull]] = {}
        self._stays_until = math.inf
        """When the next of them is no longer to be shown; in the past where there are new ones to show."""
        self._duration = Shown(metrics.LAST_DURATION)
        self._wait = Shown(metrics.LAST_WAIT)
        self._bytes = Shown(metrics.LAST_BYTES)
        self._end = Shown(metrics.LAST_END)

    def families(self) -> list[Shown]:
        """Return the four families, in the order of the table."""
        return [self._duration, self._wait, self._bytes, self._end]

    def remember(self, pull: Pull, *, now: float) -> None:
        """Keep a finished pull if it was slow enough; of one container and image the newest counts."""
        if felt_seconds(pull) < FLOOR_SECONDS or pull.outcome not in (Outcome.PULLED, Outcome.REVALIDATED):
            return
        # A node's clock ahead of ours must not keep a pull on show for longer.
        ended_at = now if pull.finished_at is None else min(pull.finished_at, now)
        if ended_at <= now - SHOWN_SECONDS:
            return
        labels = gauges.pod_labels(pull)
        before = self._pulls.get(labels)
        if before is None or before[0] <= ended_at:
            self._pulls[labels] = (ended_at, pull)
            self._stays_until = -math.inf
        if len(self._pulls) >= 2 * CAP:
            # Sorting at each pull past the cap would cost a storm more than holding twice as many for a while.
            self._trim(now)

    def refresh(self, *, now: float) -> Iterator[None]:
        """Show those of the last quarter of an hour, in steps between which other tasks may run."""
        if now < self._stays_until:
            return
        self._trim(now)
        self._stays_until = min((ended_at for ended_at, _ in self._pulls.values()), default=math.inf) + SHOWN_SECONDS
        pulls = dict(self._pulls)
        yield from self._show(self._duration, pulls, lambda pull: pull.pull_seconds)
        yield from self._show(self._wait, pulls, lambda pull: pull.wait_seconds)
        yield from self._show(self._bytes, pulls, lambda pull: pull.size_bytes)
        yield from self._end.show({labels: ended_at for labels, (ended_at, _) in pulls.items()})

    def _show(self, family: Shown, pulls: dict[Labels, tuple[float, Pull]], value: Callable[[Pull], float | None]) -> Iterator[None]:
        known = {labels: value(pull) for labels, (_, pull) in pulls.items()}
        yield from family.show({labels: float(number) for labels, number in known.items() if number is not None})

    def _trim(self, now: float) -> None:
        on_show = {labels: kept for labels, kept in self._pulls.items() if kept[0] > now - SHOWN_SECONDS}
        slowest = sorted(on_show.items(), key=lambda item: felt_seconds(item[1][1]), reverse=True)
        self.dropped += len(slowest[CAP:])
        self._pulls = dict(slowest[:CAP])


def felt_seconds(pull: Pull) -> float:
    """Return what the pod felt: the time with the wait, or the runtime's where that is all there is."""
    seconds = pull.pull_seconds if pull.total_seconds is None else pull.total_seconds
    return 0.0 if seconds is None else seconds

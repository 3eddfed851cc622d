"""Slow pulls that ended a moment ago, one by one, for the alerts and tables that name pods.

Only pulls above a floor are kept, for a quarter of an hour after their end, and of those the slowest.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from pullwatch.publish import gauges, metrics
from pullwatch.publish.shown import Shown
from pullwatch.pulls.pull import Outcome

if TYPE_CHECKING:
    from pullwatch.publish.samples import Labels
    from pullwatch.pulls.pull import Pull

FLOOR_SECONDS = 10.0
SHOWN_SECONDS = 15 * 60.0
CAP = metrics.LAST_END.cap


class _Kept(NamedTuple):
    felt_seconds: float
    ended_at: float
    pull: Pull


class LastPulls:
    """Finished pulls worth naming, by the labels of their pod."""

    def __init__(self) -> None:
        self.dropped = 0
        """Pulls forgotten early, for slower ones."""
        self._pulls: dict[Labels, _Kept] = {}
        self._bar_seconds = 0.0
        """Where there is no room left, how slow a pull must be to find some."""
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
        felt = felt_seconds(pull)
        if felt < FLOOR_SECONDS or pull.outcome not in (Outcome.PULLED, Outcome.REVALIDATED):
            return
        # A node's clock ahead of ours must not keep a pull on show for longer.
        ended_at = now if pull.finished_at is None else min(pull.finished_at, now)
        if ended_at <= now - SHOWN_SECONDS:
            return
        labels = gauges.pod_labels(pull)
        before = self._pulls.get(labels)
        if before is None and felt < self._bar_seconds:
            self.dropped += 1
            return
        if before is None or before.ended_at <= ended_at:
            self._pulls[labels] = _Kept(felt, ended_at, pull)
            self._stays_until = -math.inf
        if len(self._pulls) >= 2 * CAP:
            # Sorting at each pull past the cap would cost a storm more than holding twice as many for a while.
            self._trim(now)

    def refresh(self, *, now: float) -> Iterator[None]:
        """Show those of the last quarter of an hour, in steps between which other tasks may run."""
        if now < self._stays_until:
            return
        self._trim(now)
        yield
        self._stays_until = min((kept.ended_at for kept in self._pulls.values()), default=math.inf) + SHOWN_SECONDS
        pulls = dict(self._pulls)
        yield
        yield from self._show(self._duration, pulls, lambda pull: pull.pull_seconds)
        yield from self._show(self._wait, pulls, lambda pull: pull.wait_seconds)
        yield from self._show(self._bytes, pulls, lambda pull: pull.size_bytes)
        yield from self._end.show({labels: kept.ended_at for labels, kept in pulls.items()})

    def _show(self, family: Shown, pulls: dict[Labels, _Kept], value: Callable[[Pull], float | None]) -> Iterator[None]:
        yield
        yield from family.show({labels: float(number) for labels, kept in pulls.items() if (number := value(kept.pull)) is not None})

    def _trim(self, now: float) -> None:
        on_show = {labels: kept for labels, kept in self._pulls.items() if kept.ended_at > now - SHOWN_SECONDS}
        self._bar_seconds = 0.0
        if len(on_show) >= CAP:
            self.dropped += len(on_show) - CAP
            slowest = sorted(on_show, key=lambda labels: on_show[labels].felt_seconds, reverse=True)[:CAP]
            self._bar_seconds = on_show[slowest[-1]].felt_seconds
            on_show = {labels: on_show[labels] for labels in slowest}
        self._pulls = on_show


def felt_seconds(pull: Pull) -> float:
    """Return what the pod felt: the time with the wait, or the runtime's where that is all there is."""
    seconds = pull.pull_seconds if pull.total_seconds is None else pull.total_seconds
    return 0.0 if seconds is None else seconds

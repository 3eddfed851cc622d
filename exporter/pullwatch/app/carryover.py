"""From one process to the next: what the checkpoint gives back at the start, and what goes into it after each batch.

Without a checkpoint nothing is noted and nothing is saved.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import structlog

from pullwatch.checkpoint.database import CheckpointError
from pullwatch.checkpoint.saved import Changes, Series
from pullwatch.publish.children import Kept
from pullwatch.pulls import gap
from pullwatch.pulls.occurrences import Grown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pullwatch.checkpoint.file import Checkpoint
    from pullwatch.checkpoint.saved import Saved
    from pullwatch.publish.families import PullMetrics
    from pullwatch.pulls.occurrences import Occurrences
    from pullwatch.pulls.pull import Pull

logger = structlog.get_logger()


class Carryover:
    """What is carried over, of these counts and metrics. `now` is when this process began to look."""

    def __init__(self, checkpoint: Checkpoint | None, *, occurrences: Occurrences, metrics: PullMetrics, now: float) -> None:
        self.counted_since = now
        """When the first of the processes that the counters count for began."""
        self.gap = gap.NOTHING_BEFORE
        """Between the last process and this one."""
        self.pulls: list[Pull] = []
        """Finished pulls of earlier processes, oldest first."""
        self._checkpoint = checkpoint
        self._occurrences = occurrences
        self._metrics = metrics
        self._rows: list[Pull] = []
        self._namespaces: frozenset[str] | None = None
        self._failed: CheckpointError | None = None
        if checkpoint is not None:
            self._restore(checkpoint, now)
            occurrences.grown, occurrences.recall = Grown(), checkpoint.count_of
            metrics.save_from_now_on()

    @property
    def is_kept(self) -> bool:
        """Tell whether there is a checkpoint."""
        return self._checkpoint is not None

    def ended(self, row: Pull) -> None:
        """Take a finished pull into the next `save`."""
        if self._checkpoint is not None:
            self._rows.append(row)

    def listed(self, namespaces: Iterable[str]) -> None:
        """Take that from now on all Events of these namespaces are known."""
        self._namespaces = frozenset(namespaces)

    def check(self) -> None:
        """Raise the error that kept a batch from being saved: what it moved must not be shown."""
        if self._failed is not None:
            raise self._failed

    def save(self, now: float) -> int:
        """Save what changed since the last time; raises CheckpointError, and then ever after.

        Return how many Events were forgotten early for it.
        """
        if self._checkpoint is None:
            return 0
        self.check()
        changes = self._changes(now)
        if not changes:
            return 0
        try:
            return self._checkpoint.save(changes, at=now)
        except CheckpointError as error:
            self._failed = error
            raise

    def _changes(self, now: float) -> Changes:
        changes = Changes(pulls=self._rows, namespaces=self._namespaces)
        self._rows, self._namespaces = [], None
        if (grown := self._occurrences.grown) is not None and (grown.counts or grown.forgotten):
            changes.counts, changes.forgotten = grown.counts, grown.forgotten
            self._occurrences.grown = Grown()
        series: list[Series] = []
        gone: list[tuple[str, tuple[str, ...]]] = []
        for family, children, lost in self._metrics.touched():
            series += [Series(family, labels, None if age is None else now - age, numbers) for labels, age, numbers in children]
            gone += [(family, labels) for labels in lost]
        changes.series, changes.gone = series, gone
        return changes

    def _restore(self, checkpoint: Checkpoint, now: float) -> None:
        saved = checkpoint.load()
        if saved is None:
            return
        self.counted_since = saved.began_at
        self.gap = gap.Gap(saved.complete_since, saved.namespaces)
        self.pulls = saved.pulls
        unfit = self._metrics.restore(_by_family(saved, now))
        for uid, count in checkpoint.counts():
            self._occurrences.learn(uid, count)
        logger.info(
            "going on from the checkpoint",
            saved_seconds_ago=round(now - saved.saved_at, 1),
            events=len(self._occurrences),
            series=len(saved.series),
            series_of_another_version=unfit,
            pulls=len(saved.pulls),
            pulls_of_another_version=saved.unread_pulls,
        )


def _by_family(saved: Saved, now: float) -> dict[str, list[Kept]]:
    families: defaultdict[str, list[Kept]] = defaultdict(list)
    for one in saved.series:
        families[one.family].append(Kept(one.labels, None if one.born_at is None else now - one.born_at, one.numbers))
    return families

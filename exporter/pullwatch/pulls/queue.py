"""A node's queue of pulls: who is ahead of whom, and since when a pull is unblocked.

A kubelet starts pulls in the order in which they were asked for, one at a time by default. Nothing in the API tells a
node's parallelism, so it is taken as 1 until finished pulls prove more, and never lowered.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullwatch.pulls.image import Image
    from pullwatch.pulls.pull import Pull

STAMP_SECONDS = 1.0
"""Granularity of an Event's stamp: closer than this, the order of two times is not known."""

NO_WAIT_SECONDS = 0.1
"""A wait up to this is the kubelet's own work and not a queue."""

REMEMBERED = 64
"""Finished pulls of a node kept to find overlaps."""

MOST_AT_A_TIME = 64
"""Pulls that a node may be found to run at a time."""


class Open(msgspec.Struct, eq=False, gc=False):
    """A pull that was asked for and has not ended."""

    slot: str
    """What of the pod asked: its field path, or the image where no container is named."""
    image: Image
    namespace: str
    pod: str
    pod_uid: str
    container: str | None
    node: str
    started_at: float
    stamp: float
    """When it was asked for on the node's own clock, as its Event says; `started_at` is on ours."""
    message: str
    ahead_at_start: int = 0
    unblocked_at: float | None = None
    ends_by: float | None = None
    """When to give it up: set once its pod is gone or its container started untold."""
    over_at: float | None = None
    """When it ended, as far as its container's start tells."""
    row: Pull | None = None
    """How it was told last."""


class NodeQueue:
    """The open pulls of one node in the order in which they were asked for.

    No step costs more for a longer queue: a tenant may write any number of `Pulling` Events.
    """

    def __init__(self) -> None:
        self.parallelism = 1
        self._open: OrderedDict[Open, None] = OrderedDict()
        self._finished: list[tuple[float, float]] = []
        self._last_end = 0.0

    def __len__(self) -> int:
        return len(self._open)

    def standings(self) -> Iterator[tuple[Open, int]]:
        """Yield each open pull with the number of earlier ones that must end before the kubelet starts it."""
        for position, pull in enumerate(self._open):
            yield pull, max(0, position - self.parallelism + 1)

    def ask(self, pull: Open) -> None:
        """Put a pull at the end of the queue."""
        pull.ahead_at_start = len(self._open)
        self._open[pull] = None
        if pull.ahead_at_start < self.parallelism:
            pull.unblocked_at = pull.started_at

    def end(
        self, pull: Open | None, *, at: float, stamp: float | None = None, pull_seconds: float | None, wait_seconds: float | None
    ) -> None:
        """Learn from a pull that ended well, and let the next one move up.

        `pull` is None where no `Pulling` was seen; its times prove overlaps all the same. `stamp` is the end on the
        node's clock: ends that arrive late and together, after a watch was cut, did not happen together.
        """
        end = at if stamp is None else stamp
        if pull_seconds is not None and self._learn(end - pull_seconds, end, pull, wait_seconds):
            self._unblock(at)
        if pull is not None:
            self.leave(pull, at=at)

    def leave(self, pull: Open, *, at: float) -> None:
        """Take a pull out, however it ended."""
        if self._open.pop(pull, self) is None:
            self._unblock(at)

    def _learn(self, begin: float, end: float, pull: Open | None, wait_seconds: float | None) -> bool:
        """Raise the parallelism to what this pull proves; tell whether that is more than was known.

        Others asked for clearly earlier and still open run, since a kubelet keeps the order: it did not wait for them.
        And pulls whose running times overlap by more than the stamps' granularity ran at the same time.
        """
        overtaken = 0
        if pull is not None and wait_seconds is not None and wait_seconds <= NO_WAIT_SECONDS:
            before = itertools.takewhile(lambda other: other is not pull, itertools.islice(self._open, MOST_AT_A_TIME))
            overtaken = sum(other.ends_by is None and other.stamp <= begin - STAMP_SECONDS for other in before)
        # Two overlaps with this pull need not overlap with each other, so overlaps alone prove two at a time.
        proven = 1 + max(overtaken, int(self.parallelism < 2 and self._overlaps(begin, end)))
        if proven <= self.parallelism:
            return False
        self.parallelism = proven
        return True

    def _overlaps(self, begin: float, end: float) -> bool:
        """Tell whether this time and that of another finished pull overlap, and remember it."""
        # Most pulls of a serial node begin when all others have ended.
        late = self._last_end - begin > 2 * STAMP_SECONDS
        overlaps = late and any(min(end, e) - max(begin, b) > 2 * STAMP_SECONDS for b, e in self._finished)
        if len(self._finished) >= REMEMBERED:
            del self._finished[0]
        self._finished.append((begin, end))
        self._last_end = max(self._last_end, end)
        return overlaps

    def _unblock(self, at: float) -> None:
        """Note since when those run that have nothing ahead of them any more."""
        for pull in itertools.islice(self._open, self.parallelism):
            if pull.unblocked_at is None:
                free_from_start = pull.ahead_at_start < self.parallelism
                pull.unblocked_at = pull.started_at if free_from_start else max(at, pull.started_at)

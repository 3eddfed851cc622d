"""Which occurrences of a listed Event were taken before, by an earlier process or by the watch before a gap.

What is not known to have been taken happened in the gap, unless it may have been taken and forgotten since.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from pullwatch.pulls.observed import Event

ALL = ""
"""Stands for all namespaces."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which nobody looked, and what is known of the one before."""

    complete_since: float
    """Each Event that was taken is known, unless its stamp is older than this."""
    namespaces: frozenset[str]
    """Where Events were taken before."""

    def covers(self, event: Event) -> bool:
        """Tell whether Events like this one were taken before."""
        return self.knows(event.namespace)

    def knows(self, namespace: str) -> bool:
        """Tell whether Events of this namespace, or of all, were taken before."""
        return ALL in self.namespaces or namespace in self.namespaces

    def taken(self, event: Event, known: int | None) -> int:
        """Return how many occurrences are not to be counted: they were, or nobody can tell; `known` were for sure."""
        if known is not None:
            return min(known, event.count)
        if not self.covers(event) or self._is_old(event.last_at):
            return event.count
        # The newest occurrence is news; one that began long ago was known by its older ones, and forgotten.
        return event.count - 1 if self._is_old(event.first_at) else 0

    def _is_old(self, stamp: float | None) -> bool:
        return stamp is not None and stamp < self.complete_since


NOTHING_BEFORE = Gap(math.inf, frozenset())
"""What a first start knows: whatever is there was there before."""


def before(event: Event, taken: int) -> Event:
    """Return the Event as it was when so many occurrences were taken."""
    if taken == event.count:
        return event
    # What came first tells since when the node has the image; of a failure it matters when it was seen last.
    last_at = event.first_at if event.reason == "Pulled" and event.first_at is not None else event.last_at
    return replace(event, count=taken, last_at=last_at)

"""What goes into a checkpoint after a batch, and what a later process finds there. What its numbers mean is not known here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from pullwatch.pulls.pull import Pull

EVENT_SECONDS = 4 * 3600
"""Events whose count did not grow for so long are forgotten: an API server keeps them for an hour unless told otherwise."""

FORGOTTEN_SECONDS = 60.0
"""Time by which the clocks of nodes may differ where Events were forgotten early."""

Numbers = tuple[int | float, ...]


class Series(NamedTuple):
    """A child of a counter or histogram, and its numbers."""

    family: str
    labels: tuple[str, ...]
    born_at: float | None
    """When its first minute began, by the wall clock; None once that is over."""
    numbers: Numbers


@dataclass(slots=True)
class Changes:
    """What a batch changed. What is gone goes before what came: a label set may do both."""

    counts: Mapping[str, int] = field(default_factory=dict)
    """Of Events by uid."""
    forgotten: Collection[str] = ()
    """Uids of Events that are gone."""
    series: Sequence[Series] = ()
    gone: Sequence[tuple[str, tuple[str, ...]]] = ()
    """Family and labels of children that are gone."""
    pulls: Sequence[Pull] = ()
    namespaces: frozenset[str] | None = None
    """Namespaces of which all Events were listed; "" stands for all."""

    def __bool__(self) -> bool:
        return bool(self.counts or self.forgotten or self.series or self.gone or self.pulls or self.namespaces is not None)


@dataclass(frozen=True, slots=True)
class Saved:
    """What an earlier process left."""

    began_at: float
    """Since when the counters count."""
    saved_at: float
    forgotten_until: float
    """Events that grew no later than this may have been forgotten, for their age or for want of room."""
    namespaces: frozenset[str]
    series: list[Series]
    pulls: list[Pull]
    """Oldest first."""
    unread_pulls: int
    """Pulls of another version, with fields or words that this one does not know."""

    @property
    def complete_since(self) -> float:
        """Return since when each Event is there: one with an older stamp may have been forgotten. The margin is for clocks that differ."""
        return max(self.saved_at - EVENT_SECONDS / 2, self.forgotten_until + FORGOTTEN_SECONDS)

"""What a watch tells its consumer, in the order in which it happens.

A list is `ListBegan`, some `ListedPage`, `ListEnded`; a second `ListBegan` before the end means that the list starts anew
and what the first brought is to be forgotten. Then come `Frames`. `Trouble` may come anywhere and ends a list without
`ListEnded`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeAlias

from pullwatch.sources.frames import Change, Seen
from pullwatch.sources.resources import Resource


@dataclass(frozen=True, slots=True)
class ListBegan(Generic[Seen]):
    """A full list begins."""

    resource: Resource[Seen]


@dataclass(frozen=True, slots=True)
class ListedPage(Generic[Seen]):
    """A part of a list."""

    resource: Resource[Seen]
    items: list[Seen]
    arrived_at: float
    """Seconds since the epoch, by our clock."""
    undecoded: int
    """Objects that could not be used."""


@dataclass(frozen=True, slots=True)
class ListEnded(Generic[Seen]):
    """The list is complete; what it did not hold is not there."""

    resource: Resource[Seen]
    arrived_at: float


@dataclass(frozen=True, slots=True)
class Frames(Generic[Seen]):
    """Changes that arrived together, in order."""

    resource: Resource[Seen]
    items: list[tuple[Change, Seen]]
    arrived_at: float
    undecoded: int


@dataclass(frozen=True, slots=True)
class Trouble(Generic[Seen]):
    """The watch was interrupted and goes on by itself."""

    resource: Resource[Seen]
    reason: str
    """Label of `watch_restarts_total`: gone, closed, timeout, unauthorized, forbidden, not_found, throttled, server, unreachable, decode."""
    message: str
    retry_in_seconds: float
    nothing_said: bool = False
    """Whether the server answered and then said nothing at all, not even that nothing is new: there may have been nothing to say."""


Report: TypeAlias = ListBegan[Seen] | ListedPage[Seen] | ListEnded[Seen] | Frames[Seen] | Trouble[Seen]

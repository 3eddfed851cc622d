"""When each download got its slot, of those that wait for one with their ingest open.

containerd 2 opens all ingests of a pull at once and fetches some at a time, whichever comes first: nothing
tells which of them have a slot before their first byte. So those that showed a first byte first had the first slots, and each
further one got the slot that had been free for longest.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

SLOTS = 3
"""Layers that containerd fetches at a time by default; the others' ingests are open and wait.

Where it is set up to fetch more, that shows once more are seen to move. Where it is set up to fetch fewer, it does not: a layer
that waits looks like one that is slow, and what it waited counts as download.
"""


class Download(msgspec.Struct, frozen=True, gc=False):
    """A download of which at least a byte came."""

    opened_at: float
    moved_by: float
    """The first byte came no later than this."""
    ended_at: float | None = None
    """When its last byte came; None where that is still to come."""


def starts(downloads: Sequence[Download], *, slots: int) -> list[float]:
    """Return when each got its slot: when it was opened where one was free then, or where all of this does not fit."""
    found = [download.opened_at for download in downloads]
    free = [float("-inf")] * slots
    for number in sorted(range(len(downloads)), key=lambda number: downloads[number].moved_by):
        download = downloads[number]
        if not free or free[0] > download.moved_by:
            continue
        found[number] = max(download.opened_at, heapq.heappop(free))
        if download.ended_at is not None:
            heapq.heappush(free, download.ended_at)
    return found

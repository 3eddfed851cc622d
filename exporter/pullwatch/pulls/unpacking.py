"""What events told of layers that are being unpacked, until it is known whose they are.

Only keys that name a chain ID are layers; a container makes snapshots as well. A name that is removed may come again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullwatch.pulls.runtime import SnapshotEvent, SnapshotKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

CAPACITY = 5_000
"""Layers remembered of each kind."""


class Unpacking:
    """The beginnings and ends of unpackings, by key and by chain ID."""

    def __init__(self, *, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._prepared: dict[str, SnapshotEvent] = {}
        self._committed: dict[str, SnapshotEvent] = {}

    def take(self, event: SnapshotEvent) -> None:
        """Take one event of a layer."""
        if event.kind is SnapshotKind.PREPARED:
            self._prepared[event.key] = event
        elif event.kind is SnapshotKind.COMMITTED:
            self._committed.pop(event.chain_id, None)
            self._committed[event.chain_id] = event
        else:
            self._prepared.pop(event.key, None)
            self._committed.pop(event.key, None)
        for kept in (self._prepared, self._committed):
            if len(kept) > self._capacity:
                del kept[next(iter(kept))]

    def moments(self, snapshots: Collection[str], *, since: float) -> Iterator[float]:
        """Yield the moments of what happened to the snapshots that a lease holds."""
        for key in snapshots:
            event = self._prepared.get(key) or self._committed.get(key)
            if event is not None and event.at > since:
                yield event.at

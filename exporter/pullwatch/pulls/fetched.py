"""Bytes of layers that a node fetched, and of them those that it had had before: each blob counts once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pullwatch.pulls.layers import Downloads, Layer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pullwatch.pulls.runtime import Blob

CAPACITY = 50_000
"""Layers that are remembered; a node holds some thousand."""


class Fetched:
    """What was fetched since a moment; `fetched_bytes` and `repulled_bytes` only grow."""

    def __init__(self, *, since: float, capacity: int = CAPACITY) -> None:
        self._since = since
        self._capacity = capacity
        self._counted: dict[str, float] = {}
        self._downloads = Downloads(capacity=capacity)
        self.fetched_bytes = 0
        self.repulled_bytes = 0

    @property
    def forgotten(self) -> int:
        """Layers that found no room: fetched again, they count as new."""
        return self._downloads.forgotten

    def hold(self, layers: Iterable[Layer]) -> None:
        """Take that the node has these layers from before."""
        self._downloads.hold(layer.digest for layer in layers)

    def stored(self, layer: Layer, blob: Blob, *, left_bytes: int = 0) -> None:
        """Take that a layer is in the store, of which an earlier pull had left some bytes."""
        if self._counted.get(layer.digest, float("-inf")) >= blob.created_at:
            return
        self._counted.pop(layer.digest, None)
        self._counted[layer.digest] = blob.created_at
        if len(self._counted) > self._capacity:
            del self._counted[next(iter(self._counted))]
        if blob.created_at < self._since:
            self._downloads.hold([layer.digest])
            return
        moved = max(0, blob.size_bytes - left_bytes)
        self.fetched_bytes += moved
        self.repulled_bytes += self._downloads.fetched([msgspec.structs.replace(layer, size_bytes=moved)])

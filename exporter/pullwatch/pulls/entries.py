"""Which manifest a digest means on a platform, as a registry told it.

A node's status names an image by the digest that was pulled, which may be that of an index. Which of its manifests the
node holds follows from the node's platform.
"""

from __future__ import annotations

from typing import NamedTuple

CAPACITY = 50_000


class Entry(NamedTuple):
    """The two digests of an image on a platform."""

    digest: str
    """Of the platform's manifest."""
    index_digest: str | None
    """None where the reference names the manifest itself."""


class Entries:
    """Entries by the digest that nodes name and their platform; of too many the one told longest ago goes."""

    def __init__(self, *, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._entries: dict[tuple[str, str], Entry] = {}
        self.forgotten = 0
        """Entries that made room for others; they are asked for again."""

    def tell(self, named: str, platform: str, entry: Entry) -> None:
        """Take what a digest means on a platform."""
        self._entries.pop((named, platform), None)
        self._entries[named, platform] = entry
        if len(self._entries) > self._capacity:
            del self._entries[next(iter(self._entries))]
            self.forgotten += 1

    def of(self, named: str, platform: str) -> Entry | None:
        """Return what a digest means on a platform; None where no registry told it."""
        return self._entries.get((named, platform))

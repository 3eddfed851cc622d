"""Which manifest a digest means on a platform, as a registry told it.

A node's status names an image by the digest that was pulled, which may be that of an index. Which of its manifests the
node holds follows from the node's platform.
"""

from __future__ import annotations

from typing import NamedTuple

from pullwatch.pulls import digests

CAPACITY = 50_000

_INDEX, _MANIFEST = b"i", b"m"


class Entry(NamedTuple):
    """The two digests of an image on a platform."""

    digest: str
    """Of the platform's manifest."""
    index_digest: str | None
    """None where nodes name the manifest itself."""


class Entries:
    """Manifests by the digest that nodes name and their platform, in some 170 bytes each; of too many the one told longest ago goes."""

    def __init__(self, *, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._entries: dict[bytes, bytes] = {}
        self.forgotten = 0
        """Entries that made room for others; they are asked for again."""

    def tell(self, named: str, platform: str, digest: str) -> None:
        """Take the manifest that a digest means on a platform."""
        key = _key(named, platform)
        self._entries.pop(key, None)
        self._entries[key] = _MANIFEST if digest == named else _INDEX + digests.raw(digest)
        if len(self._entries) > self._capacity:
            del self._entries[next(iter(self._entries))]
            self.forgotten += 1

    def of(self, named: str, platform: str) -> Entry | None:
        """Return what a digest means on a platform; None where no registry told it."""
        found = self._entries.get(_key(named, platform))
        if found is None:
            return None
        return Entry(named, None) if found == _MANIFEST else Entry(digests.text(found[1:]), named)


def _key(named: str, platform: str) -> bytes:
    return digests.raw(named) + platform.encode()

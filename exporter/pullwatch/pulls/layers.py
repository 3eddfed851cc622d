"""Layers of images: what one manifest lists, and what several have in common.

All bytes are compressed ones, as a registry holds them and a node fetches them. A layer that a manifest lists twice is
fetched once, so it counts once wherever bytes are added. Where the tables come from stands elsewhere (`manifest`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Layer(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One layer of an image."""

    digest: str
    size_bytes: int
    media_type: str
    instruction: str | None = None
    """Line of the Dockerfile that made it; None where the image's history does not tell."""


class LayerTable(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one manifest says: an image for one platform."""

    digest: str
    """Of the manifest."""
    media_type: str
    config_digest: str
    layers: tuple[Layer, ...]
    """From the base upwards; the position is the index."""
    platform: str | None = None
    """As `linux/arm64/v8`, from the image's config."""

    @property
    def size_bytes(self) -> int:
        """Bytes of all layers."""
        return sum(sizes(self).values())


@dataclass(frozen=True, slots=True)
class Moved:
    """What a node that holds one image fetches for another."""

    fetched: tuple[Layer, ...]
    fetched_bytes: int
    kept_bytes: int
    """Bytes of the layers that both have."""


def sizes(table: LayerTable) -> Mapping[str, int]:
    """Return the bytes of each layer by its digest."""
    return {layer.digest: layer.size_bytes for layer in table.layers}


def largest(table: LayerTable) -> int | None:
    """Return the position of the largest layer, of equal ones the first; None where there is no layer."""
    return max(range(len(table.layers)), key=lambda position: table.layers[position].size_bytes, default=None)


def largest_share(table: LayerTable) -> float | None:
    """Return the largest layer's part of all bytes, from 0 to 1; None where there are no bytes."""
    position, size_bytes = largest(table), table.size_bytes
    return None if position is None or not size_bytes else table.layers[position].size_bytes / size_bytes


def shared_bytes(one: LayerTable, other: LayerTable) -> int:
    """Return the bytes that two images have in common, be they tags of one repository or not."""
    theirs = sizes(other)
    return sum(size for digest, size in sizes(one).items() if digest in theirs)


def moved(before: LayerTable, after: LayerTable) -> Moved:
    """Tell what a new release makes a node fetch that holds the old one."""
    held = sizes(before)
    fetched = tuple({layer.digest: layer for layer in after.layers if layer.digest not in held}.values())
    fetched_bytes = sum(layer.size_bytes for layer in fetched)
    return Moved(fetched, fetched_bytes, after.size_bytes - fetched_bytes)


def users(tables: Iterable[LayerTable]) -> Counter[str]:
    """Count in how many images each layer is, by its digest."""
    return Counter(digest for table in tables for digest in sizes(table))


class Downloads:
    """The layers that one node fetched, to know which of them it fetches again.

    Past the capacity the one fetched longest ago is forgotten, so that a layer may count as new that is not, and never the
    other way round.
    """

    def __init__(self, *, capacity: int = 50_000) -> None:
        self._capacity = capacity
        self._fetched: dict[str, None] = {}
        self.forgotten = 0
        """Layers that found no room."""

    def hold(self, digests: Iterable[str]) -> None:
        """Take that the node has these layers, however they came."""
        for digest in digests:
            self._fetched.pop(digest, None)
            self._fetched[digest] = None
            if len(self._fetched) > self._capacity:
                del self._fetched[next(iter(self._fetched))]
                self.forgotten += 1

    def fetched(self, layers: Sequence[Layer]) -> int:
        """Take that the node fetched these layers; return the bytes of those that it had before."""
        again = sum(layer.size_bytes for layer in layers if layer.digest in self._fetched)
        self.hold(layer.digest for layer in layers)
        return again

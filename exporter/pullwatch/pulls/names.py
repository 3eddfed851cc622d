"""The names of images, each kept once with what it stands for: a manifest, an index, or a digest that may be either.

Thousands of nodes hold the same images, so that a name is a number to whoever keeps many of them. One that no node says any more
gives its number to another. Which node says it stands in `holdings`.
"""

from __future__ import annotations

import array
from typing import TYPE_CHECKING

import msgspec

from pullwatch.pulls import digests
from pullwatch.pulls.image import Image

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pullwatch.pulls.known_layers import KnownLayers

NAMES = 50_000
NAMED_ALIKE = 50
"""Images that bear one name: of several platforms, or on nodes that pulled at different times."""

ALIASES = 1_000
"""Names of one image, on all nodes together: a build that is tagged anew each time has some hundred."""

NONE = 0xFFFF_FFFF
"""Stands for the number of what is not known."""

_FOLLOWED = 5_000
"""Changed names that are remembered one by one."""


class Name(msgspec.Struct, frozen=True, gc=False):
    """One name of one image. Of a node's status it is unknown whether the digest is that of an index or of a manifest."""

    image: Image
    digest: str | None
    """Of the platform's manifest."""
    index_digest: str | None
    either_digest: str | None = None
    nodes: int = 0
    """Nodes that hold it under this name."""


class Names:
    """All names of images. Whoever finds no room is told so, and counts it."""

    def __init__(self, layers: KnownLayers) -> None:
        self._layers = layers
        self._indexes = digests.Digests()
        self._images: list[Image | None] = []
        """By number of the name, as are the next ones; None where the number is free."""
        self._manifests = array.array("I")
        self._index_numbers = array.array("I")
        self._nodes = array.array("I")
        self._free: list[int] = []
        self._by_name: dict[str, int | tuple[int, ...]] = {}
        self._first = array.array("I")
        """By the number of a manifest, the number + 1 of the first of its names; `_next` leads from each to the next one."""
        self._next = array.array("I")
        self._touched: set[str] | None = set()
        self.version = 0
        """Grows with each change."""

    def __len__(self) -> int:
        return len(self._by_name)

    def names(self) -> list[int]:
        """Return the numbers of all names."""
        return [number for number, image in enumerate(self._images) if image is not None]

    def canonical_names(self) -> list[str]:
        """Return all names, each once."""
        return list(self._by_name)

    def of_manifest(self, manifest: int) -> Iterator[int]:
        """Yield the numbers of the names of a manifest."""
        number = self._first[manifest] if manifest < len(self._first) else 0
        while number:
            yield number - 1
            number = self._next[number - 1]

    def of_status(self, digests_named: Iterable[str]) -> Iterator[int]:
        """Yield the numbers of the names that only a status says, with one of these digests."""
        found = (self._indexes.find(digests.raw(digest)) for digest in digests_named)
        wanted = {number for number in found if number is not None}
        if not wanted:
            return
        for number, index in enumerate(self._index_numbers):
            if index in wanted and self._images[number] is not None and self._manifests[number] == NONE:
                yield number

    def of_image(self, canonical: str) -> tuple[int, ...]:
        """Return the numbers of what bears this canonical name."""
        found = self._by_name.get(canonical, ())
        return (found,) if isinstance(found, int) else found

    def of_repository(self, repository: tuple[str | None, str | None]) -> list[int]:
        """Return the numbers of all names in this registry and repository."""
        return [number for number, image in enumerate(self._images) if image and (image.registry, image.repository) == repository]

    def take_touched(self) -> set[str] | None:
        """Return the names of which something changed since the last time; None where that may be any."""
        touched, self._touched = self._touched, set()
        return touched

    def name(self, number: int) -> Name | None:
        """Return a name; None where nobody says it any more."""
        image = self._images[number] if number < len(self._images) else None
        if image is None:
            return None
        manifest, index = self._manifests[number], self._index_numbers[number]
        named = None if index == NONE else digests.text(self._indexes.digest(index))
        if manifest == NONE:
            return Name(image, None, None, named, self._nodes[number])
        return Name(image, self._layers.digest(manifest), named, None, self._nodes[number])

    def manifest(self, number: int) -> int | None:
        """Return the number of the manifest that a name stands for, where an agent told it."""
        manifest = self._manifests[number]
        return None if manifest == NONE else manifest

    def image(self, number: int) -> Image | None:
        """Return the reference of a name."""
        return self._images[number]

    def nodes(self, number: int) -> int:
        """Return how many nodes hold the image under a name."""
        return self._nodes[number]

    def _find(self, canonical: str, digest: str | None, index: str | None) -> int | None:
        alike = self.of_image(canonical)
        if not alike:
            return None
        manifest = NONE if digest is None else self._layers.number(digest)
        index_number = NONE if index is None else self._indexes.find(digests.raw(index))
        return next((one for one in alike if self._manifests[one] == manifest and self._index_numbers[one] == index_number), None)

    def _add(self, canonical: str, image: Image, digest: str | None, index: str | None) -> int | None:
        alike = self.of_image(canonical)
        if len(alike) >= NAMED_ALIKE or len(self._images) - len(self._free) >= NAMES:
            return None
        if digest is not None and self._layers.holders(digest) >= ALIASES:
            # Each is looked at where one of them goes.
            return None
        if not self._free:
            self._free.append(len(self._images))
            self._images.append(None)
            for numbers in (self._manifests, self._index_numbers, self._nodes, self._next):
                numbers.append(0)
        number = self._free.pop()
        self._images[number] = image
        self._manifests[number] = NONE if digest is None else self._layers.hold(digest)
        self._index_numbers[number] = NONE if index is None else self._indexes.take(digests.raw(index))
        self._by_name[canonical] = (*alike, number) if alike else number
        if digest is not None:
            self._link(number, self._manifests[number])
        self.version += 1
        return number

    def _link(self, number: int, manifest: int) -> None:
        missing = manifest + 1 - len(self._first)
        if missing > 0:
            self._first.extend([0] * missing)
        self._next[number] = self._first[manifest]
        self._first[manifest] = number + 1

    def _unlink(self, number: int, manifest: int) -> None:
        before = None
        for one in self.of_manifest(manifest):
            if one == number:
                break
            before = one
        if before is None:
            self._first[manifest] = self._next[number]
        else:
            self._next[before] = self._next[number]

    def _touch(self, number: int) -> None:
        image = self._images[number]
        if self._touched is not None and image is not None:
            self._touched.add(image.canonical or "")
            if len(self._touched) > _FOLLOWED:
                self._touched = None

    def _remove(self, number: int) -> None:
        image = self._images[number]
        canonical = image.canonical or "" if image else ""
        alike = [one for one in self.of_image(canonical) if one != number]
        if alike:
            self._by_name[canonical] = tuple(alike) if len(alike) > 1 else alike[0]
        else:
            self._by_name.pop(canonical, None)
        self._images[number] = None
        if self._manifests[number] != NONE:
            self._unlink(number, self._manifests[number])
            self._layers.drop(self._manifests[number])
        if self._index_numbers[number] != NONE:
            self._indexes.drop(self._index_numbers[number])
        self._free.append(number)
        self.version += 1

"""Sizes of images, from wherever one was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullwatch.pulls import image as images
from pullwatch.pulls.pull import SizeKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullwatch.pulls.image import Image
    from pullwatch.pulls.observed import Node

CAPACITY = 25_000


class KnownSizes:
    """The newest size of each image; past the capacity the one told longest ago goes."""

    def __init__(self, *, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._images: dict[str, Image] = {}
        """By canonical text; the one told last is last."""
        self._sizes: dict[Image, tuple[int, SizeKind]] = {}
        self._filled: set[str] = set()
        """Images whose size only `fill` told."""
        self._copy: Mapping[Image, tuple[int, SizeKind]] | None = None

    def tell(self, image: Image, size_bytes: int | None, kind: SizeKind) -> None:
        canonical = image.canonical
        if not size_bytes or canonical is None or image.registry is None:
            return
        self._filled.discard(canonical)
        before = self._images.pop(canonical, None)
        self._images[canonical] = image
        if before == image and self._sizes[image] == (size_bytes, kind):
            return
        self._copy = None
        if before is not None and before != image:
            del self._sizes[before]
        self._sizes[image] = (size_bytes, kind)
        if len(self._images) > self._capacity:
            oldest = next(iter(self._images))
            self._filled.discard(oldest)
            del self._sizes[self._images.pop(oldest)]

    def fill(self, image: Image, size_bytes: int, kind: SizeKind) -> None:
        """Take a size for as long as nothing better is told: it gives way to any other, also to one that is filled in later."""
        if image.canonical in self._images and image.canonical not in self._filled:
            return
        self.tell(image, size_bytes, kind)
        if image.canonical in self._images:
            self._filled.add(image.canonical)

    def tell_node(self, node: Node, kind: SizeKind) -> None:
        """Take the images a node reports; each under its tags, or under its digest where it has none."""
        for entry in node.images:
            names = [name for name in entry.names if "<none>" not in name]
            # Those with an `@` have a digest beside a tag or instead of one; most images have a name without.
            tagged = [image for name in names if "@" not in name and (image := images.parse(name)).tag is not None]
            for image in tagged or [images.parse(name) for name in names[:1]]:
                self.tell(image, entry.size_bytes, kind)

    def size_of(self, image: Image) -> tuple[int, SizeKind] | None:
        """Return the size of an image, however it is spelled."""
        known = self._images.get(image.canonical or "")
        return None if known is None else self._sizes[known]

    def by_image(self) -> Mapping[Image, tuple[int, SizeKind]]:
        """Return all sizes: the same object as the last time if nothing was told that was not known."""
        if self._copy is None:
            self._copy = self._sizes.copy()
        return self._copy

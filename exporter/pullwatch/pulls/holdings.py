"""Which node holds which image, under which names: as agents tell it, and for nodes without one as far as their status does.

A name stands for an image only as long as some node says so, so a node that lies changes what is said of the names that it
lies about, and nothing once it is gone. Thousands of nodes hold the same images: each name of an image is kept once, and a
node is a list of numbers.
"""

from __future__ import annotations

import array
from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from pullwatch.pulls import digests
from pullwatch.pulls import image as images
from pullwatch.pulls.reported import MAX_IMAGES, MAX_NAMES, HeldImage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pullwatch.pulls.entries import Entries
    from pullwatch.pulls.image import Image
    from pullwatch.pulls.known_layers import KnownLayers
    from pullwatch.pulls.observed import Node

NODES = 10_000
NAMES = 50_000
NAMED_ALIKE = 50
"""Images that bear one name: of several platforms, or on nodes that pulled at different times."""

ALIASES = 1_000
"""Names of one image, on all nodes together: a build that is tagged anew each time has some hundred."""

_NONE = 0xFFFF_FFFF

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


class Holdings:
    """The images of all nodes. Times are seconds since the epoch."""

    def __init__(self, layers: KnownLayers, *, entries: Entries | None = None) -> None:
        """Take the tables, and what a registry told of digests that nodes name."""
        self._layers = layers
        self._entries = entries
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
        self._held: dict[str, array.array[int]] = {}
        self._told_at: dict[str, float] = {}
        """When an agent last told of a node; nodes that are known by their status alone have none."""
        self.version = 0
        """Grows with each change."""
        self.left_out = 0
        """Images, names and nodes that found no room."""

    def __len__(self) -> int:
        return len(self._by_name)

    def tell(self, node: str, held: Iterable[HeldImage], *, at: float) -> None:
        """Take from its agent all images that a node holds."""
        if node not in self._held and len(self._held) >= NODES:
            self.left_out += 1
            return
        self._told_at[node] = at
        found: dict[str, int] = {}
        names: Counter[str] = Counter()
        for number, image in enumerate(held):
            if number == MAX_IMAGES:
                self.left_out += 1
                break
            for name in self._names_of(image):
                names[image.digest] += 1
                if names[image.digest] > MAX_NAMES:
                    self.left_out += 1
                # On one node a name stands for one image.
                elif name.canonical is not None and name.canonical not in found:
                    self._take(found, name, image.digest, image.index_digest)
        self._replace(node, found)

    def tell_status(self, node: Node) -> None:
        """Take the images of a node's status, as long as no agent tells of that node."""
        if node.name in self._told_at or (node.name not in self._held and len(self._held) >= NODES):
            return
        found: dict[str, int] = {}
        for entry in node.images[:MAX_IMAGES]:
            either = {name.partition("@")[2] for name in entry.names if "@" in name}
            digest = next(iter(either), "")
            if len(either) != 1 or not images.is_digest(digest):
                continue
            for text in entry.names[:MAX_NAMES]:
                if "@" not in text and (name := images.parse(text)).canonical is not None and name.canonical not in found:
                    self._take(found, name, *self._meant(node, digest))
        self._replace(node.name, found)

    def forget(self, node: str) -> None:
        """Take that a node is gone, or its agent."""
        self._told_at.pop(node, None)
        self._replace(node, {})
        self._held.pop(node, None)

    def expire(self, *, before: float) -> None:
        """Forget nodes whose agents were not heard since."""
        for node in [node for node, at in self._told_at.items() if at < before]:
            self.forget(node)

    def told(self, node: str) -> bool:
        """Tell whether an agent told the images of this node."""
        return node in self._told_at

    @property
    def agents(self) -> int:
        """Nodes whose agents tell."""
        return len(self._told_at)

    def digests(self, node: str) -> Iterator[str]:
        """Yield the manifests that a node holds, by what its agent told."""
        for manifest in self.manifests(node):
            yield self._layers.digest(manifest)

    def manifests(self, node: str) -> set[int]:
        """Return the numbers of the manifests that a node holds, by what its agent told."""
        if node not in self._told_at:
            return set()
        return {self._manifests[name] for name in self._held.get(node, ())} - {_NONE}

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

    def take_touched(self) -> set[str] | None:
        """Return the names of which something changed since the last time; None where that may be any."""
        touched, self._touched = self._touched, set()
        return touched

    def of_node(self, node: str) -> list[int]:
        """Return the numbers of the names of a node."""
        return list(self._held.get(node, ()))

    def of_image(self, canonical: str) -> tuple[int, ...]:
        """Return the numbers of what bears this canonical name."""
        found = self._by_name.get(canonical, ())
        return (found,) if isinstance(found, int) else found

    def of_repository(self, repository: tuple[str | None, str | None]) -> list[int]:
        """Return the numbers of all names in this registry and repository."""
        return [number for number, image in enumerate(self._images) if image and (image.registry, image.repository) == repository]

    def name(self, number: int) -> Name | None:
        """Return a name; None where nobody says it any more."""
        image = self._images[number] if number < len(self._images) else None
        if image is None:
            return None
        manifest, index = self._manifests[number], self._index_numbers[number]
        named = None if index == _NONE else digests.text(self._indexes.digest(index))
        if manifest == _NONE:
            return Name(image, None, None, named, self._nodes[number])
        return Name(image, self._layers.digest(manifest), named, None, self._nodes[number])

    def manifest(self, number: int) -> int | None:
        """Return the number of the manifest that a name stands for, where an agent told it."""
        manifest = self._manifests[number]
        return None if manifest == _NONE else manifest

    def image(self, number: int) -> Image | None:
        """Return the reference of a name."""
        return self._images[number]

    def nodes(self, number: int) -> int:
        """Return how many nodes hold the image under a name."""
        return self._nodes[number]

    def _names_of(self, image: HeldImage) -> list[Image]:
        """Return the tags of an image, else the repositories that it came from, else its digest."""
        if len(image.names) > MAX_NAMES:
            self.left_out += 1
        parsed = [images.parse(name) for name in image.names[:MAX_NAMES] if "@" not in name and not name.startswith("sha256:")]
        tagged = [name for name in parsed if name.repository is not None]
        if tagged:
            return tagged
        from_repository = [images.parse(name) for name in image.names[:MAX_NAMES] if "@" in name]
        return [name for name in from_repository if name.repository is not None] or [images.parse(image.digest)]

    def _meant(self, node: Node, digest: str) -> tuple[str | None, str | None]:
        """Return the manifest that a node names by a digest, None where no registry told it, and the index, or what may be one."""
        entry = self._entries.of(digest, f"{node.os}/{node.arch}") if self._entries is not None else None
        return (None, digest) if entry is None else (entry.digest, entry.index_digest)

    def _take(self, found: dict[str, int], image: Image, digest: str | None, index: str | None) -> None:
        canonical = image.canonical or ""
        number = self._find(canonical, digest, index)
        if number is None:
            number = self._add(canonical, image, digest, index)
        if number is None:
            self.left_out += 1
            return
        found[canonical] = number

    def _find(self, canonical: str, digest: str | None, index: str | None) -> int | None:
        alike = self.of_image(canonical)
        if not alike:
            return None
        manifest = _NONE if digest is None else self._layers.number(digest)
        index_number = _NONE if index is None else self._indexes.find(digests.raw(index))
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
        self._manifests[number] = _NONE if digest is None else self._layers.hold(digest)
        self._index_numbers[number] = _NONE if index is None else self._indexes.take(digests.raw(index))
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

    def _replace(self, node: str, found: dict[str, int]) -> None:
        before, now = set(self._held.get(node, ())), set(found.values())
        if before != now or node not in self._held:
            self._held[node] = array.array("I", sorted(now))
            self.version += 1
        for number in now - before:
            self._nodes[number] += 1
            self._touch(number)
        for number in before - now:
            self._nodes[number] -= 1
            self._touch(number)
            if not self._nodes[number]:
                self._remove(number)

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
        if self._manifests[number] != _NONE:
            self._unlink(number, self._manifests[number])
            self._layers.drop(self._manifests[number])
        if self._index_numbers[number] != _NONE:
            self._indexes.drop(self._index_numbers[number])
        self._free.append(number)
        self.version += 1

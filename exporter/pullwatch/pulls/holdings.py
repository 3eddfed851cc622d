"""Which node holds which image, under which names: as agents tell it, and for nodes without one as far as their status does.

A name stands for an image only as long as some node says so, so a node that lies changes what is said of the names that it
lies about, and nothing once it is gone. A node is a list of the numbers of names.
"""

from __future__ import annotations

import array
from collections import Counter
from typing import TYPE_CHECKING

from pullwatch.pulls import image as images
from pullwatch.pulls.names import NONE, Names
from pullwatch.pulls.reported import MAX_IMAGES, MAX_NAMES, HeldImage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pullwatch.pulls.entries import Entries
    from pullwatch.pulls.image import Image
    from pullwatch.pulls.known_layers import KnownLayers
    from pullwatch.pulls.observed import Node

NODES = 10_000


class Holdings(Names):
    """The images of all nodes. Times are seconds since the epoch."""

    def __init__(self, layers: KnownLayers, *, entries: Entries | None = None) -> None:
        """Take the tables, and what a registry told of digests that nodes name."""
        super().__init__(layers)
        self.entries = entries
        self._held: dict[str, array.array[int]] = {}
        self._told_at: dict[str, float] = {}
        """When an agent last told of a node; nodes that are known by their status alone have none."""
        self.left_out = 0
        """Images, names and nodes that found no room."""

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
        if node.name in self._told_at:
            return
        if node.name not in self._held and len(self._held) >= NODES:
            self.left_out += 1
            return
        self.left_out += len(node.images) > MAX_IMAGES
        found: dict[str, int] = {}
        for entry in node.images[:MAX_IMAGES]:
            either = {name.partition("@")[2] for name in entry.names if "@" in name}
            digest = next(iter(either), "")
            if len(either) != 1 or not images.is_digest(digest):
                continue
            for name in self._named(entry.names):
                if name.canonical is not None and name.canonical not in found:
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
        return {self._manifests[name] for name in self._held.get(node, ())} - {NONE}

    def of_node(self, node: str) -> list[int]:
        """Return the numbers of the names of a node."""
        return list(self._held.get(node, ()))

    def _names_of(self, image: HeldImage) -> list[Image]:
        """Return the names of an image, else its digest."""
        return self._named(image.names) or [images.parse(image.digest)]

    def _named(self, names: Sequence[str]) -> list[Image]:
        """Return the tags of an image, else the repositories that it came from: one that is pinned by its digest has no tag."""
        self.left_out += len(names) > MAX_NAMES
        texts = [name for name in names[:MAX_NAMES] if not name.startswith("sha256:")]
        tagged = [name for text in texts if "@" not in text and (name := images.parse(text)).repository is not None]
        return tagged or [name for text in texts if "@" in text and (name := images.parse(text)).repository is not None]

    def _meant(self, node: Node, digest: str) -> tuple[str | None, str | None]:
        """Return the manifest that a node names by a digest, None where no registry told it, and the index, or what may be one."""
        entry = self.entries.of(digest, f"{node.os}/{node.arch}") if self.entries is not None else None
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

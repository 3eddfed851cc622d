"""What is known of images, put together: their names and nodes, their layers, and what they have in common.

An image is one manifest under one name: a name may stand for several, one for each platform or release. What no agent and no
registry told stays unknown; sizes from events and nodes are there all the same.
"""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullwatch.pulls import image as images
from pullwatch.pulls import layers as comparing
from pullwatch.pulls.pull import SizeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullwatch.pulls.holdings import Holdings, Name
    from pullwatch.pulls.image import Image
    from pullwatch.pulls.known_layers import KnownLayers, LayersFrom
    from pullwatch.pulls.layers import LayerTable
    from pullwatch.pulls.sizes import KnownSizes

COMPARED = 10
"""Images that one is compared with in a document: those with which it has most in common, and other releases."""

FOUND = 50
"""Images that one reference means, in a document; a digest may bear a thousand names, each of them with all its layers."""

_STEP = 500

_LOOKED_AT = 200
"""Other names of a repository that are compared with one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownImage:
    """An image; a number that is not known is None."""

    image: Image | None
    digest: str | None = None
    index_digest: str | None = None
    size_bytes: int | None = None
    size_kind: SizeKind = SizeKind.UNKNOWN
    shared_bytes: int | None = None
    """Bytes of layers that other known images have too."""
    nodes: int | None = None
    """Nodes that are known to hold it."""
    table: LayerTable | None = None
    layers_from: LayersFrom | None = None


@dataclass(frozen=True, slots=True)
class Other:
    """Another image that has layers in common with one."""

    image: str
    shared_bytes: int


@dataclass(frozen=True, slots=True)
class Release:
    """Another image of the same repository, and what a node that holds the one fetches for it."""

    image: str
    fetched_bytes: int
    kept_bytes: int


@dataclass(frozen=True, slots=True)
class Layered:
    """An image as the metrics show it."""

    image: Image
    layers: int
    largest_bytes: int
    size_bytes: int
    nodes: int
    manifest: int
    """Its number, which may be another's at any later moment."""


class KnownImages:
    """A view of three stores; it keeps nothing itself. What takes long yields None in between."""

    def __init__(self, layers: KnownLayers, holdings: Holdings, sizes: KnownSizes) -> None:
        self.layers = layers
        self.holdings = holdings
        self.sizes = sizes

    @property
    def version(self) -> tuple[int, int]:
        """Differs from what it was when something may have changed."""
        return self.layers.version, self.holdings.version

    def changed(self) -> set[str] | None:
        """Return the names of which something may have changed since the last time; None where that may be any."""
        touched, told = self.holdings.take_touched(), self.layers.take_told()
        if touched is None or told is None:
            return None
        images = (self.holdings.image(number) for manifest in told for number in self.holdings.of_manifest(manifest))
        return touched | {image.label for image in images if image is not None}

    def layered(self, canonical: str) -> Layered | None:
        """Return what is known of the layers of a name, of the manifest that most nodes hold under it."""
        known = [one for one in map(self._layered, self.holdings.of_image(canonical)) if one is not None]
        return max(known, key=lambda one: (one.nodes, one.manifest), default=None)

    def costliest(self, most: int) -> Iterator[list[Layered] | None]:
        """Yield at last the images that cost a cluster most: by their bytes on each node that holds them, which has pulled them once."""
        costs: list[tuple[int, int]] = []
        for position, number in enumerate(self.holdings.names()):
            manifest = self._manifest(number)
            head = None if manifest is None else self.layers.head(manifest)
            cost = 0 if head is None else head.size_bytes * self.holdings.nodes(number)
            if cost and len(costs) < most:
                heapq.heappush(costs, (cost, number))
            elif cost and (cost, number) > costs[0]:
                heapq.heapreplace(costs, (cost, number))
            if position % _STEP == 0:
                yield None
        found = (self._layered(number) for _, number in sorted(costs, reverse=True))
        yield [one for one in found if one is not None]

    def all(self) -> Iterator[KnownImage]:
        """Yield all images that have a name: those that nodes hold, then those of which only a size was told."""
        named: set[str] = set()
        for number in self.holdings.names():
            image = self.holdings.image(number)
            if image is not None and not self._repeats(number):
                named.add(image.label)
                yield self._known(number)
        for image, (size_bytes, kind) in self.sizes.by_image().items():
            if image.label not in named:
                yield KnownImage(image=image, size_bytes=size_bytes, size_kind=kind)

    def find(self, image: Image) -> list[KnownImage]:
        """Return the images that a reference means, those of most nodes first: by its tag, its digest or both."""
        numbers = [number for number in self._numbers(image) if not self._repeats(number)]
        if image.digest is not None:
            numbers = [number for number in numbers if self._is(number, image.digest)]
        if numbers:
            numbers = heapq.nlargest(FOUND, numbers, key=self.holdings.nodes)
            # An image that bears several names is one image for whoever names its digest.
            return list({(one.image, one.digest): one for one in map(self._known, numbers)}.values())
        if image.digest is not None and images.is_digest(image.digest) and (table := self.layers.table(image.digest)) is not None:
            return [self._of_table(image, table)]
        size = self.sizes.size_of(image)
        return [] if size is None else [KnownImage(image=image, size_bytes=size[0], size_kind=size[1])]

    def others(self, one: KnownImage) -> Iterator[list[Other] | None]:
        """Yield at last the known images that share most bytes with one."""
        number = self.layers.number(one.digest) if one.digest is not None else None
        if number is None:
            yield []
            return
        shared: Counter[int] = Counter()
        for position, (other, size_bytes) in enumerate(self.layers.sharing(number)):
            if size_bytes:
                shared[other] = size_bytes
            if position % _STEP == 0:
                yield None
        most = heapq.nsmallest(COMPARED, shared.items(), key=lambda item: (-item[1], item[0]))
        names = self._names_of({other for other, _ in most})
        yield [Other(names.get(other) or self.layers.digest(other), size_bytes) for other, size_bytes in most]

    def releases(self, one: KnownImage) -> list[Release]:
        """Return what a node that holds one image fetches for others of its repository and platform, those of most nodes first."""
        if one.table is None or one.image is None or one.image.registry is None:
            return []
        numbers = self.holdings.of_repository((one.image.registry, one.image.repository))
        found: dict[str, Release] = {}
        for number in heapq.nlargest(_LOOKED_AT, numbers, key=self.holdings.nodes):
            name = self.holdings.name(number)
            if name is None or name.digest in (None, one.digest) or name.image.label in (one.image.label, *found):
                continue
            table = self.layers.table(name.digest or "")
            if table is not None and table.platform == one.table.platform:
                moved = comparing.moved(one.table, table)
                found[name.image.label] = Release(name.image.label, moved.fetched_bytes, moved.kept_bytes)
            if len(found) == COMPARED:
                break
        return list(found.values())

    def manifests(self, image: Image) -> set[str]:
        """Return the digests of the manifests that a reference is known to mean."""
        if image.digest is not None and images.is_digest(image.digest) and self.layers.number(image.digest) is not None:
            return {image.digest}
        names = (self.holdings.name(number) for number in self._numbers(image))
        return {
            name.digest
            for name in names
            if name is not None and name.digest is not None and image.digest in (None, name.digest, name.index_digest)
        }

    def fill_sizes(self, node: str) -> None:
        """Tell the sizes of the images of a node of which nothing else told one, each as most nodes hold it now."""
        for number in self.holdings.of_node(node):
            image = self.holdings.image(number)
            layered = self.layered(image.label) if image is not None else None
            if layered is not None:
                self.sizes.fill(layered.image, layered.size_bytes, SizeKind.COMPRESSED)

    def unique_bytes(self, one: KnownImage, *, node: str) -> int | None:
        """Return the bytes that go from a node with an image; None where it does not hold it, or the layers of another are unknown."""
        number = self.layers.number(one.digest) if one.digest is not None else None
        held = self.holdings.manifests(node)
        if number is None or number not in held or any(self.layers.head(other) is None for other in held):
            return None
        others = {layer for other in held if other != number for layer in self.layers.layers(other)}
        return sum(size for layer, size in self.layers.layers(number).items() if layer not in others)

    def _manifest(self, number: int) -> int | None:
        """Return the manifest of a name: as an agent tells it, else that of a status whose digest is known to be a manifest's."""
        manifest = self.holdings.manifest(number)
        if manifest is not None:
            return manifest
        name = self.holdings.name(number)
        return self.layers.number(name.either_digest) if name is not None and name.either_digest is not None else None

    def _layered(self, number: int) -> Layered | None:
        manifest, image = self._manifest(number), self.holdings.image(number)
        head = None if manifest is None else self.layers.head(manifest)
        if manifest is None or head is None or image is None or image.registry is None:
            return None
        return Layered(image, head.layers, head.largest_bytes, head.size_bytes, self.holdings.nodes(number), manifest)

    def _numbers(self, image: Image) -> tuple[int, ...] | list[int]:
        if image.digest is None:
            return self.holdings.of_image(image.canonical or "")
        if image.tag is not None:
            tagged = (image.canonical or "").partition("@")[0]
            return self.holdings.of_image(tagged)
        return self.holdings.of_repository((image.registry, image.repository)) if image.registry else self.holdings.names()

    def _is(self, number: int, digest: str) -> bool:
        name = self.holdings.name(number)
        return name is not None and digest in (name.digest, name.index_digest, name.either_digest)

    def _repeats(self, number: int) -> bool:
        """Tell whether a node's status says of a name what an agent says as well, in full."""
        if self.holdings.manifest(number) is not None:
            return False
        name = self.holdings.name(number)
        if name is None:
            return True
        alike = (self.holdings.name(one) for one in self.holdings.of_image(name.image.canonical or "") if one != number)
        return any(one is not None and name.either_digest in (one.digest, one.index_digest) for one in alike)

    def _known(self, number: int) -> KnownImage:
        name = self.holdings.name(number)
        if name is None:
            return KnownImage(image=None)
        digest = name.digest
        if digest is None and name.either_digest is not None and self.layers.knows(name.either_digest):
            digest = name.either_digest
        table = None if digest is None else self.layers.table(digest)
        if table is None:
            return self._sized(name)
        return self._of_table(name.image, table, index_digest=name.index_digest, nodes=name.nodes)

    def _of_table(self, image: Image | None, table: LayerTable, *, index_digest: str | None = None, nodes: int | None = None) -> KnownImage:
        number = self.layers.number(table.digest)
        return KnownImage(
            image=image,
            digest=table.digest,
            index_digest=index_digest,
            size_bytes=table.size_bytes,
            size_kind=SizeKind.COMPRESSED,
            shared_bytes=None if number is None else self.layers.shared_bytes(number),
            nodes=nodes,
            table=table,
            layers_from=self.layers.source(table.digest),
        )

    def _sized(self, name: Name) -> KnownImage:
        size_bytes, kind = self.sizes.size_of(name.image) or (None, SizeKind.UNKNOWN)
        return KnownImage(
            image=name.image, digest=name.digest, index_digest=name.index_digest, size_bytes=size_bytes, size_kind=kind, nodes=name.nodes
        )

    def _names_of(self, manifests: set[int]) -> dict[int, str]:
        names: dict[int, str] = {}
        for number in self.holdings.names():
            manifest, image = self.holdings.manifest(number), self.holdings.image(number)
            if manifest in manifests and image is not None:
                names.setdefault(manifest, image.label)
        return names

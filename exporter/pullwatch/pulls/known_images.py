"""What is known of images, put together: their names and nodes, their layers, and what they have in common.

An image is one manifest under one name: a name may stand for several, one for each platform or release. What no agent and no
registry told stays unknown; sizes from events and nodes are there all the same.
"""

from __future__ import annotations

import dataclasses
import heapq
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullwatch.pulls import image as images
from pullwatch.pulls import layers as comparing
from pullwatch.pulls.pull import SizeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pullwatch.pulls.holdings import Holdings
    from pullwatch.pulls.image import Image
    from pullwatch.pulls.known_layers import KnownLayers, LayersFrom
    from pullwatch.pulls.layers import LayerTable
    from pullwatch.pulls.names import Name
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
        touched, told = self.holdings.take_touched(), self.layers.take_changed()
        if touched is None or told is None:
            return None
        manifests = (number for digest in told if (number := self.layers.number(digest)) is not None)
        numbers = [*(name for manifest in manifests for name in self.holdings.of_manifest(manifest)), *self.holdings.of_status(told)]
        return touched | {image.label for number in numbers if (image := self.holdings.image(number)) is not None}

    def layered(self, canonical: str) -> Layered | None:
        """Return what is known of the layers of a name, of the manifest that most nodes hold under it."""
        numbers = self.holdings.of_image(canonical)
        if len(numbers) == 1:
            return self._layered(numbers[0], nodes=self.holdings.nodes(numbers[0]))
        known = [one for same in self._by_manifest(numbers) if (one := self._layered(same[0], nodes=self._nodes(same))) is not None]
        return max(known, key=lambda one: (one.nodes, one.manifest), default=None)

    def costliest(self, most: int) -> Iterator[list[Layered] | None]:
        """Yield at last the images that cost a cluster most: by their bytes on each node that holds them, which has pulled them once."""
        costs: list[tuple[int, str]] = []
        for position, name in enumerate(self.holdings.canonical_names()):
            cost = self._cost(name)
            if cost and len(costs) < most:
                heapq.heappush(costs, (cost, name))
            elif cost and (cost, name) > costs[0]:
                heapq.heapreplace(costs, (cost, name))
            if position % _STEP == 0:
                yield None
        found = (self.layered(name) for _, name in sorted(costs, reverse=True))
        yield [one for one in found if one is not None]

    def all(self) -> Iterator[KnownImage]:
        """Yield all images that have a name: those that nodes hold, then those of which only a size was told."""
        named: set[str] = set()
        for name in self.holdings.canonical_names():
            for one in self._put_together(self.holdings.of_image(name)):
                named.add(name)
                yield one
        for image, (size_bytes, kind) in self.sizes.by_image().items():
            if image.label not in named:
                yield KnownImage(image=image, size_bytes=size_bytes, size_kind=kind)

    def find(self, image: Image) -> list[KnownImage]:
        """Return the images that a reference means, those of most nodes first: by its tag, its digest or both."""
        numbers = self._numbers(image)
        if image.digest is not None:
            numbers = [number for number in numbers if self._is(number, image.digest)]
        numbers = heapq.nlargest(FOUND, numbers, key=self.holdings.nodes)
        if found := list(self._put_together(numbers)):
            return found
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
        """Tell the sizes of the images of a node of which nothing else tells one."""
        for number in self.holdings.of_node(node):
            image = self.holdings.image(number)
            layered = None if image is None else self.layered(image.label)
            if layered is not None:
                self.sizes.fill(layered.image, layered.size_bytes)

    def unique_bytes(self, one: KnownImage, *, node: str) -> int | None:
        """Return the bytes that go from a node with an image; None where it does not hold it, or the layers of another are unknown."""
        number = self.layers.number(one.digest) if one.digest is not None else None
        held = self.holdings.manifests(node)
        if number is None or number not in held or any(self.layers.head(other) is None for other in held):
            return None
        others = {layer for other in held if other != number for layer in self.layers.layers(other)}
        return sum(size for layer, size in self.layers.layers(number).items() if layer not in others)

    def _cost(self, canonical: str) -> int:
        """Return the bytes that all nodes together pulled of what `layered` tells of a name."""
        numbers = self.holdings.of_image(canonical)
        if len(numbers) != 1:
            one = self.layered(canonical)
            return 0 if one is None else one.size_bytes * one.nodes
        manifest = self._manifest(numbers[0])
        head = None if manifest is None else self.layers.head(manifest)
        return 0 if head is None else head.size_bytes * self.holdings.nodes(numbers[0])

    def _manifest(self, number: int) -> int | None:
        """Return the manifest of a name: as an agent tells it, else that of a status whose digest is known to be a manifest's."""
        manifest = self.holdings.manifest(number)
        if manifest is not None:
            return manifest
        name = self.holdings.name(number)
        return self.layers.number(name.either_digest) if name is not None and name.either_digest is not None else None

    def _layered(self, number: int, *, nodes: int) -> Layered | None:
        manifest, image = self._manifest(number), self.holdings.image(number)
        head = None if manifest is None else self.layers.head(manifest)
        if manifest is None or head is None or image is None or image.registry is None:
            return None
        return Layered(image, head.layers, head.largest_bytes, head.size_bytes, nodes, manifest)

    def _numbers(self, image: Image) -> Sequence[int]:
        if image.digest is None:
            return self.holdings.of_image(image.canonical or "")
        if image.tag is not None:
            tagged, _, digest = (image.canonical or "").partition("@")
            # A runtime keeps no tag of an image that a pod pins.
            pinned = f"{image.registry}/{image.repository}@{digest}"
            return [one for one in self.holdings.of_image(tagged) if self._is(one, digest)] or self.holdings.of_image(pinned)
        return self.holdings.of_repository((image.registry, image.repository)) if image.registry else self.holdings.names()

    def _put_together(self, numbers: Iterable[int]) -> Iterator[KnownImage]:
        """Yield the images that these names stand for: one that is in several indexes is one image, on the nodes of all of them."""
        for same in self._by_manifest(number for number in numbers if not self._repeats(number)):
            most = max(same, key=self.holdings.nodes)
            yield dataclasses.replace(self._known(most), nodes=self._nodes(same))

    def _by_manifest(self, numbers: Iterable[int]) -> list[list[int]]:
        """Return these names, those of one text and one manifest together."""
        groups: dict[tuple[str, int | None], list[int]] = {}
        for number in numbers:
            image = self.holdings.image(number)
            groups.setdefault((image.label if image else "", self._manifest(number)), []).append(number)
        return list(groups.values())

    def _nodes(self, numbers: Iterable[int]) -> int:
        return sum(map(self.holdings.nodes, numbers))

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

"""What containerd keeps, and how pulls change it: by the topics, labels, resources and moments that were seen of each generation."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from pullwatch.pulls.runtime import (
    Blob,
    ContentCreated,
    ImagesChanged,
    Ingest,
    Lease,
    Resource,
    RuntimeEvent,
    Snapshot,
    SnapshotEvent,
    SnapshotKind,
    StoredImage,
)
from tests.containerd.images import Image

T0 = 1_790_000_000.0
SNAPSHOTTER = "overlayfs"
GENERATIONS = ("1.6.20~ds1", "v1.7.24", "v2.1.9", "v2.2.9")


class Store:
    """The state of one containerd. Time stands until `wait`."""

    def __init__(self, version: str = "v2.2.9") -> None:
        self.version = version
        self.now = T0
        self.ingests: dict[str, Ingest] = {}
        self.leases: dict[str, Lease] = {}
        self.resources: dict[str, list[Resource]] = {}
        self.blobs: dict[str, Blob] = {}
        self.contents: dict[str, bytes] = {}
        self.images: dict[str, StoredImage] = {}
        self.snapshots: dict[str, Snapshot] = {}
        self.listeners: list[Callable[[RuntimeEvent], None]] = []

    @property
    def tells_content(self) -> bool:
        return self.version.startswith("v2")

    @property
    def is_old(self) -> bool:
        return self.version.startswith("1.6")

    def wait(self, seconds: float) -> None:
        self.now += seconds

    # A pull.

    def begin(self, image: Image, *, lease: str = "lease-1", registry: str = "registry.example", place: str | None = None) -> None:
        """Ask for an image: its lease is made, its documents come."""
        self.leases[lease] = Lease(lease, self.now)
        self.resources[lease] = []
        self.documents(image, registry=registry, place=place)
        self.resources[lease] += [Resource(digest, "content") for digest in image.documents]

    def documents(self, image: Image, *, registry: str = "registry.example", place: str | None = None) -> None:
        """Put index, manifest and config into the store, as its own labels tell of them."""
        source = {f"containerd.io/distribution.source.{registry}": place or image.repository}
        children = {f"containerd.io/gc.ref.content.l.{n}": layer for n, layer in enumerate(image.layers)}
        labels = {
            image.index: {"containerd.io/gc.ref.content.m.1": image.manifest} | source,
            image.manifest: {"containerd.io/gc.ref.content.config": image.config} | children | source,
            image.config: source,
        }
        for digest, content in image.documents.items():
            self.contents[digest] = content
            self.put(digest, len(content), labels=labels[digest])

    def open(self, image: Image, layer: int, *, lease: str = "lease-1", total: int | None = None) -> None:
        """Open the ingest of a layer, or go on with the one that a broken pull left."""
        ref = f"layer-{image.layers[layer]}"
        self.resources[lease].append(Resource(ref, "ingests"))
        if ref not in self.ingests:
            self.ingests[ref] = Ingest(ref, 0, image.sizes[layer] if total is None else total, self.now, self.now)

    def grow(self, image: Image, layer: int, offset: int) -> None:
        """Let bytes come up to this offset."""
        ref = f"layer-{image.layers[layer]}"
        self.ingests[ref] = msgspec.structs.replace(self.ingests[ref], offset=offset, updated_at=self.now)

    def finish(self, image: Image, layer: int, *, lease: str = "lease-1", size: int | None = None) -> None:
        """Let the last byte come: the ingest becomes a blob."""
        digest = image.layers[layer]
        self.ingests.pop(f"layer-{digest}", None)
        kept = [kept for kept in self.resources[lease] if kept.id != f"layer-{digest}"]
        self.resources[lease] = [*kept, Resource(digest, "content")]
        self.put(digest, image.sizes[layer] if size is None else size)

    def put(self, digest: str, size: int, *, labels: dict[str, str] | None = None) -> None:
        if digest in self.blobs:
            self.blobs[digest] = msgspec.structs.replace(self.blobs[digest], labels={**self.blobs[digest].labels, **(labels or {})})
            return
        self.blobs[digest] = Blob(digest, size, self.now, labels or {})
        if self.tells_content:
            self.tell(ContentCreated(digest, self.now))

    def prepare(self, image: Image, layer: int, *, lease: str = "lease-1", parallel: bool = False) -> None:
        """Begin to unpack a layer."""
        key = self.key(image, layer, lease)
        parent = "" if layer == 0 or parallel else image.chain_ids[layer - 1]
        self.resources[lease].append(Resource(key, f"snapshots/{SNAPSHOTTER}"))
        self.snapshots[key] = Snapshot(key, self.now, parent)
        self.tell(SnapshotEvent(SnapshotKind.PREPARED, key, self.now, parent=parent, snapshotter=self.snapshotter))

    def commit(self, image: Image, layer: int, *, lease: str = "lease-1") -> None:
        """End the unpacking of a layer."""
        key, chain_id = self.key(image, layer, lease), image.chain_ids[layer]
        self.resources[lease] = [kept for kept in self.resources[lease] if kept.id != key]
        self.snapshots.pop(key, None)
        self.snapshots[chain_id] = Snapshot(chain_id, self.now)
        self.tell(SnapshotEvent(SnapshotKind.COMMITTED, key, self.now, name=chain_id, snapshotter=self.snapshotter))

    def unpack(self, image: Image, layer: int, *, lease: str = "lease-1", seconds: float = 0.5) -> None:
        self.prepare(image, layer, lease=lease)
        self.wait(seconds)
        self.commit(image, layer, lease=lease)

    def end(self, image: Image, *, lease: str = "lease-1", name: str | None = None) -> None:
        """End a pull well: names are stored, its lease goes."""
        labels = {f"containerd.io/gc.ref.snapshot.{SNAPSHOTTER}": image.chain_ids[-1]}
        self.blobs[image.config] = msgspec.structs.replace(self.blobs[image.config], labels=labels)
        for stored in (name or f"registry.example/{image.repository}:1", image.config):
            self.images[stored] = StoredImage(stored, image.index)
            self.tell(ImagesChanged(stored, self.now))
        self.release(lease)

    def cancel(self, lease: str = "lease-1") -> None:
        """End a pull badly: what it had begun goes with its lease."""
        for kept in self.resources[lease]:
            self.ingests.pop(kept.id, None)
            if self.snapshots.pop(kept.id, None) and not self.is_old:
                self.tell(SnapshotEvent(SnapshotKind.REMOVED, kept.id, self.now))
        self.release(lease)

    def release(self, lease: str = "lease-1") -> None:
        del self.leases[lease]
        del self.resources[lease]

    def whole(self, image: Image, *, lease: str = "lease-1") -> None:
        """Pull an image from its first to its last moment, in less time than between two looks."""
        self.begin(image, lease=lease)
        for layer in range(len(image.layers)):
            self.finish(image, layer, lease=lease)
            self.unpack(image, layer, lease=lease, seconds=0.01)
        self.end(image, lease=lease)

    def collect(self, image: Image) -> None:
        """Remove an image, and let the garbage collector take what it alone kept."""
        for name in [name for name, stored in self.images.items() if stored.digest == image.index]:
            del self.images[name]
            self.tell(ImagesChanged(name, self.now))
        for digest in (*image.documents, *image.layers):
            self.blobs.pop(digest, None)
            self.contents.pop(digest, None)
        for chain_id in image.chain_ids:
            self.snapshots.pop(chain_id, None)

    # How.

    @property
    def snapshotter(self) -> str:
        return "" if self.is_old else SNAPSHOTTER

    def key(self, image: Image, layer: int, lease: str = "lease-1") -> str:
        return f"extract-{layer}-{lease} {image.chain_ids[layer]}"

    def tell(self, event: RuntimeEvent) -> None:
        for listener in self.listeners:
            listener(event)

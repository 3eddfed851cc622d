"""What a node's container runtime was seen to do, in the few fields that the rules read.

Sources build these values from containerd's messages; times are seconds since the epoch, the runtime's own. Every string is
cut and cleaned before it gets here. What it all means stands in `progress`.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

import msgspec

from pullwatch.pulls.layers import LayerTable


class Ingest(msgspec.Struct, frozen=True, gc=False):
    """A piece of content on its way into the store, running or left over from a pull that broke."""

    ref: str
    """Kind and digest, as `layer-sha256:...`; no name of an image."""
    offset: int
    """Bytes there, in steps of 1 MiB."""
    total: int
    """Bytes in all, 0 where the runtime does not know."""
    started_at: float
    """When it was opened first, which may be in an earlier pull."""
    updated_at: float
    """When `offset` moved last; `started_at` where it never did."""

    @property
    def digest(self) -> str:
        """Digest of what is fetched; empty where the reference has another form."""
        kind, dash, digest = self.ref.partition("-")
        return digest if dash and kind in INGEST_KINDS else ""


INGEST_KINDS = ("layer", "manifest", "index", "config")


class Lease(msgspec.Struct, frozen=True, gc=False):
    """What keeps the content of one pull; it may outlive a pull that broke by a day."""

    id: str
    created_at: float


class Resource(msgspec.Struct, frozen=True, gc=False):
    """One thing that a lease keeps: `content` by digest, `ingests` by reference, `snapshots/NAME` by key."""

    id: str
    type: str


class Blob(msgspec.Struct, frozen=True):
    """Content that is in the store."""

    digest: str
    size_bytes: int
    created_at: float
    """When its last byte was there."""
    labels: Mapping[str, str] = {}


class StoredImage(msgspec.Struct, frozen=True, gc=False):
    """A name, and the manifest or index that it stands for."""

    name: str
    digest: str


class Snapshot(msgspec.Struct, frozen=True, gc=False):
    """An unpacked layer, or one that is being unpacked."""

    key: str
    created_at: float
    parent: str = ""


class ImagesChanged(msgspec.Struct, frozen=True, gc=False):
    """A name was created, updated or deleted."""

    name: str
    at: float


class ContentCreated(msgspec.Struct, frozen=True, gc=False):
    """Content is complete. containerd before 2.0 tells no such thing."""

    digest: str
    at: float


class SnapshotKind(enum.StrEnum):
    """What happened to a snapshot."""

    PREPARED = "prepared"
    COMMITTED = "committed"
    REMOVED = "removed"
    """Of a failed pull, or by the garbage collector; containerd 1.6 tells no such thing."""


class SnapshotEvent(msgspec.Struct, frozen=True, gc=False):
    """The unpacking of a layer begins, ends, or is given up."""

    kind: SnapshotKind
    key: str
    """Before the commit: `extract-NUMBER CHAIN` where a layer is unpacked, something else for a container's own."""
    at: float
    parent: str = ""
    name: str = ""
    """After the commit: the chain ID."""
    snapshotter: str = ""
    """Empty in containerd 1.6."""

    @property
    def chain_id(self) -> str:
        """Name that the snapshot has, or will have, as an unpacked layer; empty where it is none."""
        return self.name or chain_of(self.key)


RuntimeEvent = ImagesChanged | ContentCreated | SnapshotEvent

EXTRACT = "extract-"


def chain_of(key: str) -> str:
    """Return the chain ID in the key of a layer that is being unpacked; empty for a container's snapshot."""
    return key.rpartition(" ")[2] if key.startswith(EXTRACT) else ""


class StoredManifest(msgspec.Struct, frozen=True):
    """A platform's manifest that is in the content store, with all that is known through it."""

    table: LayerTable
    chain_ids: tuple[str, ...] = ()
    """Name of the snapshot at each layer; empty where the config is gone or does not fit."""
    sources: tuple[tuple[str, str], ...] = ()
    """Registry, without its port, and repository of each place that it was fetched from."""
    snapshotter: str = ""
    created_at: float = 0.0
    index_digest: str | None = None


SOURCE_LABEL = "containerd.io/distribution.source."
SNAPSHOT_LABEL = "containerd.io/gc.ref.snapshot."
CHILD_LABEL = "containerd.io/gc.ref.content."


def sources(labels: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return registry and repository of each place that content was fetched from; containerd drops the registry's port."""
    found = [
        (name.removeprefix(SOURCE_LABEL), repository)
        for name, value in labels.items()
        if name.startswith(SOURCE_LABEL)
        for repository in value.split(",")
        if repository
    ]
    return tuple(sorted(found))


def names_children(blob: Blob) -> bool:
    """Tell whether content is a manifest or an index, by the labels that keep what it names."""
    return any(name.startswith(CHILD_LABEL) for name in blob.labels)


def snapshotter(labels: Mapping[str, str]) -> str:
    """Return the snapshotter that a config's label names; empty where none does."""
    return next((name.removeprefix(SNAPSHOT_LABEL) for name in labels if name.startswith(SNAPSHOT_LABEL)), "")

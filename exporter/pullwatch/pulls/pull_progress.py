"""One pull as its lease shows it: which image, which layers, and whether it runs at all.

A lease, an ingest or a half unpacked snapshot proves nothing: all three outlive a pull that broke by up to a day. A pull runs
that did something since we listen to this containerd: a byte came, an unpacking began or ended, or its lease was made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullwatch.pulls.layer_progress import TrackedLayer
from pullwatch.pulls.rate import Rate
from pullwatch.pulls.reported import RunningPull
from pullwatch.pulls.runtime import chain_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from pullwatch.pulls.runtime import Lease, Resource, Snapshot, StoredManifest

FROZEN_SECONDS = 360.0
"""A download at which nothing moved for so long is none: containerd itself gives up after 300 s (`image_pull_progress_timeout`)."""

UNPACK_FROZEN_SECONDS = 3600.0
"""The same while a layer is unpacked, of which nothing can be seen until its end."""

FIRST_QUESTIONS = 100
MORE_QUESTIONS = 8
"""Blobs of one pull that are asked for at a time: of layers never asked for, and of those that pass without an ingest."""

NOWHERE = ("", "")


class TrackedPull:
    """What is known of the pull behind one lease."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self.image: StoredManifest | None = None
        self.source = NOWHERE
        self.layers: tuple[TrackedLayer, ...] = ()
        self.contents: tuple[str, ...] = ()
        """Digests that its lease keeps."""
        self.ingests: frozenset[str] = frozenset()
        """References of the ingests that its lease keeps."""
        self.snapshots: frozenset[str] = frozenset()
        self.snapshotter = ""
        self.was_read = False
        self.is_told = False
        """Whether its end was told."""
        self.evidence_at = float("-inf")
        self.doubted_at = float("-inf")
        """Evidence must be newer than this."""
        self.keys_seen: set[str] = set()
        """Keys of which it is known since when they are there."""
        self._next_chain: int | None = 0
        self._rate = Rate()
        self._by_digest: dict[str, list[TrackedLayer]] = {}
        self._by_chain: dict[str, TrackedLayer] = {}

    # What was seen.

    def holds(self, resources: Iterable[Resource]) -> None:
        """Take what its lease keeps."""
        kept = list(resources)
        self.was_read = True
        self.contents = tuple(resource.id for resource in kept if resource.type == "content")
        self.ingests = frozenset(resource.id for resource in kept if resource.type == "ingests")
        snapshots = [resource for resource in kept if resource.type.startswith("snapshots/")]
        self.snapshots = frozenset(resource.id for resource in snapshots)
        for resource in snapshots[:1]:
            self.snapshotter = resource.type.removeprefix("snapshots/")

    def identify(self, image: StoredManifest, source: tuple[str, str]) -> None:
        """Take which image it is."""
        self.image = image
        self.source = source
        self.snapshotter = self.snapshotter or image.snapshotter
        chain_ids = image.chain_ids or ("",) * len(image.table.layers)
        layers: list[TrackedLayer] = []
        for position, (listed, chain_id) in enumerate(zip(image.table.layers, chain_ids, strict=True)):
            below = layers[-1] if layers else None
            layers.append(TrackedLayer(listed, position=position, chain_id=chain_id, asked_at=self.lease.created_at, below=below))
        self.layers = tuple(layers)
        for layer in self.layers:
            self._by_digest.setdefault(layer.layer.digest, []).append(layer)
            if layer.chain_id:
                self._by_chain[layer.chain_id] = layer

    def keys_to_ask(self) -> list[str]:
        """Return names of snapshots that nobody told of: the lowest layer not asked for yet, and what is half unpacked."""
        below = [] if self._next_chain is None or self._next_chain >= len(self.layers) else [self.layers[self._next_chain].chain_id]
        half = [key for key in self.snapshots if key not in self.keys_seen and chain_of(key) in self._by_chain]
        return [key for key in (*below, *half) if key]

    def snapshot(self, key: str, snapshot: Snapshot | None) -> None:
        """Take what is known of a snapshot, None where it is not there."""
        self.keys_seen.add(key)
        half = self._by_chain.get(chain_of(key))
        if half is not None:
            if snapshot is not None:
                half.prepared(snapshot.created_at, parent=snapshot.parent)
            return
        if snapshot is None or self._next_chain is None:
            self._next_chain = None
            return
        layer = self.layers[self._next_chain]
        if not layer.is_finished:
            layer.unpacked(snapshot.created_at)
        self._next_chain += 1

    def blobs_to_ask(self, due: Collection[str]) -> list[str]:
        """Return digests of layers that may be complete: those of which something was heard, and some of those of which nothing was."""
        waiting = [layer for layer in self.layers if layer.may_be_stored]
        heard = [layer for layer in waiting if layer.layer.digest in due]
        never = [layer for layer in waiting if not layer.asked_times]
        rest = sorted((layer for layer in waiting if layer.committed_at is None), key=lambda layer: layer.asked_times)
        return [layer.layer.digest for layer in (*heard, *never[:FIRST_QUESTIONS], *rest[:MORE_QUESTIONS])]

    def proved(self, at: float) -> None:
        """Take that it did something."""
        self.evidence_at = max(self.evidence_at, at)

    def step(self) -> None:
        """Take that all bytes of this moment are known."""
        steps = [layer.last_step_at for layer in self.once if layer.last_step_at is not None and not layer.is_foreign]
        self._rate.step(max([self.lease.created_at, *steps]), sum(layer.fetched_bytes for layer in self.once))

    # What it means.

    @property
    def once(self) -> Sequence[TrackedLayer]:
        """Its layers, of those that are there twice the first."""
        return [layers[0] for layers in self._by_digest.values()]

    def of_digest(self, digest: str) -> Sequence[TrackedLayer]:
        return self._by_digest.get(digest, ())

    def of_chain(self, chain_id: str) -> TrackedLayer | None:
        return self._by_chain.get(chain_id)

    def is_proven(self, since: float) -> bool:
        """Tell whether it did something since then, and since it was doubted."""
        return self.evidence_at > max(since, self.doubted_at)

    @property
    def is_finished(self) -> bool:
        return bool(self.layers) and all(layer.is_finished for layer in self.layers)

    def is_frozen(self, now: float) -> bool:
        """Tell whether nothing happened for longer than anything takes."""
        unpacks = all(layer.is_there for layer in self.layers)
        return now - self.evidence_at > (UNPACK_FROZEN_SECONDS if unpacks else FROZEN_SECONDS)

    @property
    def waits_for_pull(self) -> bool:
        """Tell whether it can do nothing before another pull has fetched and unpacked a layer of its own."""
        foreign = any(layer.is_foreign and not layer.is_finished for layer in self.layers)
        return foreign and not any(layer.ingest or layer.prepared_at for layer in self.layers if not layer.is_finished)

    def running(self, now: float) -> RunningPull:
        """Return what there is to tell of it."""
        if self.image is None:
            raise ValueError("a pull whose image is not known has nothing to tell")
        rate = self._rate.bytes_per_second(now)
        missing = sum(layer.missing_bytes for layer in self.once)
        registry, repository = self.source
        return RunningPull(
            registry,
            repository,
            self.image.table.digest,
            self.lease.created_at,
            tuple(layer.progress(now) for layer in self.layers),
            bytes_per_second=rate,
            eta_seconds=missing / rate if rate else None,
            waits_for_pull=self.waits_for_pull,
        )

"""All pulls of one node: from what its runtime was seen to do to the pulls that run, layer by layer.

Whoever looks calls in turn `look` (what is on its way, which leases there are), `holds` for each of `leases_to_read`, `weigh`,
`identify` for each of `unidentified`, `attribute`, then answers `blobs_to_ask` and `snapshots_to_ask`, and ends with `step`.
Events come in between. It has no clock: `now` is the runtime's, seconds since the epoch.
"""

from __future__ import annotations

import itertools
from collections import Counter, deque
from typing import TYPE_CHECKING

from pullwatch.pulls import slots
from pullwatch.pulls.fetched import Fetched
from pullwatch.pulls.pull_progress import TrackedPull
from pullwatch.pulls.runtime import Blob, Snapshot, SnapshotEvent, SnapshotKind
from pullwatch.pulls.unpacking import Unpacking

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pullwatch.pulls.layer_progress import TrackedLayer
    from pullwatch.pulls.reported import RunningPull
    from pullwatch.pulls.runtime import Ingest, Lease, Resource, StoredManifest
    from pullwatch.pulls.slots import Download

MAX_LEASES = 200
"""Leases that are looked at, the newest; a crash leaves those of its pulls for a day."""

MAX_PULLS = 100
"""Pulls that are told of at a time, the oldest; a kubelet runs one or some tens."""

STIRRED_SECONDS = 10.0
"""Time to go on looking after something happened, while no pull is proven to run."""

UNCLAIMED_SECONDS = 60.0
MAX_UNCLAIMED = 1_000
"""How long, and how many, events are kept of which it is not known whose layers they are about."""


class Progress:
    """What runs on a node. `lied` and `dropped_leases` only grow."""

    def __init__(self, *, fetched: Fetched) -> None:
        self._fetched = fetched
        self._connected_at = float("inf")
        self._queues = True
        self._slots = slots.SLOTS
        self._stirred_at = float("-inf")
        self._ingests: dict[str, Ingest] = {}
        self._pulls: dict[str, TrackedPull] = {}
        self._moved: set[str] = set()
        """Ingests that are new or went on at the last look."""
        self._ended: list[TrackedPull] = []
        self._dropped: set[str] = set()
        self._unpacking = Unpacking()
        self._unclaimed: deque[SnapshotEvent] = deque(maxlen=MAX_UNCLAIMED)
        self._looked_at = float("-inf")
        self._downloads: deque[Download] = deque(maxlen=500)
        """Those of pulls that have ended, which may have held slots that others waited for."""
        self._due: set[str] = set()
        self.trouble: Counter[str] = Counter()
        """What was not right, by reason."""

    # The connection.

    def connected(self, now: float, *, version: str) -> None:
        """Take that nothing will be missed from now on; what was there before proves nothing."""
        self.lost()
        self._connected_at = now
        self._stirred_at = now
        # Before 2.0 there is an ingest only for what is being fetched.
        self._queues = not version.removeprefix("v").startswith(("0.", "1."))
        self._slots = slots.SLOTS

    def lost(self) -> None:
        """Take that the runtime is not heard any more: nothing is known to run."""
        self._connected_at = float("inf")
        self._ingests.clear()
        self._pulls.clear()
        self._ended.clear()
        self._unclaimed.clear()
        self._unpacking = Unpacking()

    # What is seen.

    def event(self, event: SnapshotEvent) -> None:
        """Take that a layer begins or ends to be unpacked, or is given up."""
        if not event.chain_id:
            return
        self._stirred_at = max(self._stirred_at, event.at)
        self._unpacking.take(event)
        if not self._unpack(event):
            self._unclaimed.append(event)

    def content_created(self, digest: str, at: float) -> None:
        """Take that a blob is complete."""
        self._stirred_at = max(self._stirred_at, at)
        self._due.add(digest)

    def look(self, ingests: Iterable[Ingest], leases: Iterable[Lease], *, now: float) -> None:
        """Take what is on its way, and which leases there are now."""
        self._looked_at = now
        before, self._ingests = self._ingests, {ingest.ref: ingest for ingest in ingests}
        self._moved = {ref for ref, ingest in self._ingests.items() if before.get(ref) != ingest}
        if any(self._ingests[ref].updated_at > self._connected_at for ref in self._moved):
            self._stirred_at = max(self._stirred_at, now)
        self._due.update(ingest.digest for ref, ingest in before.items() if ref not in self._ingests)
        newest = sorted(leases, key=lambda lease: lease.created_at, reverse=True)
        beyond = {lease.id for lease in newest[MAX_LEASES:]}
        self.trouble["leases_dropped"] += len(beyond - self._dropped)
        self._dropped = beyond
        known = self._pulls
        self._pulls = {lease.id: known.get(lease.id) or TrackedPull(lease) for lease in newest[:MAX_LEASES]}
        # What they fetched last is still to be counted.
        self._ended = [pull for lease, pull in known.items() if lease not in self._pulls and self._is_proven(pull)]

    def leases_to_read(self) -> list[str]:
        """Return the leases whose resources may have changed in a way that matters."""
        held = set[str]().union(*(pull.ingests for pull in self._pulls.values()))
        homeless = not self._moved <= held
        return [lease for lease, pull in self._pulls.items() if homeless or not pull.was_read or self._is_proven(pull)]

    def holds(self, lease: str, resources: Sequence[Resource]) -> None:
        """Take what a lease keeps."""
        if lease in self._pulls:
            self._pulls[lease].holds(resources)

    def weigh(self) -> None:
        """Find out for which pulls there is evidence that they run."""
        owners = self._owners()
        for pull in self._pulls.values():
            pull.proved(pull.lease.created_at)
            for ref in pull.ingests:
                if ref in self._ingests and owners.get(ref) is pull:
                    pull.proved(self._ingests[ref].updated_at)
            for at in self._unpacking.moments(pull.snapshots, since=pull.lease.created_at):
                pull.proved(at)

    def unidentified(self) -> list[tuple[str, Sequence[str]]]:
        """Return leases of pulls that run and whose image is not known, each with the digests among which its manifest is."""
        return [(lease, pull.contents) for lease, pull in self._pulls.items() if pull.image is None and self._is_proven(pull)]

    def identify(self, lease: str, image: StoredManifest, *, source: tuple[str, str]) -> None:
        """Take which image a pull is of, and where it comes from."""
        if lease in self._pulls:
            self._pulls[lease].identify(image, source)

    def attribute(self) -> None:
        """Give each ingest to the layers that it is for."""
        owners = self._owners()
        proven = [pull for pull in self._proven() if pull.image is not None]
        for pull in proven:
            for layer in pull.layers:
                self._give(layer, pull, owners)
        waiting = [event for event in self._unclaimed if not self._unpack(event) and self._looked_at - event.at < UNCLAIMED_SECONDS]
        self._unclaimed = deque(waiting, maxlen=MAX_UNCLAIMED)

    # What is to be asked.

    def blobs_to_ask(self) -> list[str]:
        """Return digests of layers of which the store may know more by now."""
        asked: dict[str, None] = {}
        for pull in self._ended:
            for layer in pull.layers:
                layer.unseen()
        for pull in itertools.chain(self._ended, self._proven()):
            asked.update(dict.fromkeys(pull.blobs_to_ask(self._due)))
        self._due.clear()
        return list(asked)

    def stored(self, digest: str, blob: Blob | None) -> None:
        """Take what the store has of a layer; None where it has nothing."""
        for pull in itertools.chain(self._ended, self._proven()):
            for layer in pull.of_digest(digest):
                if blob is not None and layer.ended_at is None:
                    self._fetched.stored(layer.layer, blob, left_bytes=layer.left_bytes)
                self.trouble["size_differs"] += layer.stored(blob)

    def snapshots_to_ask(self) -> list[tuple[str, str, str]]:
        """Return lease, snapshotter and key of snapshots that may have been there before anybody listened.

        Layers are asked for from the bottom upwards until one is not there. Ask again until nothing comes.
        """
        found = []
        for lease, pull in self._pulls.items():
            if pull.image is not None and pull.snapshotter and self._is_proven(pull):
                found += [(lease, pull.snapshotter, key) for key in pull.keys_to_ask()]
        return found

    def snapshot(self, lease: str, key: str, snapshot: Snapshot | None) -> None:
        """Take what is known of a snapshot; None where it is not there."""
        pull = self._pulls.get(lease)
        if pull is not None:
            pull.snapshot(key, snapshot)

    def step(self) -> tuple[RunningPull, ...]:
        """Take that all is known of this moment; return the pulls that have come to their end, as they ended."""
        self._queue([*self._proven()])
        self._slot()
        for pull in self._proven():
            pull.step()
        self._downloads.extend(layer.download for pull in self._ended for layer in pull.once if layer.download is not None)
        self.trouble["pulls_dropped"] += len(self._shown(self._looked_at)[MAX_PULLS:])
        done = [pull for pull in itertools.chain(self._ended, self._proven()) if pull.is_finished and not pull.is_told]
        self._ended = []
        for pull in done:
            pull.is_told = True
        return tuple(pull.running(pull.evidence_at) for pull in done if any(layer.moves for layer in pull.layers))

    # What it means.

    def is_stirred(self, now: float) -> bool:
        """Tell whether it is worthwhile to look again soon."""
        # A lease may be anybody's: only one that is known to be a pull's is worth more than some seconds.
        newest = max([self._stirred_at, *(pull.evidence_at for pull in self._proven() if not pull.is_finished)])
        return now - newest < STIRRED_SECONDS or bool(self._alive(now))

    def running(self, now: float) -> tuple[RunningPull, ...]:
        """Return the pulls that run, oldest first."""
        return tuple(pull.running(now) for pull in self._shown(now)[:MAX_PULLS])

    # How.

    def _is_proven(self, pull: TrackedPull) -> bool:
        return pull.is_proven(self._connected_at)

    def _proven(self) -> Iterator[TrackedPull]:
        return (pull for pull in self._pulls.values() if self._is_proven(pull))

    def _alive(self, now: float) -> list[TrackedPull]:
        """Return the pulls that have something to do, and of which something was seen lately; those that wait live as long as others."""
        moving = [pull for pull in self._proven() if pull.image and not pull.is_finished and any(layer.moves for layer in pull.layers)]
        working = any(not pull.is_frozen(now) and not pull.waits_for_pull for pull in moving)
        return [pull for pull in moving if not pull.is_frozen(now) or (pull.waits_for_pull and working)]

    def _shown(self, now: float) -> list[TrackedPull]:
        """Return of two pulls of one manifest from one repository, whose series would be the same, that which did something last."""
        shown: dict[tuple[tuple[str, str], str], TrackedPull] = {}
        for pull in sorted(self._alive(now), key=lambda pull: pull.evidence_at):
            if pull.image is not None:
                shown[pull.source, pull.image.table.digest] = pull
        return sorted(shown.values(), key=lambda pull: pull.lease.created_at)

    def _owners(self) -> dict[str, TrackedPull]:
        """Return by reference whose ingest it is: of the newest lease that keeps it, as those of a crash keep it too."""
        oldest_first = sorted(self._pulls.values(), key=lambda pull: pull.lease.created_at)
        return {ref: pull for pull in oldest_first for ref in pull.ingests}

    def _give(self, layer: TrackedLayer, pull: TrackedPull, owners: dict[str, TrackedPull]) -> None:
        ingest = self._ingests.get(f"layer-{layer.layer.digest}")
        owner = owners.get(ingest.ref) if ingest else None
        if ingest is None or layer.is_there:
            layer.unseen()
        elif owner is pull:
            self.trouble["size_differs"] += layer.ingested(ingest)
        elif owner is not None and self._is_proven(owner):
            layer.ingest = None
            layer.is_foreign = True

    def _unpack(self, event: SnapshotEvent) -> bool:
        """Give an event to the pull that did what it tells, and its result to all; tell whether that pull is known.

        Where two pulls have the layer, the lease that keeps the snapshot says whose it is. It is not known before it was read.
        """
        having = [
            (pull, layer) for pull in self._pulls.values() if (layer := pull.of_chain(event.chain_id)) and event.at >= pull.lease.created_at
        ]
        holding = [found for found in having if event.key in found[0].snapshots or event.key in found[0].keys_seen]
        # Another pull, whose image is not known yet, may have the layer as well.
        is_clear = len(having) == 1 and not self.unidentified()
        own = holding or [found for found in having if is_clear and not found[1].is_foreign]
        for pull, layer in own[:1]:
            pull.keys_seen.add(event.key)
            if event.kind is SnapshotKind.REMOVED:
                pull.doubted_at = event.at
                continue
            pull.proved(event.at)
            if event.kind is SnapshotKind.PREPARED:
                layer.prepared(event.at, parent=event.parent)
        for _, layer in having:
            if event.kind is SnapshotKind.COMMITTED and not layer.is_finished:
                layer.unpacked(event.at)
                self._due.add(layer.layer.digest)
        return bool(own)

    def _queue(self, pulls: Sequence[TrackedPull]) -> None:
        """Find out which ingests wait: since 2.0 all of a pull are open from its beginning, and only some can move.

        Nothing tells which got a slot. One that has not moved while as many others as there are slots have, or ended, waited;
        of the others those of upper layers are taken to wait, which a first step may show to be wrong.
        """
        layers = [layer for pull in pulls for layer in pull.once]
        active = [layer for layer in layers if layer.ingest is not None]
        used = len([layer for layer in layers if layer.has_grown or (layer.ended_at is not None and layer.moves)])
        moving = len([layer for layer in active if layer.has_grown])
        # More at a time than are known of: containerd is set up so, and what it lets in at the next pull is known now.
        self._slots = max(self._slots, moving)
        free = self._slots - moving
        for place, layer in enumerate([layer for layer in active if not layer.has_grown]):
            layer.queue(is_waiting=self._queues and place >= free, has_waited=self._queues and used >= self._slots)

    def _slot(self) -> None:
        """Find out when those downloads that moved got their slots."""
        if not self._queues:
            return
        moved = [(layer, layer.download) for pull in (*self._ended, *self._proven()) for layer in pull.once]
        known = [(layer, download) for layer, download in moved if download is not None]
        found = slots.starts([*(download for _, download in known), *self._downloads], slots=self._slots)
        for (layer, _), at in zip(known, found, strict=False):
            layer.slot_at = at

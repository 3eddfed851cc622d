"""A tracker that looks at a store, as the agent does over a socket."""

from __future__ import annotations

from collections.abc import Sequence

from pullwatch.pulls import manifest, runtime
from pullwatch.pulls.fetched import Fetched
from pullwatch.pulls.progress import Progress
from pullwatch.pulls.reported import LayerProgress, LayerState, RunningPull
from pullwatch.pulls.runtime import ContentCreated, RuntimeEvent, SnapshotEvent, StoredManifest
from tests.containerd.store import Store


class Node:
    """A store and what is known of it."""

    def __init__(self, store: Store | None = None, *, version: str = "v2.2.9", connect: bool = True) -> None:
        self.store = store or Store(version)
        self.fetched = Fetched(since=self.store.now)
        self.progress = Progress(fetched=self.fetched)
        self.ended: list[RunningPull] = []
        self.store.listeners.append(self.hear)
        if connect:
            self.connect()

    def connect(self) -> None:
        """Begin to listen."""
        self.progress.connected(self.store.now, version=self.store.version)
        # What happens in the moment of the connection is not known to be later.
        self.store.wait(0.001)

    def hear(self, event: RuntimeEvent) -> None:
        if isinstance(event, SnapshotEvent):
            self.progress.event(event)
        elif isinstance(event, ContentCreated):
            self.progress.content_created(event.digest, event.at)

    def look(self, *, after: float = 0.0) -> tuple[RunningPull, ...]:
        """Look once, after some seconds; return what runs."""
        store, progress = self.store, self.progress
        store.wait(after)
        progress.look([*store.ingests.values()], [*store.leases.values()], now=store.now)
        for lease in progress.leases_to_read():
            progress.holds(lease, store.resources.get(lease, []))
        progress.weigh()
        for lease, digests in progress.unidentified():
            image = self.manifest(digests)
            if image is not None:
                progress.identify(lease, image, source=(image.sources or (("", ""),))[0])
        progress.attribute()
        for digest in progress.blobs_to_ask():
            progress.stored(digest, store.blobs.get(digest))
        while questions := progress.snapshots_to_ask():
            for lease, _, key in questions:
                progress.snapshot(lease, key, store.snapshots.get(key))
        self.ended += progress.step()
        return self.running

    def manifest(self, digests: Sequence[str]) -> StoredManifest | None:
        for digest in digests:
            blob = self.store.blobs.get(digest)
            if blob is None or not runtime.names_children(blob) or digest not in self.store.contents:
                continue
            document = manifest.read(self.store.contents[digest], digest=digest)
            if isinstance(document, manifest.Manifest):
                content = self.store.contents.get(document.config.digest)
                chain_ids = () if content is None else manifest.chain_ids(manifest.config_of(document, content).rootfs.diff_ids)
                table = manifest.table(document, digest=digest, config=content)
                config = self.store.blobs.get(document.config.digest)
                snapshotter = runtime.snapshotter(config.labels) if config else ""
                return StoredManifest(table, tuple(chain_ids), runtime.sources(blob.labels), snapshotter, blob.created_at)
        return None

    @property
    def running(self) -> tuple[RunningPull, ...]:
        return self.progress.running(self.store.now)

    @property
    def pull(self) -> RunningPull:
        """The only pull that runs."""
        (pull,) = self.running
        return pull

    def layer(self, position: int) -> LayerProgress:
        return self.pull.layers[position]

    @property
    def states(self) -> list[LayerState]:
        return [layer.state for layer in self.pull.layers]

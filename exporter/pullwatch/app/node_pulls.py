"""The pulls of one node, followed: what the tracker wants to know is asked of containerd, once a second while something is pulled.

What the answers mean stands in `pulls.progress`. While nothing is pulled containerd is asked two questions every 30 s, in case
an event tells nothing: a client that pulls by itself prepares no snapshot before all its downloads have ended.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from pullwatch.pulls.runtime import ContentCreated, ImagesChanged, SnapshotEvent
from pullwatch.sources.containerd import errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullwatch.pulls.progress import Progress
    from pullwatch.pulls.reported import RunningPull
    from pullwatch.pulls.runtime import Blob, RuntimeEvent, Snapshot, StoredManifest
    from pullwatch.sources.containerd.client import Containerd
    from pullwatch.sources.containerd.documents import Manifests

LOOK_SECONDS = 1.0
IDLE_SECONDS = 30.0

FAILURES = 3
"""Looks that fail in a row before nothing is known any more: a containerd that hangs ends no connection."""

SETTLE_SECONDS = 0.1
"""Time between an event and the look at what it was about: events come in bursts."""


class NodePulls:
    """Follows the pulls. `looked` is called after each look with the pulls that have ended, `failed` with what went wrong in one."""

    def __init__(
        self,
        client: Containerd,
        manifests: Manifests,
        progress: Progress,
        *,
        looked: Callable[[tuple[RunningPull, ...]], None],
        failed: Callable[[errors.RuntimeTrouble], None],
        names: Callable[[str], set[tuple[str, str]]],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._manifests = manifests
        self._progress = progress
        self._looked = looked
        self._failed = failed
        self._names = names
        self._clock = clock
        self._version = ""
        self._failures = 0
        self._woken = asyncio.Event()
        self._is_connected = asyncio.Event()

    def connected(self, version: str) -> None:
        """Take that events are heard from now on."""
        self._version = version
        self._failures = 0
        self._progress.connected(self._clock(), version=version)
        self._is_connected.set()
        self._woken.set()

    def lost(self) -> None:
        """Take that containerd is not heard any more."""
        self._is_connected.clear()
        self._progress.lost()

    def event(self, event: RuntimeEvent) -> None:
        """Take an event. It only moves values: the stream must be read without delay."""
        match event:
            case SnapshotEvent():
                self._progress.event(event)
                if event.chain_id:
                    self._woken.set()
            case ContentCreated():
                self._progress.content_created(event.digest, event.at)
                self._woken.set()
            case ImagesChanged():
                # The end of a pull: its lease goes now.
                if self._progress.is_stirred(self._clock()):
                    self._woken.set()

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await self._is_connected.wait()
            self._woken.clear()
            try:
                ended = await self.look()
            except errors.RuntimeTrouble as error:
                self._fail(error)
            else:
                self._failures = 0
                self._looked(ended)
            await self._until_next_look()

    async def look(self) -> tuple[RunningPull, ...]:
        """Ask all that there is to know now; return the pulls that ended. Raises RuntimeTrouble."""
        progress = self._progress
        progress.look(await self._client.ingests(), await self._client.leases(), now=self._clock())
        for lease in progress.leases_to_read():
            try:
                progress.holds(lease, await self._client.resources(lease))
            except errors.NotFound:
                progress.holds(lease, [])
        progress.weigh()
        for lease, digests in progress.unidentified():
            image = await self._manifests.among(digests)
            if image is not None:
                progress.identify(lease, image, source=self._source(image))
        progress.attribute()
        for digest in progress.blobs_to_ask():
            progress.stored(digest, await self._blob(digest))
        while questions := progress.snapshots_to_ask():
            for lease, snapshotter, key in questions:
                progress.snapshot(lease, key, await self._snapshot(key, snapshotter))
        return progress.step()

    def _fail(self, error: errors.RuntimeTrouble) -> None:
        self._failed(error)
        self._failures += 1
        if self._failures % FAILURES == 0 and self._is_connected.is_set():
            # What ran may go on or not: from now on it has to be proven anew.
            self._progress.connected(self._clock(), version=self._version)

    async def _until_next_look(self) -> None:
        stirred = self._progress.is_stirred(self._clock())
        try:
            async with asyncio.timeout(LOOK_SECONDS if stirred else IDLE_SECONDS):
                await self._woken.wait()
            await asyncio.sleep(SETTLE_SECONDS)
        except TimeoutError:
            return

    async def _blob(self, digest: str) -> Blob | None:
        try:
            return await self._client.blob(digest)
        except errors.NotFound:
            return None

    async def _snapshot(self, key: str, snapshotter: str) -> Snapshot | None:
        try:
            return await self._client.snapshot(key, snapshotter=snapshotter)
        except errors.NotFound:
            return None

    def _source(self, image: StoredManifest) -> tuple[str, str]:
        """Return where an image is pulled from: of several places that which has no name on this node yet."""
        if not image.sources:
            return ("", "")
        named = self._names(image.table.digest)
        return next((place for place in image.sources if place not in named), image.sources[0])

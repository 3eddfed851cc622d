"""The images of one node, read again when containerd says that they changed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pullwatch.pulls.reported import MAX_IMAGES
from pullwatch.sources.containerd import errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullwatch.pulls.fetched import Fetched
    from pullwatch.pulls.held import HeldImages
    from pullwatch.pulls.runtime import StoredManifest
    from pullwatch.sources.containerd.client import Containerd
    from pullwatch.sources.containerd.documents import Manifests

SETTLE_SECONDS = 1.0
"""Time after a change before names are read: a pull makes three of them."""

AGAIN_SECONDS = 3600.0
"""The same without any change, should an event have been missed."""

RETRY_SECONDS = 30.0
"""The same after a read that failed."""


class NodeImages:
    """Keeps `held` up to date. `changed` is called when it is another one, `failed` with what went wrong."""

    def __init__(
        self,
        client: Containerd,
        manifests: Manifests,
        held: HeldImages,
        fetched: Fetched,
        *,
        changed: Callable[[], None],
        failed: Callable[[errors.RuntimeTrouble], None],
        trouble: Callable[[str], None],
    ) -> None:
        self._client = client
        self._manifests = manifests
        self._held = held
        self._fetched = fetched
        self._changed = changed
        self._failed = failed
        self._trouble = trouble
        self._resolved: dict[str, StoredManifest] = {}
        self._woken = asyncio.Event()
        self._is_first = True

    def wake(self) -> None:
        """Take that names may have changed."""
        self._woken.set()

    async def run(self) -> None:
        """Read for ever, first when woken."""
        await self._woken.wait()
        while True:
            self._woken.clear()
            seconds = AGAIN_SECONDS
            try:
                await self.read()
            except errors.RuntimeTrouble as error:
                self._failed(error)
                seconds = RETRY_SECONDS
            try:
                async with asyncio.timeout(seconds):
                    await self._woken.wait()
                await asyncio.sleep(SETTLE_SECONDS)
            except TimeoutError:
                continue

    async def read(self) -> None:
        """Read all names and the manifests that are new. Raises RuntimeTrouble."""
        names = await self._client.images()
        # Three names for each image: its tag, its digest, and that of its config.
        kept = names[: MAX_IMAGES * 3]
        before, self._resolved = self._resolved, {}
        for digest in dict.fromkeys(name.digest for name in kept):
            found = before.get(digest) or await self._manifests.of_image(digest)
            if found is None:
                continue
            self._resolved[digest] = found
            if digest not in before:
                await self._count(found)
        first, self._is_first = self._is_first, False
        # That a node holds nothing is to be told, too: the server hears of the node, and we learn whether it listens.
        if self._held.read(kept, self._resolved) or first:
            self._changed()
        if self._held.dropped or len(names) > len(kept):
            self._trouble("images_dropped")

    async def _count(self, found: StoredManifest) -> None:
        """Count what a pull fetched that was over between two looks; what was here first is only remembered."""
        if self._is_first:
            self._fetched.hold(found.table.layers)
            return
        for layer in found.table.layers:
            try:
                self._fetched.stored(layer, await self._client.blob(layer.digest))
            except errors.NotFound:
                continue

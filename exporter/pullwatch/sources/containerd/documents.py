"""Manifests in containerd's content store: read, held against their digests, and joined with their configs.

Whatever may vanish at any moment does: the garbage collector takes content between two calls. What is not there is None; what
is there and cannot be used is counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from pullwatch.pulls import manifest, runtime
from pullwatch.pulls.reported import Told
from pullwatch.pulls.runtime import StoredManifest
from pullwatch.sources.containerd import errors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pullwatch.pulls.runtime import Blob
    from pullwatch.sources.containerd.client import Containerd

_Value = TypeVar("_Value")

CAPACITY = 500
"""Manifests that are remembered; a node holds some hundred images at most."""

MAX_TOLD_BYTES, MAX_TOLD_CONFIG_BYTES = 512 * 1024, 192 * 1024
"""Of a manifest and of a config in a report, which holds a third more bytes as base64 and is cut at 1 MiB. Of a hundred layers they
have 20 KB and some 10 KB; a larger config costs the Dockerfile lines."""

CHILDLESS_TIMES = 2
MAX_CHILDLESS = 20_000
"""How often content is asked whether it is a manifest, and of how much content that is remembered: layers are content, too."""

MAX_DEPTH = 3
"""An index in an index in an index is nobody's image."""


class Manifests:
    """Reads manifests once. `trouble` is called with the reason of each that cannot be used."""

    def __init__(self, client: Containerd, *, architecture: str, trouble: Callable[[str], None]) -> None:
        self._client = client
        self._architecture = architecture
        self._trouble = trouble
        self._known: dict[str, StoredManifest] = {}
        self._unusable: dict[str, None] = {}
        self._childless: dict[str, int] = {}
        """How often content was no manifest; its labels come a moment after its last byte."""

    async def among(self, digests: Sequence[str]) -> StoredManifest | None:
        """Return the manifest among what a lease keeps, once its config is there too. Raises RuntimeTrouble."""
        for digest in digests:
            if self._childless.get(digest, 0) >= CHILDLESS_TIMES:
                continue
            blob = await self._blob(digest)
            if blob is None:
                continue
            if not runtime.names_children(blob):
                times = self._childless.pop(digest, 0)
                _keep(self._childless, digest, times + 1, capacity=MAX_CHILDLESS)
                continue
            found = await self._read(blob, is_arriving=True)
            if isinstance(found, StoredManifest):
                return found
        return None

    async def of_image(self, digest: str) -> StoredManifest | None:
        """Return the manifest that a name's digest leads to on this node. Raises RuntimeTrouble."""
        return await self._resolve(digest, depth=0)

    async def told(self, digest: str) -> Told | None:
        """Return a manifest as it lies here, with its config, as a report carries them; None where it is gone or too large.

        Raises RuntimeTrouble.
        """
        try:
            content = await self._client.read(digest)
            document = manifest.read(content, digest=digest)
        except errors.NotFound:
            self._trouble("gone")
            return None
        except manifest.Unusable as error:
            self._trouble(error.reason.value)
            return None
        if not isinstance(document, manifest.Manifest) or len(content) > MAX_TOLD_BYTES:
            self._trouble("not_told")
            return None
        config = await self._config(document)
        small = config is not None and len(config[1]) <= MAX_TOLD_CONFIG_BYTES
        return Told(digest, content, config[1] if config is not None and small else None)

    async def _resolve(self, digest: str, *, depth: int) -> StoredManifest | None:
        blob = await self._blob(digest)
        if blob is None:
            return None
        found = await self._read(blob)
        if not isinstance(found, manifest.Index):
            return found
        if depth >= MAX_DEPTH:
            self._trouble("too_deep")
            return None
        for entry in sorted(found.manifests, key=self._is_elsewhere):
            resolved = await self._resolve(entry.digest, depth=depth + 1)
            if resolved is not None:
                return msgspec.structs.replace(resolved, index_digest=digest)
        return None

    def _is_elsewhere(self, entry: manifest.Descriptor) -> bool:
        """Tell whether an entry is for other machines; those are asked for last, as the store mostly lacks them."""
        return entry.platform is None or entry.platform.architecture != self._architecture or entry.platform.os != "linux"

    async def _blob(self, digest: str) -> Blob | None:
        try:
            return await self._client.blob(digest)
        except errors.NotFound:
            return None

    async def _read(self, blob: Blob, *, is_arriving: bool = False) -> StoredManifest | manifest.Index | None:
        """Return a manifest or an index; None where it is gone or no image, or still to be completed."""
        if blob.digest in self._unusable:
            return None
        if blob.digest in self._known:
            return self._with_places(self._known[blob.digest], blob)
        try:
            document = manifest.read(await self._client.read(blob.digest), digest=blob.digest)
            if isinstance(document, manifest.Index):
                return document
            config = await self._config(document)
            if config is None and is_arriving:
                return None
            stored = self._joined(document, blob, config)
        except errors.NotFound:
            self._trouble("gone")
            return None
        except manifest.Unusable as error:
            self._trouble(error.reason.value)
            _keep(self._unusable, blob.digest, None, capacity=CAPACITY)
            return None
        if config is None:
            # Not remembered: of an image that is being pulled the config comes some milliseconds after the manifest.
            self._trouble("gone")
            return stored
        _keep(self._known, blob.digest, stored, capacity=CAPACITY)
        return stored

    async def _config(self, document: manifest.Manifest) -> tuple[Blob, bytes] | None:
        """Return a manifest's config; None where it is not there."""
        try:
            return await self._client.blob(document.config.digest), await self._client.read(document.config.digest)
        except errors.NotFound:
            return None

    def _joined(self, document: manifest.Manifest, blob: Blob, config: tuple[Blob, bytes] | None) -> StoredManifest:
        if config is None:
            return self._with_places(StoredManifest(manifest.table(document, digest=blob.digest, config=None)), blob)
        chain_ids: tuple[str, ...] = ()
        told, content = config
        try:
            diff_ids = manifest.config_of(document, content).rootfs.diff_ids
            if len(diff_ids) == len(document.layers):
                chain_ids = tuple(manifest.chain_ids(diff_ids))
        except manifest.Unusable as error:
            self._trouble(error.reason.value)
        table = manifest.table(document, digest=blob.digest, config=content)
        return self._with_places(StoredManifest(table, chain_ids, snapshotter=runtime.snapshotter(told.labels)), blob)

    @staticmethod
    def _with_places(stored: StoredManifest, blob: Blob) -> StoredManifest:
        """Return it with what its blob says now: another pull may have added a place."""
        return msgspec.structs.replace(stored, sources=runtime.sources(blob.labels), created_at=blob.created_at)


def _keep(kept: dict[str, _Value], digest: str, value: _Value, *, capacity: int) -> None:
    """Remember a value, and forget the oldest one where there is no room."""
    if len(kept) >= capacity:
        del kept[next(iter(kept))]
    kept[digest] = value

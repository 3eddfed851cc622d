"""The images that a node holds: their names by manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullwatch.pulls.image import parse
from pullwatch.pulls.reported import MAX_IMAGES, MAX_NAMES, HeldImage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pullwatch.pulls.layers import LayerTable
    from pullwatch.pulls.runtime import StoredImage, StoredManifest


class HeldImages:
    """The images of one node as they were read last."""

    def __init__(self) -> None:
        self.images: tuple[HeldImage, ...] = ()
        self.tables: Mapping[str, LayerTable] = {}
        """By the digest of their manifest."""
        self.dropped = 0
        """Images that are in no report for want of room."""
        self._places: dict[str, set[tuple[str, str]]] = {}

    def read(self, names: Iterable[StoredImage], manifests: Mapping[str, StoredManifest]) -> bool:
        """Take all names, and the manifest that each digest leads to; tell whether anything is different now."""
        by_manifest: dict[str, list[str]] = {}
        indexes: dict[str, str | None] = {}
        tables: dict[str, LayerTable] = {}
        for name in names:
            found = manifests.get(name.digest)
            if found is None:
                continue
            digest = found.table.digest
            tables[digest] = found.table
            indexes[digest] = indexes.get(digest) or found.index_digest
            kept = by_manifest.setdefault(digest, [])
            # CRI stores each image under the digest of its config as well, which is no name that anybody pulls.
            if not name.name.startswith("sha256:"):
                kept.append(name.name)
        images = tuple(
            HeldImage(tuple(sorted(kept)[:MAX_NAMES]), digest, indexes[digest]) for digest, kept in sorted(by_manifest.items())[:MAX_IMAGES]
        )
        self.dropped = max(0, len(by_manifest) - MAX_IMAGES)
        changed = images != self.images
        self.images, self.tables = images, tables
        self._places = {}
        return changed

    def places(self, digest: str) -> set[tuple[str, str]]:
        """Return registry, without its port, and repository of each name that a manifest has here."""
        if digest not in self._places:
            names = next((image.names for image in self.images if image.digest == digest), ())
            parsed = [parse(name) for name in names]
            self._places[digest] = {((image.registry or "").partition(":")[0], image.repository or "") for image in parsed}
        return self._places[digest]

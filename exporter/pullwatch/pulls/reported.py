"""What a node's agent tells the exporter: the images that it holds, their layers, and the pulls that run there.

These values are also the JSON between the two (docs/json.md). Whoever receives them cannot trust them more than any other
text from the cluster: a report's node is held against the sender's token, strings are cleaned, numbers checked.
"""

from __future__ import annotations

import enum

import msgspec

from pullwatch.pulls.layers import LayerTable


class LayerState(enum.StrEnum):
    """Where a layer of a running pull is."""

    QUEUED = "queued"
    DOWNLOADING = "downloading"
    DOWNLOADED = "downloaded"
    """Waits for the layers below it to be unpacked."""
    UNPACKING = "unpacking"
    DONE = "done"
    PRESENT = "present"
    """Was on the node before: nothing moves."""


class LayerProgress(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One layer of a running pull."""

    position: int
    digest: str
    size_bytes: int
    state: LayerState
    downloaded_bytes: int | None = None
    """Bytes that this pull has fetched and what an earlier, broken one left; None where that cannot be known."""
    download_seconds: float | None = None
    """So far, or in all once it ended; None where its start is not known."""
    unpack_seconds: float | None = None


class RunningPull(msgspec.Struct, frozen=True, omit_defaults=True):
    """A pull that advances. The runtime tells no tag before its end, and a registry without its port."""

    registry: str
    repository: str
    digest: str
    """Of the platform's manifest."""
    started_at: float
    """Seconds since the epoch."""
    layers: tuple[LayerProgress, ...]
    bytes_per_second: float | None = None
    eta_seconds: float | None = None
    """Until all bytes are there, at the rate of the last seconds."""
    waits_for_pull: bool = False
    """Whether it waits for another pull that fetches a layer of its own."""


class HeldImage(msgspec.Struct, frozen=True, omit_defaults=True):
    """An image that a node holds."""

    names: tuple[str, ...]
    digest: str
    """Of the platform's manifest."""
    index_digest: str | None = None


class ImagesReport(msgspec.Struct, frozen=True):
    """All images of a node. The answer is `Wanted`."""

    node: str
    images: tuple[HeldImage, ...]
    schema: int = 1


class Wanted(msgspec.Struct, frozen=True):
    """The manifests whose layers are to be told."""

    digests: tuple[str, ...]


class LayersReport(msgspec.Struct, frozen=True):
    """Layers of manifests that were wanted."""

    node: str
    tables: tuple[LayerTable, ...]
    schema: int = 1


class RunningReport(msgspec.Struct, frozen=True):
    """All pulls that run on a node; none once they ended. The answer is `Again`."""

    node: str
    pulls: tuple[RunningPull, ...]
    schema: int = 1


class Again(msgspec.Struct, frozen=True):
    """When to report running pulls next."""

    again_in_seconds: float

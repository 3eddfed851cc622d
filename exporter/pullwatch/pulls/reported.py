"""What a node's agent tells the exporter: the images that it holds, their layers, and the pulls that run there.

These values are also the JSON between the two (docs/json.md). Whoever receives them cannot trust them more than any other
text from the cluster: a report's node is held against the sender's token, strings are cleaned, numbers checked.
"""

from __future__ import annotations

import enum

import msgspec

IMAGES_PATH, LAYERS_PATH, RUNNING_PATH = "/api/v1/agents/images", "/api/v1/agents/layers", "/api/v1/agents/running"
"""Where each report is sent with POST."""

MAX_BODY_BYTES = 1024 * 1024
"""Of a report, also once it is decompressed. What does not fit into one `LayersReport` goes into several."""

MAX_IMAGES = 1_000
"""Of a node."""

MAX_NAMES = 50
"""Of an image on a node."""

MAX_NAMES_OF_NODE = 5_000
"""Of all its images; an image has two or three."""

MAX_PULLS = 200
"""That run on a node."""


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
    instruction: str | None = None
    """Line of the Dockerfile, as the node reads it: nobody has verified it before the image is there."""


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
    """The manifests whose layers are to be told, and when to report all images again if nothing changes before."""

    digests: tuple[str, ...]
    again_in_seconds: float = 300.0


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """A manifest as it lies in the node's content store. Whoever takes it holds the bytes against their digests."""

    digest: str
    manifest: bytes
    """The bytes themselves; base64 in JSON."""
    config: bytes | None = None
    """The same of the image's config; left out where it is gone, or too large for a report."""


class LayersReport(msgspec.Struct, frozen=True):
    """Manifests that were wanted. They are answered without a body."""

    node: str
    manifests: tuple[Told, ...]
    schema: int = 1


class RunningReport(msgspec.Struct, frozen=True):
    """All pulls that run on a node; none once they ended. The answer is `Again`."""

    node: str
    pulls: tuple[RunningPull, ...]
    schema: int = 1


class Again(msgspec.Struct, frozen=True):
    """When to report running pulls next."""

    again_in_seconds: float

"""Reports of agents as bytes, and what of them is believed: shape, limits, names, digests and numbers.

An agent is a program on a node, and a node may be in strange hands. Whatever does not fit is left out and counted by its
reason; the rest of the report stands.
"""

from __future__ import annotations

import enum
from collections import Counter
from typing import TYPE_CHECKING, TypeVar

import msgspec

from pullwatch.pulls import image as images
from pullwatch.pulls import manifest, observed
from pullwatch.pulls.reported import (
    MAX_IMAGES,
    MAX_NAMES,
    MAX_NAMES_OF_NODE,
    MAX_PULLS,
    HeldImage,
    ImagesReport,
    LayerProgress,
    LayersReport,
    RunningPull,
    RunningReport,
)

if TYPE_CHECKING:
    from pullwatch.pulls.layers import LayerTable
    from pullwatch.pulls.reported import Told

_Report = TypeVar("_Report")

MAX_MOMENT = 1e11
"""Seconds since the epoch, some three thousand years."""

MAX_RATE = 1e13
"""Bytes in a second."""

MAX_SECONDS = 1e9


class Refusal(enum.StrEnum):
    """Why something that an agent sent is not taken."""

    NO_TOKEN = "no_token"  # noqa: S105 - the name of a reason
    TOKEN = "token"  # noqa: S105 - as above
    """Forged, expired, or meant for another audience."""
    ACCOUNT = "account"
    """A good token of another account."""
    NODE = "node"
    """The report speaks of another node than its sender's."""
    NOT_CHECKED = "not_checked"
    """The API server did not tell whose the token is."""
    BUSY = "busy"
    """Too many reports at once."""
    SLOW = "slow"
    """A body that did not arrive in time."""
    TOO_LARGE = manifest.Reason.TOO_LARGE.value
    UNREADABLE = "unreadable"
    """Not JSON of this shape, or broken compression."""
    BAD_NAME = "bad_name"
    BAD_NUMBER = "bad_number"
    BAD_TEXT = "bad_text"
    """A line that no agent tells: too long, or with characters that no line has."""
    BAD_DIGEST = manifest.Reason.BAD_DIGEST.value
    TOO_MANY = manifest.Reason.TOO_MANY.value
    NOT_HELD = "not_held"
    """Layers of an image that the node did not say it holds."""
    NO_ROOM = "no_room"
    DIGEST_MISMATCH = manifest.Reason.DIGEST_MISMATCH.value
    NOT_JSON = manifest.Reason.NOT_JSON.value
    NOT_A_MANIFEST = manifest.Reason.NOT_A_MANIFEST.value
    BAD_SIZE = manifest.Reason.BAD_SIZE.value


class Refused(Exception):
    """A report that is not taken at all; the text says what is wrong with it."""

    def __init__(self, refusal: Refusal, message: str) -> None:
        super().__init__(message)
        self.refusal = refusal


def images_of(content: bytes) -> tuple[str, list[HeldImage], Counter[Refusal]]:
    """Return the node of a report, the images that can be believed, and what was left out. Raises Refused."""
    report = _decoded(content, _images)
    refused: Counter[Refusal] = Counter()
    refused[Refusal.TOO_MANY] = max(0, len(report.images) - MAX_IMAGES)
    held: list[HeldImage] = []
    left = MAX_NAMES_OF_NODE
    for image in report.images[:MAX_IMAGES]:
        index = image.index_digest
        if not images.is_digest(image.digest) or (index is not None and not images.is_digest(index)):
            refused[Refusal.BAD_DIGEST] += 1
            continue
        names = image.names[: min(MAX_NAMES, left)]
        left -= len(names)
        refused[Refusal.TOO_MANY] += len(image.names) - len(names)
        held.append(HeldImage(tuple(map(observed.clean, names)), image.digest, index))
    return observed.clean(report.node), held, +refused


def layers_of(content: bytes) -> tuple[str, tuple[Told, ...]]:
    """Return the node of a report and the manifests in it, which nobody has looked at. Raises Refused."""
    report = _decoded(content, _layers)
    return observed.clean(report.node), report.manifests


def table_of(told: Told) -> LayerTable:
    """Return the layers that a manifest lists, once its bytes are found to be those of its digest. Raises manifest.Unusable."""
    read = manifest.read(told.manifest, digest=told.digest)
    if isinstance(read, manifest.Index):
        raise manifest.Unusable(manifest.Reason.NOT_A_MANIFEST, "an index, which lists no layers")
    return manifest.table(read, digest=told.digest, config=told.config)


def running_of(content: bytes) -> tuple[str, tuple[RunningPull, ...], Counter[Refusal]]:
    """Return the node of a report, the pulls that can be believed, and what was left out. Raises Refused."""
    report = _decoded(content, _running)
    refused: Counter[Refusal] = Counter()
    refused[Refusal.TOO_MANY] = max(0, len(report.pulls) - MAX_PULLS)
    pulls: list[RunningPull] = []
    for pull in report.pulls[:MAX_PULLS]:
        refusal = _refusal(pull)
        if refusal is None:
            pulls.append(pull)
        else:
            refused[refusal] += 1
    return observed.clean(report.node), tuple(pulls), +refused


def _refusal(pull: RunningPull) -> Refusal | None:
    """Tell why a running pull cannot be believed."""
    if not images.is_digest(pull.digest) or not all(images.is_digest(layer.digest) for layer in pull.layers):
        return Refusal.BAD_DIGEST
    if len(pull.layers) > manifest.MAX_LAYERS:
        return Refusal.TOO_MANY
    if not _is_name(pull.registry, pull.repository):
        return Refusal.BAD_NAME
    rates = _fits(pull.bytes_per_second, MAX_RATE) and _fits(pull.eta_seconds, MAX_SECONDS)
    if not rates or not _fits(pull.started_at, MAX_MOMENT) or not all(map(_is_sound, pull.layers)):
        return Refusal.BAD_NUMBER
    if not all(_is_line(layer.instruction) for layer in pull.layers if layer.instruction is not None):
        return Refusal.BAD_TEXT
    return None


def _is_name(registry: str, repository: str) -> bool:
    """Tell whether a runtime pulls from there. It tells no port, without which a bare word reads as a part of the repository."""
    for host in (registry, f"{registry}:1"):
        named = images.parse(f"{host}/{repository}")
        if (named.registry, named.repository) == (host, repository):
            return True
    return False


def _is_line(text: str) -> bool:
    """Tell whether this is such as an agent makes of a Dockerfile's line."""
    return len(text) <= manifest.MAX_INSTRUCTION and observed.clean(text) == text


def _is_sound(layer: LayerProgress) -> bool:
    sizes = 0 <= layer.size_bytes <= manifest.MAX_LAYER_BYTES and _fits(layer.downloaded_bytes, layer.size_bytes)
    return (
        sizes
        and 0 <= layer.position < manifest.MAX_LAYERS
        and _fits(layer.download_seconds, MAX_SECONDS)
        and _fits(layer.unpack_seconds, MAX_SECONDS)
    )


def _fits(number: float | None, most: float) -> bool:
    return number is None or 0 <= number <= most


def _decoded(content: bytes, decoder: msgspec.json.Decoder[_Report]) -> _Report:
    try:
        return decoder.decode(content)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Refused(Refusal.UNREADABLE, f"no report: {observed.clean(str(error))[:200]}") from error


_images = msgspec.json.Decoder(ImagesReport)
_layers = msgspec.json.Decoder(LayersReport)
_running = msgspec.json.Decoder(RunningReport)

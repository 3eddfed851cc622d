"""Manifests, indexes and image configs: bytes from a registry or a content store, and what they say.

The formats are those of the OCI image specification 1.1 and of Docker's schema 2, which name the same things alike. All of it
is written by whoever pushed the image: bytes are held against their digest first, sizes and counts against limits, and what
does not fit is `Unusable` with its reason, never a guess.
"""

from __future__ import annotations

import enum
import hashlib
import re
from typing import TYPE_CHECKING, TypeVar

import msgspec

from pullwatch.pulls import observed
from pullwatch.pulls.layers import Layer, LayerTable

if TYPE_CHECKING:
    from collections.abc import Sequence

_Document = TypeVar("_Document")

MAX_BYTES = 4 * 1024 * 1024
"""Of one document; registries refuse larger manifests."""

MAX_LAYERS = 1_000
"""No runtime mounts a quarter of it (overlayfs takes some hundred), and an honest image has 127 at most."""

MAX_LAYER_BYTES = 1 << 50
"""A petabyte, so that sums stay exact as floats."""

MAX_MANIFESTS = 1_000
"""Entries of an index."""

MAX_INSTRUCTION = 200
"""Characters kept of a Dockerfile line."""

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"

MANIFEST_TYPES = (OCI_MANIFEST, DOCKER_MANIFEST)
INDEX_TYPES = (OCI_INDEX, DOCKER_INDEX)

_DIGEST = re.compile(r"sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})\Z")
_LAYER_TYPES = ("application/vnd.oci.image.layer.", "application/vnd.docker.image.rootfs.")


class Reason(enum.StrEnum):
    """Why a document cannot be used."""

    TOO_LARGE = "too_large"
    DIGEST_MISMATCH = "digest_mismatch"
    NOT_JSON = "not_json"
    NOT_A_MANIFEST = "not_a_manifest"
    """JSON of another shape or media type, such as an artifact that is no image, or schema 1."""
    BAD_DIGEST = "bad_digest"
    BAD_SIZE = "bad_size"
    TOO_MANY = "too_many"
    """Layers or entries beyond the limits."""


class Unusable(Exception):
    """A document that cannot be used; the text says what is wrong with it."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Platform(msgspec.Struct, frozen=True, gc=False):
    """Which nodes an image is for."""

    os: str = ""
    architecture: str = ""
    variant: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)


class Descriptor(msgspec.Struct, frozen=True, rename="camel"):
    """What a document says of another one."""

    digest: str
    size: int
    media_type: str = ""
    platform: Platform | None = None
    annotations: dict[str, str] | None = None


class Manifest(msgspec.Struct, frozen=True, rename="camel"):
    """An image for one platform."""

    config: Descriptor
    layers: list[Descriptor]
    schema_version: int
    media_type: str = ""


class Index(msgspec.Struct, frozen=True, rename="camel"):
    """One image for several platforms; its entries may be indexes again."""

    manifests: list[Descriptor]
    schema_version: int
    media_type: str = ""


class History(msgspec.Struct, frozen=True):
    """One step of a build."""

    created_by: str = ""
    empty_layer: bool = False


class RootFilesystem(msgspec.Struct, frozen=True):
    """What the layers are once they are unpacked."""

    diff_ids: list[str] = []


class Config(msgspec.Struct, frozen=True):
    """The image's config, as far as it tells of layers."""

    os: str = ""
    architecture: str = ""
    variant: str = ""
    rootfs: RootFilesystem = RootFilesystem()
    history: list[History] | None = None


class _Probe(msgspec.Struct, frozen=True, rename="camel"):
    """What tells a manifest from an index."""

    media_type: str = ""
    manifests: msgspec.Raw = msgspec.Raw()
    layers: msgspec.Raw = msgspec.Raw()


def read(content: bytes, *, digest: str) -> Manifest | Index:
    """Return what the content says that a digest names. Raises Unusable."""
    check(content, digest=digest)
    probe = _decoded(content, _probes, "manifest")
    if probe.media_type in INDEX_TYPES or (not probe.media_type and bytes(probe.manifests)):
        return _index(_decoded(content, _indexes, "index"))
    if probe.media_type in MANIFEST_TYPES or (not probe.media_type and bytes(probe.layers)):
        return _manifest(_decoded(content, _manifests, "manifest"))
    named = observed.clean(probe.media_type)[:100] or "no media type, layers or manifests"
    raise Unusable(Reason.NOT_A_MANIFEST, f"neither a manifest nor an index: {named}")


def check(content: bytes, *, digest: str) -> None:
    """Raise Unusable unless the content is what the digest names, and small enough to be looked at."""
    if len(content) > MAX_BYTES:
        raise Unusable(Reason.TOO_LARGE, f"{len(content)} bytes: at most {MAX_BYTES} are read")
    if not _DIGEST.match(digest):
        raise Unusable(Reason.BAD_DIGEST, f"no digest of sha256 or sha512: {observed.clean(digest)[:100]}")
    algorithm, _, expected = digest.partition(":")
    if hashlib.new(algorithm, content).hexdigest() != expected:
        raise Unusable(Reason.DIGEST_MISMATCH, f"the content is not that of {digest}")


def table(manifest: Manifest, *, digest: str, config: bytes | None) -> LayerTable:
    """Return the layers of a manifest, with Dockerfile lines where its config is at hand and fits. Raises Unusable.

    A config that is broken or gone costs the lines and the platform, not the sizes.
    """
    told = _config(manifest, config)
    lines = _instructions(told, layers=len(manifest.layers))
    layers = tuple(
        Layer(layer.digest, layer.size, observed.clean(layer.media_type)[:100], line)
        for layer, line in zip(manifest.layers, lines, strict=True)
    )
    platform = str(Platform(told.os, told.architecture, told.variant)) if told else ""
    media_type = manifest.media_type or OCI_MANIFEST
    return LayerTable(digest, media_type, manifest.config.digest, layers, observed.clean(platform)[:100] or None)


def config_of(manifest: Manifest, content: bytes) -> Config:
    """Return the config that a manifest names. Raises Unusable."""
    check(content, digest=manifest.config.digest)
    return _decoded(content, _configs, "config")


def chain_ids(diff_ids: Sequence[str]) -> list[str]:
    """Return the name of the snapshot at each layer (OCI image specification, "Layer ChainID")."""
    chain: list[str] = []
    for diff_id in diff_ids:
        chain.append(f"sha256:{hashlib.sha256(f'{chain[-1]} {diff_id}'.encode()).hexdigest()}" if chain else diff_id)
    return chain


def instruction(created_by: str) -> str | None:
    """Return a step's Dockerfile line without what its builder wrote around it; None where nothing is left."""
    text = " ".join(observed.clean(created_by).split())
    text = text.removesuffix("# buildkit").rstrip()
    if text.startswith("/bin/sh -c #(nop) "):
        text = text.removeprefix("/bin/sh -c #(nop) ").lstrip()
    elif text.startswith("/bin/sh -c "):
        text = f"RUN {text.removeprefix('/bin/sh -c ').lstrip()}"
    elif text.startswith("RUN /bin/sh -c "):
        text = f"RUN {text.removeprefix('RUN /bin/sh -c ').lstrip()}"
    return f"{text[: MAX_INSTRUCTION - 1]}…" if len(text) > MAX_INSTRUCTION else text or None


def _manifest(manifest: Manifest) -> Manifest:
    if len(manifest.layers) > MAX_LAYERS:
        raise Unusable(Reason.TOO_MANY, f"{len(manifest.layers)} layers: at most {MAX_LAYERS} are read")
    for layer in (manifest.config, *manifest.layers):
        _look_at(layer)
    claimed: dict[str, int] = {}
    for layer in manifest.layers:
        if claimed.setdefault(layer.digest, layer.size) != layer.size:
            raise Unusable(Reason.BAD_SIZE, f"two sizes for one layer {layer.digest}")
    strange = next((layer.media_type for layer in manifest.layers if not layer.media_type.startswith(_LAYER_TYPES)), None)
    if strange is not None:
        raise Unusable(Reason.NOT_A_MANIFEST, f"an artifact, not an image: its layers are {observed.clean(strange)[:100] or 'untyped'}")
    return manifest


def _index(index: Index) -> Index:
    if len(index.manifests) > MAX_MANIFESTS:
        raise Unusable(Reason.TOO_MANY, f"{len(index.manifests)} entries of an index: at most {MAX_MANIFESTS} are read")
    for entry in index.manifests:
        _look_at(entry)
    return index


def _look_at(descriptor: Descriptor) -> None:
    if not _DIGEST.match(descriptor.digest):
        raise Unusable(Reason.BAD_DIGEST, f"no digest of sha256 or sha512: {observed.clean(descriptor.digest)[:100]}")
    if not 0 <= descriptor.size <= MAX_LAYER_BYTES:
        raise Unusable(Reason.BAD_SIZE, f"size {descriptor.size} of {descriptor.digest}")


def _config(manifest: Manifest, content: bytes | None) -> Config | None:
    if content is None:
        return None
    try:
        return config_of(manifest, content)
    except Unusable:
        return None


def _instructions(config: Config | None, *, layers: int) -> list[str | None]:
    """Return a line for each layer; none at all where history and layers do not match, as nobody knows which is missing."""
    steps = [step for step in (config.history or () if config else ()) if not step.empty_layer]
    return [instruction(step.created_by) for step in steps] if len(steps) == layers else [None] * layers


def _decoded(content: bytes, decoder: msgspec.json.Decoder[_Document], kind: str) -> _Document:
    try:
        return decoder.decode(content)
    except msgspec.ValidationError as error:
        raise Unusable(Reason.NOT_A_MANIFEST, f"no {kind}: {observed.clean(str(error))[:200]}") from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Unusable(Reason.NOT_JSON, f"not JSON: {observed.clean(str(error))[:200]}") from error


_probes = msgspec.json.Decoder(_Probe)
_manifests = msgspec.json.Decoder(Manifest)
_indexes = msgspec.json.Decoder(Index)
_configs = msgspec.json.Decoder(Config)

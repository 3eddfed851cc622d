"""Images that are made for a test: layers of a given size, always the same bytes, in the forms that registries hold."""

from __future__ import annotations

import enum
import functools
import gzip
import hashlib
import io
import json
import platform
import random
import tarfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MEGABYTE = 1_000_000

OCI = "application/vnd.oci.image."
DOCKER = "application/vnd.docker."

NODE_ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
OTHER_ARCHITECTURE = "riscv64"


class Form(enum.Enum):
    """A family of media types: manifest, index, config, and layer before its compression."""

    OCI = f"{OCI}manifest.v1+json", f"{OCI}index.v1+json", f"{OCI}config.v1+json", f"{OCI}layer.v1.tar"
    DOCKER = (
        f"{DOCKER}distribution.manifest.v2+json",
        f"{DOCKER}distribution.manifest.list.v2+json",
        f"{DOCKER}container.image.v1+json",
        f"{DOCKER}image.rootfs.diff.tar",
    )

    def __init__(self, manifest: str, index: str, config: str, layer: str) -> None:
        self.manifest = manifest
        self.index = index
        self.config = config
        self.layer = layer


class Compression(enum.Enum):
    """How a layer is packed."""

    GZIP = "gzip"
    ZSTD = "zstd"
    ESTARGZ = "estargz"
    """Gzip with a table of contents, which a runtime that knows nothing of it unpacks as any other."""


@dataclass(frozen=True, slots=True)
class LayerPlan:
    """A layer to be made."""

    size_bytes: int
    """Of what cannot be compressed in it, so nearly its compressed size."""
    seed: str
    """Layers of another seed share no bytes."""
    files: int = 1
    zeros_bytes: int = 0
    """Of what is compressed to next to nothing: it costs to unpack and nothing to download."""
    line: str = ""
    """Dockerfile line, as its builder wrote it into the config's history."""
    compression: Compression = Compression.GZIP


@dataclass(frozen=True, slots=True)
class Document:
    """A blob, or a manifest or an index, as a registry holds it."""

    content: bytes
    media_type: str
    digest: str
    annotations: tuple[tuple[str, str], ...] = ()

    @property
    def size_bytes(self) -> int:
        return len(self.content)

    def described(self) -> dict[str, Any]:
        annotations = {"annotations": dict(self.annotations)} if self.annotations else {}
        return {"mediaType": self.media_type, "size": self.size_bytes, "digest": self.digest, **annotations}


@dataclass(frozen=True, slots=True)
class Image:
    """An image for one platform."""

    manifest: Document
    config: Document
    layers: tuple[Document, ...]
    chain_ids: tuple[str, ...]
    """Name of the snapshot at each layer."""
    architecture: str


@dataclass(frozen=True, slots=True)
class Index:
    """One image for several platforms."""

    document: Document
    images: tuple[Image, ...]


def image(
    *plans: LayerPlan, form: Form = Form.OCI, architecture: str = NODE_ARCHITECTURE, history: Sequence[dict[str, Any]] | None = None
) -> Image:
    """Make an image; its history has one step for each layer and one without a layer, unless another is given."""
    layers, diff_ids = zip(*(_layer(plan, form) for plan in plans), strict=True)
    told = list(_history(plans)) if history is None else list(history)
    config = _json(
        {
            "architecture": architecture,
            "os": "linux",
            "config": {"Cmd": ["/bin/true"]},
            "rootfs": {"type": "layers", "diff_ids": diff_ids},
            "history": told,
        },
        form.config,
    )
    named = {"schemaVersion": 2, "mediaType": form.manifest}
    manifest = _json({**named, "config": config.described(), "layers": [layer.described() for layer in layers]}, form.manifest)
    return Image(manifest, config, layers, tuple(_chain_ids(diff_ids)), architecture)


def index(*images: Image, form: Form = Form.OCI) -> Index:
    """Make an index of images for several platforms."""
    entries = [{**one.manifest.described(), "platform": {"os": "linux", "architecture": one.architecture}} for one in images]
    return Index(_json({"schemaVersion": 2, "mediaType": form.index, "manifests": entries}, form.index), images)


def plans(*megabytes: float, seed: str, compression: Compression = Compression.GZIP) -> list[LayerPlan]:
    """Return plans of layers of these sizes, each with a line of its own."""
    return [
        LayerPlan(round(size * MEGABYTE), f"{seed}-{number}", line=f"RUN /bin/sh -c make part-{number} # buildkit", compression=compression)
        for number, size in enumerate(megabytes)
    ]


@functools.cache
def _layer(plan: LayerPlan, form: Form) -> tuple[Document, str]:
    tar = _tar(plan)
    diff_id = _digest(tar)
    if plan.compression is Compression.ZSTD:
        # Docker's own media types have no zstd; builders write OCI's into either form.
        packed = _document(_zstd(tar), f"{Form.OCI.layer}+zstd")
    else:
        packed = _document(gzip.compress(tar, 1, mtime=0), f"{form.layer}{'.' if form is Form.DOCKER else '+'}gzip")
    if plan.compression is Compression.ESTARGZ:
        packed = replace(packed, annotations=(("containerd.io/snapshot/stargz/toc.digest", _digest(b"table of contents")),))
    return packed, diff_id


def _tar(plan: LayerPlan) -> bytes:
    chance = random.Random(plan.seed)
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for number in range(plan.files):
            _add(tar, f"{plan.seed}/{number}", chance.randbytes(plan.size_bytes // plan.files))
        if plan.zeros_bytes:
            _add(tar, f"{plan.seed}/zeros", bytes(plan.zeros_bytes))
    return written.getvalue()


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


def _zstd(content: bytes) -> bytes:
    """Return a zstd frame of uncompressed blocks (RFC 8878, 3.1.1), which needs no compressor."""
    # One segment, so that no window is told; the content's size in eight bytes.
    frame = [b"\x28\xb5\x2f\xfd", b"\xe0", len(content).to_bytes(8, "little")]
    block_bytes = 128 * 1024
    for start in range(0, len(content), block_bytes):
        block = content[start : start + block_bytes]
        last = start + block_bytes >= len(content)
        frame += [(len(block) << 3 | last).to_bytes(3, "little"), block]
    return b"".join(frame)


def _history(plans: Sequence[LayerPlan]) -> Iterator[dict[str, Any]]:
    for number, plan in enumerate(plans):
        yield {"created_by": plan.line or f"/bin/sh -c #(nop) ADD file:{plan.seed} in / "}
        if number == 0:
            yield {"created_by": '/bin/sh -c #(nop)  CMD ["/bin/true"]', "empty_layer": True}


def _chain_ids(diff_ids: Sequence[str]) -> Iterator[str]:
    """Name the snapshot at each layer (OCI image specification, "Layer ChainID")."""
    chain = ""
    for diff_id in diff_ids:
        chain = _digest(f"{chain} {diff_id}".encode()) if chain else diff_id
        yield chain


def _json(value: dict[str, Any], media_type: str) -> Document:
    return _document(json.dumps(value).encode(), media_type)


def _document(content: bytes, media_type: str) -> Document:
    return Document(content, media_type, _digest(content))


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"

"""How the made cluster's images are built: layers that some of them share, with the lines of their Dockerfiles.

Manifest and config are real documents, whose digests are those of their bytes; the layers themselves do not exist.
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass

import msgspec

from pullwatch.sim import catalogue
from pullwatch.sim.catalogue import MB, Image

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"

LARGE_BYTES = 1_000 * MB
"""From here on an image is one that trains or serves models, and most of it is one layer."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer; those of one seed and size are the same."""

    seed: str
    size_bytes: int
    line: str

    @property
    def digest(self) -> str:
        return _digest(f"{self.seed} {self.size_bytes}".encode())


@dataclass(frozen=True, slots=True)
class Build:
    """An image as a registry would hold it."""

    image: Image
    layers: tuple[Layer, ...]
    manifest: bytes
    config: bytes

    @property
    def digest(self) -> str:
        """Of the manifest."""
        return _digest(self.manifest)


@functools.cache
def build(image: Image) -> Build:
    """Builds an image, always the same; its layers have the size that the catalogue tells."""
    layers = _large(image) if image.size_bytes >= LARGE_BYTES else _ordinary(image)
    config = msgspec.json.encode(
        {
            "os": "linux",
            "architecture": "amd64",
            "history": [{"created_by": layer.line} for layer in layers],
            "rootfs": {"type": "layers", "diff_ids": [_digest(layer.digest.encode()) for layer in layers]},
        }
    )
    manifest = msgspec.json.encode(
        {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": {"mediaType": _CONFIG, "digest": _digest(config), "size": len(config)},
            "layers": [{"mediaType": _LAYER, "digest": layer.digest, "size": layer.size_bytes} for layer in layers],
        }
    )
    return Build(image, layers, manifest, config)


@functools.cache
def known() -> dict[str, Build]:
    """Returns all builds of the catalogue by their canonical reference; an image of no size was never pushed."""
    images = [value for value in vars(catalogue).values() if isinstance(value, Image)]
    return {image.canonical: build(image) for image in (*images, *catalogue.EVERYDAY) if image.size_bytes}


_DEBIAN = Layer("debian", 28 * MB + 236_108, "ADD rootfs.tar.xz / # debian 12")
_ALPINE = Layer("alpine", 3 * MB + 418_409, "ADD rootfs.tar.gz / # alpine 3.22")
_CUDA = Layer("cuda", 96 * MB + 104_220, "RUN apt-get update && apt-get install -y --no-install-recommends cuda-libraries-12-8")


def _large(image: Image) -> tuple[Layer, ...]:
    """Puts 84 % of the image into the line that installs what everybody waits for."""
    torch = Layer(f"{image.repository} torch", image.size_bytes * 84 // 100, "RUN pip install torch==2.9.0 transformers")
    base = (_DEBIAN, _CUDA, Layer(f"{image.repository} list", 1_204, "COPY requirements.txt /app/"))
    return (*base, torch, _rest(image, *base, torch))


def _ordinary(image: Image) -> tuple[Layer, ...]:
    """Leaves to the last layer what base and dependencies do not take; both stay from release to release."""
    base = _DEBIAN if image.size_bytes > 2 * _DEBIAN.size_bytes else _ALPINE
    dependencies = Layer(
        f"{image.repository} dependencies", image.size_bytes // (25 * MB) * 10 * MB + 310_577, "RUN pip install -r requirements.txt"
    )
    taken = (base, dependencies) if base.size_bytes + dependencies.size_bytes < image.size_bytes else (base,)
    return (*taken, _rest(image, *taken))


def _rest(image: Image, *taken: Layer) -> Layer:
    return Layer(image.canonical, image.size_bytes - sum(layer.size_bytes for layer in taken), "COPY . /app")


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"

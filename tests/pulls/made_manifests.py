"""Manifests, indexes and configs made by hand, and the digests of their bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pullwatch.pulls import manifest
from tests.pulls.made_images import LAYER, digest

CONFIG = "application/vnd.oci.image.config.v1+json"


@dataclass(frozen=True)
class Document:
    """Bytes and what they are."""

    content: bytes
    media_type: str

    @property
    def digest(self) -> str:
        return digest(self.content)

    def descriptor(self, **more: Any) -> dict[str, Any]:
        """Return what another document says of this one."""
        return {"mediaType": self.media_type, "digest": self.digest, "size": len(self.content), **more}


@dataclass(frozen=True)
class Image:
    """A manifest and its config."""

    manifest: Document
    config: Document


def document(value: Any, media_type: str) -> Document:
    return Document(json.dumps(value).encode(), media_type)


def layer(name: str, size: int, **more: Any) -> dict[str, Any]:
    """Return a layer's entry in a manifest."""
    return {"mediaType": LAYER, "digest": digest(name), "size": size, **more}


def image(
    *layers: dict[str, Any],
    media_type: str = manifest.OCI_MANIFEST,
    platform: str = "linux/amd64",
    lines: tuple[str, ...] | None = None,
    **more: Any,
) -> Image:
    """Return an image of these layers, by default of two with a line each."""
    layers = layers or (layer("base", 3_000_000), layer("app", 250))
    system, architecture, *variant = platform.split("/")
    told = lines if lines is not None else tuple(f"RUN step {number}" for number in range(len(layers)))
    config = document(
        {
            "os": system,
            "architecture": architecture,
            **({"variant": variant[0]} if variant else {}),
            "history": [{"created_by": line} for line in told],
            "rootfs": {"diff_ids": [entry["digest"] for entry in layers]},
        },
        CONFIG,
    )
    body = {"schemaVersion": 2, "mediaType": media_type, "config": config.descriptor(), "layers": list(layers), **more}
    return Image(document(body, media_type), config)


def index(*entries: dict[str, Any], media_type: str = manifest.OCI_INDEX) -> Document:
    """Return an index of these entries."""
    return document({"schemaVersion": 2, "mediaType": media_type, "manifests": list(entries)}, media_type)


def on(platform: str) -> dict[str, Any]:
    """Return the platform of an index's entry."""
    names = ("os", "architecture", "variant")
    return {"platform": dict(zip(names, platform.split("/"), strict=False))}

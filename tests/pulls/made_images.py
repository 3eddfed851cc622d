"""Manifests, configs and indexes as bytes, with the digests that name them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pullwatch.pulls import manifest
from pullwatch.pulls.layers import Layer, LayerTable

LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


def digest(content: bytes | str) -> str:
    return f"sha256:{hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()}"


def document(value: object) -> tuple[bytes, str]:
    """Return a JSON document and its digest."""
    content = json.dumps(value).encode()
    return content, digest(content)


def config(steps: Sequence[Mapping[str, Any]] | None = None, **fields: Any) -> tuple[bytes, str]:
    history = {} if steps is None else {"history": list(steps)}
    return document({"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": []}, **history, **fields})


def described(sizes: Mapping[str, int] | Sequence[tuple[str, int]], *, media_type: str = LAYER) -> list[dict[str, Any]]:
    """Return descriptors of layers by name; two of one name are one layer."""
    pairs = sizes.items() if isinstance(sizes, Mapping) else sizes
    return [{"mediaType": media_type, "digest": digest(name), "size": size} for name, size in pairs]


def manifest_of(
    layers: Sequence[Mapping[str, Any]], *, config_digest: str | None = None, media_type: str | None = manifest.OCI_MANIFEST
) -> tuple[bytes, str]:
    named = {} if media_type is None else {"mediaType": media_type}
    told = {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": config_digest or digest("config"), "size": 2}
    return document({"schemaVersion": 2, **named, "config": told, "layers": list(layers)})


def table(**sizes: int) -> LayerTable:
    """Return a table whose layers bear these names and sizes, and whose own digest is made of them."""
    layers = tuple(Layer(digest(name), size, LAYER) for name, size in sizes.items())
    return LayerTable(digest(",".join(sizes)), manifest.OCI_MANIFEST, digest("config"), layers)

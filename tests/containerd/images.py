"""Images whose documents fit together: index, manifest, config, and the chain IDs of their layers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pullwatch.pulls import manifest
from tests.pulls.made_images import LAYER, digest

MIB = 1024 * 1024
CONFIG = "application/vnd.oci.image.config.v1+json"


@dataclass(frozen=True)
class Image:
    """An image of one platform in an index; the layers are named and have sizes in bytes."""

    repository: str
    names: tuple[str, ...]
    sizes: tuple[int, ...]
    documents: Mapping[str, bytes]
    """Index, manifest and config by digest."""
    index: str
    manifest: str
    config: str
    chain_ids: tuple[str, ...]

    @property
    def layers(self) -> list[str]:
        """Digests, from the base upwards."""
        return [digest(name) for name in self.names]


def many(number: int, size: int) -> Image:
    """Make an image of so many layers of one size."""
    sizes: dict[str, int] = {f"layer{position}": size for position in range(number)}
    return image("team/many", layers=sizes)


def image(
    repository: str = "team/app",
    *,
    claimed: Sequence[int] | None = None,
    twin: bool = False,
    layers: Mapping[str, int] | None = None,
    **sizes: int,
) -> Image:
    """Make an image; `claimed` are the sizes that its manifest tells where they are not the true ones, `twin` repeats its last layer."""
    sizes |= layers or {}
    names = [*sizes, *([list(sizes)[-1]] if twin else [])]
    diff_ids = [digest(f"unpacked {name} {position}" if twin else f"unpacked {name}") for position, name in enumerate(names)]
    told = list(claimed or [sizes[name] for name in names])
    history = [{"created_by": f"RUN /bin/sh -c make {name} # buildkit"} for name in names]
    config = encoded(os="linux", architecture="amd64", rootfs={"type": "layers", "diff_ids": diff_ids}, history=history)
    own = encoded(
        schemaVersion=2,
        mediaType=manifest.OCI_MANIFEST,
        config={"mediaType": CONFIG, "digest": digest(config), "size": len(config)},
        layers=[{"mediaType": LAYER, "digest": digest(name), "size": size} for name, size in zip(names, told, strict=True)],
    )
    entries = [("s390x", digest("elsewhere"), 9), ("amd64", digest(own), len(own))]
    platforms = [
        {"mediaType": manifest.OCI_MANIFEST, "digest": named, "size": size, "platform": {"os": "linux", "architecture": architecture}}
        for architecture, named, size in entries
    ]
    index = encoded(schemaVersion=2, mediaType=manifest.OCI_INDEX, manifests=platforms)
    documents = {digest(content): content for content in (index, own, config)}
    chain_ids = tuple(manifest.chain_ids(diff_ids))
    true_sizes = tuple(sizes[name] for name in names)
    return Image(repository, tuple(names), true_sizes, documents, digest(index), digest(own), digest(config), chain_ids)


def encoded(**fields: Any) -> bytes:
    return json.dumps(fields).encode()

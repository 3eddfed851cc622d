"""What one image is made of: its layers, which other images have them, and what a change of release fetches.

These values are also the JSON of `/api/v1/images` (docs/json.md). A server, a node's store and a registry all give this one
shape, so that every surface says the same. What is said of it to people stands in `publish`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from pullwatch.pulls import layers as tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pullwatch.pulls.image import Image
    from pullwatch.pulls.layers import LayerTable

CONNECTIONS = 3
"""Layers of one pull that containerd fetches at a time (`max_concurrent_downloads`, unless it is set)."""

ALONE_SHARE = 0.5
"""Of an image's bytes that come by one connection while the others have nothing left to fetch: from here on it is said."""

OUTLASTING_SHARE = 0.1
"""The same from where on the largest layer is said to be fetched longer than the others; less is nobody's wait."""

MOST_OTHERS = 100
"""Images named that share layers, those with the most bytes first."""

_MOST = 1 << 60
"""Beyond any sum of sizes: a size outside of 0 to this is nobody's."""


class BrokenDownLayer(msgspec.Struct, frozen=True, gc=False):
    """One layer of an image."""

    position: int
    """From the base upwards, from 0."""
    digest: str
    size_bytes: int
    media_type: str = ""
    instruction: str | None = None
    images: int | None = None
    """Known images that have it, this one included; None where no others are known."""


class Other(msgspec.Struct, frozen=True, gc=False):
    """Another image that has layers of this one."""

    image: str
    shared_bytes: int


class Release(msgspec.Struct, frozen=True, gc=False):
    """Another release of the repository, and what a node that holds this one fetches for it."""

    image: str
    fetched_bytes: int
    kept_bytes: int


class Breakdown(msgspec.Struct, frozen=True, kw_only=True):
    """An image for one platform; what is not known is None."""

    image: str | None
    """Canonical reference."""
    registry: str | None = None
    repository: str | None = None
    tag: str | None = None
    digest: str | None = None
    """Of the platform's manifest."""
    index_digest: str | None = None
    platform: str | None = None
    size_bytes: int | None = None
    size_kind: str = "unknown"
    layer_count: int | None = None
    largest_layer: Largest | None = None
    shared_bytes: int | None = None
    """Bytes of the layers that another known image has, too."""
    nodes: int | None = None
    """Nodes that hold it."""
    unique_bytes: int | None = None
    """Bytes that go from the node that was asked for when it drops the image; None where that is unknown or none was."""
    layers_from: str | None = None
    """`agent` or `registry`; `containerd` where a node's store was read."""
    layers: tuple[BrokenDownLayer, ...] = ()
    others: tuple[Other, ...] = ()
    releases: tuple[Release, ...] = ()


class Largest(msgspec.Struct, frozen=True, gc=False):
    """The largest layer, and its part of all bytes from 0 to 1."""

    position: int
    size_bytes: int
    share: float | None = None


class ImagesDocument(msgspec.Struct, frozen=True):
    """All of `/api/v1/images`, and what `pullwatch image --output json` prints."""

    schema: int
    generated_at: str
    images: tuple[Breakdown, ...] = ()


@dataclass(frozen=True, slots=True)
class Dominant:
    """The largest layer, and what it means for a pull."""

    layer: BrokenDownLayer
    share: float
    """Of all bytes, from 0 to 1."""
    alone_bytes: int
    """Bytes of it that are still to come when every other layer is there, all connections being equally fast."""
    alone: bool
    """Whether these are most of the image: the pull then takes as long as this one connection."""
    outlasts: bool
    """Whether these are enough of the image to be waited for."""


def unique(layers: Iterable[BrokenDownLayer]) -> list[BrokenDownLayer]:
    """Return each layer once: a manifest may list one twice, and it is fetched once."""
    seen: dict[str, BrokenDownLayer] = {}
    for layer in layers:
        seen.setdefault(layer.digest, layer)
    return list(seen.values())


def dominant(layers: Sequence[BrokenDownLayer], *, connections: int = CONNECTIONS) -> Dominant | None:
    """Return the largest layer, of equal ones the first; None where there are no bytes.

    The other layers share the other connections. While those are at it, the largest layer gets its own part; what then is
    left of it comes alone.
    """
    fetched = unique(layers)
    total = sum(layer.size_bytes for layer in fetched)
    if not total:
        return None
    largest = max(fetched, key=lambda layer: layer.size_bytes)
    others = total - largest.size_bytes
    meanwhile = -(-others // max(1, connections - 1))
    alone_bytes = max(0, largest.size_bytes - meanwhile)
    return Dominant(
        largest,
        largest.size_bytes / total,
        alone_bytes,
        alone=alone_bytes > ALONE_SHARE * total,
        outlasts=alone_bytes >= OUTLASTING_SHARE * total,
    )


def of_table(
    table: LayerTable,
    *,
    image: Image,
    layers_from: str,
    held: Mapping[str, LayerTable] | None = None,
    releases: Mapping[str, LayerTable] | None = None,
    index_digest: str | None = None,
) -> Breakdown:
    """Return what a manifest says; `held` are the other known images by name, `releases` those of its repository.

    None for `held` means that no other image is known, so that nothing is said of sharing.
    """
    known = held or {}
    users = tables.users([table, *known.values()])
    largest, share = tables.largest(table), tables.largest_share(table)
    others = sorted(
        (Other(name, shared) for name, other in known.items() if (shared := tables.shared_bytes(table, other))),
        key=lambda other: (-other.shared_bytes, other.image),
    )
    sizes = tables.sizes(table)
    return Breakdown(
        image=image.canonical,
        registry=image.registry,
        repository=image.repository,
        tag=image.tag,
        digest=table.digest,
        index_digest=index_digest,
        platform=table.platform,
        size_bytes=table.size_bytes,
        size_kind="compressed",
        layer_count=len(table.layers),
        largest_layer=None if largest is None else Largest(largest, table.layers[largest].size_bytes, share),
        shared_bytes=None if held is None else sum(size for digest, size in sizes.items() if users[digest] > 1),
        layers_from=layers_from,
        layers=tuple(
            BrokenDownLayer(
                position, layer.digest, layer.size_bytes, layer.media_type, layer.instruction, None if held is None else users[layer.digest]
            )
            for position, layer in enumerate(table.layers)
        ),
        others=tuple(others[:MOST_OTHERS]),
        releases=tuple(_release(name, other, table) for name, other in sorted((releases or {}).items())),
    )


def is_sound(found: Breakdown) -> bool:
    """Tell whether the figures can be figures: a document may come from anywhere."""
    figures = [layer.size_bytes for layer in found.layers]
    figures += [other.shared_bytes for other in found.others]
    figures += [figure for release in found.releases for figure in (release.fetched_bytes, release.kept_bytes)]
    figures += [
        figure
        for figure in (found.size_bytes, found.shared_bytes, found.unique_bytes, found.layer_count, found.nodes)
        if figure is not None
    ]
    return all(0 <= figure <= _MOST for figure in figures)


def _release(name: str, after: LayerTable, before: LayerTable) -> Release:
    moved = tables.moved(before, after)
    return Release(name, moved.fetched_bytes, moved.kept_bytes)

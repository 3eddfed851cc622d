"""`/api/v1/images` as JSON, schema version 1: what is known of images and of their layers (docs/json.md).

The list is written image by image, so that memory does not grow with it. What has to be searched yields empty pieces meanwhile,
so that others get their turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pullwatch.publish.report import schema
from pullwatch.pulls import layers

if TYPE_CHECKING:
    from pullwatch.pulls.image import Image
    from pullwatch.pulls.known_images import KnownImage, KnownImages
    from pullwatch.pulls.layers import LayerTable


_ROWS_AT_ONCE = 50
"""Some 2 ms, as the text of each table is decompressed."""


def listed(images: KnownImages, *, now: float) -> Iterator[str]:
    """Yield the document of all images."""
    yield _head(now)
    yield from schema.rows_of(map(image_row, images.all()), at_once=_ROWS_AT_ONCE)
    yield "]}\n"


def detailed(images: KnownImages, image: Image, *, node: str | None, now: float) -> Iterator[str]:
    """Yield the document of what one reference means, with layers; `node` adds what goes from it with the image."""
    yield _head(now)
    separator = "\n"
    for one in images.find(image):
        row = image_row(one)
        row["layers"] = [] if one.table is None else layer_rows(one.table, images)
        for others in images.others(one):
            if others is None:
                yield ""
            else:
                row["others"] = [{"image": other.image, "shared_bytes": other.shared_bytes} for other in others]
        row["releases"] = [
            {"image": release.image, "fetched_bytes": release.fetched_bytes, "kept_bytes": release.kept_bytes}
            for release in images.releases(one)
        ]
        if node is not None:
            row["unique_bytes"] = images.unique_bytes(one, node=node)
        yield separator + schema.json_of(row)
        separator = ",\n"
    yield "]}\n"


def image_row(one: KnownImage) -> dict[str, Any]:
    """Return an image in the words of the schema."""
    image, table = one.image, one.table
    return {
        # A bare digest is no reference that anybody could pull.
        "image": image.canonical if image and image.registry else None,
        "registry": image.registry if image else None,
        "repository": image.repository if image else None,
        "tag": image.tag if image else None,
        "digest": one.digest,
        "index_digest": one.index_digest,
        "platform": table.platform if table else None,
        "size_bytes": one.size_bytes,
        "size_kind": one.size_kind,
        "layer_count": len(table.layers) if table else None,
        "largest_layer": _largest(table) if table else None,
        "shared_bytes": one.shared_bytes,
        "nodes": one.nodes,
        "layers_from": one.layers_from,
    }


def layer_rows(table: LayerTable, images: KnownImages) -> list[dict[str, Any]]:
    """Return the layers from the base upwards, each with the number of known images that have it."""
    return [
        {
            "position": position,
            "digest": layer.digest,
            "size_bytes": layer.size_bytes,
            "media_type": layer.media_type,
            "instruction": layer.instruction,
            "images": images.layers.users(layer.digest),
        }
        for position, layer in enumerate(table.layers)
    ]


def _largest(table: LayerTable) -> dict[str, Any] | None:
    position = layers.largest(table)
    if position is None:
        return None
    return {"position": position, "size_bytes": table.layers[position].size_bytes, "share": layers.largest_share(table)}


def _head(now: float) -> str:
    return f'{{"schema":{schema.VERSION},"generated_at":{schema.json_of(schema.moment(now))},"images":['

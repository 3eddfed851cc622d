"""What the registry process answers about an image: its layers, or why there are none.

These values are the JSON between the two processes (docs/json.md).
"""

from __future__ import annotations

import msgspec

from pullwatch.pulls.layers import LayerTable


class LayersAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The layers of an image on one platform."""

    schema: int = 1
    image: str
    """The canonical reference."""
    index_digest: str | None
    """Of the index that the reference names; None where it names a manifest."""
    table: LayerTable


class NoLayers(msgspec.Struct, frozen=True):
    """Why there are none; the reasons are those of `pullwatch_registry_refused_total`."""

    reason: str
    message: str

"""Which open ingests wait for a slot: since containerd 2.0 all of a pull are open from its beginning, and only some can move."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullwatch.pulls.layer_progress import TrackedLayer

SLOTS = 3
"""Layers that the transfer service fetches at a time by default (`max_concurrent_downloads`), of all pulls together."""


def assign(layers: Sequence[TrackedLayer]) -> None:
    """Tell each layer whether it waits, and whether it must have waited.

    Nothing says who got a slot, and they are not given in order. What has not moved while as many others as there are slots
    moved or ended had to wait. Of the rest those of upper layers are taken to wait now, which their first step may show to be
    wrong; with more slots than three a layer so seems to begin up to its first MiB late.
    """
    active = [layer for layer in layers if layer.ingest is not None]
    used = len([layer for layer in layers if layer.has_grown or (layer.ended_at is not None and layer.moves)])
    free = max(0, SLOTS - len([layer for layer in active if layer.has_grown]))
    for place, layer in enumerate([layer for layer in active if not layer.has_grown]):
        layer.queue(is_waiting=place >= free, has_waited=used >= SLOTS)

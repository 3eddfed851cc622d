"""The gauges of images' layers: how many and how large for all images, each one for those that cost most.

All is looked at anew when something was told since the last scrape, in steps; what is not different is not written again.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from pullwatch.publish import metrics
from pullwatch.publish.shown import Shown, cut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullwatch.publish.samples import Labels
    from pullwatch.pulls.known_images import KnownImages, Layered

COSTLIEST = 100
"""Images whose layers have a series each."""

SHORT_DIGEST = 12
"""Characters of a digest that tell layers of one image apart, as in other tools."""


class ImageLayers:
    """Three families that follow what is known of images."""

    def __init__(self) -> None:
        self._layers = Shown(metrics.IMAGE_LAYERS)
        self._largest = Shown(metrics.IMAGE_LARGEST_LAYER)
        self._each = Shown(metrics.IMAGE_LAYER_SIZE)
        self._version: object = None

    def families(self) -> list[Shown]:
        """Return all of them, in the order of the table."""
        return [self._layers, self._largest, self._each]

    def refresh(self, images: KnownImages | None) -> Iterator[None]:
        """Show what is known now, in steps between which other tasks may run."""
        if images is None or images.version == self._version:
            return
        # What is told in between makes the next scrape look again.
        version = images.version
        found: list[Layered] = []
        for one in images.layered():
            if one is None:
                yield
            else:
                found.append(one)
        yield
        labels = [(cut(one.image.label), *one.image.repository_labels) for one in found]
        yield from self._layers.show_largest({labels[number]: float(one.layers) for number, one in enumerate(found)})
        yield from self._largest.show_largest({labels[number]: float(one.largest_bytes) for number, one in enumerate(found)})
        yield from self._each.show_largest(_each(images, found))
        self._version = version


def cost(one: Layered) -> int:
    """Return what an image costs a cluster: its bytes on each node that holds it, which has pulled it once at least."""
    return one.size_bytes * one.nodes


def _each(images: KnownImages, found: list[Layered]) -> dict[Labels, float]:
    sizes: dict[Labels, float] = {}
    for one in heapq.nlargest(COSTLIEST, found, key=lambda one: (cost(one), one.image.label)):
        table = images.layers.table(one.digest)
        for position, layer in enumerate(table.layers if table else ()):
            digest = layer.digest.partition(":")[2][:SHORT_DIGEST]
            sizes[cut(one.image.label), str(position), digest] = float(layer.size_bytes)
    return sizes

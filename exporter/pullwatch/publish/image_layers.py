"""The gauges of images' layers: how many and how large for all images, each one for those that cost most.

There may be 25,000 images, so the first two follow what was told since the last scrape instead of looking at each anew; the
costliest are looked for again then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullwatch.publish import metrics
from pullwatch.publish.shown import STEP, Shown, cut

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
        self._labels: dict[str, Labels] = {}
        """Of each image that is shown, by its name."""
        self._followed = False
        """Whether the last look came to its end and showed all, so that the next one may begin where it ended."""

    def families(self) -> list[Shown]:
        """Return all of them, in the order of the table."""
        return [self._layers, self._largest, self._each]

    def refresh(self, images: KnownImages | None) -> Iterator[None]:
        """Show what is known now, in steps between which other tasks may run."""
        if images is None or images.version == self._version:
            return
        # What is told in between makes the next scrape look again.
        self._version = images.version
        changed = images.changed()
        followed, self._followed = self._followed, False
        if changed is None or not followed or len(images.holdings) > metrics.IMAGE_LAYERS.cap:
            yield from self._show_all(images)
        else:
            yield from self._follow(images, changed)
        yield from self._show_costliest(images)
        # Nobody tells again of what found no room.
        self._followed = not self._layers.left_out

    def _follow(self, images: KnownImages, changed: set[str]) -> Iterator[None]:
        found: dict[Labels, Layered] = {}
        gone: list[Labels] = []
        for number, name in enumerate(changed, start=1):
            one = images.layered(name)
            if one is not None:
                found[self._labels.setdefault(name, _labels(one))] = one
            elif name in self._labels:
                gone.append(self._labels.pop(name))
            if number % STEP == 0:
                yield
        yield from self._layers.update({labels: float(one.layers) for labels, one in found.items()}, gone=gone)
        yield from self._largest.update({labels: float(one.largest_bytes) for labels, one in found.items()}, gone=gone)

    def _show_all(self, images: KnownImages) -> Iterator[None]:
        found: dict[Labels, Layered] = {}
        self._labels = {}
        for number, name in enumerate(images.holdings.canonical_names(), start=1):
            one = images.layered(name)
            if one is not None:
                found[self._labels.setdefault(name, _labels(one))] = one
            if number % STEP == 0:
                yield
        yield from self._layers.show_largest({labels: float(one.layers) for labels, one in found.items()})
        yield from self._largest.show_largest({labels: float(one.largest_bytes) for labels, one in found.items()})

    def _show_costliest(self, images: KnownImages) -> Iterator[None]:
        for found in images.costliest(COSTLIEST):
            if found is None:
                yield
            else:
                yield from self._each.show_largest(_sizes(images, found))


def _sizes(images: KnownImages, found: list[Layered]) -> dict[Labels, float]:
    sizes: dict[Labels, float] = {}
    for one in found:
        for position, (digest, size_bytes) in enumerate(images.layers.rows(one.manifest)):
            sizes[cut(one.image.label), str(position), digest.partition(":")[2][:SHORT_DIGEST]] = float(size_bytes)
    return sizes


def _labels(one: Layered) -> Labels:
    return (cut(one.image.label), *one.image.repository_labels)

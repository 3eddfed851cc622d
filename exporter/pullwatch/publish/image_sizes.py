"""The gauge of image sizes. There are up to 25,000, so it follows what changed instead of looking at each anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from pullwatch.publish import metrics
from pullwatch.publish.samples import Labels
from pullwatch.publish.shown import STEP, Shown, cut
from pullwatch.pulls.image import Image
from pullwatch.pulls.pull import SizeKind

Size: TypeAlias = tuple[int, SizeKind]
"""Bytes, and what they count."""


class ImageSizes:
    """One series per image; of two spellings of one image the larger size stands."""

    def __init__(self) -> None:
        self.shown = Shown(metrics.IMAGE_SIZE)
        self._before: Mapping[Image, Size] = {}

    def refresh(self, sizes: Mapping[Image, Size]) -> Iterator[None]:
        """Show these sizes, in steps between which other tasks may run."""
        if sizes is self._before:
            return
        yield from self._follow(sizes)
        # Fewer series than images: some are spelled twice, or found no room. More cannot be.
        if len(self.shown) != len(sizes):
            yield from self._show_all(sizes)
        self._before = sizes

    def _follow(self, sizes: Mapping[Image, Size]) -> Iterator[None]:
        """Show what differs from the last time, as if each image had a series of its own."""
        new: dict[Labels, float] = {}
        old: set[Labels] = set()
        known = 0
        for number, (image, size) in enumerate(sizes.items(), start=1):
            before = self._before.get(image)
            known += before is not None
            if before is not size:
                new[_labels(image, size)] = float(size[0])
                if before is not None:
                    old.add(_labels(image, before))
            if number % STEP == 0:
                yield
        if known < len(self._before):
            old.update(_labels(image, size) for image, size in self._before.items() if image not in sizes)
        yield from self.shown.update(new, gone=old - new.keys())

    def _show_all(self, sizes: Mapping[Image, Size]) -> Iterator[None]:
        largest: dict[Labels, float] = {}
        for number, (image, size) in enumerate(sizes.items(), start=1):
            labels = _labels(image, size)
            largest[labels] = max(float(size[0]), largest.get(labels, 0.0))
            if number % STEP == 0:
                yield
        yield from self.shown.show_largest(largest)


def _labels(image: Image, size: Size) -> Labels:
    return (cut(image.label), *image.repository_labels, size[1].value)

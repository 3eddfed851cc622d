"""Which node is known to have had which image, so that a pull that moved nothing is told from one that did."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from pullwatch.pulls import image as images
from pullwatch.pulls.queue import STAMP_SECONDS

if TYPE_CHECKING:
    from pullwatch.pulls.observed import Node

PER_NODE = 1000
"""Images remembered per node; kubelets collect garbage long before."""

CAPACITY = 250_000
"""Images remembered of all nodes together, some 40 MiB: 50 of each in a cluster of 5,000, as many as a kubelet reports."""

LEAST_PER_NODE = 10
"""Images remembered per node however many nodes there are."""

QUICK_SECONDS = 2.0
"""A pull of an image that the node had asks for a manifest; up to this it took no longer than that may take."""

LONGEST_REVALIDATION_SECONDS = 10.0
"""Most that such a pull is taken to last where nothing tells how long the image takes to move."""

STATUS_LAG_SECONDS = 600.0
"""A node reports its images every 5 minutes at least, so a younger sighting is not contradicted by their absence."""


class Presence:
    """Images by node: since when, of what size, and how long they last took to move there."""

    def __init__(self) -> None:
        self._nodes: dict[str, OrderedDict[str, tuple[float, int | None, float | None]]] = {}

    def note(self, node: str, image: str, *, at: float, size_bytes: int | None, moved_seconds: float | None = None) -> None:
        """Remember that the node has the image since `at` at the latest; `moved_seconds` only if its bytes moved."""
        held = self._nodes.get(node)
        if held is None:
            held = self._nodes[node] = OrderedDict()
        known = held.pop(image, None)
        if known is None:
            held[image] = (at, size_bytes, moved_seconds)
            # Of a node that has more, from when there were fewer nodes, each new one drops two.
            room = min(PER_NODE, max(LEAST_PER_NODE, CAPACITY // len(self._nodes)))
            for _ in range(min(2, len(held) - room)):
                held.popitem(last=False)
            return
        since, size, seconds = known
        moved = size_bytes is not None and size is not None and size != size_bytes
        held[image] = (
            at if moved else min(since, at),
            size if size_bytes is None else size_bytes,
            seconds if moved_seconds is None else moved_seconds,
        )

    def had(self, node: str, image: str, *, before: float, size_bytes: int | None, took_seconds: float) -> bool:
        """Tell whether the node had this image, of this size, when a pull began.

        Another size means that the tag has moved, so that bytes had to move too. No Event tells that a node dropped an
        image; a pull that takes as long as one that moves it shows that.
        """
        held = self._nodes.get(node)
        if held is None or image not in held:
            return False
        since, size, moved_seconds = held[image]
        longest = LONGEST_REVALIDATION_SECONDS if moved_seconds is None else max(QUICK_SECONDS, moved_seconds / 2)
        if since > before + STAMP_SECONDS or took_seconds > longest:
            return False
        return size is None or size_bytes is None or size == size_bytes

    def compare(self, node: Node, *, at: float) -> None:
        """Forget what the node's complete image list no longer holds."""
        held = self._nodes.get(node.name)
        if not held or not node.images_complete:
            return
        present = {images.parse(name).canonical for entry in node.images for name in entry.names}
        for image in [i for i, (since, _, _) in held.items() if i not in present and since < at - STATUS_LAG_SECONDS]:
            del held[image]

    def forget(self, node: str) -> None:
        self._nodes.pop(node, None)

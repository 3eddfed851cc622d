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

STATUS_LAG_SECONDS = 600.0
"""A node reports its images every 5 minutes at least, so a younger sighting is not contradicted by their absence."""


class Presence:
    """Images by node: since when, and of what size."""

    def __init__(self) -> None:
        self._nodes: dict[str, OrderedDict[str, tuple[float, int | None]]] = {}

    def note(self, node: str, image: str, *, at: float, size_bytes: int | None) -> None:
        """Remember that the node has the image since `at` at the latest."""
        held = self._nodes.setdefault(node, OrderedDict())
        since, size = held.pop(image, (at, size_bytes))
        moved = size_bytes is not None and size is not None and size != size_bytes
        held[image] = (at if moved else min(since, at), size if size_bytes is None else size_bytes)
        if len(held) > PER_NODE:
            held.popitem(last=False)

    def had(self, node: str, image: str, *, before: float, size_bytes: int | None) -> bool:
        """Tell whether the node had this image, of this size, when a pull began.

        Another size means that the tag has moved, so that bytes had to move too.
        """
        held = self._nodes.get(node)
        if held is None or image not in held:
            return False
        since, size = held[image]
        if since > before + STAMP_SECONDS:
            return False
        return size is None or size_bytes is None or size == size_bytes

    def compare(self, node: Node, *, at: float) -> None:
        """Forget what the node's complete image list no longer holds."""
        held = self._nodes.get(node.name)
        if not held or not node.images_complete:
            return
        present = {images.parse(name).canonical for entry in node.images for name in entry.names}
        for image in [i for i, (since, _) in held.items() if i not in present and since < at - STATUS_LAG_SECONDS]:
            del held[image]

    def forget(self, node: str) -> None:
        self._nodes.pop(node, None)

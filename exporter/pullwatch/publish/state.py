"""What is true of the cluster at one moment: the part of the metrics that is looked at, not counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pullwatch.pulls.image import Image
from pullwatch.pulls.known_images import KnownImages
from pullwatch.pulls.observed import Node
from pullwatch.pulls.pull import Failing, Pull, SizeKind, Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One moment of the cluster; whoever makes it does not change its parts afterwards."""

    running: Sequence[Pull] = ()
    """Pulls of outcome RUNNING."""
    failing: Sequence[Failing] = ()
    waiting: Sequence[Waiting] = ()
    nodes: Sequence[Node] = ()
    image_sizes: Mapping[Image, tuple[int, SizeKind]] = field(default_factory=dict)
    """Known sizes, in bytes."""
    images: KnownImages | None = None
    """Known layers; a view of what goes on changing, whose `version` tells."""

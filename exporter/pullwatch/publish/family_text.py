"""The text of one family, kept in segments: each child holds its own lines until its value changes.

A segment is some 60 KB of lines, which are compressed in one go.
"""

from __future__ import annotations

import abc
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from pullwatch.publish.lines import ChildWriter
from pullwatch.publish.metrics import Family
from pullwatch.publish.packed import Stretch
from pullwatch.publish.samples import Labels, Value

SEGMENT_LINES = 512
"""Lines of a segment. Smaller ones compress worse; of larger ones more is compressed anew where few lines changed."""


class Child(abc.ABC):
    """One label set: its value, and its lines as they were last written."""

    __slots__ = ("labels", "lines", "segment")

    def __init__(self, labels: Labels) -> None:
        self.labels = labels
        self.segment: Segment
        """Set when it is added to a family's text."""
        self.lines = b""
        """Its lines; empty where they are to be written anew."""

    @abc.abstractmethod
    def shown(self) -> Value:
        """Return the value to show."""

    def changed(self) -> None:
        """Tell that `shown` now returns something else."""
        self.lines = b""
        self.segment.changed = True

    def write(self, writer: ChildWriter) -> bytes:
        self.lines = writer.lines(self.labels, self.shown())
        return self.lines


class Segment:
    """Successive children, and their lines as they were last read."""

    __slots__ = ("_stretch", "changed", "children")

    def __init__(self) -> None:
        self.children: list[Child] = []
        self.changed = True
        self._stretch = Stretch(())

    def stretch(self, writer: ChildWriter) -> Stretch:
        """Return the lines; the same object as before if nothing changed."""
        if self.changed:
            self._stretch = Stretch([child.lines or child.write(writer) for child in self.children])
            self.changed = False
        return self._stretch


class FamilyText:
    """All lines of one family but its header."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self._writer = ChildWriter(family)
        # Each edge of a histogram is a line, and +Inf, count and sum.
        self._child_lines = len(family.buckets) + 3 if family.buckets else 1
        self._room = max(1, SEGMENT_LINES // self._child_lines)
        self._segments: list[Segment] = []
        self._number = 0

    @property
    def series(self) -> int:
        """Return how many time series the family has."""
        return self._child_lines * self._number

    def children(self) -> Iterator[Child]:
        for segment in self._segments:
            yield from segment.children

    def add(self, child: Child) -> None:
        if not self._segments or len(self._segments[-1].children) >= self._room:
            self._segments.append(Segment())
        child.segment = self._segments[-1]
        child.segment.children.append(child)
        child.segment.changed = True
        self._number += 1

    def remove(self, gone: AbstractSet[Child]) -> None:
        """Remove children; a text that became mostly gaps is moved together."""
        if not gone:
            return
        for segment in {child.segment for child in gone}:
            segment.children = [child for child in segment.children if child not in gone]
            segment.changed = True
        self._segments = [segment for segment in self._segments if segment.children]
        self._number -= len(gone)
        if len(self._segments) > 2 + 2 * self._number // self._room:
            self._move_together()

    def stretches(self) -> Iterator[Stretch]:
        """Yield the text segment by segment, written anew where it changed."""
        for segment in self._segments:
            yield segment.stretch(self._writer)

    def _move_together(self) -> None:
        kept = list(self.children())
        self._segments = []
        self._number = 0
        for child in kept:
            self.add(child)

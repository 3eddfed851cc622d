"""The children of counter and histogram families: one value per label set, kept lean and bounded. Times only grow.

Three rules of every child live here. A new one shows 0 for its first 60 seconds, so that `increase()` sees the step up
from 0 and the first pull of an image is not lost. Label sets past the cap fold into `_other` or are dropped, and both
are counted. A child that nothing touched for a day is deleted, never folded: a fold would look like an increase.
"""

from __future__ import annotations

import abc
import bisect
import itertools
import math
from collections import deque
from collections.abc import Sequence
from typing import Generic, TypeVar

from pullwatch.publish import family_text
from pullwatch.publish.metrics import OTHER, Family, Overflow
from pullwatch.publish.samples import Distribution, Labels

ZERO_SECONDS = 60.0
"""Time for which a new child shows 0: two scrapes at the usual 30 s."""

IDLE_SECONDS = 24 * 3600.0
SWEEP_SECONDS = 60.0
"""Idle children are looked for this often at most."""

FOLDED_REGISTRIES = 100
"""Registries that keep their name in an `_other` child; those after them share registry `_other` as well."""


class _Counted(family_text.Child):
    """A child that counts. What it counts in its first minute is not shown, so it changes no line."""

    __slots__ = ("new_since", "touched_at")

    def __init__(self, labels: Labels, at: float) -> None:
        super().__init__(labels)
        self.new_since: float | None = at
        """When it was made; None once its first minute is over."""
        self.touched_at = at

    def grew(self) -> None:
        if self.new_since is None:
            self.changed()


class _Counter(_Counted):
    __slots__ = ("value",)

    def __init__(self, labels: Labels, at: float) -> None:
        super().__init__(labels, at)
        self.value = 0.0

    def shown(self) -> float:
        return self.value if self.new_since is None else 0.0


class _Histogram(_Counted):
    __slots__ = ("counts", "sum")

    def __init__(self, labels: Labels, at: float, *, edges: int) -> None:
        super().__init__(labels, at)
        self.counts = [0] * (edges + 1)
        self.sum = 0.0

    def shown(self) -> Distribution:
        if self.new_since is not None:
            return Distribution((0,) * len(self.counts), 0.0)
        return Distribution(tuple(itertools.accumulate(self.counts)), self.sum)


Child = TypeVar("Child", _Counter, _Histogram)


class _Children(abc.ABC, Generic[Child]):
    """Label sets of one family and their values."""

    def __init__(self, family: Family, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self.family = family
        self.text = family_text.FamilyText(family)
        self.dropped = 0
        """Times a label set found no room of its own."""
        self._idle_seconds = idle_seconds
        self._swept_at = -math.inf
        self._own: dict[Labels, Child] = {}
        self._others: dict[Labels, Child] = {}
        self._new_ones: deque[Child] = deque()
        """Children in their first minute, oldest first."""
        self._sets: dict[Labels, list[Child]] = {}
        """Children of `create_set` by what their labels begin with."""
        self._folded_registries: set[str] = set()

    def create(self, labels: Labels, *, at: float) -> bool:
        """Show this label set from now on, at 0 if it is new; tell whether it found room of its own."""
        self._touch(labels, at)
        return labels in self._own

    def create_set(self, start: Labels, ends: Sequence[str], *, at: float) -> bool:
        """Show the label sets that begin alike and end in each of these; the same ends come with each start."""
        known = self._sets.get(start)
        if known is None:
            return self._make_set(start, ends, at)
        for child in known:
            child.touched_at = at
        return True

    def refresh(self, *, now: float) -> None:
        """Show the children whose first minute is over, and forget idle ones."""
        while self._new_ones and (self._new_ones[0].new_since or 0.0) <= now - ZERO_SECONDS:
            self._show_value(self._new_ones.popleft())
        if now - self._swept_at >= SWEEP_SECONDS:
            self._swept_at = now
            self._sweep(now)

    @abc.abstractmethod
    def _new(self, labels: Labels, at: float) -> Child: ...

    def _touch(self, labels: Labels, at: float) -> Child | None:
        """Return the child that counts for this label set, None where there is no room for it."""
        child = self._own.get(labels)
        if child is None:
            return self._add(labels, at)
        child.touched_at = at
        return child

    def _add(self, labels: Labels, at: float) -> Child | None:
        if len(self._own) < self.family.cap:
            return self._make(self._own, labels, at)
        self.dropped += 1
        if self.family.overflow is not Overflow.FOLD:
            return None
        folded = self._fold(labels)
        child = self._others.get(folded)
        if child is None:
            return self._make(self._others, folded, at)
        child.touched_at = at
        return child

    def _make(self, children: dict[Labels, Child], labels: Labels, at: float) -> Child:
        child = children[labels] = self._new(labels, at)
        self._new_ones.append(child)
        self.text.add(child)
        return child

    def _make_set(self, start: Labels, ends: Sequence[str], at: float) -> bool:
        wanted = [(*start, end) for end in ends]
        for labels in wanted:
            self._touch(labels, at)
        own = [child for labels in wanted if (child := self._own.get(labels)) is not None]
        # A set that found no room for all is looked for again, so that each time counts as dropped.
        if len(own) < len(wanted):
            return False
        self._sets[start] = own
        return True

    def _show_value(self, child: Child) -> None:
        zero = child.shown()
        child.new_since = None
        if child.shown() != zero:
            child.changed()

    def _fold(self, labels: Labels) -> Labels:
        """Return the label set that stands for all that found no room; only as many as can be named stay apart."""
        values = dict(zip(self.family.labels, labels, strict=True))
        registry = values["registry"]
        if "repository" not in values:
            return tuple((values | {"registry": OTHER}).values())
        if len(self._folded_registries) < FOLDED_REGISTRIES:
            self._folded_registries.add(registry)
        kept = registry if registry in self._folded_registries else OTHER
        return tuple((values | {"registry": kept, "repository": OTHER}).values())

    def _sweep(self, now: float) -> None:
        for children in (self._own, self._others):
            gone = {child for child in children.values() if now - child.touched_at > self._idle_seconds}
            for child in gone:
                del children[child.labels]
            self.text.remove(gone)
            if gone:
                self._sets.clear()


class Counters(_Children[_Counter]):
    """A counter family."""

    def increase(self, labels: Labels, by: float, *, at: float) -> None:
        child = self._touch(labels, at)
        if child is not None:
            child.value += by
            child.grew()

    def _new(self, labels: Labels, at: float) -> _Counter:
        return _Counter(labels, at)


class Histograms(_Children[_Histogram]):
    """A histogram family."""

    def observe(self, labels: Labels, value: float, *, at: float) -> None:
        child = self._touch(labels, at)
        if child is not None:
            child.counts[bisect.bisect_left(self.family.buckets, value)] += 1
            child.sum += value
            child.grew()

    def _new(self, labels: Labels, at: float) -> _Histogram:
        return _Histogram(labels, at, edges=len(self.family.buckets))

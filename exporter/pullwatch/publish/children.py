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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeAlias, TypeVar

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


Numbers: TypeAlias = tuple[int | float, ...]
"""What a child has counted: a counter's value, or a histogram's sum and its observations by bucket."""


class Kept(NamedTuple):
    """A child as it is saved and comes back."""

    labels: Labels
    age_seconds: float | None
    """Of its first minute; None once that is over: it must never show 0 again."""
    numbers: Numbers


class _Counted(family_text.Child):
    """A child that counts. What it counts in its first minute is not shown, so it changes no line."""

    __slots__ = ("new_since", "touched_at")

    def __init__(self, labels: Labels, at: float) -> None:
        super().__init__(labels)
        self.new_since: float | None = at
        """When it was made; None once its first minute is over."""
        self.touched_at = at

    @property
    @abc.abstractmethod
    def numbers(self) -> Numbers: ...

    def grew(self) -> None:
        if self.new_since is None:
            self.changed()

    def kept(self, now: float) -> Kept:
        return Kept(self.labels, None if self.new_since is None else now - self.new_since, self.numbers)


class _Counter(_Counted):
    __slots__ = ("value",)

    def __init__(self, labels: Labels, at: float) -> None:
        super().__init__(labels, at)
        self.value = 0.0

    @property
    def numbers(self) -> Numbers:
        return (self.value,)

    def shown(self) -> float:
        return self.value if self.new_since is None else 0.0


class _Histogram(_Counted):
    __slots__ = ("counts", "sum")

    def __init__(self, labels: Labels, at: float, *, edges: int) -> None:
        super().__init__(labels, at)
        self.counts = [0] * (edges + 1)
        self.sum = 0.0

    @property
    def numbers(self) -> Numbers:
        return (self.sum, *self.counts)

    def shown(self) -> Distribution:
        if self.new_since is not None:
            return Distribution((0,) * len(self.counts), 0.0)
        return Distribution(tuple(itertools.accumulate(self.counts)), self.sum)


Child = TypeVar("Child", _Counter, _Histogram)


@dataclass(slots=True)
class Touched(Generic[Child]):
    """What is to be saved since it was last asked for."""

    children: dict[Labels, Child] = field(default_factory=dict)
    """New ones, those that counted, and those whose first minute is over."""
    gone: set[Labels] = field(default_factory=set)
    """One that came back is among the children as well."""


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
        self.touched: Touched[Child] | None = None
        """Kept where somebody saves it."""

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

    def note_touched(self) -> None:
        """Note from now on what `take_touched` is to return."""
        self.touched = Touched()

    def take_touched(self, *, now: float) -> tuple[list[Kept], set[Labels]]:
        """Return the children to be saved and the labels of those that are gone, since the last time."""
        touched = self.touched
        if touched is None or not (touched.children or touched.gone):
            return [], set()
        self.touched = Touched()
        return [child.kept(now) for child in touched.children.values()], touched.gone

    def restore(self, kept: Iterable[Kept], *, now: float) -> int:
        """Take back children that were saved, as if they were touched now; return how many do not fit this family."""
        unfit = 0
        # Those in their first minute stand in a queue, oldest first.
        for one in sorted(kept, key=lambda one: one.age_seconds or 0.0, reverse=True):
            child = self._new(one.labels, now)
            if len(one.labels) != len(self.family.labels) or len(one.numbers) != len(child.numbers):
                unfit += 1
                continue
            self._count_from(child, one.numbers)
            # A clock that was set back must not make the minute longer.
            child.new_since = None if one.age_seconds is None else now - max(0.0, one.age_seconds)
            self._take_back(child)
        return unfit

    @abc.abstractmethod
    def _new(self, labels: Labels, at: float) -> Child: ...

    @abc.abstractmethod
    def _count_from(self, child: Child, numbers: Numbers) -> None:
        """Let a new child go on from these numbers."""

    def _take_back(self, child: Child) -> None:
        others = self.family.overflow is Overflow.FOLD and OTHER in child.labels
        children = self._others if others else self._own
        if (made := children.get(child.labels)) is not None:
            # One that is there from the start on.
            self._new_ones.remove(made)
            self.text.remove({made})
        children[child.labels] = child
        self.text.add(child)
        if child.new_since is not None:
            self._new_ones.append(child)
        if others and "repository" in self.family.labels:
            self._folded_registries.update({child.labels[self.family.labels.index("registry")]} - {OTHER})

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
        if self.touched is not None:
            self.touched.children[labels] = child
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
        if self.touched is not None:
            self.touched.children[child.labels] = child

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
                if self.touched is not None:
                    self.touched.children.pop(child.labels, None)
                    self.touched.gone.add(child.labels)
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
            if self.touched is not None:
                self.touched.children[child.labels] = child

    def _new(self, labels: Labels, at: float) -> _Counter:
        return _Counter(labels, at)

    def _count_from(self, child: _Counter, numbers: Numbers) -> None:
        (child.value,) = numbers


class Histograms(_Children[_Histogram]):
    """A histogram family."""

    def observe(self, labels: Labels, value: float, *, at: float) -> None:
        child = self._touch(labels, at)
        if child is not None:
            child.counts[bisect.bisect_left(self.family.buckets, value)] += 1
            child.sum += value
            child.grew()
            if self.touched is not None:
                self.touched.children[child.labels] = child

    def _new(self, labels: Labels, at: float) -> _Histogram:
        return _Histogram(labels, at, edges=len(self.family.buckets))

    def _count_from(self, child: _Histogram, numbers: Numbers) -> None:
        child.sum, child.counts = numbers[0], [int(count) for count in numbers[1:]]

"""The children of counter and histogram families: one value per label set, kept lean and bounded.

Three rules of every child live here. A new one shows 0 for its first 60 seconds, so that `increase()` sees the step up
from 0 and the first pull of an image is not lost. Label sets past the cap fold into `_other` or are dropped, and both
are counted. A child that nothing touched for a day is deleted, never folded: a fold would look like an increase.
"""

from __future__ import annotations

import abc
import bisect
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from pullwatch.publish.metrics import OTHER, Family, Overflow

ZERO_SECONDS = 60.0
"""Time for which a new child shows 0: two scrapes at the usual 30 s."""

IDLE_SECONDS = 24 * 3600.0
SWEEP_SECONDS = 60.0
"""Idle children are looked for this often at most."""

FOLDED_REGISTRIES = 100
"""Registries that keep their name in an `_other` child; those after them share registry `_other` as well."""

Labels: TypeAlias = tuple[str, ...]
"""Label values in the order of `Family.labels`."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """What a histogram's child shows: observations up to each edge (the last is +Inf), and their sum."""

    cumulative: tuple[int, ...]
    sum: float


Value: TypeAlias = float | Distribution


@dataclass(frozen=True, slots=True)
class FamilySamples:
    """A family with all that it shows at one moment."""

    family: Family
    children: Sequence[tuple[Labels, Value]]
    left_out: int = 0
    """Label sets that are true now and found no room."""

    @property
    def series(self) -> int:
        """Return how many time series these are: each edge of a histogram is one, and +Inf, sum and count."""
        per_child = len(self.family.buckets) + 3 if self.family.buckets else 1
        return per_child * len(self.children)


class _Counter:
    __slots__ = ("created_at", "touched_at", "value")

    def __init__(self, at: float) -> None:
        self.created_at = self.touched_at = at
        self.value = 0.0

    def shown(self) -> float:
        return self.value


class _Histogram:
    __slots__ = ("counts", "created_at", "sum", "touched_at")

    def __init__(self, at: float, *, edges: int) -> None:
        self.created_at = self.touched_at = at
        self.counts = [0] * (edges + 1)
        self.sum = 0.0

    def shown(self) -> Distribution:
        return Distribution(tuple(itertools.accumulate(self.counts)), self.sum)


Child = TypeVar("Child", _Counter, _Histogram)


class _Children(abc.ABC, Generic[Child]):
    """Label sets of one family and their values."""

    def __init__(self, family: Family, *, clock: Callable[[], float], idle_seconds: float = IDLE_SECONDS) -> None:
        self.family = family
        self.dropped = 0
        """Times a label set found no room of its own."""
        self._clock = clock
        self._idle_seconds = idle_seconds
        self._swept_at = clock()
        self._own: dict[Labels, Child] = {}
        self._others: dict[Labels, Child] = {}
        self._folded_registries: set[str] = set()
        self._zero: Value = self._new(0.0).shown()

    def create(self, labels: Labels) -> None:
        """Show this label set from now on, at 0 if it is new."""
        self._touch(labels)

    def samples(self) -> FamilySamples:
        """Return what to show now, and forget idle children."""
        now = self._clock()
        self._sweep(now)
        zero, born_before = self._zero, now - ZERO_SECONDS
        return FamilySamples(
            self.family,
            [
                (labels, child.shown() if child.created_at <= born_before else zero)
                for children in (self._own, self._others)
                for labels, child in children.items()
            ],
        )

    @abc.abstractmethod
    def _new(self, at: float) -> Child: ...

    def _touch(self, labels: Labels) -> Child | None:
        """Return the child that counts for this label set, None where there is no room for it."""
        child = self._own.get(labels)
        if child is None:
            child = self._add(labels)
        if child is not None:
            child.touched_at = self._clock()
        return child

    def _add(self, labels: Labels) -> Child | None:
        if len(self._own) < self.family.cap:
            return self._own.setdefault(labels, self._new(self._clock()))
        self.dropped += 1
        if self.family.overflow is not Overflow.FOLD:
            return None
        folded = self._fold(labels)
        return self._others.get(folded) or self._others.setdefault(folded, self._new(self._clock()))

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
        if now - self._swept_at < SWEEP_SECONDS:
            return
        self._swept_at = now
        for children in (self._own, self._others):
            for labels in [labels for labels, child in children.items() if now - child.touched_at > self._idle_seconds]:
                del children[labels]


class Counters(_Children[_Counter]):
    """A counter family."""

    def increase(self, labels: Labels, by: float) -> None:
        child = self._touch(labels)
        if child is not None:
            child.value += by

    def _new(self, at: float) -> _Counter:
        return _Counter(at)


class Histograms(_Children[_Histogram]):
    """A histogram family."""

    def observe(self, labels: Labels, value: float) -> None:
        child = self._touch(labels)
        if child is not None:
            child.counts[bisect.bisect_left(self.family.buckets, value)] += 1
            child.sum += value

    def _new(self, at: float) -> _Histogram:
        return _Histogram(at, edges=len(self.family.buckets))

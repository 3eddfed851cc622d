"""Which row moves which metric: the counters and histograms of finished pulls, and the gauges beside them.

The outcome table of the JSON schema decides: bytes and durations are those of pulls that moved bytes, waits those of
every pull that was asked of a runtime. A row without a node moves no node family, since a made-up node is worse.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pullwatch.publish import metrics
from pullwatch.publish.children import IDLE_SECONDS, Counters, Histograms, Kept
from pullwatch.publish.family_text import FamilyText
from pullwatch.publish.gauges import Gauges
from pullwatch.publish.kubelet_counters import KubeletCounters
from pullwatch.publish.last_pulls import LastPulls
from pullwatch.pulls.pull import FAILURES, REFUSALS, Outcome, Reason

if TYPE_CHECKING:
    from pullwatch.publish.samples import Labels
    from pullwatch.publish.shown import Shown
    from pullwatch.publish.state import State
    from pullwatch.pulls.coverage import Growth
    from pullwatch.pulls.image import Image
    from pullwatch.pulls.pull import Pull

_PRESENT, _REVALIDATED = metrics.CACHE_KINDS
_FAILURES = tuple(reason.value for reason in FAILURES)

LATELY_SECONDS = 60.0
"""Time for which the children that a question shows are not touched again: next to the day after which they go, nothing."""


class PullMetrics:
    """Everything that image pulls feed. `clock` tells seconds that only grow; stamps and `now` are since the epoch."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lately: set[Labels | str] = set()
        """Repositories and nodes whose children were all touched a moment ago."""
        self._lately_until = -math.inf
        self._counted: dict[str, Counters | Histograms] = {}
        self._duration = self._histograms(metrics.DURATION)
        self._wait = self._histograms(metrics.WAIT)
        self._total = self._histograms(metrics.TOTAL)
        self._bytes = self._counters(metrics.IMAGE_BYTES)
        self._sized_seconds = self._counters(metrics.SIZED_SECONDS)
        self._cache_hits = self._counters(metrics.CACHE_HITS)
        self._failures = self._counters(metrics.PULL_FAILURES)
        self._refusals = self._counters(metrics.PULL_REFUSALS, idle_seconds=math.inf)
        self._unseen = self._counters(metrics.UNSEEN)
        self._node_duration = self._histograms(metrics.NODE_DURATION)
        self._node_wait = self._counters(metrics.NODE_WAIT)
        self._node_bytes = self._counters(metrics.NODE_BYTES)
        self._node_failures = self._counters(metrics.NODE_FAILURES)
        self._node_cache_hits = self._counters(metrics.NODE_CACHE_HITS)
        self._kubelets = KubeletCounters(self._counters)
        self._last = LastPulls()
        self._gauges = Gauges()
        self._looked_at: list[Shown] = [*self._last.families(), *self._gauges.families()]
        self._texts = self._in_order()
        self._left_out: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()
        self._show_refusals()

    def asked(self, image: Image, *, node: str | None = None) -> None:
        """Show at 0 all that this pull may move, so that its end is seen as an increase."""
        at = self._clock()
        if at >= self._lately_until:
            self._lately.clear()
            self._lately_until = at + LATELY_SECONDS
        repository = image.repository_labels
        if repository not in self._lately and self._asked_of_repository(repository, at):
            self._lately.add(repository)
        if node is not None and node not in self._lately and self._asked_of_node(node, at):
            self._lately.add(node)

    def count(self, pull: Pull) -> None:
        """Count a row once; one that is still running moves nothing."""
        at = self._clock()
        match pull.outcome:
            case Outcome.PULLED:
                self._count_bytes(pull, at)
                self._count_waits(pull, at)
            case Outcome.REVALIDATED:
                self._count_waits(pull, at)
                self._count_cache_hits(pull, _REVALIDATED, at)
            case Outcome.CACHED:
                self._count_cache_hits(pull, _PRESENT, at)
            case Outcome.FAILED:
                self._count_failures(pull, at)
            case Outcome.REFUSED:
                self._refusals.increase(((pull.reason or Reason.UNKNOWN).value,), pull.count, at=at)
            case Outcome.UNSEEN if pull.node is not None:
                self._unseen.increase((pull.node,), pull.count, at=at)

    def kubelet_read(self, node: str, growth: Growth) -> None:
        """Count what was new at a read of a node's kubelet."""
        self._kubelets.count(node, growth, at=self._clock())

    def remember(self, pull: Pull, *, now: float) -> None:
        """Name this pull in the `last_pull` gauges if it was slow and ended just now; moves no counter."""
        self._last.remember(pull, now=now)

    def refresh(self, state: State, *, now: float) -> Iterator[None]:
        """Bring all families up to this moment, in steps between which other tasks may run; one at a time."""
        at = self._clock()
        for counted in self._counted.values():
            counted.refresh(now=at)
            yield
        yield from self._last.refresh(now=now)
        yield from self._gauges.refresh(state)
        self._note_left_out()

    def save_from_now_on(self) -> None:
        """Note what is touched, for `touched`."""
        for counted in self._counted.values():
            counted.note_touched()

    def touched(self) -> Iterator[tuple[str, list[Kept], set[Labels]]]:
        """Yield what is to be saved since the last time: by family name children, and labels of those that are gone."""
        for name, counted in self._counted.items():
            children, gone = counted.take_touched(now=self._clock())
            if children or gone:
                yield name, children, gone

    def restore(self, kept: Mapping[str, Sequence[Kept]]) -> int:
        """Take back what was saved, by family name, before anything is counted; return how many children fit no family."""
        unfit = sum(len(children) for name, children in kept.items() if name not in self._counted)
        for name, counted in self._counted.items():
            unfit += counted.restore(kept.get(name, ()), now=self._clock())
        self._show_refusals()
        return unfit

    @property
    def texts(self) -> Sequence[FamilyText]:
        """Return all families in the order of the table, as the last `refresh` left them."""
        return self._texts

    @property
    def series(self) -> Mapping[str, int]:
        """Return the time series by family name."""
        return {text.family.name: text.series for text in self._texts}

    @property
    def dropped(self) -> Mapping[str, int]:
        """Return by family name how often a label set found no room."""
        counted = {name: children.dropped for name, children in self._counted.items()}
        # A pull left out of one of the four families is left out of them all.
        return counted | {family.name: self._dropped[family.name] for family in _LOOKED_AT} | dict.fromkeys(_LAST, self._last.dropped)

    def _show_refusals(self) -> None:
        for reason in REFUSALS:
            self._refusals.create((reason.value,), at=self._clock())

    def _counters(self, family: metrics.Family, *, idle_seconds: float = IDLE_SECONDS) -> Counters:
        counters = Counters(family, idle_seconds=idle_seconds)
        self._counted[family.name] = counters
        return counters

    def _histograms(self, family: metrics.Family) -> Histograms:
        histograms = Histograms(family)
        self._counted[family.name] = histograms
        return histograms

    def _asked_of_repository(self, repository: Labels, at: float) -> bool:
        """Show a repository at 0; tell whether all of it found room."""
        own = [histograms.create(repository, at=at) for histograms in (self._duration, self._wait, self._total)]
        own += [self._cache_hits.create((*repository, kind), at=at) for kind in metrics.CACHE_KINDS]
        return self._failures.create_set(repository[:1], _FAILURES, at=at) and all(own)

    def _asked_of_node(self, node: str, at: float) -> bool:
        labels = (node,)  # one object for all families, as there are many nodes
        own = [self._node_duration.create(labels, at=at)]
        own += [counters.create(labels, at=at) for counters in (self._unseen, self._node_wait, self._node_bytes, self._node_failures)]
        own += [self._node_cache_hits.create((node, kind), at=at) for kind in metrics.CACHE_KINDS]
        return all(own)

    def _count_bytes(self, pull: Pull, at: float) -> None:
        if pull.pull_seconds is None:
            return
        repository = pull.image.repository_labels
        self._duration.observe(repository, pull.pull_seconds, at=at)
        if pull.node is not None:
            self._node_duration.observe((pull.node,), pull.pull_seconds, at=at)
        if pull.size_bytes is None:
            return
        sized = (*repository, pull.size_kind.value)
        self._bytes.increase(sized, pull.size_bytes, at=at)
        self._sized_seconds.increase(sized, pull.pull_seconds, at=at)
        if pull.node is not None:
            self._node_bytes.increase((pull.node,), pull.size_bytes, at=at)

    def _count_waits(self, pull: Pull, at: float) -> None:
        repository = pull.image.repository_labels
        if pull.total_seconds is not None:
            self._total.observe(repository, pull.total_seconds, at=at)
        if pull.wait_seconds is None:
            return
        self._wait.observe(repository, pull.wait_seconds, at=at)
        if pull.node is not None:
            self._node_wait.increase((pull.node,), pull.wait_seconds, at=at)

    def _count_cache_hits(self, pull: Pull, kind: str, at: float) -> None:
        self._cache_hits.increase((*pull.image.repository_labels, kind), pull.count, at=at)
        if pull.node is not None:
            self._node_cache_hits.increase((pull.node, kind), pull.count, at=at)

    def _count_failures(self, pull: Pull, at: float) -> None:
        registry = pull.image.registry_label
        self._failures.create_set((registry,), _FAILURES, at=at)
        counted = pull.reason if pull.reason is not None and pull.reason in FAILURES else Reason.UNKNOWN
        self._failures.increase((registry, counted.value), pull.count, at=at)
        if pull.node is not None:
            self._node_failures.increase((pull.node,), pull.count, at=at)

    def _in_order(self) -> list[FamilyText]:
        texts = [family.text for family in (*self._counted.values(), *self._looked_at)]
        by_name = {text.family.name: text for text in texts}
        return [by_name[family.name] for family in metrics.FAMILIES]

    def _note_left_out(self) -> None:
        """Note what newly found no room: standing still, a gauge past its cap counts once."""
        for shown in self._looked_at:
            name = shown.text.family.name
            self._dropped[name] += max(0, shown.left_out - self._left_out[name])
            self._left_out[name] = shown.left_out


_LAST = [family.name for family in (metrics.LAST_DURATION, metrics.LAST_WAIT, metrics.LAST_BYTES, metrics.LAST_END)]
_LOOKED_AT = [family for family in metrics.FAMILIES if family.type is metrics.MetricType.GAUGE and family.name not in _LAST]

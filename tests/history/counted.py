"""What the kubelets of the day count themselves, as their /metrics would tell it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pullwatch.pulls import kubelet_counts
from pullwatch.pulls.sample import Sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tests.history.weather import Operation


class Counted:
    """Counters of all kubelets; those of a kubelet that starts anew begin at 0 again."""

    def __init__(self, operations: Iterable[Operation], *, started: Mapping[str, float]) -> None:
        """`operations` come in the order of their ends; `started` tells when kubelets start anew."""
        self._operations = iter(operations)
        self._next = next(self._operations, None)
        self._started = dict(started)
        self._starts: defaultdict[str, float] = defaultdict(lambda: 1.0)
        self._pulls: defaultdict[str, list[Operation]] = defaultdict(list)

    def until(self, moment: float) -> None:
        """Count what ended up to a moment."""
        while self._next is not None and self._next.at <= moment:
            self._pulls[self._next.node].append(self._next)
            self._next = next(self._operations, None)
        for node, at in list(self._started.items()):
            if at <= moment:
                self._starts[node] = self._started.pop(node)
                self._pulls[node].clear()

    def of(self, node: str) -> list[Sample]:
        """Return what a kubelet shows."""
        return list(self._samples(node))

    def _samples(self, node: str) -> Iterator[Sample]:
        pulls = self._pulls[node]
        told = [one.seconds for one in pulls if not one.failed]
        yield Sample(kubelet_counts.STARTED, {}, self._starts[node])
        yield Sample(kubelet_counts.OPERATIONS, {"operation_type": "version"}, 1)
        yield Sample(kubelet_counts.OPERATIONS, {"operation_type": kubelet_counts.PULL_IMAGE}, len(pulls))
        yield Sample(kubelet_counts.ERRORS, {"operation_type": kubelet_counts.PULL_IMAGE}, len(pulls) - len(told))
        yield Sample(kubelet_counts.PULLS_TIMED, {"image_size_in_bytes": "all"}, len(told))
        yield Sample(kubelet_counts.PULL_SECONDS, {"image_size_in_bytes": "all"}, sum(told))

"""Which count of a kubelet moves which metric. When a kubelet is read, and what its counts mean, is decided elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullwatch.publish import metrics

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullwatch.publish.children import Counters
    from pullwatch.publish.samples import Labels
    from pullwatch.pulls.coverage import Growth


class KubeletCounters:
    """The counters that reads of kubelets move; `counters` makes the children of a family."""

    def __init__(self, counters: Callable[[metrics.Family], Counters]) -> None:
        self._pulls = counters(metrics.RUNTIME_PULLS)
        self._errors = counters(metrics.RUNTIME_ERRORS)
        self._seen = counters(metrics.RUNTIME_SEEN)
        self._seconds = counters(metrics.KUBELET_SECONDS)
        self._timed = counters(metrics.KUBELET_TIMED)
        self._requests = counters(metrics.KUBELET_REQUESTS)
        self._plugin_seconds = counters(metrics.PLUGIN_SECONDS)
        self._plugin_calls = counters(metrics.PLUGIN_CALLS)

    def count(self, node: str, growth: Growth, *, at: float) -> None:
        """Count what a kubelet newly counted. A first read, which has nothing new, shows the node at 0."""
        counted, labels = growth.counted, (node,)
        _move(self._pulls, labels, counted.pulls, at)
        _move(self._errors, labels, counted.errors, at)
        _move(self._seen, labels, float(growth.seen), at)
        _move(self._seconds, labels, counted.timed_seconds, at)
        _move(self._timed, labels, counted.timed_pulls, at)
        for request, times in counted.requests.items():
            _move(self._requests, request, times, at)
        for plugin, seconds in counted.plugin_seconds.items():
            _move(self._plugin_seconds, (plugin,), seconds, at)
        for plugin, calls in counted.plugin_calls.items():
            _move(self._plugin_calls, (plugin,), calls, at)


def _move(counters: Counters, labels: Labels, by: float, at: float) -> None:
    """Count, or show at what it is: a node that pulls nothing keeps its series as long as it is read."""
    if by > 0:
        counters.increase(labels, by, at=at)
    else:
        counters.create(labels, at=at)

"""Gauges read from one moment of the cluster: running and failing pulls, waiting pods, nodes, image sizes and layers.

Two rows that would be the same series become one, as Prometheus refuses a scrape that repeats itself; rows past a cap
are left out, those that matter least first. What is as it was at the last look is not looked at again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pullwatch.publish import metrics
from pullwatch.publish.image_layers import ImageLayers
from pullwatch.publish.image_sizes import ImageSizes
from pullwatch.publish.shown import MAX_LABEL, STEP, Shown, cut
from pullwatch.publish.state import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullwatch.publish.samples import Labels
    from pullwatch.pulls.observed import Node
    from pullwatch.pulls.pull import Failing, Pull, Waiting


class Gauges:
    """All gauge families of a moment. Each method works in steps, between which other tasks may run."""

    def __init__(self) -> None:
        self._running_start = Shown(metrics.RUNNING_START)
        self._running_ahead = Shown(metrics.RUNNING_AHEAD)
        self._running_unblocked = Shown(metrics.RUNNING_UNBLOCKED)
        self._failing_start = Shown(metrics.FAILING_START)
        self._pending_pods = Shown(metrics.PENDING_PODS)
        self._node_info = Shown(metrics.NODE_INFO)
        self._image_sizes = ImageSizes()
        self._image_layers = ImageLayers()
        self._before = State()

    def families(self) -> list[Shown]:
        """Return all of them, in the order of the table."""
        running = [self._running_start, self._running_ahead, self._running_unblocked]
        return [*running, self._failing_start, self._pending_pods, self._node_info, self._image_sizes.shown, *self._image_layers.families()]

    def refresh(self, state: State) -> Iterator[None]:
        """Show this moment."""
        before = self._before
        # Lists of the same objects are equal at the cost of a pointer each, so a quiet cluster costs next to nothing.
        if state.running != before.running:
            yield from self._show_running(state.running)
        if state.failing != before.failing:
            yield from self._show_failing(state.failing)
        if state.waiting != before.waiting:
            yield from self._show_waiting(state.waiting)
        if state.nodes != before.nodes:
            yield from self._show_nodes(state.nodes)
        yield from self._image_sizes.refresh(state.image_sizes)
        yield from self._image_layers.refresh(state.images)
        self._before = state

    def _show_running(self, pulls: Sequence[Pull]) -> Iterator[None]:
        """Where two pulls have the same labels (a pod came back under its name), the older one is the series."""
        rows: dict[Labels, Pull] = {}
        for number, pull in enumerate(sorted(pulls, key=lambda pull: pull.started_at or 0.0), start=1):
            if pull.started_at is not None:
                rows.setdefault(pod_labels(pull), pull)
            if number % STEP == 0:
                yield
        yield from self._running_start.show({labels: pull.started_at or 0.0 for labels, pull in rows.items()})
        yield from self._running_ahead.show({labels: float(pull.ahead) for labels, pull in rows.items()})
        unblocked = {labels: pull.unblocked_at for labels, pull in rows.items() if pull.unblocked_at is not None}
        yield from self._running_unblocked.show(unblocked)

    def _show_failing(self, failing: Sequence[Failing]) -> Iterator[None]:
        rows: dict[Labels, Failing] = {}
        for number, row in enumerate(sorted(failing, key=lambda row: row.since), start=1):
            rows.setdefault(pod_labels(row), row)
            if number % STEP == 0:
                yield
        yield from self._failing_start.show({(*labels, row.reason.value): row.since for labels, row in rows.items()})

    def _show_waiting(self, waiting: Sequence[Waiting]) -> Iterator[None]:
        pods: dict[Labels, float] = {}
        for row in waiting:
            labels = (cut(row.namespace), cut(row.image.label), row.image.registry_label)
            pods[labels] = pods.get(labels, 0.0) + row.pods
        yield from self._pending_pods.show_largest(pods)

    def _show_nodes(self, nodes: Sequence[Node]) -> Iterator[None]:
        latest: dict[str, Labels] = {}
        for number, node in enumerate(nodes, start=1):
            latest[node.name] = _node_labels(node)
            if number % STEP == 0:
                yield
        yield from self._node_info.show(dict.fromkeys(latest.values(), 1.0))


def pod_labels(row: Pull | Failing) -> Labels:
    """Return the values of `metrics.POD`; what is not known is empty, which Prometheus treats as absent."""
    image = row.image
    texts = (row.namespace, row.pod, row.container or "", row.workload or "", row.node or "", image.label)
    # Together they are hardly ever as long as one of them may be.
    kept = texts if len("".join(texts)) <= MAX_LABEL else tuple([cut(text) for text in texts])
    return kept + image.repository_labels


def _node_labels(node: Node) -> Labels:
    texts = (node.name, node.instance_type, node.pool, node.zone, node.arch, node.runtime_version, node.kubelet_version)
    return tuple([cut(text) for text in texts])

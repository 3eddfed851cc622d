"""Gauges read from one moment of the cluster: running and failing pulls, waiting pods, nodes, image sizes.

Pure: a state in, samples out. Two rows that would be the same series become one, as Prometheus refuses a scrape that
repeats itself; rows past a cap are left out, those that matter least first.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pullwatch.publish import metrics
from pullwatch.publish.children import FamilySamples, Labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullwatch.publish.state import State
    from pullwatch.pulls.image import Image
    from pullwatch.pulls.observed import Node
    from pullwatch.pulls.pull import Failing, Pull, SizeKind, Waiting

MAX_LABEL = 1024
"""Characters kept of a label value: as long as the longest image reference that is read."""


def samples(state: State) -> list[FamilySamples]:
    """Return all gauge families of this moment, in the order of the table."""
    return [
        *_running(state.running),
        _failing(state.failing),
        _pending(state.waiting),
        _nodes(state.nodes),
        _sizes(state.image_sizes),
    ]


def pod_labels(row: Pull | Failing) -> Labels:
    """Return the values of `metrics.POD`; what is not known is empty, which Prometheus treats as absent."""
    image = row.image
    texts = (row.namespace, row.pod, row.container or "", row.workload or "", row.node or "", image.label)
    return (*_cut(texts), image.registry_label, image.repository_label)


def capped(family: metrics.Family, ranked: Mapping[Labels, float]) -> FamilySamples:
    """Return the first label sets up to the family's cap; the mapping comes with those to keep first."""
    kept = list(itertools.islice(ranked.items(), family.cap))
    return FamilySamples(family, kept, left_out=len(ranked) - len(kept))


def _running(pulls: Sequence[Pull]) -> Iterable[FamilySamples]:
    """Where two pulls have the same labels (a pod came back under its name), the older one is the series."""
    rows: dict[Labels, Pull] = {}
    for pull in sorted(pulls, key=lambda pull: pull.started_at or 0.0):
        if pull.started_at is not None:
            rows.setdefault(pod_labels(pull), pull)
    yield capped(metrics.RUNNING_START, {labels: pull.started_at or 0.0 for labels, pull in rows.items()})
    yield capped(metrics.RUNNING_AHEAD, {labels: float(pull.ahead) for labels, pull in rows.items()})
    unblocked = {labels: pull.unblocked_at for labels, pull in rows.items() if pull.unblocked_at is not None}
    yield capped(metrics.RUNNING_UNBLOCKED, unblocked)


def _failing(failing: Sequence[Failing]) -> FamilySamples:
    rows: dict[Labels, Failing] = {}
    for row in sorted(failing, key=lambda row: row.since):
        rows.setdefault(pod_labels(row), row)
    return capped(metrics.FAILING_START, {(*labels, row.reason.value): row.since for labels, row in rows.items()})


def _pending(waiting: Sequence[Waiting]) -> FamilySamples:
    pods: dict[Labels, float] = {}
    for row in waiting:
        labels = (*_cut((row.namespace, row.image.label)), row.image.registry_label)
        pods[labels] = pods.get(labels, 0.0) + row.pods
    return capped(metrics.PENDING_PODS, _largest_first(pods))


def _nodes(nodes: Sequence[Node]) -> FamilySamples:
    latest = {node.name: node for node in nodes}
    return capped(metrics.NODE_INFO, {_node_labels(node): 1.0 for node in latest.values()})


def _node_labels(node: Node) -> Labels:
    return _cut((node.name, node.instance_type, node.pool, node.zone, node.arch, node.runtime_version, node.kubelet_version))


def _sizes(sizes: Mapping[Image, tuple[int, SizeKind]]) -> FamilySamples:
    largest: dict[Labels, float] = {}
    for image, (size_bytes, kind) in sizes.items():
        labels = (*_cut((image.label,)), image.registry_label, image.repository_label, kind.value)
        largest[labels] = max(float(size_bytes), largest.get(labels, 0.0))
    return capped(metrics.IMAGE_SIZE, _largest_first(largest))


def _largest_first(values: Mapping[Labels, float]) -> dict[Labels, float]:
    return dict(sorted(values.items(), key=lambda item: item[1], reverse=True))


def _cut(texts: tuple[str, ...]) -> Labels:
    return tuple(text[:MAX_LABEL] for text in texts)

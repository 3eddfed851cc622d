"""What a container runtime itself counts of image pulls, where its metrics are enabled, in the names of each generation.

containerd since 1.7 counts pulls by status, since 2.0 under a name with `sandboxed`; 1.6 tells nothing. Its histogram of
throughput is never read: up to 2.3 it divides the whole size by the time, so that an image that was there looks fastest.
CRI-O counts the bytes that really came, and the sizes of layers; up to 1.29 under other names, from 1.23 on under both.
CRI-O's names were read in its source and its text was made; no live one was asked.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import msgspec

from pullwatch.pulls.sample import NotBelieved, Sample, number, total

if TYPE_CHECKING:
    from collections.abc import Sequence

CONTAINERD_PULLS = ("containerd_cri_image_pulls_total", "containerd_cri_sandboxed_image_pulls_total")
CONTAINERD_RUNNING = ("containerd_cri_in_progress_image_pulls_total", "containerd_cri_sandboxed_in_progress_image_pulls_total")
"""A gauge in spite of its name, and there from the start; 1.7 has both names, of which one stays 0."""

_CRIO = "container_runtime_crio_image_pulls_"
CRIO_SUCCEEDED = (f"{_CRIO}success_total", f"{_CRIO}successes")
CRIO_FAILED = (f"{_CRIO}failure_total", f"{_CRIO}failures")
CRIO_BYTES = (f"{_CRIO}bytes_total", f"{_CRIO}by_name")
CRIO_SKIPPED = (f"{_CRIO}skipped_bytes_total", f"{_CRIO}by_name_skipped")
"""The newer name counts where both are there."""
CRIO_LAYERS = f"{_CRIO}layer_size"

NAMES = (
    *CONTAINERD_PULLS, *CONTAINERD_RUNNING, *CRIO_SUCCEEDED, *CRIO_FAILED, *CRIO_BYTES, *CRIO_SKIPPED,
    f"{CRIO_LAYERS}_bucket", f"{CRIO_LAYERS}_sum", f"{CRIO_LAYERS}_count",
)  # fmt: skip

MOST_EDGES = 30
"""Buckets of CRI-O's histogram; it has 11."""


class LayerSizes(msgspec.Struct, frozen=True):
    """Layers by their size, as CRI-O fetched them."""

    buckets: tuple[tuple[str, float], ...]
    """Upper edge in bytes, as it is written, and how many are no larger."""
    sum_bytes: float


class RuntimeCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Counts since the runtime started; None where it does not count such a thing."""

    succeeded: float
    failed: float
    running: float | None = None
    """Pulls at this moment."""
    fetched_bytes: float | None = None
    """That came over the network."""
    skipped_bytes: float | None = None
    """Of layers that were there."""
    layers: LayerSizes | None = None


def read(samples: Sequence[Sample]) -> RuntimeCounts:
    """Return what these samples tell. Raises NotBelieved, also where nothing counts pulls."""
    running = _sum(samples, CONTAINERD_RUNNING)
    layers = _layers(samples)
    if layers is not None or any(sample.name.startswith(_CRIO) for sample in samples):
        return RuntimeCounts(
            succeeded=_newer(samples, CRIO_SUCCEEDED),
            failed=_newer(samples, CRIO_FAILED),
            fetched_bytes=_newer(samples, CRIO_BYTES),
            skipped_bytes=_newer(samples, CRIO_SKIPPED),
            layers=layers,
        )
    succeeded, failed = _sum(samples, CONTAINERD_PULLS, status="success"), _sum(samples, CONTAINERD_PULLS, status="failure")
    if running is None and succeeded is None and failed is None:
        raise NotBelieved("nothing there counts image pulls; containerd before 1.7 does not")
    # Counters are absent until their first pull.
    return RuntimeCounts(succeeded=succeeded or 0.0, failed=failed or 0.0, running=running)


def _sum(samples: Sequence[Sample], names: Sequence[str], **labels: str) -> float | None:
    found = [one for name in names if (one := total(samples, name, **labels)) is not None]
    return math.fsum(found) if found else None


def _newer(samples: Sequence[Sample], names: tuple[str, str]) -> float:
    """Return the first of these that is there; a counter with labels is absent until it counts."""
    return next((found for name in names if (found := total(samples, name)) is not None), 0.0)


def _layers(samples: Sequence[Sample]) -> LayerSizes | None:
    edges = [(sample.labels.get("le", ""), number(sample)) for sample in samples if sample.name == f"{CRIO_LAYERS}_bucket"]
    sum_bytes = total(samples, f"{CRIO_LAYERS}_sum")
    if not edges or sum_bytes is None:
        return None
    try:
        ordered = sorted((float(edge), edge, count) for edge, count in edges)
    except ValueError as error:
        raise NotBelieved(f"{CRIO_LAYERS} has an edge that is no number") from error
    # Strictly, so that an edge that is there twice or is NaN is none either.
    rises = all(one[0] < other[0] and one[2] <= other[2] for one, other in itertools.pairwise(ordered))
    if len(edges) > MOST_EDGES or ordered[-1][1] != "+Inf" or not rises:
        raise NotBelieved(f"{CRIO_LAYERS} is no histogram")
    return LayerSizes(tuple((edge, count) for _, edge, count in ordered), sum_bytes)

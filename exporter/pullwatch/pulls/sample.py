"""A sample of somebody else's metrics: its name, labels and value. How its text is read stands in `sources.metric_text`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST = 2.0**53
"""Above this a float no longer counts by ones; no counter of pulls, seconds or bytes gets there."""


class NotBelieved(ValueError):
    """The samples cannot be what they claim to be: a number is none, or what must be there is not."""


class Sample(NamedTuple):
    """One line of an exposition."""

    name: str
    labels: Mapping[str, str]
    value: float


def total(samples: Iterable[Sample], name: str, **labels: str) -> float | None:
    """Return the sum of all samples of this name that have these labels, None where there is none.

    A sum, so that a label that a later version adds changes nothing. Raises NotBelieved.
    """
    found = [number(sample) for sample in samples if sample.name == name and _has(sample, labels)]
    return math.fsum(found) if found else None


def number(sample: Sample) -> float:
    """Return the value of a counter or of a gauge of things. Raises NotBelieved."""
    if not 0 <= sample.value <= MOST:
        raise NotBelieved(f"{sample.name} is {sample.value}")
    return sample.value


def _has(sample: Sample, labels: Mapping[str, str]) -> bool:
    return all(sample.labels.get(name) == value for name, value in labels.items())

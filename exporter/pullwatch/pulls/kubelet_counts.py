"""What a kubelet itself counts of image pulls, from samples of its /metrics; and how much that grew from read to read.

Every series is absent until it first counts, and all begin at 0 again with each start of the kubelet. Names and meaning
hold from 1.20 to 1.37: `pull_image` operations count attempts that ended, failed ones included, one for each credential that
was tried; the durations include the kubelet's queue and are of successes (since 1.30); requests exist since 1.35.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, TypeVar

import msgspec

from pullwatch.pulls import observed
from pullwatch.pulls.sample import NotBelieved, Sample, number, total

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

OPERATIONS = "kubelet_runtime_operations_total"
ERRORS = "kubelet_runtime_operations_errors_total"
PULL_SECONDS = "kubelet_image_pull_duration_seconds_sum"
PULLS_TIMED = "kubelet_image_pull_duration_seconds_count"
REQUESTS = "kubelet_image_manager_ensure_image_requests_total"
PLUGIN_SECONDS = "kubelet_credential_provider_plugin_duration_sum"
PLUGIN_CALLS = "kubelet_credential_provider_plugin_duration_count"
STARTED = "process_start_time_seconds"

NAMES = (OPERATIONS, ERRORS, PULL_SECONDS, PULLS_TIMED, REQUESTS, PLUGIN_SECONDS, PLUGIN_CALLS, STARTED)
"""What is read of the thousands of series that a kubelet has."""

PULL_IMAGE = "pull_image"
"""Label value of pulls since before 1.20; the runtimes' own metrics say `PullImage`."""

POLICIES = ("always", "ifnotpresent", "never")
ANSWERS = ("true", "false", "unknown")

MOST_PLUGINS = 10
"""Credential plugins of one kubelet that are looked at; installations have one or two."""

Request: TypeAlias = tuple[str, str, str]
"""Pull policy, whether the image was present, whether a pull was needed."""

_Key = TypeVar("_Key")


class KubeletCounts(msgspec.Struct, frozen=True):
    """Counters of a kubelet at one moment, or what they grew by."""

    pulls: float = 0.0
    """Pull operations that ended, well or not."""
    errors: float = 0.0
    """Those that ended in an error."""
    timed_pulls: float = 0.0
    """Successful pulls that `timed_seconds` holds."""
    timed_seconds: float = 0.0
    """Their time, the kubelet's queue included."""
    requests: dict[Request, float] = {}
    """Containers and volumes that asked for an image."""
    plugin_calls: dict[str, float] = {}
    plugin_seconds: dict[str, float] = {}
    """By credential plugin."""
    started_at: float = 0.0
    """When the kubelet's process started; 0 where it does not say."""


def read(samples: Sequence[Sample]) -> KubeletCounts:
    """Return the counts that these samples tell. Raises NotBelieved.

    A kubelet has counted other operations, such as asking the runtime for its version, before it answers at all. So where
    no operation is counted this is no kubelet's answer, or a part of it, and nothing is known.
    """
    if total(samples, OPERATIONS) is None:
        raise NotBelieved(f"there is no {OPERATIONS}")
    return KubeletCounts(
        pulls=total(samples, OPERATIONS, operation_type=PULL_IMAGE) or 0.0,
        errors=total(samples, ERRORS, operation_type=PULL_IMAGE) or 0.0,
        timed_pulls=total(samples, PULLS_TIMED) or 0.0,
        timed_seconds=total(samples, PULL_SECONDS) or 0.0,
        requests=_requests(samples),
        plugin_calls=_by_plugin(samples, PLUGIN_CALLS),
        plugin_seconds=_by_plugin(samples, PLUGIN_SECONDS),
        started_at=total(samples, STARTED) or 0.0,
    )


def growth(before: KubeletCounts, after: KubeletCounts) -> KubeletCounts:
    """Return what was counted in between. Of a kubelet that started anew that is all it counts now."""
    if before.started_at and after.started_at and before.started_at != after.started_at:
        return after
    return KubeletCounts(
        pulls=_grown(before.pulls, after.pulls),
        errors=_grown(before.errors, after.errors),
        timed_pulls=_grown(before.timed_pulls, after.timed_pulls),
        timed_seconds=_grown(before.timed_seconds, after.timed_seconds),
        requests=_grown_each(before.requests, after.requests),
        plugin_calls=_grown_each(before.plugin_calls, after.plugin_calls),
        plugin_seconds=_grown_each(before.plugin_seconds, after.plugin_seconds),
        started_at=after.started_at,
    )


def _grown(before: float, after: float) -> float:
    """Return the growth of a counter; one that fell began at 0 in between."""
    return after - before if after >= before else after


def _grown_each(before: Mapping[_Key, float], after: Mapping[_Key, float]) -> dict[_Key, float]:
    return {key: _grown(before.get(key, 0.0), value) for key, value in after.items()}


def _requests(samples: Iterable[Sample]) -> dict[Request, float]:
    found: dict[Request, float] = {}
    for sample in samples:
        if sample.name == REQUESTS:
            policy, present, required = (sample.labels.get(name, "") for name in ("pull_policy", "present_locally", "pull_required"))
            request = (_one_of(POLICIES, policy), _one_of(ANSWERS, present), _one_of(ANSWERS, required))
            found[request] = found.get(request, 0.0) + number(sample)
    return found


def _one_of(known: Sequence[str], word: str) -> str:
    """Return the word as one object of ours, so that thousands of kubelets share it; what is not known stays one word."""
    return next((one for one in known if one == word), "unknown")


def _by_plugin(samples: Iterable[Sample], name: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for sample in samples:
        if sample.name == name:
            plugin = observed.clean(sample.labels.get("plugin_name", ""))
            if plugin in found or len(found) < MOST_PLUGINS:
                found[plugin] = found.get(plugin, 0.0) + number(sample)
    return found

"""Pulls made by hand, with what a test does not care about filled in; times are seconds after `made.T0`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pullwatch.pulls import image, summary
from pullwatch.pulls.pull import Coverage, Outcome, Pull, Reason, SizeKind
from pullwatch.pulls.thresholds import Thresholds
from tests.pulls.made import T0

NOW = T0 + 3600
THRESHOLDS = Thresholds(slow_base_seconds=60, expected_bytes_per_second=10e6, assumed_size_bytes=2_000_000_000, stuck_seconds=600)
"""Limits: 60 s + 1 s per 10 MB; 260 s where no size is known."""

REGISTRY = "registry.example.com"


def pull(outcome: Outcome = Outcome.PULLED, reference: str = f"{REGISTRY}/team/web:1.0", **fields: Any) -> Pull:
    values: dict[str, Any] = {
        "image": image.parse(reference),
        "namespace": "shop",
        "pod": "web-0",
        "pod_uid": f"uid-{fields.get('pod', 'web-0')}",
        "container": "web",
        "workload": "Deployment/web",
        "node": "node-a",
        "outcome": outcome,
    }
    return Pull(**(values | fields))


def pulled(seconds: float = 2.0, reference: str = f"{REGISTRY}/team/web:1.0", *, at: float = 0.0, wait: float = 0.0, **fields: Any) -> Pull:
    """Return a pull asked for at `at` that waited and then took `seconds`."""
    values: dict[str, Any] = {
        "outcome": Outcome.PULLED,
        "started_at": T0 + at,
        "finished_at": T0 + at + wait + seconds,
        "pull_seconds": seconds,
        "wait_seconds": wait,
        "total_seconds": seconds + wait,
        "size_bytes": 20_000_000,
        "size_kind": SizeKind.COMPRESSED,
    }
    return pull(reference=reference, **(values | fields))


def failed(reason: Reason = Reason.NOT_FOUND, reference: str = f"{REGISTRY}/team/web:1.0", *, at: float = 0.0, **fields: Any) -> Pull:
    values: dict[str, Any] = {"started_at": T0 + at, "finished_at": T0 + at, "reason": reason}
    return pull(Outcome.FAILED, reference, **(values | fields))


def running(age: float, *, working: float | None = None, **fields: Any) -> Pull:
    """Return a pull that was asked for `age` seconds before NOW and works since `working` seconds."""
    unblocked_at = None if working is None else NOW - working
    return pull(Outcome.RUNNING, **({"started_at": NOW - age, "unblocked_at": unblocked_at} | fields))


def summarise(pulls: Sequence[Pull], **coverage: int) -> summary.Summary:
    return summary.summarise(pulls, now=NOW, window=(T0, NOW), coverage=Coverage(**coverage), thresholds=THRESHOLDS)

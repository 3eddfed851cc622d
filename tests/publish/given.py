"""Pulls and failing containers made by hand, with what a test does not care about filled in, and metrics to feed with them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from pullwatch.publish import families, self_metrics
from pullwatch.publish.family_text import FamilyText
from pullwatch.publish.lines import ChildWriter
from pullwatch.publish.metrics import Family
from pullwatch.publish.samples import Distribution, Labels, Value
from pullwatch.publish.state import State
from pullwatch.pulls import image
from pullwatch.pulls.pull import Failing, Outcome, Pull, Reason, SizeKind
from pullwatch.pulls.thresholds import Thresholds

if TYPE_CHECKING:
    from prometheus_client.registry import CollectorRegistry

Changes: TypeAlias = Any
"""Fields of a pull by name; `replace` refuses others."""

NOW = 1_700_000_000.0

THRESHOLDS = Thresholds(slow_base_seconds=60, expected_bytes_per_second=10e6, assumed_size_bytes=2_000_000_000, stuck_seconds=600)
"""With them an image of unknown size may take 260 s."""

NGINX = ("docker.io", "library/nginx")
"""Labels of the pulled image's repository."""

POD = ("shop", "web-0", "web", "Deployment/web", "node-a", "docker.io/library/nginx:1.27", *NGINX)
"""Labels of the pull."""

_PULLED = Pull(
    image=image.parse("nginx:1.27"),
    namespace="shop",
    pod="web-0",
    pod_uid="uid-web-0",
    container="web",
    workload="Deployment/web",
    node="node-a",
    outcome=Outcome.PULLED,
    started_at=NOW - 13,
    finished_at=NOW,
    pull_seconds=12.0,
    wait_seconds=1.0,
    total_seconds=13.0,
    size_bytes=120_000_000,
    size_kind=SizeKind.COMPRESSED,
)


def pulled(reference: str = "nginx:1.27", **changes: Changes) -> Pull:
    """Return a pull that took 12 s after 1 s in the queue and ended now."""
    return msgspec.structs.replace(_PULLED, image=image.parse(reference), **changes)


def unfinished(reference: str = "nginx:1.27", **changes: Changes) -> Pull:
    """Return a row of another outcome than a success: it has no times and no size."""
    nothing = {"pull_seconds": None, "wait_seconds": None, "total_seconds": None, "size_bytes": None, "size_kind": SizeKind.UNKNOWN}
    return pulled(reference, **(nothing | changes))


def running(reference: str = "nginx:1.27", *, age: float = 30.0, ahead: int = 0, **changes: Changes) -> Pull:
    """Return a pull that was asked for `age` seconds ago, unblocked since then unless something is ahead."""
    started_at = NOW - age
    unblocked_at = None if ahead else started_at
    own = {"outcome": Outcome.RUNNING, "started_at": started_at, "finished_at": None, "ahead": ahead, "unblocked_at": unblocked_at}
    return unfinished(reference, **(own | changes))


def failing(reference: str = "nginx:1.27", *, age: float = 30.0, reason: Reason = Reason.AUTH, pod: str = "web-0") -> Failing:
    """Return a container that fails since `age` seconds."""
    return Failing(
        image=image.parse(reference),
        namespace="shop",
        pod=pod,
        pod_uid=f"uid-{pod}",
        container="web",
        workload="Deployment/web",
        node="node-a",
        reason=reason,
        since=NOW - age,
    )


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def values(text: FamilyText) -> Mapping[Labels, Value]:
    """Return what a family shows, once it is sure that its lines say the same."""
    children = list(text.children())
    shown = {child.labels: child.shown() for child in children}
    writer = ChildWriter(text.family)
    assert len(shown) == len(children), "a label set is shown twice"
    assert b"".join(stretch.text() for stretch in text.stretches()) == b"".join(writer.lines(*item) for item in shown.items())
    return shown


class Exporter:
    """The metrics with a clock that the test moves."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.metrics = families.PullMetrics(clock=self.clock)

    def show(self, family: Family, state: State | None = None, *, now: float = NOW) -> Mapping[Labels, Value]:
        (text,) = [text for text in self.collect(state, now=now) if text.family is family]
        return values(text)

    def collect(self, state: State | None = None, *, now: float = NOW) -> Sequence[FamilyText]:
        """Return all families as they are now."""
        for _ in self.metrics.refresh(state or State(), now=now):
            pass
        return self.metrics.texts

    def everything(self) -> Sequence[FamilyText]:
        """Return all families, those of each kind with a child."""
        nginx = image.parse("nginx:1.27")
        self.metrics.asked(nginx, node="node-a")
        self.metrics.count(pulled())
        self.metrics.remember(pulled(), now=NOW)
        self.clock.seconds += 60
        state = State(running=[running()], failing=[failing()], image_sizes={nginx: (5, SizeKind.COMPRESSED)})
        return self.collect(state)

    def show_later(self, family: Family) -> Mapping[Labels, Value]:
        """Return what the family shows once its children are no longer new."""
        self.clock.seconds += 60
        return self.show(family)


class Source:
    """The metrics of one exporter, which count how often they are looked at."""

    def __init__(self, exporter: Exporter) -> None:
        self.exporter = exporter
        self.own = self_metrics.SelfMetrics(version="1.2.3", room=exporter.metrics)
        self.refreshed = 0
        self.broken: Exception | None = None

    @property
    def registry(self) -> CollectorRegistry:
        return self.own.registry

    @property
    def texts(self) -> Sequence[FamilyText]:
        return self.exporter.metrics.texts

    def refresh(self) -> Iterator[None]:
        self.refreshed += 1
        if self.broken:
            raise self.broken
        return self.exporter.metrics.refresh(State(), now=NOW)


def distribution(family: Family, *observed: float) -> Distribution:
    """Return what a histogram must show of these observations."""
    return Distribution(tuple(sum(value <= edge for value in observed) for edge in (*family.buckets, math.inf)), sum(observed))

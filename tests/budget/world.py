"""What is assumed of a cluster beyond what the metric tables say: how much there is of each thing, each number with its reason.

How many series a selector finds there is `stored`'s matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pullwatch.pulls.causes import Cause
from pullwatch.pulls.pull import FAILURES, SizeKind
from tests.rulelint import series as known

CHOSEN = "chosen"
"""What stands for the one value of a label that a reader chose."""

SCRAPE_SECONDS = 30.0
"""As deploy/ and the alerts have it."""
RULE_SECONDS = 30.0
"""Of a group without an interval of its own."""


@dataclass(frozen=True, slots=True)
class Lives:
    """Series that are there for a short time each: how many at the fullest moment, and how many at a mean one of a month."""

    most: float
    mean: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class World:
    """How much there is of each thing that a label names."""

    nodes: float
    repositories: float
    registries: float
    repositories_of_a_registry: float
    """Of the one that is chosen: one registry of a company holds most of what it runs."""
    tags: float = 10.0
    """Images of one repository; 20,000 images of 2,000 repositories fill the families of images, which hold 25,000."""
    namespaces: float = 200.0
    """Twenty-five nodes each."""
    pools: float = 20.0
    runtime_versions: float = 2.0
    """Of a pool: while it is upgraded there are two."""
    short_lived: Mapping[str, Lives] = field(default_factory=lambda: SHORT_LIVED)
    shares: Mapping[str, Lives] = field(default_factory=lambda: SHARES)


SHORT_LIVED: Mapping[str, Lives] = {
    "pullwatch_pull_running_": Lives(
        10_000, 500, "5,000 nodes x 100 pulls a day x 60 s are 350 at a time; a rollout fills the cap for minutes"
    ),
    "pod:pullwatch_pull_running_": Lives(10_000, 500, "as the pulls that run"),
    "pod:pullwatch_pull_waiting_": Lives(10_000, 500, "those that wait are some of them"),
    "pod:pullwatch_pull_failing_": Lives(10_000, 500, "as the pulls that fail"),
    "pod:pullwatch_pull_": Lives(12_000, 2_500, "pulls that run, and those that ended in the last 10 minutes"),
    "pullwatch_pull_failing_": Lives(10_000, 500, "a tenth of the nodes with one container that fails, all month"),
    "pullwatch_last_pull_": Lives(2_000, 2_000, "its cap: 500,000 pulls a day are 5,200 in the 15 minutes for which one stays"),
    "pullwatch_pull_cause_info": Lives(2_000, 2_000, "as the last pulls"),
    "pullwatch_pending_pods": Lives(2_000, 500, "its cap; as many as pulls that run, since pods of one image wait together"),
    "pullwatch_layer_downloaded_bytes": Lives(150_000, 7_500, "15 layers of each pull that runs"),
    "pullwatch_layer_size_bytes": Lives(150_000, 7_500, "as these"),
    "pullwatch_layer_seconds": Lives(300_000, 15_000, "twice that: fetched and unpacked"),
    "pod:kube_image_waiting": Lives(10_000, 500, "as the pulls that fail"),
    "ALERTS": Lives(1_000, 100, "an alert is about an image, a node or a registry: a bad day has hundreds"),
    "node:pullwatch_pulls:increase30m": Lives(5_000, 500, "only of nodes with 10 pulls in 30 minutes: all in a rollout, else a tenth"),
    "node:pullwatch_pulls:count30m": Lives(5_000, 500, "as these"),
    "node:pullwatch_pulls_over_edge:": Lives(5_000, 500, "as these"),
    "node:pullwatch_pull_wait_seconds:sum": Lives(
        5_000, 500, "only of nodes whose pods waited for 5 minutes together: all in a rollout, else a tenth"
    ),
}
"""Families whose series come and go, by how their names begin: the longest that fits."""

SHARES: Mapping[str, Lives] = {
    "image": Lives(0.25, 0.05, "a rollout is a quarter of all pulls; over a month, an image that each of 5,000 nodes pulls twice a day"),
    "repository": Lives(0.25, 0.05, "as its image"),
    "registry": Lives(0.5, 0.5, "one registry of a company holds most of what it runs"),
    "namespace": Lives(0.25, 0.25, "a few teams make most pods"),
    "workload": Lives(0.25, 0.05, "as its image"),
    "node": Lives(0.005, 0.0002, "110 pods may wait at once; over a month, one of 5,000 nodes"),
    "pod": Lives(0.001, 0.0002, "ten containers"),
    "container": Lives(0.25, 0.25, "many are called app"),
    "alertname": Lives(0.5, 0.1, "what is wrong with many has one name; there are 14 of them"),
    "reason": Lives(0.5, 0.5, "what fails at many places fails of one thing"),
}
"""Share of short-lived series that have the one value of a label."""

SMALL: Mapping[str, frozenset[str]] = {
    "reason": frozenset(map(str, FAILURES)),
    "kind": frozenset({"present", "revalidated"}),
    "size_kind": frozenset(map(str, SizeKind)),
    "cause": frozenset(map(str, Cause)),
    "resource": frozenset({"events", "pods", "nodes"}),
    "le": frozenset(map(str, known.edges("pullwatch_pull_duration_seconds_bucket"))),
}
"""Values of labels that have few, for what is recorded: worse than any month, in which not all of them come up at all times."""

OTHERS = 25.0
"""Values of a label that is of another kind and has no cap: families, methods, versions."""

OF_ITSELF: Mapping[str, float] = {
    # Three watches and ten reasons, all of them there from the start.
    "pullwatch_watch_restarts_total": 30,
    # Each of 20 registries answers, and fails in one way.
    "pullwatch_registry_requests_total": 40,
}
"""Series of an exporter's metrics about itself, where their cap says too much."""

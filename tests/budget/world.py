"""How many series a selector finds in a cluster of a certain size, and how often each has a sample.

A metric's own series follow from the labels and caps of its table, recorded ones from the labels of their expression and the
interval of their group. What neither tells is taken from `World` and `SHORT_LIVED`, each number with its reason.
How many samples a query makes of that is `touched`'s matter.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pullwatch.pack import kinds
from pullwatch.publish import agent_metrics, metrics, self_metrics
from pullwatch.pulls.causes import Cause
from pullwatch.pulls.pull import FAILURES, Reason, SizeKind
from tests.rulelint import series as known
from tests.rulelint.rule import Context

if TYPE_CHECKING:
    from tests.rulelint.expression import Matcher, Selector

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
"""Values of labels that have few, for what is recorded."""

_OTHERS = 25.0
"""Values of a label that is of another kind and has no cap: families, methods, versions."""

OF_ITSELF: Mapping[str, float] = {
    # Three watches; of the reasons that their cap has room for, a month shows a few.
    "pullwatch_watch_restarts_total": 15,
    # 20 registries that answer, and fail in one way or another.
    "pullwatch_registry_requests_total": 40,
}
"""Series of an exporter's metrics about itself, where their cap says too much."""

_OF_AGENTS = frozenset(family.name for family in agent_metrics.FAMILIES) - frozenset(SHORT_LIVED)
_OF_EXPORTER = {family.name: family for family in self_metrics.FAMILIES}

_OF_POD = frozenset({"pod", "container", "workload"})
_REASONS = frozenset(map(str, Reason))


@dataclass(frozen=True)
class Series:
    """What is stored, of a world and of what is recorded there."""

    world: World
    context: Context = field(default_factory=Context)
    intervals: Mapping[str, float] = field(default_factory=dict)
    """Seconds between two samples of what is recorded."""

    @classmethod
    def of(cls, world: World, groups: Iterable[Mapping[str, Any]]) -> Series:
        """Return what is stored where these groups are evaluated."""
        found = list(groups)
        intervals = {
            rule["record"]: kinds.seconds(group["interval"]) if "interval" in group else RULE_SECONDS
            for group in found
            for rule in group["rules"]
            if "record" in rule
        }
        return cls(world, Context.of_groups(found), intervals)

    def interval(self, selector: Selector) -> float:
        """Return the seconds between two samples of a series."""
        return min((self.intervals.get(name, SCRAPE_SECONDS) for name in selector.metrics), default=SCRAPE_SECONDS)

    def count(self, selector: Selector, *, at_once: bool) -> float:
        """Return how many series are there: at the fullest moment, or at a mean one of a long time."""
        return sum(self._of_metric(name, selector.matchers, at_once=at_once) for name in selector.metrics)

    def of_labels(self, labels: Iterable[str]) -> float:
        """Return how many series of these labels there can be, such as the results of an aggregation."""
        return self._product("", frozenset(labels), {})

    def _of_metric(self, name: str, matchers: tuple[Matcher, ...], *, at_once: bool) -> float:
        chosen = _by_label(matchers)
        if begin := max((begin for begin in self.world.short_lived if name.startswith(begin)), key=len, default=""):
            parts = [self.world.shares[label] for label, found in chosen.items() if label in self.world.shares and _values(found)]
            return max(1.0, math.prod(part.most if at_once else part.mean for part in [self.world.short_lived[begin], *parts]))
        labels = self.context.series(name)
        if labels is None:
            return 1.0
        found = self._product(name, labels.may - self.context.target, chosen)
        if name in OF_ITSELF:
            return min(found, OF_ITSELF[name])
        if name in _OF_AGENTS:
            # Of one name an exporter and its agents have one each: a label that only one of them has tells which is meant.
            if name in _OF_EXPORTER and any(not matcher.accepts("") and matcher.label in _OF_EXPORTER[name].labels for matcher in matchers):
                return float(_OF_EXPORTER[name].cap)
            return found * (1.0 if "node" in labels.may or _values(chosen.get("node", [])) else self.world.nodes)
        family = known.FAMILIES.get(name) or known.FAMILIES.get(name.rsplit("_", 1)[0])
        if family is None:
            return found
        # The cap is of label sets; each has all edges of a histogram.
        return min(found, family.cap * (self._few(name, "le", chosen) if "le" in labels.may else 1.0))

    def _product(self, name: str, labels: frozenset[str], chosen: Mapping[str, list[Matcher]]) -> float:
        one = {label for label in labels if _values(chosen.get(label, [])) == 1}
        world = self.world
        counts = [self._images(labels, one)]
        if "node" in labels:
            counts.append(1.0 if "node" in one else world.nodes)
        else:
            counts += [world.pools] if "pool" in labels and "pool" not in one else []
            counts += [world.runtime_versions] if "runtime_version" in labels and "runtime_version" not in one else []
        if "namespace" in labels and not labels & _OF_POD:
            counts.append(1.0 if "namespace" in one else world.namespaces)
        told = {"image", "registry", "repository", "namespace", "node", "pool", "runtime_version", "instance_type", "kubelet_version"}
        # What a node is told of besides follows from its name.
        of_node = {"zone", "arch"} if "node" in labels else set[str]()
        return math.prod([*counts, *(self._few(name, label, chosen) for label in sorted(labels - told - of_node))])

    def _images(self, labels: frozenset[str], one: set[str]) -> float:
        """Return how many images, repositories or registries there are, which are parts of each other."""
        world = self.world
        if "image" in labels and "image" not in one:
            within = {"repository": 1.0, "registry": world.repositories_of_a_registry}
            return world.tags * min((within[label] for label in one & set(within)), default=world.repositories)
        if "image" in labels or one & {"repository"}:
            return 1.0
        if "repository" in labels:
            return world.repositories_of_a_registry if "registry" in one else world.repositories
        return world.registries if "registry" in labels and "registry" not in one else 1.0

    def _few(self, name: str, label: str, chosen: Mapping[str, list[Matcher]]) -> float:
        matchers = chosen.get(label, [])
        if label == "le":
            base = name.removesuffix("_bucket").split(":")[1] if ":" in name else name
            there = known.edges(base) or known.edges(f"pullwatch_{base.removeprefix('pullwatch_')}") or SMALL["le"]
        else:
            there = known.values(name, label) - {metrics.OTHER} or SMALL.get(label, frozenset())
        if there:
            return (
                1.0
                if CHOSEN in {matcher.value for matcher in matchers}
                else float(sum(all(one.accepts(value) for one in matchers) for value in there))
            )
        return float(_values(matchers) or _OTHERS)


def _by_label(matchers: Iterable[Matcher]) -> dict[str, list[Matcher]]:
    found: dict[str, list[Matcher]] = {}
    for matcher in matchers:
        found.setdefault(matcher.label, []).append(matcher)
    return found


def _values(matchers: list[Matcher]) -> int:
    """Return how many values are named; 0 where that is not told, as for .* and for what must not be."""
    return min((len(matcher.alternatives) for matcher in matchers if matcher.operator in {"=", "=~"} and matcher.alternatives), default=0)

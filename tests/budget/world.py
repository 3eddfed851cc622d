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
from pullwatch.publish import metrics
from pullwatch.pulls.causes import Cause
from pullwatch.pulls.pull import FAILURES, Reason, SizeKind
from tests import promql
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
    """Series that are there for a short time each: how many at once at most, and how many at a mean moment of a month."""

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
    shares: Mapping[str, float] = field(default_factory=lambda: SHARES)


SHORT_LIVED: Mapping[str, Lives] = {
    "pullwatch_pull_running_": Lives(10_000, 500, "5,000 nodes x 100 pulls a day x 60 s are 350 at a time; a rollout fills the cap for minutes"),
    "pod:pullwatch_pull_running_": Lives(10_000, 500, "as the pulls that run"),
    "pod:pullwatch_pull_waiting_": Lives(10_000, 500, "those that wait are some of them"),
    "pod:pullwatch_pull_failing_": Lives(10_000, 500, "as the pulls that fail"),
    "pod:pullwatch_pull_": Lives(12_000, 2_500, "pulls that run, and those that ended in the last 10 minutes"),
    "pullwatch_pull_failing_": Lives(10_000, 500, "a tenth of the nodes with one container that fails, all month"),
    "pullwatch_last_pull_": Lives(2_000, 2_000, "its cap: 500,000 pulls a day are 5,200 in the 15 minutes for which one stays"),
    "pullwatch_pull_cause_info": Lives(2_000, 2_000, "as the last pulls"),
    "pullwatch_pending_pods": Lives(2_000, 500, "its cap; as many as pulls that run, since pods of one image wait together"),
    "pullwatch_layer_": Lives(150_000, 7_500, "15 layers of each pull that runs"),
    "pod:kube_image_waiting": Lives(10_000, 500, "as the pulls that fail"),
    "ALERTS": Lives(1_000, 100, "an alert is about an image, a node or a registry: a bad day has hundreds"),
    "node:pullwatch_pulls:": Lives(5_000, 500, "only of nodes with 10 pulls in 30 minutes: all in a rollout, else a tenth"),
    "node:pullwatch_pulls_over_edge:": Lives(5_000, 500, "as these"),
    "node:pullwatch_pull_wait_seconds:sum": Lives(5_000, 500, "only of nodes whose pods waited for 5 minutes together: all in a rollout, else a tenth"),
}
"""Families whose series come and go, by how their names begin: the longest that fits."""

SHARES: Mapping[str, float] = {
    # Of the pulls at a time. The image that a reader looks at is the one that is rolled out.
    "image": 0.25,
    "repository": 0.25,
    "registry": 0.5,
    "namespace": 0.25,
    "workload": 0.25,
    # A kubelet that pulls in parallel has more than one; 110 pods may wait.
    "node": 0.005,
    "pod": 0.001,
    "container": 0.25,
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

_FEW: Mapping[str, float] = {"arch": 1, "zone": 3}
_OTHERS = 25.0
"""Values of a label that is of another kind: families, kinds of requests, versions."""

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
            lives = self.world.short_lived[begin]
            shares = [self.world.shares.get(label, 1.0) for label, found in chosen.items() if _values(found)]
            return max(1.0, (lives.most if at_once else lives.mean) * math.prod(shares))
        labels = self.context.series(name)
        if labels is None:
            return 1.0
        found = self._product(name, labels.may - self.context.target, chosen)
        family = known.FAMILIES.get(name) or known.FAMILIES.get(name.rsplit("_", 1)[0])
        # The cap is of label sets; each has all edges of a histogram.
        return min(found, family.cap * self._few(name, "le", chosen)) if family and "le" in labels.may else min(found, family.cap if family else found)

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
        of_node = {"zone", "arch"} if "node" in labels else set()
        return math.prod([*counts, *(self._few(name, label, chosen) for label in sorted(labels - told - of_node - {"cluster"}))])

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
            return float(sum(all(matcher.accepts(value) for matcher in matchers if matcher.value != CHOSEN) for value in there)) if not _is_chosen(matchers) else 1.0
        return float(_values(matchers) or _FEW.get(label, _OTHERS))


def _by_label(matchers: Iterable[Matcher]) -> dict[str, list[Matcher]]:
    found: dict[str, list[Matcher]] = {}
    for matcher in matchers:
        found.setdefault(matcher.label, []).append(matcher)
    return found


def _is_chosen(matchers: list[Matcher]) -> bool:
    return any(matcher.operator in {"=", "=~"} and matcher.value == CHOSEN for matcher in matchers)


def _values(matchers: list[Matcher]) -> int:
    """Return how many values are named; 0 where that is not told, as for .* and for what must not be."""
    return min((len(matcher.alternatives) for matcher in matchers if matcher.operator in {"=", "=~"} and matcher.alternatives), default=0)

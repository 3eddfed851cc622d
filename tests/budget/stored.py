"""How many series a selector finds in a cluster of a certain size, and how often each has a sample.

A metric's own series follow from the labels and caps of its table, recorded ones from the labels of their expression and the
interval of their group. What neither tells is assumed in `world`. How many samples a query makes of that is `touched`'s matter.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pullwatch.pack import kinds
from pullwatch.publish import agent_metrics, metrics, self_metrics
from tests.budget.world import CHOSEN, OF_ITSELF, OTHERS, RULE_SECONDS, SCRAPE_SECONDS, SHORT_LIVED, SMALL, World
from tests.rulelint import series as known
from tests.rulelint.rule import Context

if TYPE_CHECKING:
    from tests.rulelint.expression import Matcher, Selector

_OF_AGENTS = frozenset(family.name for family in agent_metrics.FAMILIES) - frozenset(SHORT_LIVED)
_OF_EXPORTER = {family.name: family for family in self_metrics.FAMILIES}

_OF_POD = frozenset({"pod", "container", "workload"})
_COUNTED = frozenset({"image", "registry", "repository", "namespace", "node", "pool", "runtime_version"})
_OF_NODE = frozenset({"pool", "runtime_version", "zone", "arch", "instance_type", "kubelet_version"})
"""Labels that follow from a node's name."""


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
        left = labels - _OF_NODE if "node" in labels else labels
        if left & _OF_POD:
            # A pod has one.
            left -= {"namespace"}
        sizes = {"node": world.nodes, "namespace": world.namespaces, "pool": world.pools, "runtime_version": world.runtime_versions}
        counts = [self._images(labels, one), *(size for label, size in sizes.items() if label in left - one)]
        return math.prod([*counts, *(self._few(name, label, chosen) for label in sorted(left - _COUNTED))])

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
        there = _edges(name) if label == "le" else known.values(name, label) - {metrics.OTHER} or SMALL.get(label, frozenset())
        if not there:
            return float(_values(matchers) or OTHERS)
        if any(matcher.value == CHOSEN for matcher in matchers):
            return 1.0
        return float(sum(all(matcher.accepts(value) for matcher in matchers) for value in there))


def _edges(name: str) -> frozenset[str]:
    """Return those of a histogram, or of what is recorded of one and has its name between two colons."""
    return known.edges(name.split(":")[1] if ":" in name else name) or SMALL["le"]


def _by_label(matchers: Iterable[Matcher]) -> dict[str, list[Matcher]]:
    found: dict[str, list[Matcher]] = {}
    for matcher in matchers:
        found.setdefault(matcher.label, []).append(matcher)
    return found


def _values(matchers: list[Matcher]) -> int:
    """Return how many values are named; 0 where that is not told, as for .* and for what must not be."""
    return min((len(matcher.alternatives) for matcher in matchers if matcher.operator in {"=", "=~"} and matcher.alternatives), default=0)

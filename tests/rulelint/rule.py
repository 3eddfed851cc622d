"""A rule as it is rendered, and what a lint must know besides: what other rules record, and which labels targets have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pullwatch.pack import kinds
from tests import promql
from tests.rulelint import labels, templates
from tests.rulelint.expression import Node
from tests.rulelint.labels import Labels
from tests.rulelint.reader import UnreadableError, parse


@dataclass(frozen=True)
class Rule:
    """An alert or a recording rule, over the mapping of a rule file."""

    content: Mapping[str, Any]

    @property
    def is_alert(self) -> bool:
        """Tell whether it alerts."""
        return "alert" in self.content

    @property
    def name(self) -> str:
        """Name of the alert or of what is recorded."""
        return str(self.content["alert"] if self.is_alert else self.content["record"])

    @property
    def text(self) -> str:
        """The expression as it is written."""
        return str(self.content["expr"])

    @cached_property
    def expression(self) -> Node:
        """The expression. Raises UnreadableError."""
        return parse(self.text)

    @property
    def labels(self) -> Mapping[str, str]:
        """Labels that the rule sets."""
        found: Mapping[str, str] = self.content.get("labels") or {}
        return found

    @property
    def annotations(self) -> Mapping[str, str]:
        """Texts of an alert."""
        found: Mapping[str, str] = self.content.get("annotations") or {}
        return found

    @property
    def texts(self) -> list[str]:
        """All templates: texts, and values of labels."""
        return [*self.annotations.values(), *map(str, self.labels.values())]

    @cached_property
    def asked(self) -> list[Node]:
        """Expressions that the texts ask for; one that cannot be read is found by its own lint."""
        found = []
        for query in (query for text in self.texts for query in templates.queries(text)):
            try:
                found.append(parse(query.text))
            except UnreadableError:
                continue
        return found

    def seconds(self, key: str) -> float:
        """Return a duration of the rule, such as `for`; 0 where it has none."""
        return kinds.seconds(self.content.get(key) or "0s")


@dataclass(frozen=True)
class Context:
    """`target` are labels of each stored series, `recorded` the expressions of what is recorded."""

    cluster: str = "cluster"
    selector: str = ""
    target: frozenset[str] = promql.TARGET
    recorded: Mapping[str, tuple[Node, ...]] = field(default_factory=dict)
    scrape_seconds: float = 30.0
    _labels: dict[str, Labels] = field(default_factory=dict)

    @classmethod
    def of(cls, rules: list[Rule], *, cluster: str = "cluster", selector: str = "", target: frozenset[str] = frozenset()) -> Context:
        """Return what these rules are judged with. Rules that cannot be read are left out."""
        recorded: dict[str, tuple[Node, ...]] = {}
        added: dict[str, frozenset[str]] = {}
        for rule in rules:
            if not rule.is_alert:
                try:
                    recorded[rule.name] = (*recorded.get(rule.name, ()), rule.expression)
                except UnreadableError:
                    recorded[rule.name] = recorded.get(rule.name, ())
                added[rule.name] = added.get(rule.name, frozenset()) | set(rule.labels)
        chosen = frozenset({cluster}) | (promql.TARGET - {"cluster"}) | target
        context = cls(cluster, selector, chosen, recorded)
        for name in recorded:
            found = context.series(name)
            if found is not None and added[name]:
                context._labels[name] = found.with_labels(*added[name])
        return context

    @classmethod
    def of_groups(cls, groups: Iterable[Mapping[str, Any]]) -> Context:
        """Return what queries of pages and panels are judged with: what these rule groups record is known."""
        return cls.of([Rule(rule) for group in groups for rule in group["rules"]])

    def series(self, name: str) -> Labels | None:
        """Return the labels of a metric's series; None where nobody exposes or records it."""
        if name in self.recorded:
            if name not in self._labels:
                # One that is recorded from itself ends here.
                self._labels[name] = Labels(open=True)
                found = [labels.of(node, self.series) for node in self.recorded[name]] or [Labels(open=True)]
                joined = found[0]
                for other in found[1:]:
                    joined = joined.or_else(other)
                self._labels[name] = joined
            return self._labels[name]
        if name not in promql.KNOWN:
            return None
        own = promql.KNOWN[name]
        always = own | self.target
        # How an alert's series are labelled is the alert's own affair.
        return Labels(always, always, open=name == "ALERTS")

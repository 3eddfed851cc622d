"""What tests know of PromQL: the series that there are, the names in an expression, and what promtool says of it.

What is wrong with a query is `rulelint`'s to tell.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from pullwatch.publish import agent_metrics, metrics, node_counts, registry_metrics, self_metrics
from tests.e2e import programs
from tests.foreign_metrics import FOREIGN
from tests.rulelint.expression import Aggregation, Chosen, Operation, Selector, walk
from tests.rulelint.reader import parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

TARGET = frozenset({"cluster", "job", "instance"})
"""Labels that Prometheus puts on every series of a target."""

FAMILIES = (*metrics.FAMILIES, *self_metrics.FAMILIES, *agent_metrics.FAMILIES, *node_counts.FAMILIES, *registry_metrics.FAMILIES)
"""All that pullwatch exposes: the exporter, the agents of nodes, the registry process."""

HISTOGRAM_SERIES = ("_bucket", "_sum", "_count")

KNOWN: Mapping[str, frozenset[str]] = {
    family.name + suffix: frozenset(family.labels) | ({"le"} if suffix == "_bucket" else set())
    for family in FAMILIES
    for suffix in (HISTOGRAM_SERIES if family.type is metrics.MetricType.HISTOGRAM else ("",))
} | {
    **FOREIGN,
    # One for each target; kubelets have several, told apart by their path.
    "up": frozenset({"metrics_path"}),
    # One for each process whose client library tells of it, as that of the exporter does.
    "process_cpu_seconds_total": frozenset(),
    "process_resident_memory_bytes": frozenset(),
    # Asked for by texts, which leave it out where nobody exposes it.
    "pullwatch_pull_cause_info": frozenset(
        {"namespace", "pod", "container", "workload", "node", "image", "registry", "repository", "cause"}
    ),
    "ALERTS": frozenset({"alertname", "alertstate", "severity", "namespace", "image", "registry", "resource"}),
}
"""Series that pullwatch and Prometheus itself have, with their labels."""


@dataclass
class Names:
    """What an expression names."""

    metrics: set[str] = field(default_factory=set)
    labels: set[str] = field(default_factory=set)


def names(expression: str) -> Names:
    """Return the metrics and labels of an expression. Raises UnreadableError."""
    found = Names()
    for node in walk(parse(expression)):
        match node:
            case Selector():
                found.metrics.update(node.metrics)
                found.labels.update(matcher.label for matcher in node.matchers)
            case Aggregation(grouping=Chosen(labels=labels)):
                found.labels.update(labels)
            case Operation():
                found.labels.update(node.copied, node.matching.labels if node.matching else ())
            case _:
                pass
    return found


def refused(expressions: Sequence[str], folder: Path) -> str:
    """Return what promtool says against these expressions; nothing if each is valid PromQL."""
    rules = {"groups": [{"name": "given", "rules": [{"record": f"given:{i}", "expr": text} for i, text in enumerate(expressions)]}]}
    file = folder / "given.yaml"
    file.write_bytes(msgspec.json.encode(rules))
    checked = subprocess.run([programs.promtool(), "check", "rules", file], capture_output=True, check=False, text=True)
    return "" if checked.returncode == 0 else checked.stdout + checked.stderr

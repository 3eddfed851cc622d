"""Whether a Prometheus has the rules of the pack, and whether it can evaluate them.

An alert that is missing may have been left out with reason, or its rules be older than the program: it is named, and no finding.
None at all is one. How Prometheus is asked stands elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pullwatch.pulls.scrape import Finding, Kind

GROUP = "pullwatch."
"""What the names of our groups begin with."""

BOARDS = frozenset({"pullwatch.boards", "pullwatch.boards.now", "pullwatch.boards.hourly"})
"""Groups that record what dashboards read."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as a Prometheus has it."""

    group: str
    name: str
    """Of the alert, or of the series that it records."""
    alerts: bool
    error: str = ""
    """Of its last evaluation; empty where there was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Alerts of the pack in one Prometheus, in the order of their names, and whether it records what dashboards read."""

    there: tuple[str, ...]
    missing: tuple[str, ...]
    """Of the alerts that are there by default."""
    failing: tuple[tuple[str, str], ...] = ()
    """Name and error of alerts and recorded series that it could not evaluate."""
    boards: bool = True


def compare(found: Sequence[Rule], *, wanted: Collection[str], optional: Collection[str]) -> Rules:
    """Return what is there and what is not. Of rules of others nothing is said."""
    names = {rule.name for rule in found if rule.alerts}
    known = {*wanted, *optional}
    ours = [rule for rule in found if (rule.name in known if rule.alerts else rule.group.startswith(GROUP))]
    # An alert may be several rules, of which the first error is told.
    errors = {rule.name: rule.error for rule in reversed(ours) if rule.error}
    return Rules(
        there=tuple(sorted(names & known)),
        missing=tuple(sorted(set(wanted) - names)),
        failing=tuple(sorted(errors.items())),
        boards={rule.group for rule in found if not rule.alerts} >= BOARDS,
    )


def judge(rules: Rules) -> list[Finding]:
    """Return what is wrong."""
    if not rules.there:
        return [
            _finding(
                Kind.RULES_MISSING,
                "this Prometheus has none of pullwatch's alerts: nobody is told of a slow or stuck pull.",
                "apply deploy/rules/prometheusrule.yaml, with the label that the ruleSelector asks for, or name deploy/rules/pullwatch.yaml"
                " in rule_files; docs/alerts.md has all ways. Where another server evaluates the rules, look there.",
            )
        ]
    return [
        _finding(
            Kind.RULES_FAILING,
            f"{name} cannot be evaluated: {error}",
            "see what the error names; rules of `pullwatch render` and metrics of one exporter do not fail.",
        )
        for name, error in rules.failing
    ]


def _finding(kind: Kind, what: str, remedy: str) -> Finding:
    return Finding(check="rules", kind=kind, job=None, what=what, where=(), remedy=remedy)

"""Whether a Prometheus has the alerts of the pack, and whether it can evaluate them.

An alert that is missing may have been left out with reason, or its rules be older than the program: it is named, and no finding.
None at all is one. How Prometheus is asked stands elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pullwatch.pulls.scrape import Finding, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerts:
    """Alerts of the pack in one Prometheus, in the order of their names."""

    there: tuple[str, ...]
    missing: tuple[str, ...]
    """Of those that are there by default."""
    failing: tuple[tuple[str, str], ...] = ()
    """Name and error of those that it could not evaluate."""


def compare(found: Mapping[str, str], *, wanted: Collection[str], optional: Collection[str]) -> Alerts:
    """Return what is there and what is not; `found` has the error of the last evaluation by the alert's name, empty where there is none."""
    there = sorted(found.keys() & {*wanted, *optional})
    return Alerts(
        there=tuple(there),
        missing=tuple(sorted(set(wanted) - found.keys())),
        failing=tuple((name, found[name]) for name in there if found[name]),
    )


def judge(alerts: Alerts) -> list[Finding]:
    """Return what is wrong."""
    if not alerts.there:
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
        for name, error in alerts.failing
    ]


def _finding(kind: Kind, what: str, remedy: str) -> Finding:
    return Finding(check="rules", kind=kind, job=None, what=what, where=(), remedy=remedy)

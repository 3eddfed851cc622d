"""No rule that we ship has a mistake that our lints know, however it is configured."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from pullwatch.pack import rules
from tests.rulelint import lints

EVERYTHING = {"enabled": dict.fromkeys(rules.configuration()["enabled"], True)}

CONFIGURED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "default": ({}, {}),
    "everything": (EVERYTHING, {}),
    "other": (
        {**EVERYTHING, "criticalNamespaces": ["payments"], "clusterLabel": "k8s_cluster", "grafanaURL": "https://grafana.example.com"},
        {"cluster": "k8s_cluster"},
    ),
    "selector": ({**EVERYTHING, "metricSelector": 'env="x"'}, {"selector": 'env="x"', "target": ["env"]}),
    "odd selector": ({**EVERYTHING, "metricSelector": 'env="50%, `x`"'}, {"selector": 'env="50%, `x`"', "target": ["env"]}),
    "muted": ({**EVERYTHING, "mutedNamespaces": ["ci-.*"], "mutedImages": [r"reg\.io/\"odd\".*"]}, {}),
    "critical and muted": ({**EVERYTHING, "mutedNamespaces": ["ci"], "criticalNamespaces": ["payments", "bank"]}, {}),
    "nothing": ({"enabled": dict.fromkeys(rules.configuration()["enabled"], False)}, {}),
}
"""What is configured, and what the lints are told of it."""


@pytest.mark.parametrize(("config", "given"), CONFIGURED.values(), ids=CONFIGURED)
def test_no_rule_has_a_known_mistake(config: dict[str, Any], given: dict[str, Any]) -> None:
    """Each finding names the rule, the mistake and what to do."""
    groups = rules.groups(config)

    assert groups
    assert list(map(str, lints.findings(groups, **given))) == []


def planted(change: Callable[[dict[str, Any]], object]) -> dict[str, set[str]]:
    """Return the lints that find something in each alert where all of them are changed so."""
    groups = rules.groups(EVERYTHING)
    alerts = [rule for group in groups for rule in group["rules"] if "alert" in rule]
    for alert in alerts:
        change(alert)
    found = lints.findings(groups)
    return {alert["alert"]: {finding.lint for finding in found if finding.rule == alert["alert"]} for alert in alerts}


def misspell_metric(rule: dict[str, Any]) -> None:
    rule["expr"] = re.sub(r"\b(pullwatch_\w+|pod:\w+:\w+|[a-z_]+:\w+:\w+)", r"\1z", rule["expr"], count=1)


def ask_for_lost_label(rule: dict[str, Any]) -> None:
    rule["annotations"]["description"] += " {{ $labels.container }}"


def break_query(rule: dict[str, Any]) -> None:
    rule["annotations"]["description"] += ' {{ with query "up[" }}{{ end }}'


def rank(rule: dict[str, Any]) -> None:
    rule["expr"] = f"topk(3, {rule['expr']})"


@pytest.mark.parametrize(
    ("lint", "change"),
    [
        ("unknown metric", misspell_metric),
        ("label lost in template", ask_for_lost_label),
        ("bad query in a template", break_query),
        ("topk flapping", rank),
        ("no severity", lambda rule: rule["labels"].pop("severity")),
        ("value in a label", lambda rule: rule["labels"].update(value="{{ $value }}")),
        ("unknown template function", lambda rule: rule["annotations"].update(description="{{ $value | round }}")),
        ("aggregation without by", lambda rule: rule.update(expr=f"max ({rule['expr']})")),
        ("for longer than its input", lambda rule: rule.update({"expr": f"({rule['expr']}) and on () rate(up[5m]) > 0", "for": "5m"})),
        ("unreadable", lambda rule: rule.update(expr=f"({rule['expr']}")),
    ],
)
def test_a_mistake_in_any_alert_is_found(lint: str, change: Callable[[dict[str, Any]], object]) -> None:
    """The lints look at each alert that we ship, whatever shape it has."""
    found = planted(change)

    assert found
    assert [alert for alert, lints_of_it in found.items() if lint not in lints_of_it] == []

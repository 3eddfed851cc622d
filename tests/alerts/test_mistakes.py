"""No rule that we ship has a mistake that our lints know, however it is configured."""

from __future__ import annotations

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

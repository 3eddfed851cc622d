"""What is promised of each alert: its name, its texts and links, how long it lasts, and that it can be switched off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pullwatch.pack import rules, values
from tests import promql
from tests.rulelint import templates

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Rule = dict[str, Any]

ALERTS = [
    "SlowImagePull", "SlowImagePullOnSlowNode", "ImagePullStuck",
    "ImagePullFailing", "ImagePullRateLimited",
    "SlowImagePullsOnNode", "SlowImagePullsFromRegistry", "ImagePullThroughputLow", "ImagePullQueueing",
    "ImagePullSLOBurn",
    "ImagePullExporterDown", "ImagePullWatchStale", "ImagePullEventsLost",
    "KubeletImagePullSlow",
]  # fmt: skip

OPTED_IN = {"enabled": {"ImagePullSLOBurn": True}}
"""The alerts that are off until somebody wants them."""

CONFIGURED: list[dict[str, Any]] = [
    OPTED_IN,
    OPTED_IN | {"criticalNamespaces": ["payments"], "clusterLabel": "k8s_cluster", "grafanaURL": "https://grafana.example.com"},
]


def rendered(config: Mapping[str, Any]) -> list[Rule]:
    return [rule for group in rules.groups(config) for rule in group["rules"]]


@pytest.fixture(params=CONFIGURED, ids=["default", "other"])
def found(request: pytest.FixtureRequest) -> list[Rule]:
    """Return the rules as the mixin makes them."""
    return rendered(request.param)


def test_the_names_are_those_promised() -> None:
    """A name is a contract: routes, silences and runbooks rest on it."""
    assert [rule["alert"] for rule in rendered(OPTED_IN) if "alert" in rule] == ALERTS
    assert [rule["alert"] for rule in rendered({}) if "alert" in rule] == [alert for alert in ALERTS if alert != "ImagePullSLOBurn"]


def test_every_alert_tells_what_a_person_needs(found: list[Rule]) -> None:
    """Severity, a short summary that is the same for all, a description and two links."""
    for rule in (rule for rule in found if "alert" in rule):
        annotations = rule["annotations"]
        expected = {"none"} if rule["alert"] in values.INHIBITORS else set(values.SEVERITIES)
        assert rule["labels"]["severity"] in expected, rule["alert"]
        assert 0 < len(annotations["summary"]) < 60, rule["alert"]
        assert "{{" not in annotations["summary"], rule["alert"]
        assert annotations["description"].endswith("."), rule["alert"]
        assert annotations["runbook_url"].endswith(f"/runbooks/{rule['alert']}")
        assert annotations["dashboard_url"].startswith("http")
        assert set(annotations) == {"summary", "description", "runbook_url", "dashboard_url"}


def test_queries_in_texts_are_valid(found: list[Rule], tmp_path: Path) -> None:
    """promtool does not look into templates; a broken query there would cut the text off."""
    asked = [query.text for rule in found for text in rule.get("annotations", {}).values() for query in templates.queries(text)]

    assert len(asked) > 20
    assert promql.refused(asked, tmp_path) == ""


def test_an_alert_outlives_the_time_that_its_exporter_needs_to_be_missed(found: list[Rule]) -> None:
    """A dead exporter must not look like an all-clear: its own alert fires before those of the pulls end."""
    minutes = {rule["alert"]: (rule.get("for", "0m"), rule.get("keep_firing_for", "0m")) for rule in found if "alert" in rule}

    missed = int(minutes["ImagePullExporterDown"][0].removesuffix("m"))
    # An inhibitor looks back in its expression for as long as the others keep firing. The kubelets' alert needs no exporter
    # and begins where that one is gone.
    left_out = {"ImagePullExporterDown", "KubeletImagePullSlow", *values.INHIBITORS}
    assert all(int(minutes[alert][1].removesuffix("m")) > missed for alert in ALERTS if alert not in left_out)


def test_an_alert_that_is_switched_off_is_not_there() -> None:
    """Its rule is gone, and so is a group that would be empty."""
    switched = {alert: False for alert in ALERTS if alert != "ImagePullStuck"}

    assert [rule["alert"] for rule in rendered({"enabled": switched}) if "alert" in rule] == ["ImagePullStuck"]


def test_a_namespace_is_critical_once_where_all_stuck_pulls_are() -> None:
    """Two rules of one severity would be the same rule twice."""
    found = rendered({"criticalNamespaces": ["payments"], "severities": {"ImagePullStuck": "critical"}})

    assert [rule["labels"]["severity"] for rule in found if rule.get("alert") == "ImagePullStuck"] == ["critical"]

"""Where alerts lead: to the board for what they are about, with variables that this board has."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from pullwatch.pack import dashboards, rules

CONFIGURED: dict[str, Any] = {
    "grafanaURL": "https://grafana.example.com",
    "clusterLabel": "site",
    "criticalNamespaces": ["payments"],
    "enabled": {"ImagePullSLOBurn": True},
}
"""All alerts that there are, and a label of clusters that is not the name of the variable."""

BOARDS: dict[str, dict[str, Any]] = {
    board["uid"]: board for board in (json.loads(text) for _, text in dashboards.render(overrides=CONFIGURED))
}

LED_TO = {
    "SlowImagePull": "pullwatch-image",
    "SlowImagePullOnSlowNode": "pullwatch-image",
    "ImagePullStuck": "pullwatch-image",
    "ImagePullFailing": "pullwatch-image",
    "ImagePullRateLimited": "pullwatch-node-registry",
    "SlowImagePullsOnNode": "pullwatch-node-registry",
    "SlowImagePullsFromRegistry": "pullwatch-node-registry",
    "ImagePullThroughputLow": "pullwatch-node-registry",
    "ImagePullQueueing": "pullwatch-node-registry",
    "ImagePullSLOBurn": "pullwatch-overview",
    "ImagePullExporterDown": "pullwatch-watcher",
    "ImagePullWatchStale": "pullwatch-watcher",
    "ImagePullEventsLost": "pullwatch-watcher",
    "KubeletImagePullSlow": "pullwatch-node-registry",
}

every_alert = pytest.mark.parametrize("alert", LED_TO)


def links(config: dict[str, Any]) -> dict[str, str]:
    """Return where each alert leads, by the given values."""
    found = [rule for group in rules.groups(config) for rule in group["rules"] if "alert" in rule]
    return {rule["alert"]: rule["annotations"]["dashboard_url"] for rule in found}


LINKS = links(CONFIGURED)
PAGES = links(CONFIGURED | {"grafanaURL": "", "exporterURL": "https://pullwatch.example.com"})


def test_it_says_of_each_alert_where_it_leads() -> None:
    """A new alert is listed here, so that somebody has thought of it."""
    assert {alert: urlsplit(link).path for alert, link in LINKS.items()} == {alert: f"/d/{uid}" for alert, uid in LED_TO.items()}


@every_alert
def test_an_alert_leads_to_a_board_that_is_rendered(alert: str) -> None:
    """The link opens, and sets variables that the board has and asks by: Grafana says nothing of one that it does not know."""
    board = BOARDS[LED_TO[alert]]
    asked = " ".join(dashboards.queries(board))

    for name, _ in parse_qsl(urlsplit(LINKS[alert]).query, keep_blank_values=True):
        variable = name.removeprefix("var-")
        assert name == f"var-{variable}"
        assert variable in {declared["name"] for declared in board["templating"]["list"]}
        assert re.search(rf"\$\{{?{variable}\b", asked)


@every_alert
def test_a_link_is_filled_in_from_labels(alert: str) -> None:
    """Each variable takes the label of its name, escaped; that of clusters has whatever name the alerts go by."""
    found = re.findall(r"[?&]var-(\w+)=\{\{ \$labels\.(\w+) \| urlquery \}\}", LINKS[alert])

    assert len(found) == LINKS[alert].count("=")
    assert dict(found).pop("cluster") == "site"
    assert all(label == variable for variable, label in found if variable != "cluster")


@every_alert
def test_without_grafana_an_alert_leads_to_the_page(alert: str) -> None:
    """The exporter's own page takes the same names."""
    assert PAGES[alert] == "https://pullwatch.example.com/?" + urlsplit(LINKS[alert]).query.replace("var-", "")

"""How much faster than the clock the alerts of a test go: intervals and limits are divided by one number.

The limits are those of alerts/config.libsonnet, changed by the values that `pullwatch render --set` takes and by nothing else.
Edges of histograms stay as they are, since texts of kubelets may tell durations as long as a test likes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from pullwatch.app.render import values_given
from pullwatch.pack import assets, kinds, rules

SECONDS = ("slowBaseSeconds", "stuckSeconds", "finishedSeconds", "failingSeconds", "queueingSeconds")
"""Keys whose values are numbers of seconds."""

DURATIONS = ("exporterDownFor", "exporterMissedFor", "eventsLostFor", "keepFiringFor")
"""Keys whose values are durations as Prometheus writes them."""

RATES = ("expectedBytesPerSecond",)
"""Keys whose values are so much in a second."""

# Windows of 30 minutes and more stay as they are but for those of the two constants: young data fill them as well.

USUAL: Mapping[str, Any] = {"throughputWindow": "10s", "usualWindow": "5m"}
"""In place of an hour and of a week, for a story that tells of both."""

DEAF: Mapping[str, Any] = {"watchStaleSeconds": 8, "watchStaleFor": "2s"}
"""In place of 420 s and a minute, for a cluster whose watches say something each second."""

PATIENT: Mapping[str, Any] = {"exporterDownFor": "15s"}
"""For stories in which nobody dies for good: on a busy machine scrapes fail for longer than 3 minutes are at a high speed."""

DYING: Mapping[str, Any] = {"exporterDownFor": "10s"}
"""For a story in which it dies at last: well before the other alerts end, which go on for 20 s without it."""

SCRAPE_SECONDS = 30.0
"""Between two scrapes, and between two evaluations, as the alerts promise their delays for."""

RESEND_SECONDS = 60.0
"""Prometheus' default. An alert that it does not repeat for four times as long is over."""

DELAY_SECONDS = 90.0
"""What is promised: a page comes so long after a pull passed its limit."""


@dataclass(frozen=True, slots=True)
class Pace:
    """A speed: 1 is that of the clock."""

    speed: int

    @property
    def interval_seconds(self) -> float:
        return SCRAPE_SECONDS / self.speed

    @property
    def resend_seconds(self) -> float:
        return RESEND_SECONDS / self.speed

    @property
    def delay_seconds(self) -> float:
        return DELAY_SECONDS / self.speed

    def limit_seconds(self, size_bytes: int) -> float:
        """Return how long a pull of this size may take."""
        return assets.thresholds().limit_seconds(size_bytes) / self.speed

    def groups(self, **more: Any) -> list[dict[str, Any]]:
        """Return the rules at this speed, with more values by their keys. Raises Wrong where `render` would."""
        config = rules.configuration()
        assigned = {key: config[key] / self.speed for key in SECONDS}
        assigned |= {key: config[key] * self.speed for key in RATES}
        assigned |= {key: self.duration(config[key]) for key in DURATIONS}
        return rules.groups(values_given(None, [f"{key}={value}" for key, value in _flat(assigned | more)]))

    def routes(self, rendered: str, webhook: str) -> dict[str, Any]:
        """Return what `render` writes for Alertmanager at this speed; its receivers for pulls tell a webhook."""
        configuration: dict[str, Any] = yaml.safe_load(rendered)
        routes = [configuration["route"]]
        for route in routes:
            routes += route.get("routes", [])
            route |= {key: self.duration(route[key]) for key in ("group_wait", "group_interval") if key in route}
        for receiver in configuration["receivers"]:
            if receiver["name"] == "pullwatch":
                receiver["webhook_configs"] = [{"url": webhook, "send_resolved": True}]
        return configuration

    def duration(self, text: str) -> str:
        """Return a duration as it is at this speed."""
        return f"{round(kinds.seconds(text) * 1000 / self.speed)}ms"


def _flat(assigned: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return keys and values as --set takes them: a value of an alert under its own key."""
    flat: list[tuple[str, Any]] = []
    for key, value in assigned.items():
        if isinstance(value, dict):
            flat += [(f"{key}.{inner}", str(each).lower() if isinstance(each, bool) else each) for inner, each in value.items()]
        else:
            flat.append((key, value))
    return flat

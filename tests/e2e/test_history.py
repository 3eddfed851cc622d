"""The history of a made day in a real Prometheus: it holds what a Prometheus that was there all the time would hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pullwatch.pack import kinds, mixin
from tests.history import asked, day
from tests.history.judged import Rules
from tests.history.played import INTERVAL_SECONDS, LISTED_SECONDS
from tests.history.weather import END

if TYPE_CHECKING:
    from tests.history.stored import History

# As in test_dashboards: the first test to ask for the history waits until the day is played.
pytestmark = pytest.mark.timeout(300)

FIRING = {
    "ImagePullFailing",
    "ImagePullQueueing",
    "ImagePullRateLimited",
    "ImagePullStuck",
    "ImagePullThroughputLow",
    "SlowImagePull",
    "SlowImagePullOnSlowNode",
    "SlowImagePullsFromRegistry",
    "SlowImagePullsOnNode",
}
"""What fires at the end: all alerts about pulls."""


def test_it_reaches_from_the_first_scrape_to_the_end(history: History) -> None:
    """Scrapes come every 30 s, whatever the clock of this machine says."""
    assert history.end - history.start == END - LISTED_SECONDS
    (up,) = asked.instant(history, f'count_over_time(up{{job="pullwatch-registry"}}[{END:.0f}s])')
    assert int(up["value"][1]) == (END - LISTED_SECONDS) / INTERVAL_SECONDS


def test_it_ends_in_an_incident(history: History) -> None:
    """At the end every alert about pulls fires."""
    firing = asked.instant(history, 'count by (alertname) (ALERTS{alertstate="firing"})')

    assert {series["metric"]["alertname"] for series in firing} == FIRING


def test_records_are_what_their_rules_say(history: History) -> None:
    """Each recorded series is what its expression finds at the moment at which its group was evaluated last."""
    for group in mixin.groups():
        interval = kinds.seconds(group["interval"]) if "interval" in group else INTERVAL_SECONDS
        at = history.end // interval * interval
        for rule in group["rules"]:
            if "record" in rule:
                recorded = values(asked.instant(history, rule["record"], at=at))
                expected = values(asked.instant(history, rule["expr"], at=at))
                # Sums differ in the order of what they add.
                assert recorded == pytest.approx(expected), rule["record"]


def test_an_alert_waits_and_fires_on(history: History) -> None:
    """The alert about a dead exporter is pending for as long as `for` says, and ends when the next one is scraped."""
    states = {
        state: times(history, f'ALERTS{{alertname="ImagePullExporterDown", alertstate="{state}"}}') for state in ("pending", "firing")
    }

    waits = next(
        kinds.seconds(rule["for"]) for group in mixin.groups() for rule in group["rules"] if rule.get("alert") == "ImagePullExporterDown"
    )
    assert states["firing"][0] - states["pending"][0] == waits
    assert states["pending"][-1] < states["firing"][0]
    back = history.end - END + day.RESTART[1]
    assert states["firing"][-1] <= back + INTERVAL_SECONDS


def test_a_dead_exporter_shows_nothing(history: History) -> None:
    """Between two processes no series of the exporter is seen, and the second begins to count anew."""
    down = [history.end - END + moment for moment in day.RESTART]

    there = times(history, "pullwatch_build_info{job='pullwatch'}")

    assert not [moment for moment in there if down[0] + INTERVAL_SECONDS < moment < down[1]]
    resets = asked.instant(history, f"max(resets(sum without (instance) (pullwatch_events_total)[{END:.0f}s:30s]))")
    assert resets[0]["value"][1] == "1"


def values(series: list[Any]) -> dict[tuple[tuple[str, str], ...], float]:
    """Return values by labels, without the name."""
    labels = [tuple(sorted((name, value) for name, value in one["metric"].items() if name != "__name__")) for one in series]
    return dict(zip(labels, (float(one["value"][1]) for one in series), strict=True))


def times(history: History, query: str) -> list[float]:
    """Return the moments at which a query finds something."""
    found = asked.over(history, query, step=INTERVAL_SECONDS)
    return sorted({at for series in found for at, _ in series["values"]})


def test_a_rule_with_an_error_is_named(history: History) -> None:
    """A rule that Prometheus does not take fails whoever wants the history, with its name and the reason."""
    rules = Rules(history.url, [{"name": "a", "rules": [{"record": "a:mistake", "expr": "sum by ("}]}], interval_seconds=30)

    with pytest.raises(AssertionError, match=r"refuses a:mistake: .*parse error"):
        rules.judge(history.start, history.start + 60)

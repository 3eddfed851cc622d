"""Which alerts of the pack a Prometheus has."""

from __future__ import annotations

from pullwatch.pulls import installed_alerts
from pullwatch.pulls.installed_alerts import Alerts

WANTED, OPTIONAL = ("SlowImagePull", "ImagePullStuck"), ("ImagePullSLOBurn",)


def compared(found: dict[str, str]) -> Alerts:
    return installed_alerts.compare(found, wanted=WANTED, optional=OPTIONAL)


def test_only_alerts_of_the_pack_count() -> None:
    """Those of others are nobody's business here; one that is off by default is not missed, and counted where it is there."""
    assert compared({"Watchdog": "broken", "SlowImagePull": ""}) == Alerts(there=("SlowImagePull",), missing=("ImagePullStuck",))
    assert compared(dict.fromkeys((*WANTED, *OPTIONAL), "")) == Alerts(
        there=("ImagePullSLOBurn", "ImagePullStuck", "SlowImagePull"), missing=()
    )


def test_some_that_are_missing_are_no_finding() -> None:
    """Whoever leaves one out on purpose gets no exit code for it."""
    assert installed_alerts.judge(compared({"SlowImagePull": ""})) == []


def test_none_at_all_is_a_finding() -> None:
    """Nobody would be told of anything."""
    (finding,) = installed_alerts.judge(compared({"Watchdog": ""}))

    assert (finding.check, finding.kind) == ("rules", "rules_missing")


def test_an_alert_that_cannot_be_evaluated_is_a_finding() -> None:
    """With Prometheus' own words."""
    (finding,) = installed_alerts.judge(compared({"SlowImagePull": "many-to-many matching", "ImagePullStuck": ""}))

    assert (finding.check, finding.kind) == ("rules", "rules_failing")
    assert finding.what == "SlowImagePull cannot be evaluated: many-to-many matching"

"""Which rules of the pack a Prometheus has."""

from __future__ import annotations

import pytest

from pullwatch.pulls import installed_rules
from pullwatch.pulls.installed_rules import BOARDS, Rule, Rules

WANTED, OPTIONAL = ("SlowImagePull", "ImagePullStuck"), ("ImagePullSLOBurn",)
RECORDS = [Rule(group, "pool:pullwatch_node_pulls:increase5m", alerts=False) for group in sorted(BOARDS)]


def compared(found: dict[str, str], records: list[Rule] = RECORDS) -> Rules:
    alerts = [Rule("pullwatch.pulls", name, alerts=True, error=error) for name, error in found.items()]
    return installed_rules.compare([*alerts, *records], wanted=WANTED, optional=OPTIONAL)


def test_only_alerts_of_the_pack_count() -> None:
    """Those of others are nobody's business here; one that is off by default is not missed, and counted where it is there."""
    assert compared({"Watchdog": "broken", "SlowImagePull": ""}) == Rules(there=("SlowImagePull",), missing=("ImagePullStuck",))
    assert compared(dict.fromkeys((*WANTED, *OPTIONAL), "")) == Rules(
        there=("ImagePullSLOBurn", "ImagePullStuck", "SlowImagePull"), missing=()
    )


def test_some_that_are_missing_are_no_finding() -> None:
    """Whoever leaves one out on purpose gets no exit code for it."""
    assert installed_rules.judge(compared({"SlowImagePull": ""})) == []


def test_none_at_all_is_a_finding() -> None:
    """Nobody would be told of anything."""
    (finding,) = installed_rules.judge(compared({"Watchdog": ""}))

    assert (finding.check, finding.kind) == ("rules", "rules_missing")


def test_an_alert_that_cannot_be_evaluated_is_a_finding() -> None:
    """With Prometheus' own words."""
    (finding,) = installed_rules.judge(compared({"SlowImagePull": "many-to-many matching", "ImagePullStuck": ""}))

    assert (finding.check, finding.kind) == ("rules", "rules_failing")
    assert finding.what == "SlowImagePull cannot be evaluated: many-to-many matching"


def test_an_alert_of_two_rules_is_there_once_with_its_first_error() -> None:
    """ImagePullStuck has one rule for each severity."""
    rules = [Rule("pullwatch.pulls", "ImagePullStuck", alerts=True, error=error) for error in ("", "first", "second")]

    found = installed_rules.compare(rules, wanted=WANTED, optional=OPTIONAL)

    assert (found.there, found.failing) == (("ImagePullStuck",), (("ImagePullStuck", "first"),))


@pytest.mark.parametrize("group", sorted(BOARDS))
def test_it_tells_whether_dashboards_have_what_they_read(group: str) -> None:
    """Rules of an older version, or with `boards: false`, leave them empty; a part of them does as well."""
    assert compared({"SlowImagePull": ""}).boards
    assert not compared({"SlowImagePull": ""}, [rule for rule in RECORDS if rule.group != group]).boards


def test_a_record_that_cannot_be_evaluated_is_a_finding() -> None:
    """A dashboard would stay empty without a word; what others record is not looked at."""
    broken = [Rule(group, "broken:record", alerts=False, error="many-to-many") for group in ("pullwatch.boards", "node.rules")]

    assert compared({"SlowImagePull": ""}, broken).failing == (("broken:record", "many-to-many"),)

"""Rules over time that is past: alerts wait and fire on as Prometheus lets them, and what a rule no longer finds ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.history import judged, remote_write
from tests.history.judged import Rule
from tests.history.remote_write import STALE, Samples

AT = 1_767_225_600.0
LABELS = frozenset({("node", "a")})

ONE, GONE = "1", "ended"


def evaluated(rule: Mapping[str, Any], *stretches: Sequence[str]) -> dict[str, list[str]]:
    """Return what is written, by name or state of the alert: of each stretch of 30 s steps `+` where the expression finds something."""
    stateful, written = Rule(rule, 30.0), dict[str, list[str]]()
    began = AT
    for stretch in stretches:
        samples = Samples()
        at = [began + 30 * number for number in range(len(stretch))]
        found = {moment: ONE for moment, there in zip(at, stretch, strict=True) if there == "+"}
        judged.write(stateful, {LABELS: found}, at, samples)
        for series, content in samples.by_series():
            name = next((state for state in ("pending", "firing") if state.encode() in series), stateful.writes)
            values = [content[offset + 3 : offset + 11] for offset in range(0, len(content), 18)]
            written.setdefault(name, []).extend(GONE if value == STALE else ONE for value in values)
            assert all(value in (STALE, remote_write.number(1)) for value in values)
        began = at[-1] + 30
    return written


def test_a_record_ends_once_when_nothing_is_found() -> None:
    """A series that was there is marked at the first evaluation that does not find it, also where a new stretch begins there."""
    assert evaluated({"record": "a:b:c", "expr": "b"}, "-++--+", "---") == {"a:b:c": [ONE, ONE, GONE, ONE, GONE]}


def test_an_alert_is_pending_for_as_long_as_it_waits() -> None:
    """It fires at the first evaluation at which its condition has held for its `for`, and pending ends there."""
    rule = {"alert": "A", "expr": "b", "for": "1m"}

    assert evaluated(rule, "+++", "+-") == {"pending": [ONE, ONE, GONE], "firing": [ONE, ONE, GONE]}


def test_a_condition_that_breaks_off_waits_anew() -> None:
    """A pending alert whose condition does not hold is forgotten."""
    assert evaluated({"alert": "A", "expr": "b", "for": "1m"}, "++-++-") == {"pending": [ONE, ONE, GONE, ONE, ONE, GONE]}


def test_an_alert_fires_on() -> None:
    """It ends `keep_firing_for` after the first evaluation that finds nothing, unless one finds something again."""
    rule = {"alert": "A", "expr": "b", "keep_firing_for": "1m"}

    assert evaluated(rule, "+---") == {"firing": [ONE, ONE, ONE, GONE]}
    assert evaluated(rule, "+--+", "---") == {"firing": [ONE] * 6 + [GONE]}

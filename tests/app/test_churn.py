"""A day of a cluster in constant change: nothing is lost, and once all caps are reached memory stays what it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.app.churn import Churn

HOURS = int(os.environ.get("PULLWATCH_CHURN_HOURS", "24"))
"""Hours that are measured, after those in which all caps are reached; each takes 3 s."""

MOST_GROWTH_MIB = 2.0
ROOT = Path(__file__).parents[2]


async def test_all_that_happens_in_an_hour_is_counted() -> None:
    """Whatever becomes of pods, nodes and images, each Event is read once, and none is outside the grammar."""
    churn = Churn()

    await churn.pass_hours(1)

    coverage = churn.exporter._lifecycle.coverage()
    assert (coverage.events, coverage.unparsed, coverage.rejected) == (churn.told, 0, 0)
    assert coverage.unseen > 0


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("arguments", [(), ("--without-nodes",), ("--checkpoint",)], ids=["all", "without nodes", "with a checkpoint"])
def test_a_day_of_churn_leaves_nothing_behind(arguments: tuple[str, ...]) -> None:
    """At its end a process holds at most 2 MiB more than when it had all that it ever needs.

    What is resident swings by 5 MiB in some hours, as caches drop half of themselves and their tables are made larger. So the
    least of the last quarter is compared with that of the first: a leak lifts it as well.
    """
    if sys.platform != "linux":
        pytest.skip("what a process takes is read from /proc")
    told = churned(*arguments)
    resident, quarter = told["resident_mib"], max(1, HOURS // 4)
    before = min(resident[:quarter])
    grown = min(resident[-quarter:]) - before

    figures = f"{before:.1f} MiB, {grown:+.2f} MiB since, {told['most_mib']:.1f} MiB at most"
    print(f"{HOURS} h, {told['events']:,} Events, {told['series']:,} series: {figures}")  # noqa: T201
    if grown > MOST_GROWTH_MIB:
        # The same again, traced, which takes some times as long.
        pytest.fail("\n".join([f"grown by {grown:.2f} MiB: {resident}", *churned(*arguments, traced=True)["grown"]]))


def churned(*arguments: str, traced: bool = False) -> dict[str, Any]:
    """Let the hours pass in a process of their own, which no other test has made larger."""
    trace = ("-X", "tracemalloc=1") if traced else ()
    command = [sys.executable, *trace, "-m", "tests.app.churned", str(HOURS), *arguments]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    told: dict[str, Any] = json.loads(said)
    return told

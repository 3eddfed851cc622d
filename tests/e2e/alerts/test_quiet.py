"""Where nothing is wrong nobody is told anything, however often it is looked at and whoever is started anew."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from pullwatch.pack import rules
from tests.e2e import launched, pace, programs
from tests.e2e.chain import Chain, chained, found
from tests.e2e.pace import Pace
from tests.e2e.started import fetched

if TYPE_CHECKING:
    from pathlib import Path

EVALUATIONS = 10
"""Of each rule, at least, in a cluster that does nothing."""

DAYS = 30 if os.environ.get("PULLWATCH_FULL_LENGTH") else 3
"""Of evaluations by promtool. A month takes half a minute, so that `make e2e` alone does it."""

STEP_SECONDS = 300
"""Between two of them."""


class Told(NamedTuple):
    """Alerts that were pending, firing or told until the end of each chapter."""

    installed: list[str]
    metrics: str
    """What an exporter shows that has seen nothing."""
    restarted: list[str]
    cached: list[str]


async def tell(folder: Path) -> Told:
    """A fresh install without pulls; each part starts anew; then a thousand pods find their image on their nodes."""
    async with chained(folder, Pace(30), **pace.PATIENT) as chain:
        async with chain.exporter(), chain.prometheus():
            for _ in range(EVALUATIONS):
                await chain.judged()
            installed = await _raised(chain)
            metrics = await asyncio.to_thread(fetched, f"{chain.url}/metrics") or ""
        async with chain.prometheus(), chain.exporter():
            await chain.reached("up", "down")
            restarted = await _raised(chain)
            launched.cached(chain.store, 1000)
            pulls = f"{chain.url}/api/v1/pulls"
            await found(lambda: (fetched(pulls) or "").count('"outcome":"cached"') == 1000, what="1,000 cached pulls")
            await chain.grown()
            return Told(installed, metrics, restarted, await _raised(chain))


async def _raised(chain: Chain) -> list[str]:
    await chain.judged()
    return await chain.firing() + [alert.name for _, alert in chain.received]


def test_a_fresh_install_is_silent(told: Told) -> None:
    """Without a single pull no alert is even pending after many evaluations."""
    assert told.installed == []


def test_it_stays_silent_for_days(told: Told, tmp_path: Path) -> None:
    """What such an exporter shows raises nothing in days of evaluations, also with the objective switched on."""
    labels = 'job="pullwatch", instance="a"'
    series = {f"up{{{labels}}}": "1+0"}
    for name, own, value in re.findall(r"^(pullwatch_\w+)(?:\{(.*)\})? (\S+)$", told.metrics, re.MULTILINE):
        # The watches go on to hear something; all else stays what it is.
        moves = f"0+{STEP_SECONDS}" if name == "pullwatch_watch_last_contact_timestamp_seconds" else f"{float(value):f}+0"
        series[f"{name}{{{', '.join(filter(None, (own, labels)))}}}"] = moves
    steps = DAYS * 86_400 // STEP_SECONDS
    silent = [{"expr": "max_over_time(ALERTS[1d])", "eval_time": f"{day}d", "exp_samples": []} for day in range(1, DAYS + 1)]
    # It was really evaluated until the end.
    up = {"expr": "up", "eval_time": f"{DAYS}d", "exp_samples": [{"labels": f"up{{{labels}}}", "value": 1}]}
    test = {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": f"{STEP_SECONDS}s",
        "tests": [
            {
                "interval": f"{STEP_SECONDS}s",
                "input_series": [{"series": name, "values": f"{values}x{steps}"} for name, values in series.items()],
                "promql_expr_test": [*silent, up],
            }
        ],
    }
    (tmp_path / "rules.yaml").write_bytes(msgspec.json.encode({"groups": rules.groups({"enabled": {"ImagePullSLOBurn": True}})}))
    (tmp_path / "test.yaml").write_bytes(msgspec.json.encode(test))

    ran = subprocess.run([programs.promtool(), "test", "rules", tmp_path / "test.yaml"], capture_output=True, check=False, text=True)

    assert len(series) > 50
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_restart_raises_nothing(told: Told) -> None:
    """Neither of the exporter nor of Prometheus."""
    assert told.restarted == []


def test_cached_images_raise_nothing(told: Told) -> None:
    """A thousand pods whose nodes have the image are no alert, not even a pending one."""
    assert told.cached == []

"""Waiting for a Prometheus to have judged what is true now."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pullwatch.monitoring import process, prometheus
from pullwatch.monitoring.prometheus import Job
from tests.e2e import programs

LONG_SECONDS = 20.0


async def test_it_waits_for_alerts_and_not_for_what_is_recorded_once_an_hour(tmp_path: Path) -> None:
    """The demo ends when everybody was told, however seldom something is recorded for dashboards."""
    groups = [
        {"name": "alerts", "rules": [{"alert": "Always", "expr": "vector(1)"}]},
        {"name": "hourly", "interval": "1h", "rules": [{"record": "a:b:c", "expr": "vector(1)"}]},
    ]
    address = process.free_address()
    # It scrapes itself: something has to be up.
    job = Job(targets={address: {}}, rules={"groups": groups}, interval_seconds=0.5, listen=address)

    async with prometheus.running(programs.prometheus(), job, folder=tmp_path / "prometheus") as url, asyncio.timeout(LONG_SECONDS):
        await prometheus.judged(url)
        firing = await prometheus.firing(url)

    assert [labels["alertname"] for labels in firing] == ["Always"]

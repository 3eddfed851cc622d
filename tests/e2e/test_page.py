"""A slow pull reaches a person while it still runs: once, with all that he needs to know."""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING

import pytest

from pullwatch.pack import assets
from tests.e2e import launched
from tests.e2e.chain import Chain, chained
from tests.e2e.pace import Pace
from tests.e2e.started import fetched

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

IMAGE = launched.IMAGE.canonical
PACE = Pace(15)
LIMIT_SECONDS = PACE.limit_seconds(launched.IMAGE.size_bytes)


@pytest.fixture
async def chain(tmp_path: Path) -> AsyncIterator[Chain]:
    """A cluster in which the image's size is known, and whoever is told of alerts."""
    # It is slow for longer than a stuck one's limit at this speed, and that alert is not this test's.
    async with chained(tmp_path, PACE, stuckSeconds=600) as whole:
        launched.know_size(whole.store)
        yield whole


async def test_a_slow_pull_is_told_while_it_runs(chain: Chain) -> None:
    """The page comes at most 90 s (6 s at this scale) after the pull passed its limit, and says what, where and how long.

    Its limit is 60 s + 300 MB / 10 MB/s = 90 s, 6 s at this scale.
    """
    assert (LIMIT_SECONDS, PACE.delay_seconds) == (6.0, 6.0)
    async with chain.exporter(), chain.prometheus():
        asked_at = time.time()
        (pod,) = launched.pulling(chain.store)

        told_at, alert = await chain.told("SlowImagePull")
        running = await asyncio.to_thread(fetched, f"{chain.url}/metrics") or ""
        dashboard, runbook = [await asyncio.to_thread(fetched, alert.annotations[f"{link}_url"]) for link in ("dashboard", "runbook")]

    assert 0 < told_at - asked_at - LIMIT_SECONDS <= PACE.delay_seconds
    assert f'pullwatch_pull_running_start_timestamp_seconds{{container="web",image="{IMAGE}",namespace="shop"' in running
    assert alert.status == "firing"
    assert alert.labels == {
        "alertname": "SlowImagePull",
        "namespace": "shop",
        "image": IMAGE,
        "registry": "registry.example.com",
        "severity": "warning",
    }
    said = re.fullmatch(
        rf"Pod shop/{pod.name} \(Deployment/web\) on node node-0: the pull of {IMAGE} has been running for (\S+)s, "
        rf"and the container cannot start before it ends\. 6s is the limit for its size of 300MB\. Too slow for this image: 1 pod\(s\)\.",
        alert.annotations["description"],
    )
    assert said, alert.annotations["description"]
    assert LIMIT_SECONDS < float(said[1]) < told_at - asked_at + 1
    assert alert.annotations["summary"] == "An image pull takes longer than its size explains."
    assert alert.annotations["runbook_url"] == f"{chain.url}/runbooks/SlowImagePull"
    assert alert.annotations["dashboard_url"].startswith(f"{chain.url}/?")
    assert IMAGE in (dashboard or "")
    # A runbook that is written is served.
    assert "SlowImagePull" in (runbook or "") or not (assets.root() / "runbooks" / "SlowImagePull.md").exists()

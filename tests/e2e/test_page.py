"""A slow pull reaches a person while it still runs: once, with all that he needs to know."""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING

import pytest

from pullwatch.pack import assets
from tests.e2e import launched
from tests.e2e.chain import DELAY_SECONDS, Chain, chained, found, limit_seconds
from tests.e2e.started import fetched

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

IMAGE = launched.IMAGE.canonical
LIMIT_SECONDS = limit_seconds(launched.IMAGE.size_bytes)


@pytest.fixture
async def chain(tmp_path: Path) -> AsyncIterator[Chain]:
    """A cluster in which the image's size is known, and whoever is told of alerts."""
    async with chained(tmp_path) as whole:
        launched.know_size(whole.store)
        yield whole


async def test_a_slow_pull_is_told_while_it_runs(chain: Chain) -> None:
    """The page comes at most 90 s (6 s at this scale) after the pull passed its limit, and says what, where and how long.

    Its limit is 60 s + 300 MB / 10 MB/s = 90 s, 6 s at this scale.
    """
    assert (LIMIT_SECONDS, DELAY_SECONDS) == (6.0, 6.0)
    async with chain.exporter(), chain.prometheus():
        asked_at = time.time()
        (pod,) = launched.pulling(chain.store)

        told_at, alert = await chain.told("SlowImagePull")
        running = await asyncio.to_thread(fetched, f"{chain.url}/metrics") or ""
        dashboard, runbook = [await asyncio.to_thread(fetched, alert.annotations[f"{link}_url"]) for link in ("dashboard", "runbook")]

    assert 0 < told_at - asked_at - LIMIT_SECONDS <= DELAY_SECONDS
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


async def test_a_rollout_is_one_alert_whatever_restarts(chain: Chain) -> None:
    """300 pods that wait for one slow image are one notification, and no restart or second replica ends or repeats it."""
    launched.pulling(chain.store, 300)
    async with chain.prometheus():
        async with chain.exporter():
            _, alert = await chain.told("SlowImagePull")
            assert "Too slow for this image: 300 pod(s)." in alert.annotations["description"]
        await found(lambda: chain.up() == ["down", "down"], what="Prometheus to miss the exporter")
        async with chain.exporter():
            await found(lambda: chain.up() == ["up", "down"], what="Prometheus to find the exporter again")
            await chain.judged()
            await chain.told_again()
            assert _received(chain) == [("SlowImagePull", "firing")]

    async with chain.exporter(), chain.prometheus():
        await chain.told_again()
        assert _received(chain) == [("SlowImagePull", "firing")]

        async with chain.exporter(1):
            await found(lambda: chain.up() == ["up", "up"], what="Prometheus to find the second replica")
            await chain.judged()
            # Between the two Alertmanager notifies of whatever the first one changed.
            await chain.told_again()
            await chain.told_again()
            assert _received(chain) == [("SlowImagePull", "firing")]


async def test_cached_images_raise_nothing(chain: Chain) -> None:
    """A thousand pods whose nodes have the image are no alert, not even a pending one."""
    async with chain.exporter(), chain.prometheus():
        launched.cached(chain.store, 1000)
        pulls = f"{chain.url}/api/v1/pulls"
        await found(lambda: (fetched(pulls) or "").count('"outcome":"cached"') == 1000, what="1,000 cached pulls")

        await chain.judged()

        assert await asyncio.to_thread(chain.firing) == []
    assert chain.received == []


def _received(chain: Chain) -> list[tuple[str, str]]:
    return [(alert.name, alert.status) for _, alert in chain.received]

"""One page at the speed of the clock: the limits, intervals and waits that are shipped, and no value of any of them changed."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING

import pytest

from pullwatch.pack.alertmanager import configuration
from tests.e2e import launched, told
from tests.e2e.chain import chained
from tests.e2e.pace import Pace
from tests.e2e.started import fetched

if TYPE_CHECKING:
    from pathlib import Path

ASKED_FOR = "PULLWATCH_FULL_LENGTH"

PACE = Pace(1)


@pytest.mark.skipif(not os.environ.get(ASKED_FOR), reason=f"takes 3 minutes of waiting: `make e2e` does it, or {ASKED_FOR}=1")
@pytest.mark.timeout(600)
async def test_a_slow_pull_is_told_within_90_seconds(tmp_path: Path) -> None:
    """Scrapes and evaluations each 30 s, the pack's own route: the page comes at most 90 s after the limit, while the pull runs."""
    place = tmp_path / "alertmanager"
    told.install(place)
    rendered = configuration(PACE.groups(), cluster="cluster").decode()
    async with chained(tmp_path, PACE, routes=lambda webhook: PACE.routes(rendered, webhook)) as chain:
        launched.know_size(chain.store)
        async with chain.exporter(), chain.prometheus():
            asked_at = time.time()
            (pod,) = launched.pulling(chain.store)

            told_at, alert = await chain.told("SlowImagePull", within_seconds=300)
            running = await asyncio.to_thread(fetched, f"{chain.url}/metrics") or ""

    limit_seconds = PACE.limit_seconds(launched.IMAGE.size_bytes)
    late_seconds = told_at - asked_at - limit_seconds
    print(f"told {late_seconds:.1f} s after the limit of {limit_seconds:.0f} s")  # noqa: T201 - the figure
    assert limit_seconds == 90.0
    assert 0 < late_seconds <= PACE.delay_seconds
    assert f'pullwatch_pull_running_start_timestamp_seconds{{container="web",image="{launched.IMAGE.canonical}"' in running
    assert f"Pod shop/{pod.name} (Deployment/web) on node node-0" in alert.annotations["description"]

"""An image that is slow on one node and fast on the next is one alert, and not one for each turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullwatch.monitoring import receiver
from tests.e2e import launched, pace
from tests.e2e.chain import chained
from tests.e2e.pace import Pace

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS = 4


async def tell(folder: Path) -> list[str]:
    """In each round one node is slow with the image and the next one fast; returns what was told of it, and how it goes on."""
    over = "pod:pullwatch_pull_over_limit_seconds:max"
    async with chained(folder, Pace(30), finishedSeconds=3, **pace.PATIENT) as chain:
        launched.know_size(chain.store)
        async with chain.exporter(), chain.prometheus():
            for number in range(ROUNDS):
                slow = launched.pulls(chain.store, launched.WORKLOAD, f"slow-{number}")
                await chain.shows(f'{over}{{node="{slow.node}"}} > 0')
                launched.has_pulled(chain.store, slow)
                launched.has_pulled(chain.store, launched.pulls(chain.store, launched.WORKLOAD, f"fast-{number}"))
                # Nothing is slow any more before the next round.
                await chain.shows(f"{over} > 0", anything=False)
            await chain.told("SlowImagePull", receiver.RESOLVED)
            await chain.judged()
            return [alert.status for _, alert in chain.received]


def test_slow_and_fast_pulls_in_turn_do_not_flap(told: list[str]) -> None:
    """It begins once, goes on as long as slow pulls come, and ends once."""
    assert told == ["firing", "resolved"]

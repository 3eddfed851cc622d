"""Whoever goes away in the middle of a pull, nobody is told that it is over before it is; and then once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from pullwatch.monitoring import receiver
from tests.e2e import launched, pace
from tests.e2e.chain import Chain, chained
from tests.e2e.pace import Pace

if TYPE_CHECKING:
    from pathlib import Path

    from pullwatch.monitoring.receiver import Alert

RESEND_SECONDS = 5.0
"""An alert ends in Alertmanager where Prometheus is silent for four times as long: it has to be back before, also on a busy machine."""


class Told(NamedTuple):
    """What was notified of until the end of each chapter, by its name."""

    first: Alert
    until: dict[str, list[tuple[str, str]]]


async def tell(folder: Path) -> Told:
    """300 pods wait for one slow image, while each part of the watcher goes away and comes back; at last the image is there."""
    # A pull that ended is over as soon as it was seen, so that the end can be waited for.
    async with chained(folder, Pace(30), resend_seconds=RESEND_SECONDS, finishedSeconds=3, stuckSeconds=3600, **pace.PATIENT) as chain:
        launched.know_size(chain.store)
        pods = launched.pulling(chain.store, 300)
        until = {}
        async with chain.prometheus():
            async with chain.exporter():
                _, first = await chain.told("SlowImagePull")
            await chain.reached("down", "down")
            async with chain.exporter():
                await chain.reached("up", "down")
                until["the exporter was back"] = await _settled(chain)

        async with chain.exporter(), chain.prometheus():
            until["Prometheus was back"] = await _settled(chain)
            async with chain.exporter(1):
                await chain.reached("up", "up")
                until["there was a second exporter"] = await _settled(chain)
            # What Prometheus last saw of a target stands for 5 minutes where it misses that this has gone.
            await chain.reached("up", "down")

        async with chain.prometheus(), chain.exporter():
            await chain.reached("up", "down")
            until["both were back"] = await _settled(chain)
            for pod in pods:
                launched.has_pulled(chain.store, pod)
            await chain.told("SlowImagePull", receiver.RESOLVED)
            for _ in range(3):
                await chain.judged()
            until["the pull had ended"] = _received(chain)
    return Told(first, until)


async def _settled(chain: Chain) -> list[tuple[str, str]]:
    """Return what was notified of once all that is true now could be."""
    await chain.judged()
    await chain.told_again()
    # Meanwhile Alertmanager notifies of whatever that changed.
    for _ in range(2):
        await chain.judged()
    return _received(chain)


def _received(chain: Chain) -> list[tuple[str, str]]:
    return [(alert.name, alert.status) for _, alert in chain.received]


def test_a_rollout_is_one_alert(told: Told) -> None:
    """300 pods that wait for one slow image are one notification, whose text counts them."""
    assert "Too slow for this image: 300 pod(s)." in told.first.annotations["description"]


@pytest.mark.parametrize("chapter", ["the exporter was back", "Prometheus was back", "there was a second exporter", "both were back"])
def test_no_outage_is_an_all_clear(chapter: str, told: Told) -> None:
    """While the pull goes on nothing is resolved and nothing repeated, whoever was away or came twice."""
    assert told.until[chapter] == [("SlowImagePull", "firing")]


def test_its_end_is_told_once(told: Told) -> None:
    """One message that it began, and one that it is over."""
    assert told.until["the pull had ended"] == [("SlowImagePull", "firing"), ("SlowImagePull", "resolved")]

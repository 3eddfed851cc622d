"""The webhook that stands for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp

from pullwatch.monitoring import receiver

if TYPE_CHECKING:
    from pullwatch.monitoring.receiver import Notification

SENT = {
    "version": "4",
    "status": "firing",
    "receiver": "webhook",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "SlowImagePull", "namespace": "shop"},
            "annotations": {"summary": "An image pull takes longer than its size explains."},
            "startsAt": "2026-01-01T00:00:00Z",
            "fingerprint": "abc",
        }
    ],
}


async def test_it_hands_on_what_alertmanager_sends() -> None:
    """A notification of version 4 arrives whole; what is none is refused, and the next one arrives."""
    taken: list[Notification] = []
    async with receiver.receiving(taken.append) as url, aiohttp.ClientSession() as session:
        answers = [(await session.post(url, json=body)).status for body in ({"alerts": 1}, SENT)]

    assert answers == [400, 200]
    assert [(alert.name, alert.status, alert.fingerprint) for alert in taken[0].alerts] == [("SlowImagePull", "firing", "abc")]

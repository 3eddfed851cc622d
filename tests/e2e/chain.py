"""The whole chain of a page, all of it real but the cluster: API server, exporters, Prometheus, Alertmanager, receiver.

Time is scaled: Prometheus scrapes and evaluates every 2 s and not every 30 s, and the limits shrink with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pullwatch.app.serve import serving
from pullwatch.monitoring import alertmanager, process, prometheus, receiver
from pullwatch.monitoring.prometheus import Job
from pullwatch.pack import assets, rules
from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.store import Store
from pullwatch.sources.access import ClusterAccess, NoCredentials
from tests.e2e import programs
from tests.e2e.started import DEADLINE_SECONDS, fetched, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from pullwatch.monitoring.receiver import Alert, Notification
    from tests.e2e.started import Found

SCALE = 15
"""Each interval and limit is divided by this."""

INTERVAL_SECONDS = 30 / SCALE
RESEND_SECONDS = 60 / SCALE
"""Of Prometheus' default of a minute. An alert that it does not repeat for four times as long is over."""

DELAY_SECONDS = 90 / SCALE
"""What is promised: a page comes so long after a pull passed its limit."""

_LIMITS = assets.thresholds()

# A pull of these tests is slow for longer than a stuck one's scaled limit, and that alert is not theirs.
CONFIG = {
    "slowBaseSeconds": _LIMITS.slow_base_seconds / SCALE,
    "expectedBytesPerSecond": _LIMITS.expected_bytes_per_second * SCALE,
    "finishedSeconds": 600 / SCALE,
    "keepFiringFor": f"{600 // SCALE}s",
    "exporterDownFor": f"{180 // SCALE}s",
}


def limit_seconds(size_bytes: int) -> float:
    """Return the scaled limit of a pull: base + size / expected rate."""
    return _LIMITS.limit_seconds(size_bytes) / SCALE


class Chain:
    """A cluster that nobody watches yet, and an Alertmanager that nobody tells anything."""

    def __init__(self, api: ApiServer, *, manager: str, received: list[tuple[float, Alert]], folder: Path) -> None:
        self.store = api.store
        self.received = received
        """Each alert of each notification, and when it came."""
        self._access = ClusterAccess(url=api.url, credentials=NoCredentials(), origin="test")
        self._manager = manager
        self._folder = folder
        self._exporters = [process.free_address() for _ in range(2)]
        # What a ServiceMonitor adds: where the exporter runs. The pulls' own labels have to win over these.
        self._targets = {
            address: {"namespace": "monitoring", "pod": f"pullwatch-{number}", "container": "pullwatch", "node": "node-infra"}
            for number, address in enumerate(self._exporters)
        }
        self._job = Job(
            targets=self._targets,
            rules={"groups": rules.groups({"exporterURL": self.url, **CONFIG})},
            alertmanager=manager.removeprefix("http://"),
            interval_seconds=INTERVAL_SECONDS,
            resend_seconds=RESEND_SECONDS,
        )
        self._prometheus = f"http://{self._job.listen}"

    @property
    def url(self) -> str:
        """The first exporter's."""
        return f"http://{self._exporters[0]}"

    @contextlib.asynccontextmanager
    async def exporter(self, number: int = 0) -> AsyncIterator[None]:
        """Run a replica of the exporter; entered when Prometheus, should it run, finds it up."""
        host, _, port = self._exporters[number].partition(":")
        async with serving(self._access, host=host, port=int(port)):
            url = f"http://{self._exporters[number]}/-/ready"
            await found(lambda: fetched(url), what="the exporter to be ready")
            yield

    @contextlib.asynccontextmanager
    async def prometheus(self) -> AsyncIterator[None]:
        """Run Prometheus; entered when it knows its Alertmanager, without which a first message would be lost."""
        async with prometheus.running(programs.prometheus(), self._job, folder=self._folder / "prometheus"):
            await found(lambda: self._asked("alertmanagers")["activeAlertmanagers"], what="Prometheus to find its Alertmanager")
            yield

    async def told(self, name: str) -> tuple[float, Alert]:
        """Wait for a notification of this alert; return when it came, and what it says."""
        return await found(lambda: next((one for one in self.received if one[1].name == name), None), what=f"{name} to be received")

    async def judged(self) -> None:
        """Wait until all that is true now was scraped from each exporter that runs, and then judged."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            await prometheus.judged(self._prometheus)

    async def told_again(self) -> None:
        """Wait until Prometheus has told Alertmanager its alerts anew."""
        now = time.time()

        def told() -> bool:
            updates = [alert["updatedAt"] for alert in json.loads(fetched(f"{self._manager}/api/v2/alerts") or "[]")]
            return bool(updates) and all(datetime.fromisoformat(moment).timestamp() > now for moment in updates)

        await found(told, what="Alertmanager to hear again")

    def firing(self) -> list[str]:
        """Return the names of the alerts that are pending or firing in Prometheus."""
        return [alert["labels"]["alertname"] for alert in self._asked("alerts")["alerts"]]

    def up(self) -> list[str]:
        """Return whether Prometheus found the exporters up, as `0` or `1`."""
        return [target["health"] for target in sorted(self._asked("targets")["activeTargets"], key=lambda one: one["labels"]["pod"])]

    def _asked(self, path: str) -> Any:
        return json.loads(fetched(f"{self._prometheus}/api/v1/{path}") or "{}")["data"]


@contextlib.asynccontextmanager
async def chained(folder: Path) -> AsyncIterator[Chain]:
    """Run API server, Alertmanager and receiver as long as the context is open."""
    received: list[tuple[float, Alert]] = []

    def take(notification: Notification) -> None:
        received.extend((time.time(), alert) for alert in notification.alerts)

    async with (
        ApiServer(Store()) as api,
        receiver.receiving(take) as webhook,
        alertmanager.running(programs.alertmanager(), receiver=webhook, folder=folder / "alertmanager") as manager,
    ):
        yield Chain(api, manager=manager, received=received, folder=folder)


async def found(look: Callable[[], Found | None], *, what: str) -> Found:
    """Return what is found once it is there, while all that runs in this loop goes on."""
    return await asyncio.to_thread(until, look, what=what)

"""The whole chain of a page, all of it real but the cluster: API server, exporters, Prometheus, Alertmanager, receiver.

How fast its time goes, and so what limits and windows the rules have, is told by a `Pace`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pullwatch import settings
from pullwatch.app.serve import serving
from pullwatch.monitoring import alertmanager, process, prometheus, receiver
from pullwatch.monitoring.prometheus import Job
from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.store import Store
from pullwatch.sources.access import ClusterAccess, NoCredentials
from tests.e2e import programs
from tests.e2e.started import fetched

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from pullwatch.monitoring.receiver import Alert, Notification
    from tests.e2e.pace import Pace
    from tests.e2e.started import Found

DEADLINE_SECONDS = 90.0
"""For whatever is waited for: what takes 10 s here takes longer where others keep the machine busy."""

LOOK_SECONDS = 0.2
"""Between two looks: several chains share a machine, and looking costs them more than what they do."""

NEWBORN_SECONDS = 61.0
"""After so long a new counter shows its value and no longer 0."""

_NO_KUBELETS = settings.Kubelets()
_ANYTHING: Mapping[str, str] = {}


class Chain:
    """A cluster that nobody watches yet, and an Alertmanager that nobody tells anything."""

    def __init__(
        self, api: ApiServer, pace: Pace, *, manager: str, folder: Path, more: Mapping[str, Any], targets: _Targets, resend_seconds: float
    ) -> None:
        self.api = api
        self.store = api.store
        self.pace = pace
        self.notifications: list[tuple[float, Notification]] = []
        """What came to the receiver, and when."""
        self._access = ClusterAccess(url=api.url, credentials=NoCredentials(), origin="test")
        self.manager = manager
        """Alertmanager's URL."""
        self._folder = folder
        self._ahead_seconds = 0.0
        self._exporters = [process.free_address() for _ in range(2)]
        # What a ServiceMonitor adds: where the exporter runs. The pulls' own labels have to win over these.
        self._targets = {
            address: {"namespace": "monitoring", "pod": f"pullwatch-{number}", "container": "pullwatch", "node": "node-infra"}
            for number, address in enumerate(self._exporters)
        }
        self._job = Job(
            targets=self._targets | targets,
            rules={"groups": pace.groups(exporterURL=self.url, **more)},
            alertmanager=manager.removeprefix("http://"),
            interval_seconds=pace.interval_seconds,
            resend_seconds=resend_seconds,
        )
        self._prometheus = f"http://{self._job.listen}"

    @property
    def url(self) -> str:
        """The first exporter's."""
        return f"http://{self._exporters[0]}"

    @property
    def received(self) -> list[tuple[float, Alert]]:
        """Each alert of each notification, and when it came."""
        return [(at, alert) for at, notification in self.notifications for alert in notification.alerts]

    @contextlib.asynccontextmanager
    async def exporter(self, number: int = 0, *, kubelets: settings.Kubelets = _NO_KUBELETS) -> AsyncIterator[None]:
        """Run a replica of the exporter; entered when it has read the cluster."""
        host, _, port = self._exporters[number].partition(":")
        async with serving(self._access, host=host, port=int(port), kubelets=kubelets, monotonic=self._monotonic):
            url = f"http://{self._exporters[number]}/-/ready"
            await found(lambda: fetched(url), what="the exporter to be ready")
            yield

    @contextlib.asynccontextmanager
    async def prometheus(self) -> AsyncIterator[None]:
        """Run Prometheus; entered when it knows its Alertmanager, without which a first message would be lost."""
        async with prometheus.running(programs.prometheus(), self._job, folder=self._folder / "prometheus"):
            await found(lambda: self._asked("alertmanagers").get("activeAlertmanagers"), what="Prometheus to find its Alertmanager")
            yield

    async def told(
        self, name: str, status: str = receiver.FIRING, *, about: Mapping[str, str] = _ANYTHING, within_seconds: float = DEADLINE_SECONDS
    ) -> tuple[float, Alert]:
        """Wait for a notification of this alert with these labels at least; return when it came, and what it says."""

        def look() -> tuple[float, Alert] | None:
            wanted = (one for one in self.received if (one[1].name, one[1].status) == (name, status))
            return next((one for one in wanted if about.items() <= one[1].labels.items()), None)

        return await found(look, what=f"{name} {dict(about)} to be received as {status}", within_seconds=within_seconds)

    async def judged(self) -> None:
        """Wait until all that is true now was scraped from each target that is up, and then judged."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            await prometheus.judged(self._prometheus)

    async def grown(self) -> None:
        """Let new counters become old enough to show what they counted: scraped once at 0, and then with it."""
        await self.judged()
        self._ahead_seconds += NEWBORN_SECONDS
        await self.judged()

    async def told_again(self) -> None:
        """Wait until Prometheus has told Alertmanager its alerts anew."""
        now = time.time()

        def told() -> bool:
            updates = [alert["updatedAt"] for alert in json.loads(fetched(f"{self.manager}/api/v2/alerts") or "[]")]
            return bool(updates) and all(datetime.fromisoformat(moment).timestamp() > now for moment in updates)

        await found(told, what="Alertmanager to hear again")

    async def reached(self, *health: str) -> None:
        """Wait until Prometheus finds the exporters up or down, as told."""
        await found(lambda: self.up() == list(health), what=f"Prometheus to find the exporters {health}")

    async def shows(self, query: str, *, anything: bool = True) -> None:
        """Wait until a query of Prometheus has a result, or none."""

        def look() -> bool:
            result = self._asked(f"query?query={quote(query)}").get("result")
            return result is not None and bool(result) is anything

        await found(look, what=f"{'a' if anything else 'no'} result of {query}")

    async def firing(self) -> list[str]:
        """Return the names of the alerts that are pending or firing in Prometheus."""
        alerts = (await asyncio.to_thread(self._asked, "alerts")).get("alerts", ())
        return [alert["labels"]["alertname"] for alert in alerts]

    def up(self) -> list[str]:
        """Return whether Prometheus found the exporters `up` or `down`."""
        targets = {target["labels"]["instance"]: target["health"] for target in self._asked("targets").get("activeTargets", ())}
        return [targets.get(address, "unknown") for address in self._exporters]

    def _monotonic(self) -> float:
        return time.monotonic() + self._ahead_seconds

    def _asked(self, path: str) -> Any:
        """Return what Prometheus' API knows; nothing while it does not answer."""
        return json.loads(fetched(f"{self._prometheus}/api/v1/{path}") or "{}").get("data", {})


_Targets = dict[str, dict[str, str]]


@contextlib.asynccontextmanager
async def chained(
    folder: Path,
    pace: Pace,
    *,
    api: ApiServer | None = None,
    routes: Callable[[str], Mapping[str, Any]] | None = None,
    targets: _Targets | None = None,
    resend_seconds: float | None = None,
    **more: Any,
) -> AsyncIterator[Chain]:
    """Run API server, Alertmanager and receiver as long as the context is open.

    `routes` makes a configuration of Alertmanager that tells the webhook at this URL, `targets` are scraped beside the
    exporters, `resend_seconds` replaces those of the pace, and `more` are values of `render`.
    """
    chain: Chain | None = None

    def take(notification: Notification) -> None:
        if chain is not None:
            chain.notifications.append((time.time(), notification))

    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - a test's own folder
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(api or ApiServer(Store()))
        webhook = await stack.enter_async_context(receiver.receiving(take))
        program, place = programs.alertmanager(), folder / "alertmanager"
        running = (
            alertmanager.configured(program, routes(webhook), folder=place)
            if routes
            else alertmanager.running(program, receiver=webhook, folder=place)
        )
        manager = await stack.enter_async_context(running)
        chain = Chain(
            server,
            pace,
            manager=manager,
            folder=folder,
            more=more,
            targets=targets or {},
            resend_seconds=resend_seconds or pace.resend_seconds,
        )
        yield chain


async def found(look: Callable[[], Found | None], *, what: str, within_seconds: float = DEADLINE_SECONDS) -> Found:
    """Return what is found once it is there, while all that runs in this loop goes on."""
    deadline = time.monotonic() + within_seconds
    while not (there := await asyncio.to_thread(look)):
        assert time.monotonic() < deadline, f"waited {within_seconds:.0f} s for {what}"
        await asyncio.sleep(LOOK_SECONDS)
    return there

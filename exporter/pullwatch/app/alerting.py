"""A Prometheus that judges the exporter's metrics and an Alertmanager that notifies, as far as this machine has them.

For `demo` and `replay`. What is missing is said in a line each; the exporter and its page do without.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pullwatch.monitoring import alertmanager, programs, prometheus, receiver
from pullwatch.monitoring.process import ProgramError
from pullwatch.pack import assets, rules
from pullwatch.publish.notified import Notified

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullwatch.monitoring.receiver import Alert, Notification

UNPACKED = assets.root() / "build" / "debian" / "root" / "usr" / "bin"
"""Where .ci/debian puts programs in a checkout."""

MOST_KEPT = 50

LAST_SECONDS = 1.0
"""What was played last needs this long through the watches."""
NOTIFIED_SECONDS = 30.0
"""At most so long for notifications: a Prometheus that has begun a moment ago needs some 8 s for its first one."""

# Where a ServiceMonitor would say that the exporter runs: nobody may take it for where a pull does.
_LABELS = {"namespace": "monitoring", "pod": "pullwatch-0", "container": "pullwatch", "node": "node-01"}


class Alerting:
    """The programs beside an exporter, what they told, and what could not be had."""

    def __init__(self, told: Callable[[str], None]) -> None:
        """`told` gets a line for each thing that is new."""
        self.places: list[str] = []
        """Who listens where."""
        self.missing: list[str] = []
        """What is not shown, and what to do about it: a line of at most 80 characters each."""
        self.notified: deque[Notified] = deque(maxlen=MOST_KEPT)
        """The newest first."""
        self._told = told
        self._prometheus_url = ""
        self._manager = ""
        self._begun = asyncio.Event()
        self._news = asyncio.Event()

    async def run(self, exporter_url: str) -> None:
        """Run what there is until cancelled."""
        async with contextlib.AsyncExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pullwatch-")))
            self._manager = await self._alertmanager(stack, folder)
            self._prometheus_url = await self._prometheus(stack, folder, exporter_url=exporter_url)
            self._begun.set()
            await asyncio.Event().wait()

    async def settle(self) -> None:
        """Wait until all that was played is seen, and notified of where somebody is."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(NOTIFIED_SECONDS):
                await self._begun.wait()
                await asyncio.sleep(LAST_SECONDS)
                if not (self._manager and self._prometheus_url):
                    return
                await prometheus.judged(self._prometheus_url)
                while True:
                    # Before the look at Prometheus: what comes meanwhile is a reason to look again.
                    self._news.clear()
                    if await self._all_told():
                        return
                    await self._news.wait()

    async def _all_told(self) -> bool:
        firing = {(labels["alertname"], labels.get("image", "")) for labels in await prometheus.firing(self._prometheus_url)}
        return firing <= {(one.alert, one.subject) for one in self.notified}

    async def _alertmanager(self, stack: contextlib.AsyncExitStack, folder: Path) -> str:
        program = programs.ALERTMANAGER.find(unpacked=UNPACKED)
        if program is None:
            self._miss(f"No notifications: {programs.ALERTMANAGER.remedy}")
            return ""
        webhook = await stack.enter_async_context(receiver.receiving(self._take))
        try:
            url = await stack.enter_async_context(alertmanager.running(program, receiver=webhook, folder=folder / "alertmanager"))
        except ProgramError as error:
            self._miss(f"No notifications: {error}")
            return ""
        # Debian's has no pages; this is there in each.
        self._place(f"Alertmanager {url}/api/v2/alerts")
        return urlsplit(url).netloc

    async def _prometheus(self, stack: contextlib.AsyncExitStack, folder: Path, *, exporter_url: str) -> str:
        program = programs.PROMETHEUS.find(unpacked=UNPACKED)
        if program is None:
            self._miss(f"No alerts: {programs.PROMETHEUS.remedy}")
            return ""
        groups = await asyncio.to_thread(self._rules, exporter_url)
        job = prometheus.Job(targets={urlsplit(exporter_url).netloc: _LABELS}, rules=groups, alertmanager=self._manager)
        try:
            url = await stack.enter_async_context(prometheus.running(program, job, folder=folder / "prometheus"))
        except ProgramError as error:
            self._miss(f"No alerts: {error}")
            return ""
        self._place(f"Prometheus {await prometheus.alerts_url(url)}")
        return url

    def _rules(self, exporter_url: str) -> Any:
        try:
            return {"groups": rules.groups({"exporterURL": exporter_url.rstrip("/")})}
        except ImportError:
            self._miss("No alerts: pip install 'pullwatch[demo]' brings jsonnet, which renders the rules")
            return {"groups": []}

    def _take(self, notification: Notification) -> None:
        for alert in notification.alerts:
            notified = _notified(alert)
            self.notified.appendleft(notified)
            self._told(f"notified: {notified.line}")
        self._news.set()

    def _place(self, line: str) -> None:
        self.places.append(line)
        self._told(line)

    def _miss(self, line: str) -> None:
        self.missing.append(line)
        self._told(line)


def _notified(alert: Alert) -> Notified:
    return Notified(
        alert=alert.name,
        resolved=alert.status == receiver.RESOLVED,
        subject=alert.labels.get("image", ""),
        summary=alert.annotations.get("summary", ""),
        runbook_url=alert.annotations.get("runbook_url", ""),
        page_url=alert.annotations.get("dashboard_url", ""),
    )

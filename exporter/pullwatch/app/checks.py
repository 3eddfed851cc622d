"""Single reads of pods that no watch told of: slow, bounded, oldest first."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

import structlog

from pullwatch.sources import errors, listing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullwatch.app.exporter import Exporter
    from pullwatch.sources.listing import Getter

CHECK_SECONDS = 0.5
"""Time between two reads: at most 2 per second."""

CAPACITY = 1_000
"""Pods that wait for their read; further ones are counted as unchecked."""

logger = structlog.get_logger()


class PodChecks:
    """Pods to read, and the task that reads them."""

    def __init__(self, session: Getter, exporter: Exporter) -> None:
        self._session = session
        self._exporter = exporter
        self._planned: deque[tuple[str, str, str]] = deque()
        self._known: set[str] = set()
        self._wanted = asyncio.Event()

    def plan(self, pods: Mapping[str, tuple[str, str]]) -> None:
        """Plan to read pods, given as namespace and name by uid, unless that is planned already."""
        for uid, (namespace, name) in pods.items():
            if uid in self._known:
                continue
            if len(self._planned) >= CAPACITY:
                self._exporter.self_metrics.pods_unchecked.inc()
                continue
            self._known.add(uid)
            self._planned.append((uid, namespace, name))
            self._wanted.set()

    async def run(self) -> None:
        """Read planned pods one by one, for ever."""
        while True:
            await self._wanted.wait()
            uid, namespace, name = self._planned.popleft()
            if not self._planned:
                self._wanted.clear()
            try:
                self._exporter.pod_read(uid, await listing.read_pod(self._session, namespace=namespace, name=name))
            except errors.ApiError as error:
                logger.debug("pod not read", namespace=namespace, pod=name, error=str(error))
            self._known.discard(uid)
            await asyncio.sleep(CHECK_SECONDS)

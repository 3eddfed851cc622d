"""One node's agent: tasks that follow containerd's events, its pulls and its images, and what they know together."""

from __future__ import annotations

import asyncio
import contextlib
import platform
import random
import time
from typing import TYPE_CHECKING

import structlog

import pullwatch
from pullwatch.app.node_images import NodeImages
from pullwatch.app.node_pulls import NodePulls
from pullwatch.app.reporting import Reporting
from pullwatch.publish.agent_metrics import AgentMetrics
from pullwatch.publish.agent_server import make_app
from pullwatch.publish.listening import Server
from pullwatch.publish.node_counts import NodeCounts
from pullwatch.pulls import platforms
from pullwatch.pulls.fetched import Fetched
from pullwatch.pulls.held import HeldImages
from pullwatch.pulls.manifest import Platform
from pullwatch.pulls.progress import Progress
from pullwatch.pulls.runtime import ImagesChanged
from pullwatch.sources.containerd import subscription
from pullwatch.sources.containerd.client import Containerd
from pullwatch.sources.containerd.connection import Connection
from pullwatch.sources.containerd.documents import Manifests
from pullwatch.sources.pace import Backoff

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from prometheus_client.registry import CollectorRegistry

    from pullwatch.app.node_counts import NodeReads
    from pullwatch.publish.delivery import Delivery
    from pullwatch.pulls.reported import RunningPull
    from pullwatch.sources.containerd.errors import RuntimeTrouble

logger = structlog.get_logger()


@contextlib.asynccontextmanager
async def serving(
    containerd: Path,
    *,
    node: str,
    host: str,
    port: int,
    delivery: Delivery | None = None,
    witnesses: NodeReads | None = None,
    clock: Callable[[], float] = time.time,
) -> AsyncIterator[tuple[Agent, Server]]:
    """Watch a node as long as the context is open. Raises ListenError where the address cannot be listened on."""
    agent = Agent(containerd, node=node, clock=clock)
    server = Server(make_app(agent), host=host, port=port)
    await server.start()
    try:
        async with contextlib.AsyncExitStack() as opened:
            opened.callback(agent.close)
            if delivery is not None:
                await opened.enter_async_context(delivery)
            if witnesses is not None:
                await opened.enter_async_context(witnesses)
            tasks = await opened.enter_async_context(asyncio.TaskGroup())
            logger.info("serving", url=server.url, node=node, containerd=str(containerd), server=delivery.server if delivery else None)
            running = agent.start(tasks, delivery)
            if witnesses is not None:
                reading = witnesses.run(node, NodeCounts(node, registry=agent.registry))
                running.append(tasks.create_task(reading, name="read witnesses"))
            try:
                yield agent, server
            finally:
                for task in running:
                    task.cancel()
    finally:
        await server.close()


class Agent:
    """What is known of one node. `clock` tells seconds since the epoch, as the node's containerd does."""

    def __init__(self, containerd: Path, *, node: str, clock: Callable[[], float] = time.time) -> None:
        self._node = node
        self._clock = clock
        self._fetched = Fetched(since=clock())
        self._progress = Progress(fetched=self._fetched)
        self.metrics = AgentMetrics(
            node=node,
            version=pullwatch.__version__,
            running=self.running,
            fetched=lambda: (self._fetched.fetched_bytes, self._fetched.repulled_bytes),
            trouble=lambda: self._progress.trouble,
        )
        self.held = HeldImages()
        self._connection = Connection(containerd, tally=self.metrics)
        self._client = Containerd(self._connection)
        self._manifests = manifests = Manifests(self._client, architecture=_architecture(), trouble=self._trouble)
        self._pulls = NodePulls(
            self._client, manifests, self._progress, looked=self._looked, failed=self._failed, names=self.held.places, clock=clock
        )
        self._images = NodeImages(
            self._client, manifests, self.held, self._fetched, changed=self._images_changed, failed=self._failed, trouble=self._trouble
        )
        self._reporting: Reporting | None = None
        self._version = ""
        self._wrong: str | None = "not read yet"

    def start(self, tasks: asyncio.TaskGroup, delivery: Delivery | None) -> list[asyncio.Task[None]]:
        """Start all that is to be done, as tasks that end when they are cancelled."""
        work = {"follow events": self._follow(), "look at pulls": self._pulls.run(), "read images": self._images.run()}
        if delivery is not None:
            self._reporting = Reporting(
                delivery,
                node=self._node,
                held=self.held,
                manifest=self._manifests.told,
                running=self.running,
                reports=self.metrics.reports,
            )
            work |= {"report images": self._reporting.images(), "report pulls": self._reporting.pulls()}
        return [tasks.create_task(doing, name=name) for name, doing in work.items()]

    def close(self) -> None:
        """Close the connection to containerd."""
        self._connection.close()

    # What others read.

    @property
    def registry(self) -> CollectorRegistry:
        return self.metrics.registry

    def running(self) -> tuple[RunningPull, ...]:
        """Return the pulls that run now."""
        return self._progress.running(self._clock())

    def readiness(self) -> tuple[bool, Sequence[str]]:
        """Tell whether containerd is heard, with a line for it and one for the server of reports."""
        lines = [f"containerd: {self._wrong or f'ok, version {self._version}'}"]
        if self._reporting is not None:
            lines.append(f"server: {self._reporting.wrong or 'ok'}")
        return self._wrong is None, lines

    # What happens.

    async def _follow(self) -> None:
        """Follow containerd's events for ever."""
        backoff = Backoff(random.Random())
        async for event in subscription.follow(self._connection, backoff=backoff, probe=self._ask_version):
            if isinstance(event, subscription.Subscribed):
                self._heard()
            elif isinstance(event, subscription.Lost):
                self._lost(event.error)
            else:
                self._pulls.event(event)
                if isinstance(event, ImagesChanged):
                    self._images.wake()

    async def _ask_version(self) -> None:
        self._version = await self._client.version()

    def _heard(self) -> None:
        self._wrong = None
        self.metrics.connected.set(1)
        logger.info("containerd is heard", version=self._version)
        self._pulls.connected(self._version)
        self._images.wake()

    def _lost(self, error: RuntimeTrouble) -> None:
        if str(error) != self._wrong:
            logger.warning("containerd is not heard, and tried again", error=str(error))
        self._wrong = str(error)
        self.metrics.connected.set(0)
        self.metrics.restarts.labels(error.label).inc()
        self._pulls.lost()

    def _failed(self, error: RuntimeTrouble) -> None:
        # Counted by its call already; the stream of events tells of what is broken for longer.
        logger.debug("a look at containerd failed", error=str(error))

    def _trouble(self, reason: str) -> None:
        self.metrics.trouble[reason] += 1

    def _looked(self, ended: tuple[RunningPull, ...]) -> None:
        self.metrics.looks.inc()
        for pull in ended:
            logger.info(
                "pull ended",
                registry=pull.registry,
                repository=pull.repository,
                digest=pull.digest,
                layers=[
                    {
                        "layer": layer.position,
                        "size_bytes": layer.size_bytes,
                        "state": layer.state.value,
                        "download_seconds": layer.download_seconds,
                        "unpack_seconds": layer.unpack_seconds,
                    }
                    for layer in pull.layers[:100]
                ],
            )
        if self._reporting is not None:
            self._reporting.looked()

    def _images_changed(self) -> None:
        logger.debug("images read", images=len(self.held.images))
        if self._reporting is not None:
            self._reporting.images_changed()


def _architecture() -> str:
    """Return what this machine is called in images."""
    return platforms.normal(Platform("linux", platform.machine())).architecture

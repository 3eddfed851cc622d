"""Store, API server and player as one thing to enter and leave: what `demo`, `replay` and tests start."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.player import Player, Progress
from pullwatch.sim.recording import Recording
from pullwatch.sim.store import Store


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running performance."""

    store: Store
    server: ApiServer
    performance: asyncio.Task[None]
    """Ends when the recording has been played; await it to learn of an error."""

    @property
    def url(self) -> str:
        """Where clients connect."""
        return self.server.url


@contextlib.asynccontextmanager
async def running(
    recording: Recording,
    *,
    speed: float = 1.0,
    max_gap_seconds: float | None = None,
    token: str | None = None,
    progress: Progress | None = None,
) -> AsyncIterator[Cluster]:
    """Serves a recording while it plays; the backlog is there before the first request. Leaving ends everything."""
    store = Store()
    player = Player(recording, store, speed=speed, max_gap_seconds=max_gap_seconds, progress=progress)
    player.load_backlog()
    async with ApiServer(store, token) as server:
        performance = asyncio.create_task(player.play(), name="sim-player")
        try:
            yield Cluster(store, server, performance)
        finally:
            performance.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await performance

"""The agent beside a containerd, in this process; what it serves, and what it says of each pull that ended."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog
from prometheus_client.parser import text_string_to_metric_families

from pullwatch.app import node
from pullwatch.pulls.reported import LayerState
from tests.e2e.containerd.polled import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from pullwatch.app.node import Agent
    from pullwatch.pulls.reported import RunningPull

NODE = "node-7"
LABELS = ("registry", "repository", "digest", "layer", "phase", "reason")


@dataclass(frozen=True, slots=True)
class Ended:
    """What the agent says of one layer of a pull that ended."""

    size_bytes: int
    state: LayerState
    download_seconds: float | None
    unpack_seconds: float | None


class Watched:
    """An agent that runs."""

    def __init__(self, agent: Agent, url: str, log: list[Any]) -> None:
        self.agent = agent
        self._url = url
        self._log = log

    def running(self) -> tuple[RunningPull, ...]:
        return self.agent.running()

    def ended(self) -> dict[str, list[Ended]]:
        """Return the layers of each pull that ended, by the digest of its manifest."""
        return {
            entry["digest"]: [
                Ended(layer["size_bytes"], LayerState(layer["state"]), layer["download_seconds"], layer["unpack_seconds"])
                for layer in entry["layers"]
            ]
            for entry in self._log
            if entry["event"] == "pull ended"
        }

    async def figures(self) -> dict[str, dict[tuple[str, ...], float]]:
        """Scrape it; return by the name of a sample, without prefix, the value of each label set: its values in the order of LABELS."""
        async with aiohttp.ClientSession(raise_for_status=True) as session, session.get(f"{self._url}metrics") as answer:
            text = await answer.text()
        figures: dict[str, dict[tuple[str, ...], float]] = defaultdict(dict)
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                labels = tuple(sample.labels[name] for name in LABELS if name in sample.labels)
                figures[sample.name.removeprefix("pullwatch_")][labels] = sample.value
        return figures

    async def layers(self, name: str) -> dict[int, float]:
        """Return what a family says now of each layer, by its position, where one pull runs."""
        return {int(labels[3]): value for labels, value in (await self.figures())[f"layer_{name}"].items()}

    async def shows(self, downloaded_bytes: dict[int, int]) -> bool:
        """Tell whether these bytes of each layer are shown, and those of no other."""
        return await self.layers("downloaded_bytes") == downloaded_bytes

    async def is_connected(self) -> bool:
        return (await self.figures())["agent_connected"].get(()) == 1

    async def has_no_series(self) -> bool:
        """Tell whether no layer of any pull is shown."""
        figures = await self.figures()
        return not any(figures[name] for name in ("layer_size_bytes", "layer_downloaded_bytes", "layer_seconds"))

    async def has_fetched(self, size_bytes: int) -> bool:
        """Tell whether it has counted so many bytes in all, to the byte."""
        return (await self.figures())["layer_fetched_bytes_total"][()] == size_bytes

    async def looked_again(self) -> None:
        """Wait until it has looked at all there is once more, from the beginning."""
        first = (await self.figures())["agent_looks_total"][()]

        async def twice() -> bool:
            return (await self.figures())["agent_looks_total"][()] >= first + 2

        await eventually(twice)


@contextlib.asynccontextmanager
async def watching(socket: Path) -> AsyncIterator[Watched]:
    """Run an agent as long as the context is open; entered when it hears containerd."""
    with structlog.testing.capture_logs() as log:
        async with node.serving(socket, node=NODE, host="127.0.0.1", port=0) as (agent, server):
            watched = Watched(agent, server.url, log)
            await eventually(watched.is_connected)
            yield watched

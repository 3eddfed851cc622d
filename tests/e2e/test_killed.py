"""A process that is killed at any moment and started again counts what happened, each pull once, and shows no counter that goes back."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import time
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from pullwatch.app.serve import serving
from pullwatch.checkpoint.file import Checkpoint
from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.store import Store
from pullwatch.sources.access import ClusterAccess, NoCredentials
from tests.app.given import TOKEN, kubeconfig
from tests.e2e.kubelets import REGISTRY, REPOSITORIES, Figures, Kubelets
from tests.e2e.started import PULLWATCH, Started, started

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

KILLS = int(os.environ.get("PULLWATCH_KILLS", "8"))
"""Kills of one run; `make soak` takes 200."""

SEED = int(os.environ.get("PULLWATCH_SEED", "1"))

SETTLED_EVERY = 4
"""Kills after which all figures are compared."""

DEADLINE_SECONDS = 60.0

COUNTED = ("pullwatch_pull_duration", "pullwatch_pull_wait", "pullwatch_pull_including", "pullwatch_pull_image", "pullwatch_pull_sized",
           "pullwatch_pull_cache", "pullwatch_pull_failures", "pullwatch_node_")  # fmt: skip

FAILURES = ("pullwatch_pull_failures_total", ("not_found", REGISTRY))


@pytest.mark.timeout(120 + 10 * KILLS)
async def test_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    """After any number of kills, at rest and in the middle of bursts, all counters are those of what happened."""
    chance = random.Random(SEED)
    store = Store()
    kubelets = Kubelets(store, chance)
    async with ApiServer(store, token=TOKEN) as api, aiohttp.ClientSession() as client:
        lives = Lives(tmp_path, api, client, kubelets, chance)
        await lives.first()
        async with writing(kubelets, chance):
            for number in range(1, KILLS + 1):
                await lives.one(number)
        await lives.last()

    assert not lives.traces
    print(f"{KILLS} kills, {lives.early} of them before the first scrape: {kubelets.written} Events, {lives.scrapes} scrapes")  # noqa: T201


@contextlib.asynccontextmanager
async def writing(kubelets: Kubelets, chance: random.Random) -> AsyncIterator[None]:
    """Let the kubelets write all the time, now and then a burst."""

    async def write() -> None:
        while True:
            for _ in range(chance.choice((1, 2, 5, 60))):
                kubelets.step()
            await asyncio.sleep(chance.uniform(0.01, 0.15))

    task = asyncio.create_task(write(), name="kubelets")
    try:
        yield
        assert not task.done(), "the kubelets go on to the end"
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class Lives:
    """The processes that follow each other, and what their scrapes showed."""

    def __init__(self, folder: Path, api: ApiServer, client: aiohttp.ClientSession, kubelets: Kubelets, chance: random.Random) -> None:
        self.scrapes = 0
        self.early = 0
        self.traces: list[str] = []
        self._folder = folder
        self._api = api
        self._client = client
        self._kubelets = kubelets
        self._chance = chance
        self._shown: Figures = {}
        self._config = kubeconfig(folder / "kubeconfig", api.url)
        self._checkpoint = folder / "checkpoint"

    async def first(self) -> None:
        """Begin with a life in which the first minute of the usual children ends at once, so that later scrapes show their values."""
        async with self._served_here() as url:
            for number in range(REPOSITORIES):
                self._kubelets.ask(f"team/app{number}")
                self._kubelets.finish(0)
            for _ in range(60):
                self._kubelets.fail()
                self._kubelets.find_cached()
            await self._settled(url, everything=True)

    async def one(self, number: int) -> None:
        """Start a process and kill it, in one of four before it can have answered."""
        command: list[str | Path] = [
            *PULLWATCH,
            "serve",
            "--kubeconfig",
            self._config,
            "--listen",
            "127.0.0.1:0",
            "--checkpoint",
            self._checkpoint,
        ]
        with started(command, output=self._folder / "log.txt") as program:
            if number % SETTLED_EVERY and self._chance.random() < 0.25:
                await asyncio.sleep(self._chance.uniform(0.1, 1.2))
                self.early += 1
            else:
                await self._watch(program, settle=number % SETTLED_EVERY == 0)
            program.process.kill()
            program.process.wait()
            if "Traceback" in program.said() or '"level": "error"' in program.said():
                self.traces.append(program.said())

    async def last(self) -> None:
        """Compare everything, also what is in its first minute."""
        async with self._served_here() as url:
            await self._settled(url, everything=True)

    async def _watch(self, program: Started, *, settle: bool) -> None:
        url = await self._answering(program)
        for _ in range(self._chance.randrange(1, 4)):
            await self._scrape(url)
            await asyncio.sleep(self._chance.uniform(0.0, 0.2))
        if settle:
            # A watch keeps the order: once this one is counted, all that was written before is as well, and may expire.
            self._kubelets.fail()
            assert (await self._scrape(url))[FAILURES] > 0, "the first minute of the usual children is over"
            ended = self._kubelets.ended()
            await self._settled(url)
            self._kubelets.expire(ended)
        if self._chance.random() < 0.6:
            # Into the middle of a burst: what it wrote is on its way, or in one of several batches.
            for _ in range(self._chance.randrange(50, 400)):
                self._kubelets.step(repository=f"team/new{self._kubelets.written // 2000}")
            await asyncio.sleep(self._chance.uniform(0.0, 0.3))
        if self._chance.random() < 0.5:
            await self._scrape(url)

    async def _answering(self, program: Started) -> str:
        found = ""

        async def answers() -> bool:
            nonlocal found
            assert program.process.poll() is None, program.said()
            lines = [json.loads(line) for line in program.said().splitlines() if line.endswith("}")]
            found = next((line["url"] for line in lines if line["event"] == "serving"), "")
            return bool(found)

        await until(answers, what=program.said)
        return found

    async def _scrape(self, url: str) -> Figures:
        async with self._client.get(f"{url}metrics") as answer:
            assert answer.status == 200
            figures = figures_of(await answer.text())
        self.scrapes += 1
        back = {sample: (before, figures.get(sample)) for sample, before in self._shown.items() if figures.get(sample, -1.0) < before}
        assert not back, "counters went back"
        more = {
            sample: (value, self._kubelets.happened[sample]) for sample, value in figures.items() if value > self._kubelets.happened[sample]
        }
        assert not more, "more was counted than happened"
        self._shown = figures
        return figures

    async def _settled(self, url: str, *, everything: bool = False) -> None:
        """Wait until what is shown is what happened; of children in their first minute only if everything is to be there."""
        wrong: dict[Any, Any] = {}

        async def same() -> bool:
            nonlocal wrong
            wanted = dict(self._kubelets.happened)
            figures = await self._scrape(url)
            wrong = {
                sample: (value, figures.get(sample))
                for sample, value in wanted.items()
                if figures.get(sample, 0.0) < value and (everything or figures.get(sample))
            }
            return not wrong

        await until(same, what=lambda: f"(wanted, shown) to be the same: {wrong}")

    @contextlib.asynccontextmanager
    async def _served_here(self) -> AsyncIterator[str]:
        """Serve in this process, with a clock of the metrics that runs so fast that a first minute ends with the next scrape."""
        began, looks = time.monotonic(), 0

        def clock() -> float:
            nonlocal looks
            looks += 1
            return began + 0.5 * looks

        access = ClusterAccess(url=self._api.url, credentials=Bearer(), origin="a test")
        with contextlib.closing(Checkpoint(self._checkpoint, server=self._api.url)) as checkpoint:
            async with serving(access, host="127.0.0.1", port=0, checkpoint=checkpoint, monotonic=clock) as (_, server):
                await until(lambda: self._is_ready(server.url), what=lambda: "the exporter to be ready")
                yield server.url

    async def _is_ready(self, url: str) -> bool:
        async with self._client.get(f"{url}-/ready") as answer:
            return answer.status == 200


class Bearer(NoCredentials):
    """The token of the simulated API server."""

    async def authorization(self) -> str:  # type: ignore[override]  # nobody's authorization is None
        return f"Bearer {TOKEN}"


def figures_of(text: str) -> Figures:
    """Return the counters and histograms that pulls move, without their buckets."""
    return {
        (sample.name, tuple(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith(COUNTED) and sample.name.endswith(("_sum", "_count", "_total"))
    }


async def until(condition: Callable[[], Awaitable[bool]], *, what: Callable[[], str]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not await condition():
        assert time.monotonic() < deadline, f"waited {DEADLINE_SECONDS} s for {what()}"
        await asyncio.sleep(0.05)

"""What a process of `serve` costs as a whole: its start, and the memory that it holds, in a small and in a big cluster."""

from __future__ import annotations

import asyncio
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import big_cluster, served
from bench.rows import Row
from pullwatch.sim import certificates
from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.store import Store

ROUNDS = 5
LISTED = 10_000

_IMPORTS = {"serve": "import pullwatch.cli, pullwatch.app.serve", "libraries": "import aiohttp.web, msgspec, prometheus_client"}


def measure() -> list[Row]:
    """Measure all rows, in about two minutes."""
    return [*_imports(), *asyncio.run(_processes())]


def _imports() -> list[Row]:
    took = {name: [_seconds_of(code) for _ in range(ROUNDS)] for name, code in _IMPORTS.items()}
    worked = {name: statistics.median(cpu for cpu, _ in seconds) for name, seconds in took.items()}
    return [
        Row("import of all that serve needs, CPU / of the libraries alone", worked["serve"], "s", reference=worked["libraries"]),
        Row("import of all that serve needs, CPU", worked["serve"], "s", limit=0.6),
        # Of others' work on this machine a part, so the best of all rounds.
        Row("import of all that serve needs, wall", min(wall for _, wall in took["serve"]), "s", limit=0.6),
    ]


def _seconds_of(code: str) -> tuple[float, float]:
    """Return the CPU and the wall time of an interpreter that runs this, without those of one that runs nothing."""
    (idle_cpu, idle_wall), (cpu, wall) = _run("pass"), _run(code)
    return cpu - idle_cpu, wall - idle_wall


def _run(code: str) -> tuple[float, float]:
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - the code is ours
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


async def _processes() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = certificates.make(folder)
        idle = await _idle_in_a_pod(folder, made)
        with_kubeconfig, _ = await _listed(folder, 0)
        listed, ready = await _listed(folder, LISTED)
        big, series, more = await _big(folder, made)
    return [
        Row(f"ready on {LISTED:,} listed Events", ready, "s", limit=2.0),
        Row("memory, idle in a pod", idle, "MiB", limit=60.0),
        Row("memory, idle with a kubeconfig", with_kubeconfig, "MiB", limit=85.0),
        Row(f"memory, with a kubeconfig and {LISTED:,} listed Events", listed, "MiB"),
        Row(f"memory at 5,000 nodes, 20,000 images, {series:,.0f} series", big, "MiB", limit=100.0),
        Row("memory that 20,000 more Events and 30 scrapes add", more, "MiB"),
    ]


async def _idle_in_a_pod(folder: Path, made: certificates.Certificate) -> float:
    """Return the MiB of a process in a pod of a cluster in which nothing happens, scraped."""
    async with ApiServer(Store(), served.TOKEN, ssl_context=made.server_context()) as api, served.in_a_pod(folder, api) as process:
        await process.ready()
        await process.scrape()
        return process.resident_mib()


async def _listed(folder: Path, events: int) -> tuple[float, float]:
    """Return the MiB of a process with a kubeconfig and so many Events to list, and the seconds until it was ready."""
    store = Store()
    for number in range(events // 2):
        big_cluster.ask(store, number)
        big_cluster.finish(store, number)
    async with ApiServer(store, served.TOKEN) as api:
        began = time.perf_counter()
        async with served.with_kubeconfig(folder, api) as process:
            await process.ready()
            seconds = time.perf_counter() - began
            await process.scrape()
            return process.resident_mib(), seconds


async def _big(folder: Path, made: certificates.Certificate) -> tuple[float, float, float]:
    """Return the MiB and the series of a process that watches a big cluster, and the MiB that further Events add."""
    store = Store(history_limit=100_000)
    big_cluster.nodes(store)
    async with ApiServer(store, served.TOKEN, ssl_context=made.server_context()) as api, served.in_a_pod(folder, api) as process:
        await process.ready()
        pulls = big_cluster.NODES
        await _pull(store, range(pulls))
        await process.until_arrived(2 * pulls)
        series = await process.scrape()
        first = process.resident_mib()
        for number in range(30):
            await _pull(store, range(pulls + number * 333, pulls + (number + 1) * 333))
            await process.scrape()
        return first, series, process.resident_mib() - first


async def _pull(store: Store, numbers: range) -> None:
    for number in numbers:
        big_cluster.ask(store, number)
        big_cluster.finish(store, number)
        if number % 100 == 0:
            await asyncio.sleep(0.01)

"""Processes of `serve` that a benchmark watches from outside, against a simulated API server."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp

if TYPE_CHECKING:
    from pullwatch.sim.apiserver import ApiServer

DEADLINE_SECONDS = 60.0
POLL_SECONDS = 0.02
TOKEN = "a-token"  # noqa: S105 - of a simulated API server
MIB = 1024 * 1024

# The console script, with the folder of the service account elsewhere.
_IN_A_POD = """
import functools, pathlib, sys
from pullwatch import cli
from pullwatch.sources import access
access.find = functools.partial(access.find, directory=pathlib.Path(sys.argv.pop(1)))
cli.main()
"""


class Served:
    """A process and the client that asks it."""

    def __init__(self, process: asyncio.subprocess.Process, url: str, client: aiohttp.ClientSession) -> None:
        self.url = url
        self._process = process
        self._client = client

    async def ready(self) -> None:
        """Wait until it has read the cluster."""

        async def is_ready() -> bool:
            async with self._client.get(f"{self.url}-/ready") as answer:
                return answer.status == 200

        await _until(is_ready)

    async def until_arrived(self, events: int) -> None:
        """Wait until so many Events have arrived."""

        async def have_arrived() -> bool:
            return await self.sum_of("pullwatch_events_total") >= events

        await _until(have_arrived)

    async def post(self, path: str, body: bytes, *, token: str) -> bytes:
        """Return the answer to what is sent with a token."""
        async with self._client.post(f"{self.url}{path.lstrip('/')}", data=body, headers={"Authorization": f"Bearer {token}"}) as answer:
            answer.raise_for_status()
            return await answer.read()

    async def scrape(self) -> float:
        """Return the number of series of a scrape."""
        return await self.sum_of("pullwatch_series")

    async def sum_of(self, family: str) -> float:
        """Return the sum of a family over all its labels."""
        async with self._client.get(f"{self.url}metrics", headers={"Accept-Encoding": "gzip"}) as answer:
            text = await answer.text()
        return sum(float(value) for value in re.findall(rf"^{family}\{{.*?\}} (.+)$", text, re.MULTILINE))

    def resident_mib(self) -> float:
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / MIB


@contextlib.asynccontextmanager
async def in_a_pod(folder: Path, api: ApiServer, *arguments: str) -> AsyncIterator[Served]:
    """Serve as in a pod: with the token of a service account and its CA, `ca.crt`, which lies in this folder already."""
    (folder / "token").write_text(TOKEN)
    environ = {"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": str(api.port)}
    async with _running("-c", _IN_A_POD, str(folder), "serve", "--listen", "127.0.0.1:0", *arguments, environ=environ) as served:
        yield served


@contextlib.asynccontextmanager
async def with_kubeconfig(folder: Path, api: ApiServer) -> AsyncIterator[Served]:
    """Serve as a user does on his own machine."""
    named = {
        "clusters": [{"name": "sim", "cluster": {"server": api.url}}],
        "users": [{"name": "sim", "user": {"token": TOKEN}}],
        "contexts": [{"name": "sim", "context": {"cluster": "sim", "user": "sim"}}],
    }
    file = folder / "kubeconfig"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "Config", "current-context": "sim", **named}), encoding="utf-8")
    async with _running("-m", "pullwatch", "serve", "--kubeconfig", str(file), "--listen", "127.0.0.1:0") as served:
        yield served


@contextlib.asynccontextmanager
async def _running(*arguments: str, environ: dict[str, str] | None = None) -> AsyncIterator[Served]:
    """Run a process as long as the context is open; its log tells where it listens."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stderr=asyncio.subprocess.PIPE, env=os.environ | (environ or {})
    )
    assert process.stderr is not None  # noqa: S101 - it was asked for
    try:
        async with aiohttp.ClientSession() as client:
            line: dict[str, str] = {}
            async with asyncio.timeout(DEADLINE_SECONDS):
                while "url" not in line:
                    line = json.loads(await process.stderr.readline())
            log = asyncio.create_task(process.stderr.read())
            yield Served(process, line["url"], client)
            log.cancel()
    finally:
        process.terminate()
        await process.wait()


async def _until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not await condition():  # noqa: ASYNC110 - another process is asked
            await asyncio.sleep(POLL_SECONDS)

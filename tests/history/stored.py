"""The history of a made cluster in a real Prometheus: scraped, recorded and alerted, without waiting for any of it.

`prometheus` runs one that holds it. An hour at a time is written and then judged by the mixin's rules, while the next hour is played.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from pullwatch.monitoring import process
from pullwatch.pack import mixin
from tests.e2e import programs
from tests.e2e.started import fetched, started, until
from tests.history import remote_write
from tests.history.judged import Rules
from tests.history.played import INTERVAL_SECONDS, played

if TYPE_CHECKING:
    from tests.history.day import Day
    from tests.history.played import Chunk


logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class History:
    """A Prometheus, and the stretch of time of which it knows: seconds since the epoch."""

    url: str
    start: float
    end: float
    """Now, for whoever asks: nothing is known of what comes later."""


@contextlib.contextmanager
def prometheus(folder: Path, story: Day) -> Iterator[History]:
    """Run a Prometheus that holds a story's history, or skip the test that wants it where there is none."""
    address = process.free_address()
    url = f"http://{address}"
    (folder / "prometheus.json").write_text(json.dumps({"global": {"evaluation_interval": f"{INTERVAL_SECONDS:.0f}s"}}))
    command = [
        str(programs.prometheus()),
        f"--config.file={folder}/prometheus.json",
        f"--storage.tsdb.path={folder}/data",
        "--storage.tsdb.retention.time=100y",
        f"--web.listen-address={address}",
        "--web.enable-remote-write-receiver",
        "--log.level=warn",
    ]
    with started(command, output=folder / "prometheus.txt"):
        until(lambda: fetched(f"{url}/-/ready"), what="Prometheus to be ready")
        yield asyncio.run(_filled(url, story))


async def _filled(url: str, story: Day) -> History:
    rules = Rules(url, mixin.groups(), interval_seconds=INTERVAL_SECONDS)
    writing: asyncio.Task[None] | None = None
    start = end = 0.0
    async for chunk in played(story):
        if writing is not None:
            await writing
        start, end = start or chunk.after, chunk.until
        writing = asyncio.create_task(asyncio.to_thread(_write, url, rules, chunk), name="write history")
    if writing is not None:
        await writing
    return History(url, start, end)


def _write(url: str, rules: Rules, chunk: Chunk) -> None:
    began = time.monotonic()
    remote_write.post(url, chunk.samples.requests())
    written = time.monotonic()
    recorded = rules.judge(chunk.after, chunk.until)
    judged = time.monotonic()
    logger.debug(
        "history",
        scraped_samples=chunk.samples.count,
        write_seconds=round(written - began, 2),
        recorded_samples=recorded,
        judge_seconds=round(judged - written, 2),
    )

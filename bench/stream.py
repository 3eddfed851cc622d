"""Socket to metric: CPU per Event of our watch, over TLS and scraped meanwhile, beside a bare loop and other clients."""

from __future__ import annotations

import asyncio
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import aiohttp

from bench import blaster, clients
from bench.rows import Row


class Client(Protocol):
    """What watches in a process of its own."""

    __name__: str

    def __call__(self, url: str, certificate: str, wanted: int, answer: Any, /) -> None: ...


COUNT = 60_000
CLIENT_COUNT = 4_000
"""Frames for the clients that make a model of each: they take up to a hundred times as long."""

ROUNDS = 3
DEADLINE_SECONDS = 60.0
STEADY_SECONDS = 20.0
STEADY_PER_SECOND = 500

MIXES: tuple[tuple[str, Callable[[int], list[bytes]], float], ...] = (
    ("of a rollout", blaster.rollout, 2 / 5),
    ("of pulls alone", blaster.pulls, 1.0),
)
"""What an Event is of, its frames, and the share that is about images. Goals are those of a rollout, by which they were set."""


def measure() -> list[Row]:
    """Measure all rows, in about two minutes."""
    with tempfile.TemporaryDirectory() as folder:
        certificate = blaster.certificate(Path(folder))
        return [row for name, frames, share in MIXES for row in _rows(name, frames, share, certificate)]


def _rows(name: str, frames: Callable[[int], list[bytes]], share: float, certificate: Path) -> list[Row]:
    sent = frames(COUNT)
    floor = min(_cost(clients.bare, sent, COUNT, certificate) for _ in range(ROUNDS))
    # Interleaved by rounds, since a shared machine is not equally fast all the time.
    mine = min(_cost(ours, sent, round(share * COUNT), certificate) for _ in range(ROUNDS))
    few = sent[:CLIENT_COUNT]
    official = _cost(clients.official, few, CLIENT_COUNT, certificate)
    other = _cost(clients.asynchronous, few, CLIENT_COUNT, certificate)
    goal = name == "of a rollout"
    return [
        Row(f"an Event {name}, socket to metric over TLS, scraped / bare recv", mine, "us", floor, 4.0 if goal else None),
        Row(f"an Event {name} / the official client's watch, which counts nothing", mine, "us", official, 1 / 7 if goal else None),
        Row(f"an Event {name} / kubernetes_asyncio's watch, which counts nothing", mine, "us", other, 1 / 40 if goal else None),
        Row(f"500 Events {name} a second", 100 * _steady(frames, share, certificate), "% of a core", limit=1.0 if goal else None),
    ]


def _cost(client: Client, sent: list[bytes], wanted: int, certificate: Path) -> float:
    """Return microseconds of CPU per frame, start-up left out; the client stops when it has what is wanted."""
    with blaster.Blaster(sent, certificate=certificate).sending() as url:
        return _in_a_process(client, url, str(certificate), wanted) / len(sent) * 1e6


def _steady(frames: Callable[[int], list[bytes]], share: float, certificate: Path) -> float:
    """Return the share of a core at 500 Events/s."""
    count = int(STEADY_SECONDS * STEADY_PER_SECOND)
    pause = blaster.FRAMES_PER_CHUNK / STEADY_PER_SECOND
    with blaster.Blaster(frames(count), certificate=certificate, pause_seconds=pause).sending() as url:
        return _in_a_process(ours_unscraped, url, str(certificate), round(share * count)) / STEADY_SECONDS


def _in_a_process(client: Client, url: str, certificate: str, wanted: int) -> float:
    """Return the CPU seconds that a client needs in a process of its own."""
    context = multiprocessing.get_context("spawn")
    receive, send = context.Pipe(duplex=False)
    process = context.Process(target=client, args=(url, certificate, wanted, send))
    process.start()
    send.close()
    if not receive.poll(DEADLINE_SECONDS):
        process.kill()
        raise TimeoutError(f"{client.__name__} took longer than {DEADLINE_SECONDS} s")
    seconds = float(receive.recv())
    process.join()
    return seconds


def ours(url: str, certificate: str, count: int, answer: Any) -> None:
    """Watch and count as `serve` does, while somebody scrapes all the time."""
    asyncio.run(_watched(url, certificate, count, answer, scrape=True))


def ours_unscraped(url: str, certificate: str, count: int, answer: Any) -> None:
    """Watch and count."""
    asyncio.run(_watched(url, certificate, count, answer, scrape=False))


async def _watched(url: str, certificate: str, count: int, answer: Any, *, scrape: bool) -> None:
    """Serve with the Events watch alone until all Events were counted."""
    from bench.watching import watching

    async with watching(url, certificate) as watched, aiohttp.ClientSession() as client:
        began = time.process_time()
        watched.follow()
        while watched.exporter.events_seen() < count:
            await asyncio.sleep(0.2)
            if scrape:
                async with client.get(f"{watched.url}metrics", headers={"Accept-Encoding": "gzip"}) as scraped:
                    await scraped.read()
        answer.send(time.process_time() - began)

"""A burst: 5,000 Events a second for some seconds, on top of 100,000 series, while four Prometheus scrape, one of them slow to read."""

from __future__ import annotations

import asyncio
import bisect
import multiprocessing
import statistics
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from bench import big_cluster, blaster, exposition
from bench.rows import Row
from bench.watching import watching
from pullwatch.app import garbage
from pullwatch.app.exporter import Exporter
from pullwatch.pulls.observed import Event, Node, NodeImage

PER_SECOND = 5_000
SECONDS = 20.0
DEADLINE_SECONDS = 90.0
SCRAPERS = 4
SCRAPE_PAUSE_SECONDS = 0.25
SLOW_PIECE, SLOW_PAUSE_SECONDS = 64 * 1024, 0.1
LOOK_SECONDS = 0.005


def measure() -> list[Row]:
    """Measure all rows, in about half a minute."""
    frames = blaster.pulls(round(PER_SECOND * SECONDS))
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder, context.Pool(SCRAPERS) as pool:
        certificate = blaster.certificate(Path(folder))
        server = blaster.Blaster(frames, certificate=certificate, pause_seconds=blaster.FRAMES_PER_CHUNK / PER_SECOND)
        with server.sending() as url:
            here, there = context.Pipe()
            process = context.Process(target=_counting, args=(url, str(certificate), len(frames), there))
            process.start()
            metrics = _received(here)
            scraping = [pool.apply_async(_scrape_for, (metrics, number == 0)) for number in range(SCRAPERS)]
            here.send("go")
            looks, counted, late, series = _received(here)
            scrapes = [one.get() for one in scraping]
            here.send("enough")
            process.join()
    lags = _lags(looks, sent_from=server.began_at)
    return [
        Row(
            f"{PER_SECOND:,} Events a second and {SCRAPERS} scrapers, {series:,.0f} series: pulls lost or doubled",
            abs(len(frames) / 2 - counted),
            "",
            limit=0.0,
        ),
        Row("the same: from sent to counted, p99", statistics.quantiles(lags, n=100)[-1], "s", limit=1.0),
        Row("the same: event loop late by own work, p99", late * 1e3, "ms", limit=5.0),
        Row("the same: scrapes a second", sum(scrapes) / SECONDS, ""),
    ]


def _received(pipe: Any) -> Any:
    if not pipe.poll(DEADLINE_SECONDS):
        raise TimeoutError(f"the exporter took longer than {DEADLINE_SECONDS} s")
    return pipe.recv()


def _lags(looks: list[tuple[float, int]], *, sent_from: float) -> list[float]:
    """Return the seconds from when each hundredth Event was due to be sent until a look found it counted."""
    seen = [number for _, number in looks]
    looked_for = range(100, seen[-1] + 1, 100)
    return [looks[bisect.bisect_left(seen, number)][0] - (sent_from + number / PER_SECOND) for number in looked_for]


def _counting(url: str, certificate: str, count: int, pipe: Any) -> None:
    asyncio.run(_count(url, certificate, count, pipe))


async def _count(url: str, certificate: str, count: int, pipe: Any) -> None:
    """Serve a big cluster's metrics, watch when told to, and tell what was counted when."""
    async with watching(url, certificate) as watched:
        _fill(watched.exporter)
        before, pulls = watched.exporter.events_seen(), watched.pulls()
        garbage.rarely_collected()
        pipe.send(f"{watched.url}metrics")
        await asyncio.to_thread(pipe.recv)
        watched.follow()
        late = asyncio.create_task(exposition.late(SECONDS))
        looks: list[tuple[float, int]] = []
        while not looks or looks[-1][1] < count:
            looks.append((time.monotonic(), watched.exporter.events_seen() - before))
            await asyncio.sleep(LOOK_SECONDS)
        _, by_own_work = await late
        series = sum(text.series for text in watched.exporter.texts)
        pipe.send((looks, watched.pulls() - pulls, by_own_work, series))
        # The last scrapes are still to be answered.
        await asyncio.to_thread(pipe.recv)


def _fill(exporter: Exporter) -> None:
    """Make the series of a big cluster: its nodes, images and a pull of each node."""
    now = time.time()
    nodes = [
        Node(
            f"node-{n}.eu-1.example.com",
            "containerd://2.1.9",
            images=tuple(NodeImage((big_cluster.image(4 * n + i),), 10**8 + n) for i in range(4)),
        )
        for n in range(big_cluster.NODES)
    ]
    exporter.node_page(nodes)
    for n, node in enumerate(nodes):
        image = big_cluster.image(n)
        for reason, text in (
            ("Pulling", f'Pulling image "{image}"'),
            ("Pulled", f'Successfully pulled image "{image}" in 5s (5s including waiting). Image size: {10**8 + n} bytes.'),
        ):
            event = Event(f"{reason}-{n}", "shop", f"w-{n}", f"pod-{n}", "spec.containers{web}", reason, text, node.name, 1, now, now)
            exporter.events([("ADDED", event)], arrived_at=now)


def _scrape_for(url: str, slow: bool) -> int:  # noqa: FBT001 - of a pool
    """Scrape as Prometheus does until the burst is over; return how often."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})  # noqa: S310 - our own server
    scrapes, end = 0, time.monotonic() + SECONDS
    while time.monotonic() < end:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - as above
            while answer.read(SLOW_PIECE):
                if slow:
                    time.sleep(SLOW_PAUSE_SECONDS)
        scrapes += 1
        time.sleep(SCRAPE_PAUSE_SECONDS)
    return scrapes

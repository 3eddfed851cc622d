"""What a scrape of 100,000 series costs, beside prometheus-client and beside memcpy and gzip of the same bytes.

The content is made by hand (`made_metrics`). Figures are CPU time of the process, threads included, as the median of some rounds.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import statistics
import time
import urllib.request
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import prometheus_client
from isal import igzip
from prometheus_client.registry import CollectorRegistry

from bench.made_metrics import MadeMetrics
from bench.rows import Row
from pullwatch.publish import children, listening, metrics, packed, server
from pullwatch.publish.exposition import Exposition
from pullwatch.publish.lines import Format
from pullwatch.publish.metrics import MetricType
from pullwatch.publish.samples import Distribution, Value

if TYPE_CHECKING:
    from pullwatch.publish.family_text import FamilyText

ROUNDS = 15
SCRAPING_SECONDS = 4.0
SCRAPE_PAUSE_SECONDS = 0.1
EVENTS_PER_SECOND = 500


def measure() -> list[Row]:
    """Measure all rows, in about 20 s."""
    # Each in a process of its own, as freed memory stays with a process.
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        memory = [pool.apply(_memory_of_histograms), pool.apply(_memory_of_all)]
    return [*asyncio.run(_scrapes()), *memory, *asyncio.run(_delays())]


async def _scrapes() -> list[Row]:
    cluster = MadeMetrics()
    cluster.fill()
    exposition = Exposition(cluster)

    async def scrape() -> None:
        await exposition.scrape(Format.TEXT, gzip=True)

    cold = await _cpu_of(scrape, before=cluster.fill, rounds=5)
    some = await _cpu_of(scrape, before=lambda: cluster.change(0.01))
    clean = await _cpu_of(scrape)
    body = b"".join(await exposition.scrape(Format.TEXT, gzip=False))
    sent = b"".join(await exposition.scrape(Format.TEXT, gzip=True))
    library = _library(cluster.texts)
    usual = statistics.median(_cpu(lambda: prometheus_client.generate_latest(library)) for _ in range(3))
    least = statistics.median(_cpu(lambda: igzip.compress(bytearray(body), 1)) for _ in range(ROUNDS))
    return [
        Row("series", sum(text.series for text in cluster.texts)),
        Row("body", len(body) / 1e6, "MB"),
        Row("body, compressed", len(sent) / 1e6, "MB", reference=len(igzip.compress(body, 1)) / 1e6),
        Row("scrape, 1 % changed / generate_latest", some * 1e3, "ms", reference=usual * 1e3, limit=1 / 40),
        Row("scrape, 1 % changed / memcpy + gzip", some * 1e3, "ms", reference=least * 1e3, limit=3.0),
        Row("scrape, nothing changed / memcpy + gzip", clean * 1e3, "ms", reference=least * 1e3, limit=1.0),
        Row("scrape, all new / generate_latest", cold * 1e3, "ms", reference=usual * 1e3, limit=1 / 5),
    ]


def _memory_of_all() -> Row:
    """Measure what the metrics take, a scrape included, beside the images and nodes that they speak of."""
    cluster = MadeMetrics()
    before = resident_bytes()
    cluster.fill()
    asyncio.run(_scrape_once(cluster))
    each = (resident_bytes() - before) / sum(text.series for text in cluster.texts)
    return Row("memory of a series, all families", each, "B")


async def _scrape_once(cluster: MadeMetrics) -> None:
    await Exposition(cluster).scrape(Format.TEXT, gzip=True)


def _memory_of_histograms() -> Row:
    """Measure what a series of a histogram takes, with its text: a line of it has 120 bytes."""
    labels = [(f"registry-{n % 20}.example.com", f"team-{n % 50}/app-{n}") for n in range(metrics.DURATION.cap)]
    kept = [children.Histograms(family) for family in (metrics.DURATION, metrics.WAIT, metrics.TOTAL)]
    before = resident_bytes()
    for histograms in kept:
        for n, repository in enumerate(labels):
            histograms.observe(repository, float(n % 97), at=0.0)
        packed.gzip(histograms.text.stretches())
    each = (resident_bytes() - before) / sum(histograms.text.series for histograms in kept)
    return Row("memory of a series, histograms", each, "B", limit=170.0)


async def _delays() -> list[Row]:
    """Measure how late the event loop is while pulls are counted, without scrapes and with ten a second."""
    cluster = MadeMetrics()
    cluster.fill()
    serving = listening.Server(server.make_app(cluster), host="127.0.0.1", port=0)
    await serving.start()
    events = asyncio.create_task(_count_steadily(cluster))
    quiet, _ = await late(SCRAPING_SECONDS)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        scraping = pool.apply_async(_scrape_for, (f"{serving.url}metrics", SCRAPING_SECONDS + 2))
        await asyncio.sleep(1)
        scraped, busy = await late(SCRAPING_SECONDS)
        took = await asyncio.to_thread(scraping.get)
    events.cancel()
    await serving.close()
    return [
        Row("event loop late by own work while scraped, p99", busy * 1e3, "ms", limit=5.0),
        # Of others' work on this machine as well: only the row above can be held to a limit everywhere.
        Row("event loop late while scraped, p99", scraped * 1e3, "ms", reference=quiet * 1e3),
        Row("scrape as its client sees it, p99", took * 1e3, "ms"),
    ]


async def _count_steadily(cluster: MadeMetrics) -> None:
    while True:
        cluster.count(EVENTS_PER_SECOND // 10)
        await asyncio.sleep(0.1)


async def late(seconds: float) -> tuple[float, float]:
    """Return how much later than asked for the loop came back, in seconds: wall time, and no more than its thread worked.

    Both are 99th percentiles.
    """
    late, worked = [], []
    end = time.perf_counter() + seconds
    while (asked := time.perf_counter()) < end:
        before = time.thread_time()
        await asyncio.sleep(0.002)
        late.append(max(0.0, time.perf_counter() - asked - 0.002))
        worked.append(min(late[-1], time.thread_time() - before))
    return statistics.quantiles(late, n=100)[-1], statistics.quantiles(worked, n=100)[-1]


def _scrape_for(url: str, seconds: float) -> float:
    """Scrape as Prometheus does, for some seconds; return the 99th percentile of what a scrape took, in seconds."""
    took = []
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})  # noqa: S310  # our own server
    end = time.perf_counter() + seconds
    while (start := time.perf_counter()) < end:
        with urllib.request.urlopen(request) as answer:  # noqa: S310  # as above
            answer.read()
        took.append(time.perf_counter() - start)
        time.sleep(SCRAPE_PAUSE_SECONDS)
    return statistics.quantiles(took[1:], n=100)[-1]


async def _cpu_of(work: Callable[[], Awaitable[None]], *, before: Callable[[], None] | None = None, rounds: int = ROUNDS) -> float:
    """Return the median CPU seconds of a round; what is done before it does not count."""
    await work()
    took = []
    for _ in range(rounds):
        if before:
            before()
        gc.collect()
        start = time.process_time()
        await work()
        took.append(time.process_time() - start)
    return statistics.median(took)


def _cpu(work: Callable[[], object]) -> float:
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def resident_bytes() -> int:
    """Return the bytes of memory of this process."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _library(texts: Sequence[FamilyText]) -> CollectorRegistry:
    """Return the same series as prometheus-client's own metrics, as an exporter usually keeps them."""
    registry = CollectorRegistry()
    prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]  # prometheus-client leaves it unannotated
    for text in texts:
        _fill(text, registry)
    return registry


def _fill(text: FamilyText, registry: CollectorRegistry) -> None:
    name, about, labels = text.family.name, text.family.help, text.family.labels
    if text.family.type is MetricType.HISTOGRAM:
        histogram = prometheus_client.Histogram(name, about, labels, buckets=text.family.buckets, registry=registry)
        for child in text.children():
            _observe(histogram.labels(*child.labels), text.family.buckets, child.shown())
        return
    counts = text.family.type is MetricType.COUNTER
    metric = (prometheus_client.Counter if counts else prometheus_client.Gauge)(name, about, labels, registry=registry)
    for child in text.children():
        value = child.shown()
        if not isinstance(value, Distribution):
            metric.labels(*child.labels).inc(value)


def _observe(histogram: prometheus_client.Histogram, edges: Sequence[float], value: Value) -> None:
    before = 0
    for edge, cumulative in zip((*edges, 2 * edges[-1]), value.cumulative if isinstance(value, Distribution) else (), strict=True):
        for _ in range(cumulative - before):
            histogram.observe(edge)
        before = cumulative

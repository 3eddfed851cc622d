"""A burst of Events while several clients scrape."""

from __future__ import annotations

import asyncio
import gzip

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.store import Store
from tests.app.test_serve import exporter, until
from tests.sources import given

PULLS = 1_500
BURST = 100
SCRAPERS = 4


async def test_nothing_is_lost_and_each_body_is_whole() -> None:
    """Four clients, one of them slow to read, get complete scrapes in which no counter goes back; at the end all is there."""
    store = Store(history_limit=4 * PULLS)
    async with ApiServer(store) as api, exporter(api) as served:
        done = asyncio.Event()
        scrapers = [asyncio.create_task(_scrape(f"{served.url}metrics", done, slow=number == 0)) for number in range(SCRAPERS)]
        for first in range(0, PULLS, BURST):
            for number in range(first, first + BURST):
                store.create("events", _event(number, "Pulling", f'Pulling image "team/app{number % 50}:1"'))
                text = f'Successfully pulled image "team/app{number % 50}:1" in 20s (21s including waiting). Image size: {10**7 + number} bytes.'
                store.create("events", _event(number, "Pulled", text))
            await asyncio.sleep(0)

        async def all_is_counted() -> bool:
            return (await served.figures()).get("pullwatch_pull_including_wait_seconds_count") == PULLS

        await until(all_is_counted, what="all pulls to be counted")
        done.set()
        for counts in await asyncio.gather(*scrapers):
            assert counts == sorted(counts)
            assert counts[-1] <= PULLS


async def _scrape(url: str, done: asyncio.Event, *, slow: bool) -> list[float]:
    """Scrape until it is over; return what each scrape said of the pulls."""
    counts = []
    async with aiohttp.ClientSession(auto_decompress=False) as client:
        while not done.is_set():
            async with client.get(url, headers={"Accept-Encoding": "gzip"}) as answer:
                body = b""
                while piece := await answer.content.read(2048 if slow else -1):
                    body += piece
                    await asyncio.sleep(0)
            families = text_string_to_metric_families(gzip.decompress(body).decode())
            samples = (sample for family in families for sample in family.samples)
            counts.append(sum(s.value for s in samples if s.name == "pullwatch_pull_including_wait_seconds_count"))
    return counts


def _event(number: int, reason: str, text: str) -> given.Object:
    event = given.event(reason, text)
    event["metadata"] = event["metadata"] | {"name": f"{reason}-{number}", "uid": f"{reason}-{number}"}
    event["involvedObject"] = event["involvedObject"] | {"name": f"web-{number}", "uid": f"pod-{number}"}
    return event

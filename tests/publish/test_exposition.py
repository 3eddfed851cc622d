"""Scrapes as they are rendered: whole, shared, and without holding up others."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from pullwatch.publish import metrics, self_metrics
from pullwatch.publish.exposition import Exposition
from pullwatch.publish.lines import Format
from tests.publish.given import Exporter, Source, pulled


@pytest.fixture
def source(exporter: Exporter) -> Source:
    """Gives metrics of which each family has a child."""
    exporter.everything()
    return Source(exporter)


def families(text: str, form: Format) -> dict[str, Any]:
    """Return what prometheus-client's parser of this format reads, by name."""
    parse = parse_text if form is Format.TEXT else parse_openmetrics
    return {family.name: family for family in parse(text)}


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("form", Format)
async def test_ends_with_the_metrics_about_itself(source: Source, form: Format, *, compressed: bool) -> None:
    """A whole scrape parses, names each family once, and an OpenMetrics one ends once."""
    body = b"".join(await Exposition(source).scrape(form, gzip=compressed))
    text = (gzip.decompress(body) if compressed else body).decode()

    expected = [family.name.removesuffix("_total") for family in (*metrics.FAMILIES, *self_metrics.FAMILIES)]
    assert sorted(name for name in families(text, form) if name.startswith("pullwatch_")) == sorted(expected)
    assert text.count("# HELP pullwatch_") == len(expected)
    assert text.count("# EOF") == (form is Format.OPENMETRICS)


async def test_shows_what_changed_since_the_last_scrape(source: Source) -> None:
    """What is kept from one scrape to the next never hides a new value."""
    exposition = Exposition(source)
    before = gzip.decompress(b"".join(await exposition.scrape(Format.TEXT, gzip=True)))

    source.exporter.metrics.count(pulled())
    after = gzip.decompress(b"".join(await exposition.scrape(Format.TEXT, gzip=True)))

    count = b'pullwatch_pull_duration_seconds_count{registry="docker.io",repository="library/nginx"} %s\n'
    assert count % b"1.0" in before
    assert count % b"2.0" in after


async def test_shares_one_rendering_of_each_kind(source: Source) -> None:
    """Ten scrapes at a time are three renderings: one for each format and coding that is asked for."""
    exposition = Exposition(source)
    kinds = [(Format.TEXT, True)] * 4 + [(Format.OPENMETRICS, True)] * 4 + [(Format.TEXT, False)] * 2

    bodies = await asyncio.gather(*(exposition.scrape(form, gzip=compressed) for form, compressed in kinds))

    assert source.refreshed == 3
    assert len({id(body) for body in bodies}) == 3

    await exposition.scrape(Format.TEXT, gzip=True)

    assert source.refreshed == 4


async def test_goes_on_for_the_others_when_a_client_leaves(source: Source) -> None:
    """The client that came first may give up; who shares its rendering still gets it."""
    exposition = Exposition(source)
    first = asyncio.create_task(exposition.scrape(Format.TEXT, gzip=True))
    await asyncio.sleep(0)
    second = asyncio.create_task(exposition.scrape(Format.TEXT, gzip=True))
    await asyncio.sleep(0)

    first.cancel()

    assert await second
    assert first.cancelled()
    assert source.refreshed == 1


async def test_renders_again_after_a_failure(source: Source) -> None:
    """A scrape that fails tells everybody who shares it, and nobody later."""
    exposition = Exposition(source)
    source.broken = ValueError("broken")

    failed = await asyncio.gather(*(exposition.scrape(Format.TEXT, gzip=True) for _ in range(2)), return_exceptions=True)
    source.broken = None

    assert [type(error) for error in failed] == [ValueError, ValueError]
    assert await exposition.scrape(Format.TEXT, gzip=True)


async def test_ends_what_is_under_way_when_closed(source: Source) -> None:
    """A rendering that nobody can be sent any more does not outlive its server."""
    exposition = Exposition(source)
    scrape = asyncio.create_task(exposition.scrape(Format.TEXT, gzip=True))
    await asyncio.sleep(0)

    await exposition.close()

    with pytest.raises(asyncio.CancelledError):
        await scrape


async def test_lets_others_run_while_it_renders(source: Source) -> None:
    """A scrape of many children does not hold up the watches."""
    for number in range(2_000):
        source.exporter.metrics.count(pulled(f"app-{number}:1"))
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(count_turns())
    await Exposition(source).scrape(Format.TEXT, gzip=True)
    other.cancel()

    assert turns >= 3 * 2_000 // 64

"""What Prometheus' own checker says of the metrics."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import PIPE, STDOUT

from pullwatch.publish.exposition import Exposition
from pullwatch.publish.lines import Format
from tests.e2e import programs
from tests.publish.given import Exporter, Source


async def test_finds_nothing_to_say_about_the_metrics() -> None:
    """Names, types and help of all families are as Prometheus wants them."""
    exporter = Exporter()
    exporter.everything()
    scrape = b"".join(await Exposition(Source(exporter)).scrape(Format.TEXT, gzip=False))

    checker = await asyncio.create_subprocess_exec(programs.promtool(), "check", "metrics", stdin=PIPE, stdout=PIPE, stderr=STDOUT)
    said, _ = await checker.communicate(scrape)

    assert (checker.returncode, said) == (0, b"")

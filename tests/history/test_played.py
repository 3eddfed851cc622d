"""The day, played to an exporter: the same each time, and counted as real ones count."""

from __future__ import annotations

from tests.history import day
from tests.history.played import CHUNK_SECONDS, Chunk, played


async def first_hour() -> Chunk:
    """Play the day to the end of its first chunk."""
    chunks = played(day.made())
    try:
        return await anext(chunks)
    finally:
        await chunks.aclose()


async def test_two_playings_are_one() -> None:
    """All samples of the first hour are the same, whatever the clock, the load and the memory of this machine."""
    first, second = await first_hour(), await first_hour()

    assert first.until - first.after == CHUNK_SECONDS
    assert dict(first.samples.by_series()) == dict(second.samples.by_series())

"""RFC 3339 stamps."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies

from pullwatch.sources import stamps


@pytest.mark.parametrize(
    ("stamp", "seconds"),
    [
        ("2026-11-23T16:48:48Z", 1795452528.0),
        ("2026-11-23T16:48:48.250000Z", 1795452528.25),
        ("2026-11-23T16:48:48.250000000Z", 1795452528.25),
        ("2026-11-23T18:48:48+02:00", 1795452528.0),
    ],
)
def test_it_reads_what_the_api_writes(stamp: str, seconds: float) -> None:
    """Whole seconds, MicroTime, nanoseconds and offsets are the same moment."""
    assert stamps.seconds(stamp) == seconds


@pytest.mark.parametrize(
    "stamp",
    [
        None,
        "",
        "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "yesterday",
        "2026-11-23T16:48:48",
        "2026-13-45T99:00:00Z",
        "2" * 100_000,
    ],
)
def test_it_has_no_time_for_anything_else(stamp: str | None) -> None:
    """Zero values, stamps without a zone and other texts are no time."""
    assert stamps.seconds(stamp) is None


@given(strategies.text(max_size=60))
def test_it_never_raises(text: str) -> None:
    """Whatever stands in a stamp's field is a time or none."""
    assert stamps.seconds(text) is None or isinstance(stamps.seconds(text), float)

"""Rates of bytes that come in steps."""

from __future__ import annotations

import pytest

from pullwatch.pulls.rate import Rate

MIB = 1024 * 1024


def stepped(*steps: tuple[float, float]) -> Rate:
    """Return a rate after steps of (seconds, MiB)."""
    rate = Rate()
    for at, total in steps:
        rate.step(at, int(total * MIB))
    return rate


def test_is_unknown_before_two_mib() -> None:
    """One step more or less would be half of all that is known."""
    assert stepped().bytes_per_second(0) is None
    assert stepped((0, 0), (1, 1)).bytes_per_second(1) is None
    assert stepped((0, 0), (1, 1), (2, 2)).bytes_per_second(2) == MIB


def test_is_that_of_the_last_seconds() -> None:
    """A slow beginning is forgotten after five seconds."""
    slow = [(float(second), second * 0.25) for second in range(40)]
    fast = [(40.0 + second, 10.0 + 4 * second) for second in range(7)]

    assert stepped(*slow, *fast).bytes_per_second(46) == pytest.approx(4 * MIB)


def test_is_measured_between_steps() -> None:
    """When anybody looks does not matter, only when bytes came."""
    rate = stepped((0, 0), (1, 1), (2, 2), (3, 3))

    assert rate.bytes_per_second(3) == rate.bytes_per_second(7.9) == MIB


def test_falls_while_nothing_comes() -> None:
    """A stalled download has not the rate of its last good second."""
    rate = stepped((0, 0), (1, 2), (2, 4))

    assert rate.bytes_per_second(20) == pytest.approx(4 * MIB / 20)
    assert rate.bytes_per_second(200) == pytest.approx(4 * MIB / 200)


def test_begins_with_the_first_byte() -> None:
    """The time in which a pull waited is no time of downloading; bytes that were there before are none of its own."""
    assert stepped((0, 0), (30, 0), (31, 2), (32, 4)).bytes_per_second(32) == 2 * MIB
    assert stepped((0, 100), (1, 101), (2, 102)).bytes_per_second(2) == MIB


def test_begins_anew_when_bytes_go_away() -> None:
    """A layer that is fetched from its beginning again gives no negative rate."""
    rate = stepped((0, 0), (1, 10), (2, 20), (3, 5))

    assert rate.bytes_per_second(3) is None
    rate.step(4, 8 * MIB)
    assert rate.bytes_per_second(4) == 3 * MIB


def test_keeps_a_window_of_steps() -> None:
    """A pull of hours keeps no more than its last seconds."""
    rate = stepped(*((second / 10, second) for second in range(100_000)))

    assert len(rate._steps) < 60


def test_a_slow_link_has_a_rate_too() -> None:
    """At 0.1 MB/s a step takes ten seconds, which is longer than the window."""
    assert stepped((0, 0), (10, 1), (20, 2), (30, 3)).bytes_per_second(34) == pytest.approx(0.1 * MIB)

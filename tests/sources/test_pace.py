"""How often an API server is asked."""

from __future__ import annotations

import random

from pullwatch.sources.pace import Backoff, Pace


def test_it_waits_longer_after_each_failure_up_to_a_cap() -> None:
    """client-go's delays: 0.8 s doubled up to 30 s, each stretched by up to its own length."""
    backoff = Backoff(random.Random(1))
    delays = [backoff.next_seconds() for _ in range(9)]

    for delay, least in zip(delays, [0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30, 30], strict=True):
        assert least <= delay <= 2 * least


def test_it_starts_small_again_after_health() -> None:
    """Old failures do not slow a new one down."""
    backoff = Backoff(random.Random(1))
    for _ in range(9):
        backoff.next_seconds()
    backoff.reset()

    assert backoff.next_seconds() <= 1.6


def test_it_spaces_requests() -> None:
    """Two a second at most."""
    pace = Pace()
    first = pace.until_request(10)
    pace.requested(10)

    assert (first, pace.until_request(10.25), pace.until_request(11)) == (0, 0.25, 0)


def test_it_spaces_relists_but_not_the_first() -> None:
    """The list at the start is free, the first relist too, the next comes half a minute later."""
    pace = Pace()
    pace.listed(0)
    after_start = pace.until_list(0)
    pace.listed(5)

    assert (after_start, pace.until_list(6), pace.until_list(35)) == (0, 29, 0)

"""Counting Events once."""

from __future__ import annotations

from pullwatch.pulls.occurrences import Occurrences


def test_only_growth_is_news() -> None:
    """The first count is all new, then only what was added."""
    seen = Occurrences()

    assert [seen.growth("a", count) for count in (1, 1, 4, 2, 4, 5)] == [1, 0, 3, 0, 0, 1]


def test_a_deleted_event_is_forgotten() -> None:
    """Its uid never comes back; if it does, it is another Event."""
    seen = Occurrences()
    seen.growth("a", 3)

    seen.forget("a")

    assert (len(seen), seen.growth("a", 1)) == (0, 1)


def test_it_is_bounded_and_counts_what_it_forgot() -> None:
    """Past the capacity what was seen longest ago goes; an unknown Event is then surely new only by one."""
    seen = Occurrences(capacity=4)
    for uid in "abcabd":
        seen.growth(uid, 1)

    seen.growth("e", 1)
    seen.growth("f", 1)

    assert (len(seen) <= 4, seen.evicted > 0) == (True, True)
    assert seen.growth("f", 1) == 0
    assert seen.growth("unknown", 7) == 1

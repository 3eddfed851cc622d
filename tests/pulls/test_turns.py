"""How often each of many may come."""

from __future__ import annotations

from pullwatch.pulls.turns import Turns


def test_each_has_a_burst_and_then_a_rate() -> None:
    """One that took all of its turns leaves those of others alone."""
    turns = Turns(burst=2, per_second=1.0)

    assert [turns.take("a", at=at) for at in (0.0, 0.0, 0.0, 0.9, 1.1, 1.2)] == [True, True, False, False, True, False]
    assert turns.take("b", at=0.0)


def test_a_clock_that_is_set_back_takes_nothing_away() -> None:
    """Nor does it give more."""
    turns = Turns(burst=2, per_second=1.0)
    turns.take("a", at=1000.0)

    assert [turns.take("a", at=0.0) for _ in range(2)] == [True, False]


def test_it_remembers_a_limited_number() -> None:
    """The one that came longest ago begins anew."""
    turns = Turns(burst=1, per_second=0.0, capacity=2)
    for name in "abc":
        turns.take(name, at=0.0)

    assert turns.take("a", at=0.0)
    assert not turns.take("c", at=0.0)

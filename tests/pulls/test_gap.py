"""What is known of a time in which nobody looked."""

from __future__ import annotations

import pytest

from pullwatch.pulls.gap import ALL, NOTHING_BEFORE, Gap, before
from tests.pulls.made import T0, failed, pulled, pulling

GAP = Gap(T0, frozenset({"shop"}))
"""All Events of one namespace are known, unless their stamp is older than T0."""


@pytest.mark.parametrize(
    ("known", "count", "taken"),
    [(1, 1, 1), (3, 8, 3), (8, 3, 3)],
)
def test_a_known_event_was_taken_as_often_as_is_known(known: int, count: int, taken: int) -> None:
    """Its growth is news, however old; what an older state does not say cannot be rebuilt."""
    event = failed(count=count, first=-9000, at=-8000, namespace="bank")

    assert GAP.taken(event, known) == taken


@pytest.mark.parametrize(
    ("first", "last", "taken"),
    [
        (10, 20, 0),  # all of it happened in the gap
        (0, 0, 0),
        (-10, 20, 4),  # began earlier, so it was known and forgotten: the newest occurrence is surely new
        (-20, -10, 5),  # ended earlier: nobody can tell
    ],
)
def test_an_unknown_event_is_judged_by_its_stamps(first: float, last: float, taken: int) -> None:
    """It happened in the gap, unless it may have been forgotten."""
    assert GAP.taken(failed(count=5, first=first, at=last), None) == taken


def test_an_event_without_stamps_happened_in_the_gap() -> None:
    """Nothing says that it is older."""
    assert GAP.taken(failed(count=2, at=None), None) == 0


def test_nothing_is_known_of_other_namespaces() -> None:
    """What was there before anybody watched was there before; a gap of all namespaces covers each."""
    other = failed(count=5, at=20, namespace="bank")

    assert (GAP.covers(other), GAP.taken(other, None)) == (False, 5)
    assert Gap(T0, frozenset({ALL})).taken(other, None) == 0


def test_a_first_start_takes_all_for_known() -> None:
    """It counts nothing that was there before."""
    assert NOTHING_BEFORE.taken(failed(count=5, at=20), None) == 5


def test_an_event_as_it_was_before_it_grew() -> None:
    """A node has an image since the first occurrence; a failure was seen last with the last one."""
    assert before(pulled(count=1, at=5), 1).count == 1
    grown = pulled(count=4, first=1, at=90, uid="a")
    assert before(grown, 3) == pulled(count=3, first=1, at=1, uid="a")
    assert before(failed(count=4, first=1, at=90, uid="a"), 3) == failed(count=3, first=1, at=90, uid="a")
    assert before(pulling(count=2, first=1, at=90, uid="a"), 1).last_at == T0 + 90

"""When downloads got their slots, where ingests are open that wait for one."""

from __future__ import annotations

from pullwatch.pulls.slots import Download, starts


def test_first_ones_began_when_they_were_opened() -> None:
    """As many as there are slots waited for nobody, whichever they are."""
    downloads = [Download(1.0, 5.0, 9.0), Download(1.0, 2.0, 3.0), Download(1.0, 2.1)]

    assert starts(downloads, slots=3) == [1.0, 1.0, 1.0]


def test_each_further_one_takes_the_slot_that_was_free_first() -> None:
    """A slot that another download's end freed later, before this one's first byte was seen, was not what it waited for."""
    waiting, early, late, last = Download(1.0, 7.5), Download(1.0, 2.0, 6.0), Download(1.0, 2.0, 7.0), Download(1.0, 2.0, 8.0)

    assert starts([early, late, waiting, last], slots=3) == [1.0, 1.0, 6.0, 1.0]


def test_two_that_waited_take_two_slots() -> None:
    """No slot is given twice."""
    running = [Download(1.0, 2.0, at) for at in (4.0, 5.0, 9.0)]

    assert starts([*running, Download(1.0, 6.0, 8.0), Download(1.0, 5.5)], slots=3)[3:] == [5.0, 4.0]


def test_slot_that_was_free_before_does_not_make_a_start_earlier() -> None:
    """A later pull begins when it is opened."""
    assert starts([Download(1.0, 2.0, 3.0), Download(10.0, 11.0)], slots=1) == [1.0, 10.0]


def test_more_at_a_time_than_slots_began_when_they_were_opened() -> None:
    """Where a runtime fetches more at a time than is known, nothing is made up."""
    downloads = [Download(1.0, 2.0) for _ in range(4)]

    assert starts(downloads, slots=3) == [1.0] * 4

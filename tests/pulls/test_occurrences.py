"""Counting Events once."""

from __future__ import annotations

from pullwatch.pulls.occurrences import Grown, Occurrences


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


def test_it_notes_what_changed_where_somebody_saves_it() -> None:
    """New counts and what is gone; one that went and came back is both, and what did not grow is neither."""
    seen = Occurrences()
    seen.learn("before", 2)
    seen.grown = Grown()

    for uid, count in (("before", 2), ("new", 1), ("new", 3), ("gone", 1), ("back", 1)):
        seen.growth(uid, count)
    seen.learn("before", 1)
    seen.learn("told", 4)
    seen.forget("gone")
    seen.forget("back")
    seen.growth("back", 7)

    assert seen.grown == Grown({"new": 3, "told": 4, "back": 7}, {"gone", "back"})


def test_it_asks_for_what_it_forgot() -> None:
    """Whoever saved it knows more than is remembered here; nothing is asked while nothing was forgotten."""
    asked: list[str] = []

    def saved(uid: str) -> int | None:
        asked.append(uid)
        return {"old": 5}.get(uid)

    seen = Occurrences(capacity=2)
    seen.recall = saved
    seen.growth("a", 1)
    assert (seen.known("b"), asked) == (None, [])

    seen.growth("b", 1)
    seen.growth("c", 1)

    assert seen.evicted
    assert (seen.known("old"), seen.growth("old", 7), seen.growth("unknown", 3)) == (5, 2, 3)
    assert asked == ["c", "old", "old", "unknown"]


def test_what_is_not_yet_saved_is_not_asked_for() -> None:
    """The file still has the state before the batch."""
    saved = {"grows": 1, "gone": 1}
    seen = Occurrences(capacity=2)
    seen.grown, seen.recall = Grown(), saved.get
    seen.growth("grows", 4)
    seen.forget("gone")
    for uid in "abcd":
        seen.growth(uid, 1)

    assert (seen.known("grows"), seen.known("gone")) == (4, None)
    assert seen.growth("grows", 5) == 1

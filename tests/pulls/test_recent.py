"""The bounded mapping."""

from __future__ import annotations

from pullwatch.pulls.recent import Recent


def test_it_keeps_what_is_touched() -> None:
    """An entry that is put again and again survives any number of others."""
    recent: Recent[int] = Recent(capacity=10)

    for number in range(100):
        recent.put("kept", number)
        recent.put(str(number), number)

    assert recent.get("kept") == 99
    assert len(recent) <= 11
    assert recent.evicted >= 85


def test_it_drops_what_it_is_told() -> None:
    """A dropped entry is gone from both generations."""
    recent: Recent[int] = Recent(capacity=2)
    recent.put("a", 1)
    recent.put("b", 2)

    recent.drop("a")
    recent.drop("b")

    assert ("a" in recent, recent.get("b"), len(recent)) == (False, None, 0)

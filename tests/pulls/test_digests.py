"""Numbers for digests."""

from __future__ import annotations

import hashlib
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from pullwatch.pulls import digests
from pullwatch.pulls.digests import Digests

NAMES = [hashlib.sha256(bytes([n])).digest() for n in range(8)]
# Three that begin alike, as a sha512 whose first half is somebody's sha256.
NAMES += [NAMES[0] + NAMES[1], NAMES[0] + NAMES[2]]


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(NAMES)), max_size=80))
def test_it_counts_the_uses_of_each_digest(steps: list[tuple[bool, bytes]]) -> None:
    """Whatever comes and goes in whatever order: as a dict of counts would have it, and no two share a number."""
    kept, wanted = Digests(), Counter[bytes]()
    for takes, name in steps:
        if takes:
            kept.take(name)
            wanted[name] += 1
        elif wanted[name]:
            number = kept.find(name)
            assert number is not None
            kept.drop(number)
            wanted[name] -= 1

    numbers = {name: kept.find(name) for name in NAMES}
    assert {name: kept.uses(number) for name, number in numbers.items() if number is not None} == +wanted
    assert {number: kept.digest(number) for number in kept} == {numbers[name]: name for name in +wanted}
    assert len(kept) == len(+wanted)


def test_it_finds_all_of_many_while_others_go() -> None:
    """Growing, and places that became free, lose none; freed numbers are used again."""
    kept = Digests()
    names = [hashlib.sha256(n.to_bytes(4, "big")).digest() for n in range(5_000)]
    numbers = [kept.take(name) for name in names]
    for number in numbers[::2]:
        kept.drop(number)
    again = [kept.take(name) for name in names[::2]]

    assert max(again) < 5_000
    assert all(kept.find(name) is not None for name in names)


def test_a_digest_is_the_same_as_text_and_as_bytes() -> None:
    """Its length tells which of the two kinds it is."""
    for text in ("sha256:" + "ab" * 32, "sha512:" + "cd" * 64):
        assert digests.text(digests.raw(text)) == text

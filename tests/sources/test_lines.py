"""Whole lines out of chunks."""

from __future__ import annotations

from hypothesis import given, strategies

from pullwatch.sources.lines import Lines, parts


@given(strategies.lists(strategies.binary(max_size=8).map(lambda raw: raw.replace(b"x", b"\n"))))
def test_it_gives_every_complete_line_once(chunks: list[bytes]) -> None:
    """However the bytes are cut, the lines come out whole and in order, and only the unfinished end stays."""
    whole = b"".join(chunks)
    carry = Lines()

    assert b"".join(carry.whole(chunk) for chunk in chunks) == whole[: whole.rfind(b"\n") + 1]
    assert carry.dropped == 0


def test_it_leaves_out_a_line_without_end() -> None:
    """A line above the limit is dropped and counted, the next line is there."""
    carry = Lines(max_line=10)
    given_chunks = [b"ab\n" + b"y" * 8, b"y" * 8, b"y" * 8, b"y\ncd\n", b"e\n"]

    assert b"".join(carry.whole(chunk) for chunk in given_chunks) == b"ab\ncd\ne\n"
    assert carry.dropped == 1


@given(strategies.lists(strategies.binary(max_size=8).map(lambda raw: raw.replace(b"\n", b"x") + b"\n")), strategies.integers(1, 20))
def test_a_burst_comes_in_parts(told: list[bytes], size: int) -> None:
    """Parts are the same whole lines, each no longer than asked for unless it is one line; less than a burst stays together."""
    whole = b"".join(told)
    found = list(parts(whole, burst=20, size=size))

    assert b"".join(found) == whole
    assert len(found) == 1 or len(whole) > 20
    assert len(whole) <= 20 or all(part.endswith(b"\n") and (len(part) <= size or part.count(b"\n") == 1) for part in found)

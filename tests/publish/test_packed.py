"""Gzip made of stretches."""

from __future__ import annotations

import gzip
import zlib

from hypothesis import given
from hypothesis import strategies as st

from pullwatch.publish import packed
from pullwatch.publish.packed import Stretch


@given(st.lists(st.lists(st.binary(max_size=300), max_size=4), max_size=6))
def test_is_one_gzip_member_of_all_stretches(texts: list[list[bytes]]) -> None:
    """Every client reads it, also one that stops after the first member; length and checksum are those of the whole."""
    body = packed.gzip([Stretch(lines) for lines in texts])

    reader = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    text = reader.decompress(body)

    assert text == b"".join(b"".join(lines) for lines in texts)
    assert (reader.eof, reader.unused_data) == (True, b"")


def test_compresses_a_stretch_once() -> None:
    """A stretch that was part of a scrape before costs the next one nothing."""
    stretch = Stretch([b"line\n"] * 1000)

    first = packed.gzip([stretch])

    assert stretch.is_packed
    assert stretch.packed() is stretch.packed()
    assert packed.gzip([stretch]) == first


def test_gains_nearly_as_much_as_whole() -> None:
    """Cutting metrics into stretches of 30 KB costs less than a quarter of the size."""
    lines = [
        f'pullwatch_t_seconds_bucket{{image="registry.example.com/app-{number // 9}",le="{number % 9}"}} 3.0\n' for number in range(9000)
    ]
    encoded = [line.encode() for line in lines]

    body = packed.gzip([Stretch(encoded[start : start + 256]) for start in range(0, len(encoded), 256)])

    assert len(body) < 1.25 * len(packed.gzip([Stretch(encoded)]))
    assert gzip.decompress(body) == b"".join(encoded)

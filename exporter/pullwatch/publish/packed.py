"""Gzip of a scrape from stretches that were compressed apart, so that one that did not change is compressed once.

Each stretch becomes deflate blocks that end on a byte and refer to nothing before them; in a row they are one gzip
member (RFC 1952), as every client reads it. ISA-L compresses without holding the interpreter, so this belongs in a thread.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from isal import isal_zlib

LEVEL = 1
"""Metrics are so repetitive that a higher level saves little and costs more."""

_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""Deflate, no name, no time, so that equal scrapes are equal bytes."""
_LAST_BLOCK = b"\x03\x00"


class Packed(NamedTuple):
    """A stretch of text, compressed."""

    blocks: bytes
    crc: int
    size_bytes: int
    """Of the text."""


class Stretch:
    """Successive lines of a scrape that stay as they are; whatever changes in them makes another stretch."""

    __slots__ = ("_packed", "lines")

    def __init__(self, lines: Sequence[bytes]) -> None:
        self.lines = lines
        self._packed: Packed | None = None

    @property
    def is_packed(self) -> bool:
        return self._packed is not None

    def packed(self) -> Packed:
        """Return the lines compressed; the work is done once."""
        if self._packed is None:
            self._packed = pack(self.text())
        return self._packed

    def text(self) -> bytes:
        return b"".join(self.lines)


def pack(text: bytes) -> Packed:
    """Compress a text to deflate blocks of its own."""
    deflater = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, -isal_zlib.MAX_WBITS)
    blocks = deflater.compress(text) + deflater.flush(isal_zlib.Z_FULL_FLUSH)
    return Packed(blocks, isal_zlib.crc32(text), len(text))


def gzip(stretches: Iterable[Stretch]) -> bytes:
    """Return all stretches as one gzip member."""
    blocks, crc, size_bytes = [_HEADER], 0, 0
    for stretch in stretches:
        packed = stretch.packed()
        blocks.append(packed.blocks)
        crc = isal_zlib.crc32_combine(crc, packed.crc, packed.size_bytes)
        size_bytes += packed.size_bytes
    return b"".join([*blocks, _LAST_BLOCK, struct.pack("<LL", crc, size_bytes & 0xFFFFFFFF)])

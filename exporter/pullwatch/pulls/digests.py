"""Numbers for digests: hundreds of thousands of them in fifty bytes each, counted by how often they are in use.

A dict of digests as text would take four times that. The layers of all images are kept this way, and their manifests.
"""

from __future__ import annotations

import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHORT = 32
"""Bytes of a sha256; what a sha512 has beyond them is kept apart, as hardly anybody uses it."""

_EMPTY, _GONE = 0, 0xFFFF_FFFF
_FIRST_SLOTS = 256


def raw(digest: str) -> bytes:
    """Return the bytes of a digest of sha256 or sha512, whose length tells which."""
    return bytes.fromhex(digest.partition(":")[2])


def text(content: bytes) -> str:
    """Return the digest of these bytes."""
    return f"{'sha256' if len(content) == _SHORT else 'sha512'}:{content.hex()}"


class Digests:
    """Each digest in use has a number; one that nobody uses any more gives it to another."""

    def __init__(self) -> None:
        self._starts = bytearray()
        """The first `_SHORT` bytes of each digest, by number."""
        self._rests: dict[int, bytes] = {}
        self._uses = array.array("I")
        self._free: list[int] = []
        self._slots = array.array("I", bytes(4 * _FIRST_SLOTS))
        """An open-addressed table of number + 1: the place of a digest follows from its hash, which strangers cannot foresee."""
        self._gone = 0

    def __len__(self) -> int:
        return len(self._uses) - len(self._free)

    def __iter__(self) -> Iterator[int]:
        return (number for number, uses in enumerate(self._uses) if uses)

    def find(self, digest: bytes) -> int | None:
        """Return the number of a digest that is in use."""
        slot = self._slot(digest)
        return None if slot is None else self._slots[slot] - 1

    def take(self, digest: bytes) -> int:
        """Use a digest once more; return its number."""
        number = self.find(digest)
        if number is None:
            number = self._add(digest)
        self._uses[number] += 1
        return number

    def drop(self, number: int) -> None:
        """Use a digest once less."""
        if self._uses[number] == 1:
            self._forget(number)
        self._uses[number] -= 1

    def uses(self, number: int) -> int:
        """Return how often a digest is in use."""
        return self._uses[number]

    def digest(self, number: int) -> bytes:
        """Return the bytes of a digest in use."""
        return bytes(self._starts[number * _SHORT : (number + 1) * _SHORT]) + self._rests.get(number, b"")

    def _add(self, digest: bytes) -> int:
        if 3 * (len(self) + self._gone + 1) > 2 * len(self._slots):
            self._spread()
        number = self._free.pop() if self._free else len(self._uses)
        if number == len(self._uses):
            self._uses.append(0)
            self._starts += bytes(_SHORT)
        self._starts[number * _SHORT : (number + 1) * _SHORT] = digest[:_SHORT]
        if len(digest) > _SHORT:
            self._rests[number] = digest[_SHORT:]
        self._place(digest, number)
        return number

    def _forget(self, number: int) -> None:
        slot = self._slot(self.digest(number))
        if slot is not None:
            self._slots[slot] = _GONE
            self._gone += 1
        self._rests.pop(number, None)
        self._free.append(number)

    def _slot(self, digest: bytes) -> int | None:
        slots, mask = self._slots, len(self._slots) - 1
        place = hash(digest) & mask
        start = digest[:_SHORT]
        while (content := slots[place]) != _EMPTY:
            if content != _GONE:
                begin = (content - 1) * _SHORT
                if self._starts[begin : begin + _SHORT] == start and self._rests.get(content - 1, b"") == digest[_SHORT:]:
                    return place
            place = (place + 1) & mask
        return None

    def _place(self, digest: bytes, number: int) -> None:
        slots, mask = self._slots, len(self._slots) - 1
        place = hash(digest) & mask
        while slots[place] != _EMPTY:
            place = (place + 1) & mask
        slots[place] = number + 1

    def _spread(self) -> None:
        """Place all anew, in a table in which at most half of the slots are taken."""
        size = len(self._slots)
        while size < 2 * (len(self) + 1):
            size *= 2
        self._slots = array.array("I", bytes(4 * size))
        self._gone = 0
        for number in self:
            self._place(self.digest(number), number)

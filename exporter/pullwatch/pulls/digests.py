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
_SHELVES = 256
_FIRST_SLOTS = 7
"""Of a shelf. Each one grows by itself, which takes a millisecond: of one table of them all it would take 200."""

_BLOCK = 1 << 12
"""Digests that lie in one piece of memory: what grows in place leaves holes behind that nothing else fits in."""

MAX_USES = 0xFFFF


def raw(digest: str) -> bytes:
    """Return the bytes of a digest of sha256 or sha512, whose length tells which."""
    return bytes.fromhex(digest.partition(":")[2])


def text(content: bytes) -> str:
    """Return the digest of these bytes."""
    return f"{'sha256' if len(content) == _SHORT else 'sha512'}:{content.hex()}"


class Digests:
    """Each digest in use has a number; one that nobody uses any more gives it to another."""

    def __init__(self) -> None:
        self._blocks: list[bytearray] = []
        """The first `_SHORT` bytes of each digest, by number."""
        self._rests: dict[int, bytes] = {}
        self._uses = array.array("H")
        self._free: list[int] = []
        self._shelves = [array.array("I", bytes(4 * _FIRST_SLOTS)) for _ in range(_SHELVES)]
        """Open-addressed tables of number + 1: shelf and place of a digest follow from its hash, which strangers cannot foresee."""
        self._taken = array.array("I", bytes(4 * _SHELVES))
        """Slots of each shelf that are not empty."""

    def __len__(self) -> int:
        return len(self._uses) - len(self._free)

    def __iter__(self) -> Iterator[int]:
        return (number for number, uses in enumerate(self._uses) if uses)

    def find(self, digest: bytes) -> int | None:
        """Return the number of a digest that is in use."""
        shelf, slot = self._slot(digest)
        return None if slot is None else shelf[slot] - 1

    def take(self, digest: bytes) -> int:
        """Use a digest once more, of at most `MAX_USES` times; return its number."""
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
        return self._start(number) + self._rests.get(number, b"")

    def _add(self, digest: bytes) -> int:
        number = self._free.pop() if self._free else len(self._uses)
        if number == len(self._uses):
            self._uses.append(0)
            if number % _BLOCK == 0:
                self._blocks.append(bytearray(_BLOCK * _SHORT))
        begin = number % _BLOCK * _SHORT
        self._blocks[number // _BLOCK][begin : begin + _SHORT] = digest[:_SHORT]
        if len(digest) > _SHORT:
            self._rests[number] = digest[_SHORT:]
        self._place(digest, number)
        return number

    def _forget(self, number: int) -> None:
        shelf, slot = self._slot(self.digest(number))
        if slot is not None:
            shelf[slot] = _GONE
        self._rests.pop(number, None)
        self._free.append(number)

    def _start(self, number: int) -> bytes:
        begin = number % _BLOCK * _SHORT
        return bytes(self._blocks[number // _BLOCK][begin : begin + _SHORT])

    def _slot(self, digest: bytes) -> tuple[array.array[int], int | None]:
        """Return the shelf of a digest, and where in it its number stands."""
        key = hash(digest)
        shelf = self._shelves[key % _SHELVES]
        place = key // _SHELVES % len(shelf)
        start = digest[:_SHORT]
        while (content := shelf[place]) != _EMPTY:
            if content != _GONE and self._start(content - 1) == start and self._rests.get(content - 1, b"") == digest[_SHORT:]:
                return shelf, place
            place = (place + 1) % len(shelf)
        return shelf, None

    def _place(self, digest: bytes, number: int) -> None:
        key = hash(digest)
        at = key % _SHELVES
        shelf = self._shelves[at]
        if 4 * (self._taken[at] + 1) > 3 * len(shelf):
            shelf = self._spread(at)
        place = key // _SHELVES % len(shelf)
        while shelf[place] != _EMPTY:
            place = (place + 1) % len(shelf)
        shelf[place] = number + 1
        self._taken[at] += 1

    def _spread(self, at: int) -> array.array[int]:
        """Place all of a shelf anew, in one of which three fifths are taken."""
        numbers = [content - 1 for content in self._shelves[at] if content not in (_EMPTY, _GONE)]
        shelf = self._shelves[at] = array.array("I", bytes(4 * max(_FIRST_SLOTS, (len(numbers) + 1) * 5 // 3)))
        self._taken[at] = 0
        for number in numbers:
            self._place(self.digest(number), number)
        return shelf

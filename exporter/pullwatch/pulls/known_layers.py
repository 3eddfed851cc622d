"""The layer tables of all images, each once: told by an agent or a registry, kept packed, and forgotten when no node holds them.

Whoever tells a table has held its manifest against its digest (`manifest.read`), so nobody can change what another image
is made of. Sizes are those that each manifest claims for its own layers.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from pullwatch.pulls import digests, packed_table
from pullwatch.pulls.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pullwatch.pulls.layers import LayerTable
    from pullwatch.pulls.packed_table import Head

CAPACITY = 25_000
MOST_BYTES = 64 * 1024 * 1024
"""Of all tables and the digests of their layers. So many of a dozen layers take less than half of it; of a thousand layers, as
somebody may make them up, 25,000 would take 5 GB."""

_DIGEST_BYTES = 50
"""Of a layer, beside its table."""

WANTED_AT_ONCE = 1_000
"""Digests of one answer: all that a node may say it holds, so that a new agent is asked once."""

ASKED_SECONDS = 60.0
"""Time for which what one node was asked for is asked of no other."""

ASKED_AGAIN_SECONDS = 240.0
"""Time for which it is not asked of the same one again: a node that says it holds an image and never tells keeps it from nobody."""

ASKED_CAPACITY = 50_000
"""Manifests of which that is remembered, some 10 MiB; of more the one asked for longest ago may be asked for again sooner."""

UNUSABLE_CAPACITY = 10_000

_FEW_BYTES = 4096
"""Where no more is left there is no room: what does not fit would be asked for again and again."""

_FOLLOWED = 5_000
"""New and forgotten tables that are remembered one by one."""


class LayersFrom(enum.StrEnum):
    """Who told a table."""

    AGENT = "agent"
    REGISTRY = "registry"


class KnownLayers:
    """Packed tables by the digest of their manifest."""

    def __init__(self, *, capacity: int = CAPACITY, most_bytes: int = MOST_BYTES) -> None:
        self._capacity = capacity
        self._most_bytes = most_bytes
        self._bytes = 0
        self._manifests = digests.Digests()
        self._layers = digests.Digests()
        """In use once for each table that lists them."""
        self._tables: list[bytes | None] = []
        """By the number of their manifest: a dict of them would take 2 MiB more."""
        self._count = 0
        self._vocabulary = Vocabulary()
        self._from_registry: set[int] = set()
        self._idle: dict[int, None] = {}
        """Tables that no node holds, the one told or dropped longest ago first."""
        self._asked: dict[str, tuple[float, str]] = {}
        """When a manifest was asked for last, and of which node; the one asked for longest ago first."""
        self._unusable: dict[str, None] = {}
        self._changed: set[str] | None = set()
        self.version = 0
        """Grows with each change."""
        self.left_out = 0
        """Tables that found no room, as nodes hold all others."""
        self.forgotten = 0
        """Tables that no node held and that made room for others."""

    def __len__(self) -> int:
        return self._count

    def tell(self, table: LayerTable, *, source: LayersFrom = LayersFrom.AGENT) -> bool:
        """Take a table; False where there is no room for it."""
        digest = digests.raw(table.digest)
        if self._packed(self._manifests.find(digest)) is not None:
            return True
        self._asked.pop(table.digest, None)
        number = None if self._count >= self._capacity and not self._made_room() else self._kept(table)
        if number is None:
            self.left_out += 1
            return False
        self._count += 1
        if source is LayersFrom.REGISTRY:
            self._from_registry.add(number)
        if self._manifests.uses(number) == 1:
            self._idle[number] = None
        self._note(table.digest)
        self.version += 1
        return True

    def tell_unusable(self, digest: str) -> None:
        """Take that the content of this digest is no image that can be used, so that nobody is asked for it again."""
        self._unusable[digest] = None
        if len(self._unusable) > UNUSABLE_CAPACITY:
            del self._unusable[next(iter(self._unusable))]

    def wanted(self, held: Iterable[str], *, node: str, now: float) -> tuple[str, ...]:
        """Return which of these manifests are to be told by the node that holds them, and note that it was asked."""
        self._forget_asked(now)
        found: list[str] = []
        for digest in held:
            if len(found) == WANTED_AT_ONCE or (self._is_full and not self._idle):
                break
            if digest not in self._unusable and not self.knows(digest) and self._may_ask(digest, node, now):
                self._asked.pop(digest, None)
                self._asked[digest] = (now, node)
                if len(self._asked) > ASKED_CAPACITY:
                    del self._asked[next(iter(self._asked))]
                found.append(digest)
        return tuple(found)

    def knows(self, digest: str) -> bool:
        """Tell whether there is a table of this manifest."""
        return self._packed(self._manifests.find(digests.raw(digest))) is not None

    def table(self, digest: str) -> LayerTable | None:
        """Return the table of a manifest."""
        number = self._manifests.find(digests.raw(digest))
        packed = self._packed(number)
        if packed is None:
            return None
        layers = [digests.text(self._layers.digest(layer)) for layer in packed_table.numbers(packed)]
        return packed_table.unpack(packed, self._vocabulary, digest=digest, layers=layers)

    def source(self, digest: str) -> LayersFrom:
        """Tell from where the table of a known manifest came."""
        return LayersFrom.REGISTRY if self._manifests.find(digests.raw(digest)) in self._from_registry else LayersFrom.AGENT

    def users(self, layer: str) -> int:
        """Return how many of the known images have this layer."""
        number = self._layers.find(digests.raw(layer))
        return 0 if number is None else self._layers.uses(number)

    # The numbers of manifests, for whoever keeps many of them.

    def hold(self, digest: str) -> int:
        """Return the number of a manifest that a node now holds, whether its table is known or not."""
        number = self._manifests.take(digests.raw(digest))
        self._idle.pop(number, None)
        return number

    def drop(self, number: int) -> None:
        """Take that the holder which `hold` told is gone."""
        self._manifests.drop(number)
        if self._manifests.uses(number) == 1 and self._packed(number) is not None:
            self._idle[number] = None

    def holders(self, digest: str) -> int:
        """Return how many holders a manifest has, its table among them."""
        number = self.number(digest)
        return 0 if number is None else self._manifests.uses(number)

    def digest(self, number: int) -> str:
        """Return the digest of a manifest that is held or known."""
        return digests.text(self._manifests.digest(number))

    def number(self, digest: str) -> int | None:
        """Return the number of a manifest that is held or known."""
        return self._manifests.find(digests.raw(digest))

    def head(self, number: int) -> Head | None:
        """Return the figures of a manifest's table."""
        packed = self._packed(number)
        return None if packed is None else packed_table.head(packed)

    def numbers(self) -> list[int]:
        """Return the numbers of all manifests with a table."""
        return [number for number, packed in enumerate(self._tables) if packed is not None]

    def take_changed(self) -> set[str] | None:
        """Return the manifests whose tables were told or forgotten since the last time; None where that may be any."""
        changed, self._changed = self._changed, set()
        return changed

    def shared_bytes(self, number: int) -> int:
        """Return the bytes of a table's layers that other known images have too."""
        return sum(size for layer, size in self.layers(number).items() if self._layers.uses(layer) > 1)

    def layers(self, number: int) -> dict[int, int]:
        """Return the bytes of a table's layers by number; none where there is no such table any more."""
        packed = self._packed(number)
        return {} if packed is None else dict(zip(packed_table.numbers(packed), packed_table.sizes(packed), strict=True))

    def rows(self, number: int) -> Iterator[tuple[str, int]]:
        """Yield digest and bytes of each layer of a table, from the base upwards."""
        packed = self._packed(number)
        if packed is not None:
            for layer, size in zip(packed_table.numbers(packed), packed_table.sizes(packed), strict=True):
                yield digests.text(self._layers.digest(layer)), size

    def sharing(self, number: int) -> Iterator[tuple[int, int]]:
        """Yield each other manifest with the bytes of the layers that it shares with this one, 0 for most of them."""
        mine = {layer: size for layer, size in self.layers(number).items() if self._layers.uses(layer) > 1}
        if not mine:
            return
        for other in self.numbers():
            packed = self._packed(other)
            if other != number and packed is not None:
                theirs = packed_table.numbers(packed)
                yield other, 0 if mine.keys().isdisjoint(theirs) else sum(mine.get(layer, 0) for layer in set(theirs))

    def _kept(self, table: LayerTable) -> int | None:
        """Keep a table packed; return the number of its manifest, None where it has too many bytes."""
        number = self._manifests.take(digests.raw(table.digest))
        taken = {layer: self._layers.take(digests.raw(layer)) for layer in {layer.digest: None for layer in table.layers}}
        packed = packed_table.pack(table, [taken[layer.digest] for layer in table.layers], self._vocabulary)
        while self._bytes + _weight(packed) > self._most_bytes:
            if not self._made_room():
                for layer in taken.values():
                    self._layers.drop(layer)
                self._manifests.drop(number)
                return None
        if number >= len(self._tables):
            self._tables.extend([None] * (number + 1 - len(self._tables)))
        self._tables[number] = packed
        self._bytes += _weight(packed)
        return number

    def _made_room(self) -> bool:
        if not self._idle:
            return False
        number = next(iter(self._idle))
        del self._idle[number]
        self._note(self.digest(number))
        for layer in self.layers(number):
            self._layers.drop(layer)
        self._bytes -= _weight(self._tables[number] or b"")
        self._tables[number] = None
        self._count -= 1
        self._from_registry.discard(number)
        self._manifests.drop(number)
        self.forgotten += 1
        return True

    def _note(self, digest: str) -> None:
        """Take that there is a table of this manifest, or none any more."""
        if self._changed is not None:
            self._changed.add(digest)
            if len(self._changed) > _FOLLOWED:
                self._changed = None

    @property
    def _is_full(self) -> bool:
        return self._count >= self._capacity or self._bytes + _FEW_BYTES > self._most_bytes

    def _packed(self, number: int | None) -> bytes | None:
        return self._tables[number] if number is not None and number < len(self._tables) else None

    def _may_ask(self, digest: str, node: str, now: float) -> bool:
        at, of = self._asked.get(digest, (-ASKED_AGAIN_SECONDS, ""))
        # A clock that was set back must not keep anybody from being asked.
        return not 0 <= now - at < (ASKED_AGAIN_SECONDS if of == node else ASKED_SECONDS)

    def _forget_asked(self, now: float) -> None:
        while self._asked and now - next(iter(self._asked.values()))[0] >= ASKED_AGAIN_SECONDS:
            del self._asked[next(iter(self._asked))]


def _weight(packed: bytes) -> int:
    return len(packed) + _DIGEST_BYTES * packed_table.head(packed).layers if packed else 0

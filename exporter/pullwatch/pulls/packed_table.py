"""A layer table in some hundred bytes: numbers for its layers, their sizes, and its text compressed."""

from __future__ import annotations

import array
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullwatch.pulls import digests
from pullwatch.pulls.layers import Layer, LayerTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullwatch.pulls.vocabulary import Vocabulary

_HEAD = struct.Struct("<QQHBBB")
"""Bytes of all layers, of the largest; number of layers; bytes of one size, of the config's digest; edition of the vocabulary."""

_SIZES = {4: "I", 8: "Q"}
_NONE = "\0"
"""Stands for what is not known; no cleaned text has it."""


@dataclass(frozen=True, slots=True)
class Head:
    """What is read most often of a table."""

    size_bytes: int
    largest_bytes: int
    layers: int


def pack(table: LayerTable, numbers: Sequence[int], vocabulary: Vocabulary) -> bytes:
    """Return the table as bytes; `numbers` stand for its layers."""
    sizes = [layer.size_bytes for layer in table.layers]
    largest = max(sizes, default=0)
    width = 4 if largest < 1 << 32 else 8
    config = digests.raw(table.config_digest)
    edition, text = vocabulary.squeeze(_texts(table))
    head = _HEAD.pack(table.size_bytes, largest, len(sizes), width, len(config), edition)
    packed = array.array("I", numbers).tobytes(), array.array(_SIZES[width], sizes).tobytes()
    return b"".join((head, config, *packed, text))


def head(packed: bytes) -> Head:
    """Return the figures of a packed table."""
    size_bytes, largest, layers, _, _, _ = _HEAD.unpack_from(packed)
    return Head(size_bytes, largest, layers)


def numbers(packed: bytes) -> array.array[int]:
    """Return the numbers of its layers, from the base upwards."""
    _, _, layers, _, config, _ = _HEAD.unpack_from(packed)
    return array.array("I", packed[_HEAD.size + config : _HEAD.size + config + 4 * layers])


def sizes(packed: bytes) -> array.array[int]:
    """Return the bytes of its layers, from the base upwards."""
    _, _, layers, width, config, _ = _HEAD.unpack_from(packed)
    begin = _HEAD.size + config + 4 * layers
    return array.array(_SIZES[width], packed[begin : begin + width * layers])


def unpack(packed: bytes, vocabulary: Vocabulary, *, digest: str, layers: Sequence[str]) -> LayerTable:
    """Return the table of this manifest again, with the digests of its layers."""
    _, _, count, width, config, edition = _HEAD.unpack_from(packed)
    lines = vocabulary.loosen(edition, packed[_HEAD.size + config + (4 + width) * count :]).split("\n")
    platform, media_type, types, *instructions = lines
    each = types.split("\t")
    kinds = each if len(each) == count else each * count
    rows = zip(layers, sizes(packed), kinds, instructions, strict=True)
    return LayerTable(
        digest,
        media_type,
        digests.text(packed[_HEAD.size : _HEAD.size + config]),
        tuple(Layer(name, size, kind, _known(line)) for name, size, kind, line in rows),
        _known(platform),
    )


def _texts(table: LayerTable) -> str:
    types = [layer.media_type for layer in table.layers]
    kinds = types[:1] if len(set(types)) == 1 else types
    lines = [_NONE if layer.instruction is None else layer.instruction for layer in table.layers]
    return "\n".join([_NONE if table.platform is None else table.platform, table.media_type, "\t".join(kinds), *lines])


def _known(line: str) -> str | None:
    return None if line == _NONE else line

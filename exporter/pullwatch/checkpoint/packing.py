"""How labels, numbers and pulls are written into the checkpoint's rows, whatever text the cluster put into them."""

from __future__ import annotations

import json

import msgspec

from pullwatch.checkpoint.saved import Numbers
from pullwatch.pulls.pull import Pull

_NUMBERS = msgspec.msgpack.Decoder(Numbers)
_PULL = msgspec.msgpack.Decoder(Pull)
_LABELS = msgspec.msgpack.Decoder(tuple[str, ...])
_ODD_LABELS = msgspec.msgpack.Decoder(tuple[bytes, ...])
_encode = msgspec.msgpack.Encoder().encode

pack_numbers = _encode
numbers = _NUMBERS.decode

WRONG = (msgspec.MsgspecError, ValueError, TypeError, KeyError)
"""What is raised where rows hold something else than was packed."""


def pack_labels(labels: tuple[str, ...]) -> bytes:
    """Return the one form of these labels: they are part of a key."""
    try:
        return _encode(labels)
    except UnicodeEncodeError:
        # A lone surrogate is no UTF-8. All text is cleaned of them where it comes in; the file does not rely on it.
        return _encode(tuple(map(pack_text, labels)))


def labels(packed: bytes) -> tuple[str, ...]:
    """Return the labels that were packed."""
    try:
        return _LABELS.decode(packed)
    except msgspec.ValidationError:
        return tuple(map(text, _ODD_LABELS.decode(packed)))


def pack_pull(pull: Pull) -> bytes:
    """Return the row; a character that is none becomes a question mark."""
    try:
        return _encode(pull)
    except UnicodeEncodeError:
        cleaned = json.dumps(msgspec.to_builtins(pull), ensure_ascii=False)
        return _encode(json.loads(cleaned.encode("utf-8", "replace")))


def pull(packed: bytes) -> Pull | None:
    """Return the row that was packed, None for one of another version of this program."""
    try:
        return _PULL.decode(packed)
    except msgspec.ValidationError:
        return None


def pack_text(text: str) -> bytes:
    """Return the bytes of any text."""
    return text.encode("utf-8", "surrogatepass")


def text(packed: bytes) -> str:
    """Return the text that was packed."""
    return packed.decode("utf-8", "surrogatepass")

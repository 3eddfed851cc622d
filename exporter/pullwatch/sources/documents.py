"""JSON documents out of a stream of bytes, whether one a line, one over many lines, or all of it in one.

Blocks of whole lines are decoded at once, which costs two microseconds an object. Where that fails, lines are looked at
one by one: one that opens a document is joined with those that follow, up to a line that begins with its closing bracket.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

import msgspec

from pullwatch.sources import events, wire
from pullwatch.sources.errors import RecordedError
from pullwatch.sources.inputs import EXPECTED, Input


class Document(events.EventObject, gc=False, frozen=True, rename="camel"):
    """Anything that a recording may hold: an Event, another object, a list, or a watch frame."""

    kind: str | None = None
    type: str | None = None
    object: Document | None = None
    """Of a watch frame."""
    items: list[msgspec.Raw] | None = None
    """Of a list."""
    spec: msgspec.Raw = msgspec.Raw()
    status: msgspec.Raw = msgspec.Raw()


class Kind(msgspec.Struct, gc=False, frozen=True):
    """An object whose other fields have surprising types."""

    kind: str | None = None


Array: TypeAlias = list[msgspec.Raw]
Decoded: TypeAlias = Document | Kind | Array
Buffer: TypeAlias = bytes | bytearray | memoryview | msgspec.Raw

_DOCUMENT = msgspec.json.Decoder(Document)
_KIND = msgspec.json.Decoder(Kind)
_ARRAY = msgspec.json.Decoder(Array)
_ANYTHING = msgspec.json.Decoder(msgspec.Raw)

_CLOSING = re.compile(rb"\n[}\]]")
_SOMETHING = re.compile(rb"\S")
_OPENS = (b"{", b"[", b",", b":")
_LONGEST_REPAIR = 16 * 1024 * 1024
"""Bytes of a document that the slow parser may still be asked about: it takes ten times their size."""


def decode(buffer: Buffer) -> Decoded:
    """Return what one document is; raises one of `wire.MALFORMED` where it is no JSON, or is a text or number."""
    try:
        return _DOCUMENT.decode(buffer)
    except (msgspec.ValidationError, UnicodeDecodeError) as error:
        return _decode_array_or_kind(buffer, error)


def _decode_array_or_kind(buffer: Buffer, refusal: Exception) -> Decoded:
    """Return what a document is that is no `Document`: an array, or one with an odd field or invalid UTF-8."""
    for decoder in (_ARRAY, _KIND):
        try:
            return decoder.decode(buffer)
        except (msgspec.ValidationError, UnicodeDecodeError):
            continue
        except wire.MALFORMED as error:
            refusal = error
    raise refusal


def decode_odd(buffer: Buffer) -> Decoded | None:
    """Return what a document is that `decode` refuses, None where it is no JSON at all."""
    repaired = wire.repaired(bytes(buffer)) if len(memoryview(buffer)) <= _LONGEST_REPAIR else None
    if repaired is None:
        return None
    try:
        return decode(repaired)
    except wire.MALFORMED:
        return Kind("(no object)")


class Documents:
    """Cuts one input into decoded documents."""

    def __init__(self, source: Input) -> None:
        self._source = source
        self._carry = bytearray()
        self._scanned = 0
        """Bytes of the carry in which no boundary was found."""
        self._pretty = False
        """Whether documents stretch over lines, so that only a closing bracket at a line's begin is a boundary."""
        self._lines = 0
        self._bytes = 0
        """Lines and bytes before the carry, for messages."""

    def __iter__(self) -> Iterator[Decoded]:
        begun = False
        while block := self._source.block():
            if not begun:
                block = _checked(block, self._source.name)
                begun = True
            self._carry += block
            yield from self._cut(self._boundary())
        yield from self._cut(len(self._carry), last=True)

    def _boundary(self) -> int:
        """Return where the last document of the carry ends, as far as can be seen, or 0."""
        if not self._pretty:
            end = self._carry.rfind(b"\n", self._scanned) + 1
        else:
            end = max(self._carry.rfind(bracket, max(self._scanned - 1, 0)) + 2 for bracket in (b"\n}", b"\n]"))
            end = end if end > 1 else 0
        if not end:
            self._scanned = max(self._scanned, len(self._carry))
        return end

    def _cut(self, end: int, *, last: bool = False) -> Iterator[Decoded]:
        """Decode the carry up to `end`."""
        if not end:
            return
        whole = self._carry
        self._carry, self._scanned = whole[end:], 0
        # Cutting the tail off in place spares a copy of what may be a list of hundreds of megabytes.
        del whole[end:]
        try:
            documents = _DOCUMENT.decode_lines(whole)
        except wire.MALFORMED:
            yield from self._one_by_one(whole, last=last)
            return
        self._passed(whole, len(whole))
        yield from documents
        self._pretty = self._pretty and self._opens(self._carry, 0)

    def _one_by_one(self, whole: bytearray, *, last: bool) -> Iterator[Decoded]:
        """Decode documents one after the other; one that goes on after the end returns to the carry."""
        at = 0
        while found := _SOMETHING.search(whole, at):
            at = found.start()
            end = self._end_of_document(whole, at, last=last)
            if not end:
                break
            yield self._decoded(whole, at, end)
            at = end
        rest = whole[at:] if found else bytearray()
        self._passed(whole, len(whole) - len(rest))
        if rest:
            # Looked at again when it has doubled, so that brackets of something within cost little.
            self._carry, self._scanned, self._pretty = rest + self._carry, 2 * len(rest), True

    def _end_of_document(self, whole: bytearray, at: int, *, last: bool) -> int:
        """Return where the document at `at` ends, 0 where that is not to be seen yet."""
        line_end = whole.find(b"\n", at) + 1 or len(whole)
        if not self._opens(whole, at):
            return line_end
        wanted = 0
        for closing in _CLOSING.finditer(whole, at):
            end = closing.end()
            if end - at >= wanted and not _is_truncated(memoryview(whole)[at:end]):
                return end
            # A bracket of something within. Twice the size next time keeps the cost linear.
            wanted = max(wanted, 2 * (end - at)) if end - at >= wanted else wanted
        return len(whole) if last else 0

    def _opens(self, buffer: bytearray, at: int) -> bool:
        """Tell whether the first line from here on opens a document that goes on in the next line."""
        found = _SOMETHING.search(buffer, at)
        start = found.start() if found else at
        end = buffer.find(b"\n", start)
        return end < 0 or buffer[max(start, end - 80) : end].rstrip().endswith(_OPENS)

    def _decoded(self, whole: bytearray, start: int, end: int) -> Decoded:
        document = memoryview(whole)[start:end]
        try:
            return decode(document)
        except wire.MALFORMED as error:
            decoded = decode_odd(document)
            if decoded is None:
                raise RecordedError(self._explained(whole, start, end, error)) from error
            return decoded

    def _explained(self, whole: bytearray, start: int, end: int, error: Exception) -> str:
        text = str(error)
        found = re.search(r"\(byte ([0-9]+)\)", text)
        at = start + int(found[1]) if found else end
        line = self._lines + whole.count(b"\n", 0, max(start, at - 1)) + 1
        where = f"{self._source.name}, line {line} (byte {self._bytes + at})"
        if _TRUNCATED in text:
            return f"{where}: the JSON ends in the middle: record it anew, or cut the last line off"
        why = text.removeprefix("JSON is malformed: ").partition(" (byte")[0]
        return f"{where}: not JSON ({why}); expected JSON: {EXPECTED}"

    def _passed(self, whole: bytearray, end: int) -> None:
        self._lines += whole.count(b"\n", 0, end)
        self._bytes += end


_TRUNCATED = "truncated"
"""In the text of msgspec's error for a document that goes on."""


def _is_truncated(buffer: memoryview) -> bool:
    try:
        _ANYTHING.decode(buffer)
    except wire.MALFORMED as error:
        return _TRUNCATED in str(error)
    return False


def _checked(block: bytes, name: str) -> bytes:
    """Check the first bytes, so that what is no JSON at all is told before much of it is read; drop a byte order mark."""
    block = block.removeprefix(b"\xef\xbb\xbf")
    head = block[:4096]
    if b"\0" in head:
        raise RecordedError(f"{name}: binary data; expected JSON: {EXPECTED}")
    first = head.lstrip()[:1]
    if first and first not in (b"{", b"["):
        raise RecordedError(f"{name}, line 1: not JSON ({_looks_like(head)}); expected JSON: {EXPECTED}")
    return block


def _looks_like(head: bytes) -> str:
    if head.startswith((b"LAST SEEN", b"NAMESPACE ", b"NAME ")):
        return "it looks like kubectl's table"
    if re.match(rb"(?:---|apiVersion:|items:|kind:|- )", head):
        return "it looks like YAML"
    if head.lstrip().startswith(b"<"):
        return "it looks like HTML"
    return "it begins with neither { nor ["

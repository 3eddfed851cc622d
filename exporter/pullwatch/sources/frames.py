"""From bytes to values: chunks of watch frames and pages of lists, decoded and converted.

One odd object never stops a stream: where typed decoding of a whole chunk fails, its lines are read one by one, and
those that cannot be used are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Literal, TypeVar, cast

import msgspec

from pullwatch.sources import wire
from pullwatch.sources.status import Status

Wire = TypeVar("Wire")
"""An object on the wire: a Struct with `metadata`."""

Seen = TypeVar("Seen")
"""What it is converted to: an Event, Pod or Node of `pulls.observed`."""

Change = Literal["ADDED", "MODIFIED", "DELETED"]
"""What a watch says of an object. A filtered watch says ADDED also of one that only now passes the filter."""

DELETED: Final = "DELETED"
_CHANGES = frozenset({"ADDED", "MODIFIED", DELETED})
_BOOKMARK = "BOOKMARK"
_ERROR = "ERROR"


class Frame(msgspec.Struct, Generic[Wire], gc=False, frozen=True):
    """A line of a watch."""

    type: str | None = None
    object: Wire | None = None


class BareFrame(msgspec.Struct, gc=False, frozen=True):
    """A line of which only the type is read."""

    type: str | None = None


class PageMetadata(msgspec.Struct, gc=False, frozen=True, rename="camel"):
    """`metadata` of a list."""

    resource_version: str | None = None
    continue_: str | None = msgspec.field(default=None, name="continue")


class Page(msgspec.Struct, gc=False, frozen=True):
    """A list, or a page of it. Items are decoded one by one: those of a big cluster's nodes are 25 MiB at once."""

    metadata: PageMetadata | None = None
    items: list[msgspec.Raw] | None = None


@dataclass(slots=True)
class Batch(Generic[Seen]):
    """What a chunk of frames said."""

    items: list[tuple[Change, Seen]] = field(default_factory=list)
    frames: int = 0
    """Frames that were decoded, bookmarks and Events about other things included."""
    undecoded: int = 0
    version: str | None = None
    """The newest resourceVersion."""
    error: Status | None = None
    """Set where the server ended the watch with an ERROR frame; nothing counts after it."""


@dataclass(slots=True)
class Listed(Generic[Seen]):
    """What a page of a list said."""

    items: list[Seen] = field(default_factory=list)
    undecoded: int = 0
    version: str | None = None
    continue_: str | None = None


class Reader(Generic[Seen]):
    """Decodes one kind of object; `convert` returns None for objects that do not matter and may raise `wire.Unusable`."""

    def __init__(self, kind: type[Wire], convert: Callable[[Wire], Seen | None]) -> None:
        self._convert: Callable[[Any], Seen | None] = convert
        self._object: msgspec.json.Decoder[Any] = msgspec.json.Decoder(kind)
        self._frame: msgspec.json.Decoder[Frame[Any]] = msgspec.json.Decoder(Frame[kind])  # type: ignore[valid-type]  # a type at run time

    def batch(self, lines: bytes) -> Batch[Seen]:
        """Return what whole lines of a watch say; never raises."""
        batch: Batch[Seen] = Batch()
        try:
            frames = self._frame.decode_lines(lines)
        except wire.MALFORMED:
            frames = list(self._one_by_one(lines, batch))
        for number, frame in enumerate(frames):
            if frame.type in _CHANGES:
                seen = self._seen(frame.object, batch)
                if seen is not None:
                    batch.items.append((cast("Change", frame.type), seen))
            elif frame.type == _ERROR:
                # One whose Status is unreadable ends the watch as well.
                batch.error = _status(lines) or Status()
                del frames[number:]
            elif frame.type != _BOOKMARK:
                batch.undecoded += 1
                batch.frames -= 1
        batch.frames += len(frames)
        batch.version = _newest_version(frames)
        return batch

    def page(self, body: bytes) -> Listed[Seen]:
        """Return what a page of a list says; raises one of `wire.MALFORMED` where it is no list."""
        listed: Listed[Seen] = Listed()
        page = _page(body)
        for item in page.items or ():
            try:
                seen = self._seen(self._object.decode(item), listed)
            except wire.MALFORMED:
                listed.undecoded += 1
                continue
            if seen is not None:
                listed.items.append(seen)
        metadata = page.metadata or PageMetadata()
        listed.version, listed.continue_ = metadata.resource_version, metadata.continue_
        return listed

    def one(self, body: bytes) -> Seen | None:
        """Return a single object, None where it cannot be used."""
        listed: Listed[Seen] = Listed()
        try:
            return self._seen(self._object.decode(body), listed)
        except wire.MALFORMED:
            return None

    def _seen(self, wired: object, counts: Batch[Seen] | Listed[Seen]) -> Seen | None:
        if wired is not None:
            try:
                return self._convert(wired)
            except wire.Unusable:
                pass  # Counted like an object that is null.
        counts.undecoded += 1
        return None

    def _one_by_one(self, lines: bytes, batch: Batch[Seen]) -> Iterable[Frame[Any]]:
        for line in lines.split(b"\n"):
            if not line.strip():
                continue
            frame = self._odd_frame(line)
            if frame is None:
                batch.undecoded += 1
            else:
                yield frame

    def _odd_frame(self, line: bytes) -> Frame[Any] | None:
        for candidate in (line, wire.repaired(line)):
            try:
                return self._frame.decode(candidate) if candidate is not None else None
            except wire.MALFORMED:
                continue
        # A Status where a Pod should be does not decode as one.
        return Frame(_ERROR) if _status(line) is not None else None


_PAGE = msgspec.json.Decoder(Page)
_ERROR_FRAME = msgspec.json.Decoder(Frame[Status])
_BARE_FRAME = msgspec.json.Decoder(BareFrame)


def _page(body: bytes) -> Page:
    try:
        return _PAGE.decode(body)
    except wire.MALFORMED:
        whole = wire.repaired(body)
        if whole is None:
            raise
        return _PAGE.decode(whole)


def _newest_version(frames: Sequence[Frame[Any]]) -> str | None:
    for frame in reversed(frames):
        if frame.object is not None and frame.object.metadata is not None and frame.object.metadata.resource_version:
            return str(frame.object.metadata.resource_version)
    return None


def _status(lines: bytes) -> Status | None:
    """Return the Status of the first ERROR frame; an empty one where the frame does not tell."""
    for line in lines.split(b"\n"):
        try:
            if _BARE_FRAME.decode(line).type == _ERROR:
                return _status_of(line)
        except wire.MALFORMED:
            continue
    return None


def _status_of(line: bytes) -> Status:
    try:
        return _ERROR_FRAME.decode(line).object or Status()
    except wire.MALFORMED:
        return Status()

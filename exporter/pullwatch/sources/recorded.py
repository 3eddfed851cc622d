"""Recordings: what kubectl prints, in any of its forms, as the Events, Pods and Nodes in it.

How bytes become documents is `documents`; here documents become objects, and what was read is counted. Bad input raises
`RecordedError` and nothing else.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

import msgspec

from pullwatch.pulls import observed
from pullwatch.sources import documents, events, inputs, nodes, pods, wire
from pullwatch.sources.documents import Decoded, Document, Kind
from pullwatch.sources.errors import RecordedError

Progress = Callable[[int, int | None], None]
"""Gets the bytes read so far and their total, None where that is not known."""

_DEEPEST = 3
"""Lists in lists that are followed: a frame in an array in a file."""

_MOST_KINDS = 20


@dataclass(frozen=True, slots=True)
class Recorded:
    """One object of a recording."""

    object: observed.Event | observed.Pod | observed.Node
    deleted: bool = False
    """Whether a watch frame told its deletion."""
    framed: bool = False
    """Whether it came in a watch frame, so that later states of the same object may follow."""


@dataclass(slots=True)
class Tally:
    """What was read, whether or not it mattered."""

    objects: int = 0
    events: int = 0
    """All Events, of whatever reason."""
    kubelet_events: int = 0
    """Events of kubelets that may be about images; these are passed on."""
    pods: int = 0
    nodes: int = 0
    unusable: int = 0
    """Objects with missing names or fields of surprising types."""
    other_kinds: Counter[str] = field(default_factory=Counter)
    first_at: float | None = None
    last_at: float | None = None
    """The span of all Events' stamps, seconds since the epoch."""

    def stamp(self, event: Document) -> None:
        """Widen the span to an Event's stamps."""
        first, last = events.first_at(event), events.last_at(event)
        if first is not None and (self.first_at is None or first < self.first_at):
            self.first_at = first
        if last is not None and (self.last_at is None or last > self.last_at):
            self.last_at = last

    def other(self, kind: str) -> None:
        """Count an object of a kind that is not looked at."""
        known = kind in self.other_kinds or len(self.other_kinds) < _MOST_KINDS
        self.other_kinds[kind if known else "(others)"] += 1


def read(paths: Sequence[str], *, stdin: BinaryIO, tally: Tally | None = None, progress: Progress | None = None) -> Iterator[Recorded]:
    """Yield the objects of files in their order, `-` being standard input; raises `RecordedError`.

    An Event that is not about an image is counted and left out.
    """
    tally = tally if tally is not None else Tally()
    total, before = inputs.total_bytes(paths), 0
    for path in paths:
        with inputs.opened(path, stdin=stdin) as source:
            yield from _file(source, tally, functools.partial(_tell, progress, before, total))
            before += source.consumed
    _check(tally, ", ".join(observed.clean(path) if path != inputs.STDIN else "standard input" for path in paths))


def _tell(progress: Progress | None, before: int, total: int | None, consumed: int) -> None:
    if progress is not None:
        progress(before + consumed, total)


def _file(source: inputs.Input, tally: Tally, tell: Callable[[int], None]) -> Iterator[Recorded]:
    empty, told = True, -1
    for document in documents.Documents(source):
        empty = False
        if source.consumed != told:
            told = source.consumed
            tell(told)
        # The common case of a long recording, without a generator around it.
        if type(document) is Document and document.reason is not None and document.kind == "Event":
            recorded = _event(document, tally, deleted=False, framed=False)
            if recorded is not None:
                yield recorded
        else:
            yield from _decoded(document, tally)
    tell(source.consumed)
    if empty:
        raise RecordedError(f"{source.name}: empty; expected the output of {inputs.EXPECTED}")


def _decoded(
    decoded: Decoded, tally: Tally, *, kind: str = "", deleted: bool = False, framed: bool = False, depth: int = 0
) -> Iterator[Recorded]:
    """Yield what is in a document; `kind` is that of a list's items, which need not tell their own."""
    if isinstance(decoded, list):
        yield from _items(decoded, tally, kind=kind, depth=depth)
    elif isinstance(decoded, Kind):
        _odd(decoded.kind or kind, tally)
    elif decoded.items is not None:
        yield from _items(decoded.items, tally, kind=(decoded.kind or "").removesuffix("List"), depth=depth)
    elif decoded.object is not None:
        if decoded.type in ("ADDED", "MODIFIED", "DELETED") and depth < _DEEPEST:
            yield from _decoded(decoded.object, tally, deleted=decoded.type == "DELETED", framed=True, depth=depth + 1)
    else:
        recorded = _object(decoded, tally, kind=decoded.kind or kind, deleted=deleted, framed=framed)
        if recorded is not None:
            yield recorded


def _items(items: list[msgspec.Raw], tally: Tally, *, kind: str, depth: int) -> Iterator[Recorded]:
    if depth >= _DEEPEST:
        tally.other("(lists in lists)")
        return
    for item in items:
        try:
            decoded = documents.decode(item)
        except wire.MALFORMED:
            # Its brackets are sound, or the list would not have been read; its text or its depth is not.
            decoded = documents.decode_odd(item) or Kind()
        yield from _decoded(decoded, tally, kind=kind, depth=depth + 1)


def _object(document: Document, tally: Tally, *, kind: str, deleted: bool, framed: bool) -> Recorded | None:
    if kind == "Event" or (not kind and (document.involved_object or document.regarding)):
        return _event(document, tally, deleted=deleted, framed=framed)
    tally.objects += 1
    try:
        if kind == "Pod":
            tally.pods += 1
            return Recorded(_pod(document), deleted, framed)
        if kind == "Node":
            tally.nodes += 1
            return Recorded(_node(document), deleted, framed)
    except (wire.Unusable, *wire.MALFORMED):
        tally.unusable += 1
        return None
    tally.other(_named(kind, document))
    return None


def _event(document: Document, tally: Tally, *, deleted: bool, framed: bool) -> Recorded | None:
    tally.objects += 1
    tally.events += 1
    tally.stamp(document)
    try:
        event = events.convert(document)
    except wire.Unusable:
        tally.unusable += 1
        return None
    if event is None:
        return None
    tally.kubelet_events += 1
    return Recorded(event, deleted, framed)


_POD_SPEC = msgspec.json.Decoder(pods.PodSpec | None)
_POD_STATUS = msgspec.json.Decoder(pods.PodStatus | None)
_NODE_STATUS = msgspec.json.Decoder(nodes.NodeStatus | None)


def _pod(document: Document) -> observed.Pod:
    spec = _POD_SPEC.decode(document.spec) if document.spec else None
    status = _POD_STATUS.decode(document.status) if document.status else None
    return pods.convert(pods.PodObject(document.metadata, spec, status))


def _node(document: Document) -> observed.Node:
    return nodes.convert(nodes.NodeObject(document.metadata, _NODE_STATUS.decode(document.status) if document.status else None))


def _odd(kind: str, tally: Tally) -> None:
    tally.objects += 1
    if kind in ("Event", "Pod", "Node"):
        tally.unusable += 1
    else:
        tally.other(_named(kind))


def _named(kind: str, document: Document | None = None) -> str:
    if kind == "Status" and document is not None and document.message:
        return observed.clean(f"Status: {document.message[:200]}")
    return observed.clean(kind[:100]) or "(no kind)"


def _check(tally: Tally, names: str) -> None:
    """Raise where all inputs together held nothing to look at."""
    if not tally.objects:
        raise RecordedError(f"{names}: an empty list; record it while its Events are there (one hour): {inputs.EXPECTED}")
    if not (tally.events or tally.pods or tally.nodes):
        kinds = ", ".join(tally.other_kinds) or "objects that cannot be used"
        raise RecordedError(f"{names}: no Event, Pod or Node, only {kinds}; use {inputs.EXPECTED}")

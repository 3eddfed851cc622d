"""One watch as a stream of joined frames: initial state, changes seen through the selector, bookmarks, a clean or a 410 end.

The stream knows no sockets; `ApiServer` wraps what it yields into chunks.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass

from pullwatch.sim import listing, resources, statuses, store
from pullwatch.sim.selector import Selection
from pullwatch.sim.store import Change, Compacted, Store
from pullwatch.sim.subscription import Subscription

BATCH = 500
"""Frames joined into one write: large enough for bursts, small enough that `drain()` keeps memory flat."""


@dataclass(frozen=True, slots=True)
class WatchRequest:
    """What a client asked to watch."""

    selection: Selection
    after: int
    """Version after which changes are wanted; 0 means the present state first."""
    initial_state: bool
    bookmarks: bool
    timeout_seconds: float


def parse(selection: Selection, query: Mapping[str, str], *, timeout_seconds: float) -> WatchRequest:
    """Reads a watch's query; raises a Status for what cannot be read."""
    after = listing.parse_version(query.get("resourceVersion") or "0")
    seconds = query.get("timeoutSeconds", "")
    return WatchRequest(
        selection=selection,
        after=after,
        initial_state=after == 0 or truth(query.get("sendInitialEvents", "")),
        bookmarks=truth(query.get("allowWatchBookmarks", "")),
        timeout_seconds=float(seconds) if seconds.isdigit() and int(seconds) else timeout_seconds,
    )


def truth(text: str) -> bool:
    """Reads a boolean of a query."""
    return text.lower() in ("1", "true")


async def stream(cluster: Store, request: WatchRequest, *, bookmark_seconds: float) -> AsyncGenerator[bytes, None]:
    """Yields joined frames until the watch times out, is overrun or its version is gone."""
    resource = request.selection.resource
    after = cluster.version if request.initial_state else request.after
    try:
        subscription = cluster.subscribe(resource.name, after=after)
    except Compacted:
        yield statuses.error_frame(statuses.gone("watch"))
        return
    try:
        if request.initial_state:
            for part in _initial_state(cluster, request):
                yield part
        async with contextlib.aclosing(_follow(cluster, request, subscription, bookmark_seconds=bookmark_seconds)) as parts:
            async for part in parts:
                yield part
    finally:
        cluster.unsubscribe(resource.name, subscription)


def _initial_state(cluster: Store, request: WatchRequest) -> Iterator[bytes]:
    resource = request.selection.resource
    version = cluster.version
    rows = [stored for _, stored in cluster.snapshot(resource.name, version) if request.selection.matches(stored.object)]
    for start in range(0, len(rows), BATCH):
        yield b"".join(store.frame("ADDED", resource.kind, stored.item) for stored in rows[start : start + BATCH])
    if request.bookmarks:
        yield resources.bookmark(resource, version, initial_events_end=True)


async def _follow(
    cluster: Store, request: WatchRequest, subscription: Subscription[Change], *, bookmark_seconds: float
) -> AsyncGenerator[bytes, None]:
    now = asyncio.get_running_loop().time
    end = now() + request.timeout_seconds
    bookmark_at = now() + bookmark_seconds if request.bookmarks and request.selection.resource.cached else end
    while now() < end and not subscription.overrun:
        for part in _batches(request, subscription.take()):
            yield part
        if bookmark_at <= now() < end:
            bookmark_at = now() + bookmark_seconds
            # A watch from a version of the future hears of no older one.
            if cluster.version >= request.after:
                yield resources.bookmark(request.selection.resource, cluster.version)
        await subscription.wait(min(end, bookmark_at) - now())


def _batches(request: WatchRequest, changes: list[Change]) -> Iterator[bytes]:
    for start in range(0, len(changes), BATCH):
        frames = b"".join(seen(change, request) for change in changes[start : start + BATCH] if change.version > request.after)
        if frames:
            yield frames


def seen(change: Change, request: WatchRequest) -> bytes:
    """Writes a change as a selector sees it: entering the selection is ADDED, leaving it DELETED, outside of it nothing."""
    selection = request.selection
    if selection.everything:
        return change.frame
    before = change.previous is not None and selection.matches(change.previous.object)
    after = change.type != "DELETED" and selection.matches(change.stored.object)
    if after:
        unchanged = before or change.type == "ADDED"
        return change.frame if unchanged else store.frame("ADDED", selection.resource.kind, change.stored.item)
    if before:
        return change.frame if change.type == "DELETED" else _left(change, selection.resource.kind)
    return b""


def _left(change: Change, kind: str) -> bytes:
    # The real server sends the last state that matched, under the version of the change that took it out.
    last = store.stamp((change.previous or change.stored).object, version=change.version)
    return store.frame("DELETED", kind, last.item)

"""The stream of containerd's events: what concerns images, content and snapshots of Kubernetes' namespace, and when it broke.

containerd replays nothing to a new subscriber and keeps an unbounded queue for a slow one, so whoever reads here takes each
event at once. After a break the stream begins anew with `Lost` and `Subscribed`, between which anything may have happened.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError

from pullwatch.pulls.observed import clean
from pullwatch.pulls.runtime import ContentCreated, ImagesChanged, RuntimeEvent, SnapshotEvent, SnapshotKind
from pullwatch.sources.containerd import calls, errors
from pullwatch.sources.containerd import containerd_pb2 as messages
from pullwatch.sources.containerd.client import seconds
from pullwatch.sources.containerd.connection import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

    from pullwatch.sources.containerd.connection import Connection
    from pullwatch.sources.pace import Backoff

FILTER = f'namespace=={NAMESPACE},topic~="^/(images|snapshot|content)/"'


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The stream is open: from here on nothing is missed until `Lost`."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The stream broke, or could not be opened; it is tried again."""

    error: errors.RuntimeTrouble


async def follow(
    connection: Connection,
    *,
    backoff: Backoff,
    probe: Callable[[], Awaitable[object]],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncIterator[RuntimeEvent | Subscribed | Lost]:
    """Yield events for ever.

    The answer to a subscription has no beginning that could be waited for: `probe`, any call, tells whether containerd is
    there, and `Subscribed` comes when it answered after the subscription was sent.
    """
    while True:
        try:
            async with contextlib.aclosing(_events(connection, probe)) as events:
                async for event in events:
                    if isinstance(event, Subscribed):
                        backoff.reset()
                    yield event
            yield Lost(errors.Unavailable(f"{connection.socket}: the stream of events ended"))
        except errors.RuntimeTrouble as error:
            yield Lost(error)
        await sleep(backoff.next_seconds())


async def _events(connection: Connection, probe: Callable[[], Awaitable[object]]) -> AsyncGenerator[RuntimeEvent | Subscribed]:
    async with connection.opening(calls.SUBSCRIBE, messages.SubscribeRequest(filters=[FILTER])) as envelopes:
        await probe()
        yield Subscribed()
        async for envelope in envelopes:
            event = decoded(envelope)
            if event is not None:
                yield event


def decoded(envelope: messages.Envelope) -> RuntimeEvent | None:
    """Return what an event says; None where it is another namespace's, of a topic that tells nothing, or broken.

    The filter names the namespace as well, but the header does not count for subscriptions, so both are looked at.
    """
    if envelope.namespace != NAMESPACE:
        return None
    reader = _READERS.get(envelope.topic)
    if reader is None:
        return None
    try:
        return reader(envelope.event.value, seconds(envelope.timestamp))
    except DecodeError:
        return None


def _image(content: bytes, at: float) -> ImagesChanged:
    return ImagesChanged(clean(messages.ImageEvent.FromString(content).name), at)


def _content(content: bytes, at: float) -> ContentCreated:
    return ContentCreated(clean(messages.ContentEvent.FromString(content).digest), at)


def _prepared(content: bytes, at: float) -> SnapshotEvent:
    event = messages.SnapshotPrepareEvent.FromString(content)
    return SnapshotEvent(SnapshotKind.PREPARED, clean(event.key), at, parent=clean(event.parent), snapshotter=clean(event.snapshotter))


def _committed(content: bytes, at: float) -> SnapshotEvent:
    event = messages.SnapshotCommitEvent.FromString(content)
    return SnapshotEvent(SnapshotKind.COMMITTED, clean(event.key), at, name=clean(event.name), snapshotter=clean(event.snapshotter))


def _removed(content: bytes, at: float) -> SnapshotEvent:
    return SnapshotEvent(SnapshotKind.REMOVED, clean(messages.SnapshotRemoveEvent.FromString(content).key), at)


_READERS: dict[str, Callable[[bytes, float], RuntimeEvent]] = {
    "/images/create": _image,
    "/images/update": _image,
    "/images/delete": _image,
    "/content/create": _content,
    "/snapshot/prepare": _prepared,
    "/snapshot/commit": _committed,
    "/snapshot/remove": _removed,
}

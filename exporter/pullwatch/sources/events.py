"""core/v1 Events of kubelets, as far as they can be about images.

The same stored object has other field names in events.k8s.io/v1; recordings may hold either, so both are read.
"""

from __future__ import annotations

import sys

import msgspec

from pullwatch.pulls import message, observed
from pullwatch.sources import stamps, wire

KUBELET = "kubelet"

MOST = 2**31 - 1
"""An Event's count is an int32; a greater one was not written by a kubelet."""


class Subject(msgspec.Struct, gc=False, frozen=True, rename="camel"):
    """`involvedObject`: what the Event is about."""

    kind: str | None = None
    namespace: str | None = None
    name: str | None = None
    uid: str | None = None
    field_path: str | None = None


class Source(msgspec.Struct, gc=False, frozen=True):
    """`source`: who wrote the Event."""

    component: str | None = None
    host: str | None = None


class Series(msgspec.Struct, gc=False, frozen=True, rename="camel"):
    """`series` of an Event that stands for several occurrences."""

    count: int | None = None
    last_observed_time: str | None = None


class EventObject(msgspec.Struct, gc=False, frozen=True, rename="camel"):
    """An Event on the wire."""

    metadata: wire.Metadata | None = None
    involved_object: Subject | None = None
    reason: str | None = None
    message: str | None = None
    source: Source | None = None
    first_timestamp: str | None = None
    last_timestamp: str | None = None
    count: int | None = None
    event_time: str | None = None
    series: Series | None = None
    reporting_component: str | None = None
    reporting_instance: str | None = None
    # What events.k8s.io/v1 calls them:
    regarding: Subject | None = None
    note: str | None = None
    reporting_controller: str | None = None
    deprecated_source: Source | None = None
    deprecated_first_timestamp: str | None = None
    deprecated_last_timestamp: str | None = None
    deprecated_count: int | None = None


_NO_SOURCE = Source()
_NO_SERIES = Series()


def convert(event: EventObject) -> observed.Event | None:
    """Return what a kubelet says that may be about an image, None for any other Event; raises `wire.Unusable`."""
    # Most Events of a stream end here.
    if event.reason not in message.REASONS:
        return None
    subject = event.involved_object or event.regarding
    source = event.source or event.deprecated_source or _NO_SOURCE
    if subject is None or subject.kind != "Pod":
        return None
    # A combined Event has a source and nothing in the reporting fields.
    if (source.component or event.reporting_component or event.reporting_controller) != KUBELET:
        return None
    return _convert(event, subject, source, event.metadata or wire.NO_METADATA)


def _convert(event: EventObject, subject: Subject, source: Source, metadata: wire.Metadata) -> observed.Event:
    uid, name = metadata.uid, subject.name
    if not uid or not name:
        raise wire.Unusable("no metadata.uid" if not uid else "no involvedObject.name")
    namespace = metadata.namespace or subject.namespace or ""
    # Without a uid, pods are told apart by their names.
    pod_uid = subject.uid or f"{subject.namespace or namespace}/{name}"
    texts = (
        uid,
        namespace,
        name,
        pod_uid,
        subject.field_path or "",
        event.message or event.note or "",
        source.host or event.reporting_instance or "",
    )
    uid, namespace, name, pod_uid, field_path, text, node = wire.texts(texts)
    # The same few texts in each of a hundred thousand Events are kept once.
    return observed.Event(
        uid=uid,
        namespace=sys.intern(namespace),
        pod=name,
        pod_uid=pod_uid,
        field_path=sys.intern(field_path),
        reason=sys.intern(event.reason or ""),
        message=text,
        node=sys.intern(node),
        count=_count(event),
        first_at=first_at(event),
        last_at=last_at(event),
    )


def _count(event: EventObject) -> int:
    most = event.count or 1
    if event.series is not None or event.deprecated_count is not None:
        most = max(most, event.deprecated_count or 1, (event.series or _NO_SERIES).count or 1)
    return min(MOST, max(most, 1))


def first_at(event: EventObject) -> float | None:
    """Return the oldest stamp of an Event."""
    return (
        stamps.seconds(event.first_timestamp or event.deprecated_first_timestamp) or stamps.seconds(event.event_time) or _created_at(event)
    )


def last_at(event: EventObject) -> float | None:
    """Return the newest stamp of an Event."""
    return (
        stamps.seconds(event.last_timestamp or event.deprecated_last_timestamp)
        or stamps.seconds((event.series or _NO_SERIES).last_observed_time)
        or stamps.seconds(event.event_time)
        or _created_at(event)
    )


def _created_at(event: EventObject) -> float | None:
    return stamps.seconds((event.metadata or wire.NO_METADATA).creation_timestamp)

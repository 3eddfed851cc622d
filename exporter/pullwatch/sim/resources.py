"""The three resources the simulated API server knows, as data: kinds, selectable fields, shape of a bookmark.

Nothing here reads requests or keeps objects; adding a resource is adding a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

Object = dict[str, Any]
"""An API object as parsed JSON."""

Key = tuple[str, str]
"""Namespace (empty for nodes) and name."""

EMPTY_EVENT: Object = {
    "involvedObject": {},
    "source": {},
    "firstTimestamp": None,
    "lastTimestamp": None,
    "eventTime": None,
    "reportingComponent": "",
    "reportingInstance": "",
}
EMPTY_POD: Object = {"spec": {"containers": None}, "status": {}}
EMPTY_NODE: Object = {"spec": {}, "status": {}}


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of core/v1."""

    name: str
    kind: str
    namespaced: bool
    fields: Mapping[str, tuple[str, ...]]
    """Field labels that a selector may name, each with its path in the object."""
    empty: Object
    """What a bookmark carries besides its metadata."""
    cached: bool
    """Whether a real server answers from its watch cache, which sends periodic bookmarks and ignores `limit` at version 0."""


def key(object_: Object) -> Key:
    """Names an object within its resource."""
    metadata = object_["metadata"]
    return metadata.get("namespace") or "", metadata["name"]


def bookmark(resource: Resource, version: int, *, initial_events_end: bool = False) -> bytes:
    """Writes a BOOKMARK frame as a real server does."""
    metadata: Object = {"resourceVersion": str(version)}
    if initial_events_end:
        metadata["annotations"] = {"k8s.io/initial-events-end": "true"}
    object_ = {"kind": resource.kind, "apiVersion": "v1", "metadata": metadata, **resource.empty}
    return msgspec.json.encode({"type": "BOOKMARK", "object": object_}) + b"\n"


def _fields(*labels: str) -> dict[str, tuple[str, ...]]:
    return {label: tuple(label.split(".")) for label in ("metadata.name", *labels)}


EVENTS = Resource(
    name="events",
    kind="Event",
    namespaced=True,
    fields=_fields(
        "metadata.namespace",
        "involvedObject.kind",
        "involvedObject.namespace",
        "involvedObject.name",
        "involvedObject.uid",
        "involvedObject.apiVersion",
        "involvedObject.resourceVersion",
        "involvedObject.fieldPath",
        "reason",
        "reportingComponent",
        "type",
    )
    | {"source": ("source", "component")},
    empty=EMPTY_EVENT,
    cached=False,
)
PODS = Resource(
    name="pods",
    kind="Pod",
    namespaced=True,
    fields=_fields("metadata.namespace", "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "status.phase", "status.podIP"),
    empty=EMPTY_POD,
    cached=True,
)
NODES = Resource(name="nodes", kind="Node", namespaced=False, fields=_fields("spec.unschedulable"), empty=EMPTY_NODE, cached=True)

BY_NAME: Mapping[str, Resource] = {resource.name: resource for resource in (EVENTS, PODS, NODES)}
BY_KIND: Mapping[str, Resource] = {resource.kind: resource for resource in (EVENTS, PODS, NODES)}

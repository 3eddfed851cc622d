"""The three resources that are watched, and how each is asked for: paths, selectors, time limits."""

from __future__ import annotations

import random
import urllib.parse
from dataclasses import dataclass
from typing import Generic

from pullwatch.pulls import observed
from pullwatch.sources import events as event_objects
from pullwatch.sources import nodes as node_objects
from pullwatch.sources import pods as pod_objects
from pullwatch.sources.frames import Reader, Seen

PAGE_ITEMS = 500

EVENTS = "events"
PODS = "pods"
NODES = "nodes"

EVENT_SELECTOR = "involvedObject.kind=Pod,source=kubelet,reason!=Created,reason!=Started,reason!=Killing,reason!=Unhealthy"
"""Leaves out what kubelets say most and what is never about images; new reasons come through. `source` keeps combined Events."""

PENDING = "status.phase=Pending"

_BOOKMARKED_SILENCE_SECONDS = 75.0
"""The API server sends a bookmark of pods and of nodes each minute, however quiet they are, once any of them changed since it started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource(Generic[Seen]):
    """What is listed and watched."""

    name: str
    """As in the label `resource`."""
    namespace: str | None
    path: str
    list_selector: str
    watch_selector: str
    silence_seconds: float | None
    """Time without a byte after which a watch counts as dead; None where silence is normal."""
    watch_seconds: tuple[int, int]
    """Bounds of the time after which the server is asked to end a watch."""
    reader: Reader[Seen]
    page_items: int = PAGE_ITEMS
    """Objects of a page of a list."""

    def timeout_seconds(self, rng: random.Random) -> int:
        """Draw how long the next watch may last, so that many watches do not end together."""
        return rng.randint(*self.watch_seconds)


def events(namespace: str | None = None) -> Resource[observed.Event]:
    """Return the Events of kubelets; their watch has no bookmarks."""
    return Resource(
        name=EVENTS,
        namespace=namespace,
        path=_path(EVENTS, namespace),
        list_selector=EVENT_SELECTOR,
        watch_selector=EVENT_SELECTOR,
        silence_seconds=None,
        watch_seconds=(240, 300),
        reader=_EVENTS,
    )


def pods(namespace: str | None = None) -> Resource[observed.Pod]:
    """Return the pods: listed while they are Pending, watched whatever their phase."""
    return Resource(
        name=PODS,
        namespace=namespace,
        path=_path(PODS, namespace),
        list_selector=PENDING,
        watch_selector="",
        silence_seconds=_BOOKMARKED_SILENCE_SECONDS,
        watch_seconds=(300, 600),
        reader=_PODS,
    )


def nodes() -> Resource[observed.Node]:
    """Return the nodes, which belong to no namespace."""
    return Resource(
        name=NODES,
        namespace=None,
        path=_path(NODES, None),
        list_selector="",
        watch_selector="",
        silence_seconds=_BOOKMARKED_SILENCE_SECONDS,
        watch_seconds=(300, 600),
        reader=_NODES,
        # With its images a node is 10 KB.
        page_items=PAGE_ITEMS // 5,
    )


def _path(name: str, namespace: str | None) -> str:
    return f"/api/v1/namespaces/{urllib.parse.quote(namespace, safe='')}/{name}" if namespace else f"/api/v1/{name}"


_EVENTS = Reader(event_objects.EventObject, event_objects.convert)
_PODS = Reader(pod_objects.PodObject, pod_objects.convert)
_NODES = Reader(node_objects.NodeObject, node_objects.convert)

"""The made cluster of a story as its API server shows it at each moment: what is there, and what its watches said last.

Events go after an hour, as an API server lets them.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeVar

from pullwatch.sim import resources, selector
from pullwatch.sim.recording import Recording, Step
from pullwatch.sim.selector import Selection
from pullwatch.sim.store import Store
from pullwatch.sources import resources as watched

if TYPE_CHECKING:
    from pullwatch.pulls.observed import Event, Node, Pod
    from pullwatch.sim.resources import Object
    from pullwatch.sources.resources import Resource

EVENT_SECONDS = 3600.0
"""Time for which an API server keeps an Event."""

_WATCHED = Selection(resources.EVENTS, "", selector.parse(watched.EVENT_SELECTOR, resources.EVENTS))
"""Events that are asked for."""

Seen = TypeVar("Seen")


class World:
    """A story that is told from its first step on."""

    def __init__(self, story: Recording) -> None:
        self.store = Store(history_limit=1)
        self._story = story
        self._steps = iter(story.steps)
        self._next = next(self._steps, None)
        self._expiring: deque[tuple[float, resources.Key, str]] = deque()
        """Events by when they were written last, with their version then."""

    def until(self, offset_seconds: float) -> Iterator[Step]:
        """Yield what watches say up to a moment of the story, each once the store holds it."""
        while self._next is not None and self._next.offset_seconds <= offset_seconds:
            step = self._next
            yield from self._expired(step.offset_seconds)
            taken = self._take(step)
            if step.resource != watched.EVENTS or _WATCHED.matches(step.object):
                yield taken
            self._next = next(self._steps, None)
        yield from self._expired(offset_seconds)

    def nodes(self) -> list[Node]:
        return list(self._read(watched.nodes()))

    def pending(self) -> list[Pod]:
        """Return what a list of pods brings: those that are Pending."""
        return [pod for pod in self._read(watched.pods()) if pod.phase == "Pending"]

    def events(self) -> list[Event]:
        """Return what a list of Events brings."""
        return list(self._read(watched.events()))

    def pod(self, namespace: str, name: str) -> Pod | None:
        """Return the answer to a single read."""
        stored = self.store.get(watched.PODS, (namespace, name))
        return None if stored is None else watched.pods().reader.one(stored.item)

    def _read(self, resource: Resource[Seen]) -> Iterator[Seen]:
        for _, stored in self.store.snapshot(resource.name, self.store.version):
            if resource.name == watched.EVENTS and not _WATCHED.matches(stored.object):
                continue
            if (seen := resource.reader.one(stored.item)) is not None:
                yield seen

    def _take(self, step: Step) -> Step:
        key = resources.key(step.object)
        if step.type == "DELETED":
            if self.store.get(step.resource, key) is not None:
                self.store.delete(step.resource, key, final=step.object)
            return step
        stored = self.store.apply(step.resource, step.object)
        if step.resource == watched.EVENTS:
            self._expiring.append((step.offset_seconds + EVENT_SECONDS, key, _version(stored)))
        return step

    def _expired(self, offset_seconds: float) -> Iterator[Step]:
        due = itertools.takewhile(lambda each: each[0] <= offset_seconds, list(self._expiring))
        for at, key, version in due:
            self._expiring.popleft()
            stored = self.store.get(watched.EVENTS, key)
            if stored is not None and _version(stored.object) == version:
                self.store.delete(watched.EVENTS, key)
                if _WATCHED.matches(stored.object):
                    yield Step(at, watched.EVENTS, "DELETED", stored.object)


def _version(object_: Object) -> str:
    return str(object_["metadata"]["resourceVersion"])

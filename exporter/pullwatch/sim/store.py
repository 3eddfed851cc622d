"""The objects of the simulated cluster, their one growing resourceVersion, and the history that watches read.

An object is serialised once per write; every watch and list shares these bytes. Requests, selectors and HTTP live elsewhere.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from pullwatch.sim import resources
from pullwatch.sim.resources import Key, Object
from pullwatch.sim.subscription import Subscription

HISTORY_LIMIT = 20_000
"""Changes kept per resource; older ones are compacted away, as etcd does every five minutes."""

SNAPSHOT_LIMIT = 8
"""Paged lists that may be under way at once without sorting the objects anew for each page."""


class StoreError(Exception):
    """A write that contradicts what the store holds."""


class Compacted(Exception):
    """The asked resourceVersion is older than the history."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An object and its JSON without `kind` and `apiVersion`, as list items are written."""

    object: Object
    item: bytes


@dataclass(frozen=True, slots=True)
class Change:
    """One write: the frame that unfiltered watches send, and both sides for those with a selector."""

    version: int
    type: str
    stored: Stored
    previous: Stored | None
    frame: bytes


def frame(type_: str, kind: str, item: bytes) -> bytes:
    """Writes one watch frame around an object's JSON."""
    return b'{"type":"%b","object":{"kind":"%b","apiVersion":"v1",%b}\n' % (type_.encode(), kind.encode(), item[1:])


class Store:
    """Keeps events, pods and nodes and tells subscriptions about each write."""

    def __init__(self, *, first_version: int = 1, history_limit: int = HISTORY_LIMIT) -> None:
        self.version = first_version
        self.compacted_version = 0
        self._history_limit = history_limit
        self._objects: dict[str, dict[Key, Stored]] = {name: {} for name in resources.BY_NAME}
        self._history: dict[str, list[Change]] = {name: [] for name in resources.BY_NAME}
        self._subscriptions: dict[str, set[Subscription[Change]]] = {name: set() for name in resources.BY_NAME}
        self._snapshots: dict[tuple[str, int], list[tuple[Key, Stored]]] = {}

    def create(self, resource: str, object_: Object) -> Object:
        """Adds an object that is not there yet and returns it as stored."""
        if resources.key(object_) in self._objects[resource]:
            raise StoreError(f"{resource} {resources.key(object_)} already exists")
        return self._write(resource, "ADDED", object_)

    def update(self, resource: str, object_: Object) -> Object:
        """Replaces an object that is there and returns it as stored."""
        if resources.key(object_) not in self._objects[resource]:
            raise StoreError(f"{resource} {resources.key(object_)} not found")
        return self._write(resource, "MODIFIED", object_)

    def apply(self, resource: str, object_: Object) -> Object:
        """Creates or replaces, whichever fits."""
        known = resources.key(object_) in self._objects[resource]
        return self._write(resource, "MODIFIED" if known else "ADDED", object_)

    def delete(self, resource: str, key: Key, *, final: Object | None = None) -> None:
        """Removes an object; `final` is its last state when that differs from the stored one."""
        stored = self._objects[resource].get(key)
        if stored is None:
            raise StoreError(f"{resource} {key} not found")
        self._write(resource, "DELETED", final or stored.object)

    def get(self, resource: str, key: Key) -> Stored | None:
        """Reads one object."""
        return self._objects[resource].get(key)

    def count(self, resource: str) -> int:
        """Tells how many objects of a resource there are."""
        return len(self._objects[resource])

    def snapshot(self, resource: str, version: int) -> Sequence[tuple[Key, Stored]]:
        """Lists the objects as they were at a version, sorted by key; raises `Compacted` when that is forgotten."""
        self._require(version)
        cached = self._snapshots.get((resource, version))
        if cached is not None:
            return cached
        while len(self._snapshots) >= SNAPSHOT_LIMIT:
            del self._snapshots[next(iter(self._snapshots))]
        rows = sorted(self._state_at(resource, version).items())
        self._snapshots[resource, version] = rows
        return rows

    def subscribe(self, resource: str, *, after: int) -> Subscription[Change]:
        """Follows a resource from a version on; raises `Compacted` when changes after it are forgotten."""
        self._require(after)
        subscription: Subscription[Change] = Subscription(limit=self._history_limit)
        start = bisect.bisect_right(self._history[resource], after, key=_version)
        for change in self._history[resource][start:]:
            subscription.push(change)
        self._subscriptions[resource].add(subscription)
        return subscription

    def unsubscribe(self, resource: str, subscription: Subscription[Change]) -> None:
        """Stops telling a subscription; harmless when done twice."""
        self._subscriptions[resource].discard(subscription)

    def compact(self) -> None:
        """Forgets the whole history: lists and watches from an older version get 410. Open watches lose nothing."""
        self.compacted_version = self.version
        self._snapshots.clear()
        for history in self._history.values():
            history.clear()

    def _require(self, version: int) -> None:
        if version < self.compacted_version:
            raise Compacted(version)

    def _state_at(self, resource: str, version: int) -> dict[Key, Stored]:
        state = dict(self._objects[resource])
        for change in reversed(self._history[resource]):
            if change.version <= version:
                break
            key = resources.key(change.stored.object)
            if change.previous is None:
                state.pop(key, None)
            else:
                state[key] = change.previous
        return state

    def _write(self, resource: str, type_: str, object_: Object) -> Object:
        self.version += 1
        stored = stamp(object_, version=self.version)
        key = resources.key(object_)
        previous = self._objects[resource].pop(key, None)
        if type_ != "DELETED":
            self._objects[resource][key] = stored
        kind = resources.BY_NAME[resource].kind
        self._tell(resource, Change(self.version, type_, stored, previous, frame(type_, kind, stored.item)))
        return stored.object

    def _tell(self, resource: str, change: Change) -> None:
        history = self._history[resource]
        history.append(change)
        if len(history) > self._history_limit:
            self._forget(history, len(history) // 4 + 1)
        for subscription in self._subscriptions[resource]:
            subscription.push(change)

    def _forget(self, history: list[Change], count: int) -> None:
        # A quarter at a time: cutting one change per write would move the whole list on each.
        self.compacted_version = max(self.compacted_version, history[count - 1].version)
        del history[:count]


def stamp(object_: Object, *, version: int) -> Stored:
    """Copies an object with its new resourceVersion, and a uid if it has none, and serialises it."""
    metadata = {**object_["metadata"], "resourceVersion": str(version)}
    metadata.setdefault("uid", f"00000000-0000-4000-8000-{version:012x}")
    body = {name: value for name, value in object_.items() if name not in ("kind", "apiVersion")} | {"metadata": metadata}
    return Stored(object=body, item=msgspec.json.encode(body))


def _version(change: Change) -> int:
    return change.version

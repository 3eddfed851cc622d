"""A bounded mapping that forgets what was not touched for longest.

Two generations instead of a linked list: an entry that is touched moves to the young one; when that is full, the old
one is dropped and the young one ages. It takes half the memory of an ordered dictionary, and no step is linear.
"""

from __future__ import annotations

from typing import Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """At most `capacity` values by text; at least the half touched last."""

    def __init__(self, *, capacity: int) -> None:
        self._half = max(1, capacity // 2)
        self._young: dict[str, Value] = {}
        self._old: dict[str, Value] = {}
        self.evicted = 0
        """Entries dropped for want of room."""

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def __contains__(self, key: str) -> bool:
        return key in self._young or key in self._old

    def get(self, key: str) -> Value | None:
        """Return a value without touching it."""
        value = self._young.get(key)
        return self._old.get(key) if value is None else value

    def put(self, key: str, value: Value) -> None:
        """Set a value, which touches it."""
        if self._old:
            self._old.pop(key, None)
        self._young[key] = value
        if len(self._young) >= self._half:
            self.evicted += len(self._old)
            self._old, self._young = self._young, {}

    def drop(self, key: str) -> None:
        self._young.pop(key, None)
        self._old.pop(key, None)

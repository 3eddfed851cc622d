"""What one open watch has yet to send: changes pushed by the store, taken in batches by the stream that writes them."""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar

T = TypeVar("T")


class Subscription(Generic[T]):
    """A bounded mailbox; past its limit it is marked overrun, and the server ends that watch as a real one ends a slow one."""

    def __init__(self, *, limit: int) -> None:
        self.overrun = False
        self._limit = limit
        self._pending: list[T] = []
        self._filled = asyncio.Event()

    def push(self, change: T) -> None:
        """Adds a change and wakes the reader."""
        if len(self._pending) >= self._limit:
            self.overrun = True
        else:
            self._pending.append(change)
        self._filled.set()

    def take(self) -> list[T]:
        """Hands over all that is pending."""
        pending, self._pending = self._pending, []
        self._filled.clear()
        return pending

    async def wait(self, timeout_seconds: float) -> None:
        """Returns when something is pending or the time is over."""
        try:
            async with asyncio.timeout(timeout_seconds):
                await self._filled.wait()
        except TimeoutError:
            return

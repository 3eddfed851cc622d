"""Work that several ask for at a time and that is done once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Result = TypeVar("Result")


class Flights(Generic[Key, Result]):
    """Tasks under way, by what they are for."""

    def __init__(self) -> None:
        self._under_way: dict[Key, asyncio.Task[Result]] = {}

    async def join(self, key: Key, work: Callable[[], Coroutine[Any, Any, Result]], *, name: str) -> Result:
        """Return what the work brings; of the one under way for this key where there is one."""
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(work(), name=name)
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._landed(key, done))
        # Whoever asked first and goes away must not take it from the others.
        return await asyncio.shield(task)

    async def close(self) -> None:
        """End what nobody waits for any more."""
        under_way = list(self._under_way.values())
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    def _landed(self, key: Key, task: asyncio.Task[Result]) -> None:
        del self._under_way[key]
        if not task.cancelled():
            # Looked at, or asyncio would complain where nobody waits any more.
            task.exception()

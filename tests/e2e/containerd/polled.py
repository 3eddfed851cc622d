"""Waiting for what other programs do, with a deadline, while all that runs in this loop goes on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.e2e.started import DEADLINE_SECONDS, POLL_SECONDS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.e2e.started import Found


async def eventually(look: Callable[[], Awaitable[Found | None]]) -> Found:
    """Return what is found once it is there."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while True:
            if found := await look():
                return found
            await asyncio.sleep(POLL_SECONDS)


async def seen(look: Callable[[], Found | None]) -> Found:
    """Return what is found once it is there, of what can be looked at without waiting."""

    async def looked() -> Found | None:
        return look()

    return await eventually(looked)

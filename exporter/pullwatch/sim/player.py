"""Plays a recording into a store: the backlog at once, the rest at its own pace or faster, with every stamp made current.

Durations inside message texts stay as recorded: at speed 20 a pull that took a minute still says so after three seconds.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable

from pullwatch.sim import resources, stamps
from pullwatch.sim.recording import Recording, Step
from pullwatch.sim.store import Store
from pullwatch.sim.timeline import Timeline

BREATH = 200
"""Steps that fall on one moment are written in groups of this size, so that a burst does not hold up the servers."""

Progress = Callable[[int, int], None]
"""Told after each live step: how many of how many have been played."""


class Player:
    """One performance of a recording; `play()` is a plain coroutine, so whoever awaits it owns it."""

    def __init__(
        self,
        recording: Recording,
        store: Store,
        *,
        speed: float = 1.0,
        max_gap_seconds: float | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        progress: Progress | None = None,
    ) -> None:
        if speed <= 0:
            raise ValueError(f"speed must be above 0, not {speed}")
        self._recording = recording
        self._store = store
        self._clock = clock
        self._sleep = sleep
        self._progress = progress
        self._timeline = Timeline((step.offset_seconds for step in recording.steps), speed=speed, max_gap_seconds=max_gap_seconds)
        self._started_at: float | None = None

    @property
    def seconds(self) -> float:
        """How long the live part will take."""
        return self._timeline.played(self._recording.seconds)

    def load_backlog(self) -> int:
        """Writes the history before the start, with its stamps in the past; tells how many steps.

        The live part starts here, within one second.
        """
        self._started_at = self._start()
        backlog = self._recording.backlog
        for step in backlog:
            self._write(step, self._started_at)
        return len(backlog)

    async def play(self) -> None:
        """Writes the live steps, each at its time; loads the backlog first unless that is done."""
        if self._started_at is None:
            self.load_backlog()
        started_at = self._started_at or 0.0
        live = self._recording.live
        for number, step in enumerate(live, start=1):
            await self._until(started_at + self._timeline.played(step.offset_seconds), number)
            self._write(step, started_at)
            if self._progress is not None:
                self._progress(number, len(live))

    def _start(self) -> float:
        now = self._clock()
        if self._timeline.speed != 1:
            return now
        # Recorded stamps are cut to whole seconds. Moved by whole seconds they stay as exact as they were; by a fraction
        # they would be cut a second time and age by up to another second.
        return self._recording.started_at + math.ceil(now - self._recording.started_at)

    async def _until(self, moment: float, number: int) -> None:
        left = moment - self._clock()
        if left > 0:
            await self._sleep(left)
        elif number % BREATH == 0:
            await asyncio.sleep(0)

    def _write(self, step: Step, started_at: float) -> None:
        origin = self._recording.started_at
        object_ = stamps.moved(step.object, lambda seconds: started_at + self._timeline.played(seconds - origin))
        key = resources.key(object_)
        if step.type != "DELETED":
            self._store.apply(step.resource, object_)
        elif self._store.get(step.resource, key) is not None:
            self._store.delete(step.resource, key, final=object_)

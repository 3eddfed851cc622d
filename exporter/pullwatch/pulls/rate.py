"""How fast bytes come in that are seen in steps of 1 MiB, and when all of them will be there.

The mean since a pull's start says little: behind a queue it told 242 s where about 20 remained. So a window of the last
seconds counts, measured between the moments of steps, and only after some steps.
"""

from __future__ import annotations

from collections import deque

WINDOW_SECONDS = 5.0

LEAST_BYTES = 2 * 1024 * 1024
"""Two steps: before them one step more or less is half of all that is known."""


class Rate:
    """Bytes per second of the last seconds."""

    def __init__(self) -> None:
        self._steps: deque[tuple[float, int]] = deque()
        self._first_bytes = 0

    def step(self, at: float, total_bytes: int) -> None:
        """Take how many bytes there were when the last step was made."""
        if not self._steps or total_bytes < self._steps[-1][1]:
            # What was there went away, and is fetched from its beginning.
            self._steps = deque([(at, total_bytes)])
            self._first_bytes = total_bytes
            return
        last_at, last_bytes = self._steps[-1]
        if len(self._steps) == 1 and total_bytes == last_bytes:
            # Nothing came yet: the time before the newest ingest was opened was no download.
            self._steps[0] = (max(at, last_at), total_bytes)
            return
        if total_bytes == last_bytes or at <= last_at:
            return
        self._steps.append((at, total_bytes))
        while len(self._steps) > 2 and self._steps[1][0] <= at - WINDOW_SECONDS:
            self._steps.popleft()

    def bytes_per_second(self, now: float) -> float | None:
        """Return the rate; None where too little was seen. It falls while no step comes for longer than the window."""
        if len(self._steps) < 2 or self._steps[-1][1] - self._first_bytes < LEAST_BYTES:
            return None
        (first_at, first_bytes), (last_at, last_bytes) = self._steps[0], self._steps[-1]
        end = last_at if now - last_at <= WINDOW_SECONDS else now
        return (last_bytes - first_bytes) / (end - first_at)

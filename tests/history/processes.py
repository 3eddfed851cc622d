"""What a process of its own would show of itself: the one that plays the day shows how busy the tests are, and never the same.

The figures are those of docs/performance.md in their order of magnitude: memory grows with what is known, CPU with what happened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MIB = 1 << 20

EMPTY_BYTES, SERIES_BYTES = 61 * MIB, 1_800
IDLE_SHARE, SERIES_SECONDS = 0.0021, 0.0000019
"""Of a core, and of CPU time for each series of a scrape."""

_LINES = re.compile(rb"^process_.*\n", re.MULTILINE)


class Process:
    """One that started at a moment."""

    def __init__(self, *, started_at: float, empty_bytes: int = EMPTY_BYTES) -> None:
        self._started_at = started_at
        self._empty_bytes = empty_bytes
        self._lines = 0
        """That were shown in all."""

    def shown(self, pieces: Iterable[bytes], *, now: float) -> bytes:
        """Return what it exposes, with its own figures in place of ours."""
        exposed = _LINES.sub(b"", b"".join(pieces))
        lines = exposed.count(b"\n")
        self._lines += lines
        seconds = IDLE_SHARE * (now - self._started_at) + SERIES_SECONDS * self._lines
        figures = {
            "process_start_time_seconds": self._started_at,
            "process_cpu_seconds_total": round(seconds, 2),
            "process_resident_memory_bytes": self._empty_bytes + SERIES_BYTES * lines,
            "process_virtual_memory_bytes": 3 * self._empty_bytes,
            "process_open_fds": 14,
            "process_max_fds": 1_048_576,
        }
        return exposed + b"".join(f"{name} {value}\n".encode() for name, value in figures.items())

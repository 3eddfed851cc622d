"""Whole lines out of a stream of chunks."""

from __future__ import annotations

from collections.abc import Iterator

MAX_LINE = 4 * 1024 * 1024
"""Bytes of a line that is still kept. An object in etcd has at most 1.5 MiB; what is longer is left out and counted."""

BURST, PART = 96 * 1024, 24 * 1024
"""Bytes of lines above which they are read and counted in parts, between which others may run, and those of a part: some 20
Events, half a millisecond. A burst brings 500 at once, and what waits for the event loop waits for three such parts. At
500 Events a second what comes in one read stays below, as a part costs some 50 us by itself."""


def parts(lines: bytes, *, burst: int = BURST, size: int = PART) -> Iterator[bytes]:
    """Yield whole lines: as they are, or more than a burst in parts of at most this size, a longer line by itself."""
    if len(lines) <= burst:
        yield lines
        return
    start = 0
    while start < len(lines):
        end = lines.rfind(b"\n", start, start + size) + 1 or lines.index(b"\n", start) + 1
        yield lines[start:end]
        start = end


class Lines:
    """Keeps the unfinished end of each chunk for the next one."""

    def __init__(self, *, max_line: int = MAX_LINE) -> None:
        self._max_line = max_line
        self._carry: list[bytes] = []
        self._carried = 0
        self._skipping = False
        self.dropped = 0
        """Lines so far that were too long."""

    def whole(self, chunk: bytes) -> bytes:
        """Return the lines that this chunk completes."""
        if self._skipping:
            chunk = self._after_long_line(chunk)
        end = chunk.rfind(b"\n") + 1
        if not end:
            self._keep(chunk)
            return b""
        lines = b"".join((*self._carry, chunk[:end])) if self._carry else chunk[:end]
        self._carry, self._carried = [], 0
        self._keep(chunk[end:])
        return lines

    def _keep(self, rest: bytes) -> None:
        if not rest:
            return
        self._carry.append(rest)
        self._carried += len(rest)
        if self._carried > self._max_line:
            self._carry, self._carried = [], 0
            self._skipping = True
            self.dropped += 1

    def _after_long_line(self, chunk: bytes) -> bytes:
        end = chunk.find(b"\n") + 1
        self._skipping = not end
        return chunk[end:] if end else b""

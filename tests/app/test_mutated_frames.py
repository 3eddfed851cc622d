"""Recorded frames that were damaged in every way, through all that reads them: decoding, lifecycle of pulls, metrics."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from pullwatch.sources import resources
from pullwatch.sources.frames import Reader
from tests.app.test_exporter import made
from tests.recorded import RECORDINGS
from tests.sources import given

MUTATIONS = int(os.environ.get("PULLWATCH_MUTATIONS", "20000"))
"""Frames of one run, over all kinds; `make soak` takes five times as many."""

ODD = (
    b"null",
    b"true",
    b"-1",
    b"1e999",
    b"NaN",
    b'""',
    b'"\\ud800"',
    b'"\xff"',
    b"[]",
    b"{}",
    b"[[[[",
    b'"ERROR"',
    b"\n",
    b"\0",
    b'"' + b"x" * 9000 + b'"',
)

SOUND: dict[str, bytes] = {
    "events": given.frame(given.event(message='Pulling image "sound"')),
    "pods": given.frame(given.pod("sound")),
    "nodes": given.frame(given.node("sound")),
}

READERS: dict[str, Reader[Any]] = {
    "events": resources.events().reader,
    "pods": resources.pods().reader,
    "nodes": resources.nodes().reader,
}


def recorded(kind: str) -> list[bytes]:
    """Return frames as real API servers wrote them; of nodes there are none."""
    if kind == "nodes":
        return [given.frame(given.node(agentpool="pool"))]
    return [line for path in sorted(RECORDINGS.glob(f"*.{kind}.jsonl")) for line in path.read_bytes().splitlines()]


class Mutator:
    """Damages lines, the same ones for the same seed."""

    def __init__(self, lines: list[bytes], *, seed: int) -> None:
        self._lines = lines
        self._rng = random.Random(seed)
        self._ways = (self._flip, self._cut, self._repeat, self._insert, self._replace_value, self._truncate, self._splice)

    def line(self) -> bytes:
        """Return a line after one to four changes."""
        line = self._rng.choice(self._lines)
        for _ in range(self._rng.randint(1, 4)):
            line = self._rng.choice(self._ways)(line or b"{}")
        return line

    def _at(self, line: bytes) -> int:
        return self._rng.randrange(len(line))

    def _flip(self, line: bytes) -> bytes:
        at = self._at(line)
        return line[:at] + bytes([self._rng.randrange(256)]) + line[at + 1 :]

    def _cut(self, line: bytes) -> bytes:
        at = self._at(line)
        return line[:at] + line[at + self._rng.randint(1, 60) :]

    def _repeat(self, line: bytes) -> bytes:
        at = self._at(line)
        return line[:at] + line[at : at + self._rng.randint(1, 200)] * self._rng.randint(2, 5) + line[at:]

    def _insert(self, line: bytes) -> bytes:
        at = self._at(line)
        return line[:at] + self._rng.choice(ODD) + line[at:]

    def _replace_value(self, line: bytes) -> bytes:
        begin = line.find(b":", self._at(line)) + 1
        end = line.find(b",", begin)
        return line[:begin] + self._rng.choice(ODD) + line[end if end >= 0 else len(line) :]

    def _truncate(self, line: bytes) -> bytes:
        return line[: self._at(line)]

    def _splice(self, line: bytes) -> bytes:
        other = self._rng.choice(self._lines)
        return line[: self._at(line)] + other[self._at(other) :]


@pytest.mark.parametrize(("kind", "share"), [("events", 0.6), ("pods", 0.3), ("nodes", 0.1)])
def test_no_damaged_frame_stops_anything(kind: str, share: float) -> None:
    """Whatever a frame says, its neighbours are read, nothing raises, and none takes a noticeable time."""
    mutator, reader, sound = Mutator(recorded(kind), seed=4), READERS[kind], SOUND[kind]
    exporter, clock = made()
    exporter.first_events([])
    takers: dict[str, Callable[..., None]] = {"events": exporter.event, "pods": exporter.pod, "nodes": exporter.node}
    expected = reader.batch(sound).items
    ended_by_error = 0
    longest = 0.0
    for number in range(round(MUTATIONS * share)):
        began = time.thread_time()
        batch = reader.batch(sound + mutator.line() + b"\n" + sound)
        for change, thing in batch.items[1 : None if batch.error else -1]:
            takers[kind](thing, deleted=change == "DELETED", arrived_at=clock.now)
        if number % 1000 == 0:
            exporter.tick()
            for _ in exporter.refresh():
                pass
            "".join(exporter.pulls_document())
        clock.now += 0.1
        longest = max(longest, time.thread_time() - began)
        ended_by_error += batch.error is not None
        assert batch.items[:1] == expected
        assert batch.error is not None or batch.items[-1:] == expected

    assert longest < 1
    assert ended_by_error < MUTATIONS / 100

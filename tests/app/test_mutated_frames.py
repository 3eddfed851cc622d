"""Recorded frames that were damaged in every way, through all that reads them: decoding, lifecycle of pulls, metrics."""

from __future__ import annotations

import copy
import json
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

ODD_VALUES: tuple[Any, ...] = (
    *(None, True, -1, 0, 2**63, 10**40, 1.5, "", "0", "\ud800", "\0", "a\nb", "x" * 9000, [], {}, [None], {"a": {}}),
    *("ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR", "Pulled", "Failed", "BackOff", "9999-12-31T23:59:59Z", "0000-00-00T00:00:00Z"),
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
        self._objects = [json.loads(line) for line in lines]
        self._ways = (self._flip, self._cut, self._repeat, self._insert, self._replace_value, self._truncate, self._splice)

    def line(self) -> bytes:
        """Return a line with odd values, else one whose bytes were damaged: most of those are no JSON any more."""
        return self._odd() if self._rng.random() < 2 / 3 else self._damaged()

    def _odd(self) -> bytes:
        """Return JSON whose values are odd, or those of another object."""
        frame = json.loads(self._rng.choice(self._lines))
        for _ in range(self._rng.randint(1, 3)):
            holder, key = self._place(frame)
            giver, taken = self._place(self._rng.choice(self._objects))
            # A copy: one list in two places would soon hold itself.
            holder[key] = copy.deepcopy(self._rng.choice((self._rng.choice(ODD_VALUES), giver[taken])))
        return json.dumps(frame).encode()

    def _place(self, frame: dict[str, Any]) -> tuple[Any, Any]:
        """Return some object or list within a frame, and one of its keys."""
        holder: Any = frame
        while True:
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            key = self._rng.choice(keys)
            inner = holder[key]
            if not isinstance(inner, dict | list) or not inner or self._rng.random() < 0.1:
                return holder, key
            holder = inner

    def _damaged(self) -> bytes:
        """Return a line after one to four changes of its bytes."""
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
    takers: dict[str, Callable[..., None]] = {"events": exporter.events, "pods": exporter.pods, "nodes": exporter.nodes}
    expected = reader.batch(sound).items
    ended_by_error = reached = 0
    longest = 0.0
    frames = round(MUTATIONS * share)
    for number in range(frames):
        began = time.thread_time()
        batch = reader.batch(sound + mutator.line() + b"\n" + sound)
        damaged = batch.items[1 : None if batch.error else -1]
        takers[kind](damaged, arrived_at=clock.now)
        if number % 1000 == 0:
            exporter.tick()
            "".join(exporter.pulls_document())
            for _ in exporter.refresh():
                pass
        clock.now += 0.1
        longest = max(longest, time.thread_time() - began)
        ended_by_error += batch.error is not None
        reached += bool(damaged)
        assert batch.items[:1] == expected
        assert batch.error is not None or batch.items[-1:] == expected

    assert longest < 1
    # Damage that only ever fails to decode would prove nothing about what comes after decoding.
    assert reached >= frames * 0.1
    assert ended_by_error

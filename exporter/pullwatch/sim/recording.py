"""A recording: what a cluster's objects did, step by step, on one time axis. Loaded from files, made, or cut.

Reading files into frames is `recordingfiles`; this module puts frames on the time axis.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pullwatch.sim import recordingfiles, stamps
from pullwatch.sim.recordingfiles import Frame, RecordingError
from pullwatch.sim.resources import Object

__all__ = ["Recording", "RecordingError", "Step", "load"]


@dataclass(frozen=True, slots=True)
class Step:
    """One write to the cluster; a negative offset is history that a first LIST already shows."""

    offset_seconds: float
    resource: str
    type: str
    object: Object


@dataclass(frozen=True, slots=True)
class Recording:
    """Steps in the order of their time; `started_at` is when offset 0 was, in seconds since the epoch."""

    started_at: float
    steps: tuple[Step, ...]

    @property
    def backlog(self) -> tuple[Step, ...]:
        """The steps before the start."""
        return tuple(step for step in self.steps if step.offset_seconds < 0)

    @property
    def live(self) -> tuple[Step, ...]:
        """The steps from the start on."""
        return tuple(step for step in self.steps if step.offset_seconds >= 0)

    @property
    def seconds(self) -> float:
        """How long the live part takes at its own speed."""
        return max(0.0, self.steps[-1].offset_seconds) if self.steps else 0.0


def load(path: str | pathlib.Path) -> Recording:
    """Reads a recording; raises `RecordingError` with one line that says where and what.

    Takes watch frames or objects as JSON lines, or what `kubectl get events,pods,nodes -A -o json` prints, also gzipped.
    Beside NAME.events.jsonl, NAME.times.jsonl gives arrival times and NAME.pods.jsonl the pods.
    """
    files = recordingfiles.read(pathlib.Path(path))
    if not files.frames and not files.pods:
        raise RecordingError(path, None, "expected events, pods or nodes, found none")
    if not files.watched:
        return _of_objects(files.frames)
    started_at = _started_at(files.frames or files.pods, files.times)
    steps = _timed(files.frames, files.times, started_at)
    return Recording(started_at, _merge(steps, files.pods, started_at) if files.pods else steps)


def _of_objects(frames: Sequence[Frame]) -> Recording:
    # Objects have no order of their own: their stamps give it. The sort is stable, so equal stamps keep the file's order.
    started_at = _started_at(frames, None)
    ordered = sorted(frames, key=lambda frame: _stamp(frame, started_at))
    return Recording(started_at, _timed(ordered, None, started_at))


def _started_at(frames: Sequence[Frame], times: Sequence[float] | None) -> float:
    if times is not None:
        # Stamps are cut to whole seconds. The latest start that fits lets no stamp lie after its frame's arrival.
        pairs = zip(frames, times, strict=True)
        return max((stamp - time for frame, time in pairs if (stamp := _own_stamp(frame)) is not None), default=0.0)
    events = [frame for frame in frames if frame.resource == "events"]
    return min((stamp for frame in events or frames if (stamp := _own_stamp(frame)) is not None), default=0.0)


def _timed(frames: Sequence[Frame], times: Sequence[float] | None, started_at: float) -> tuple[Step, ...]:
    offsets = times if times is not None else [_stamp(frame, started_at) - started_at for frame in frames]
    return tuple(_step(frame, offset) for frame, offset in zip(frames, _rising(offsets), strict=True))


def _merge(steps: Sequence[Step], pods: Sequence[Frame], started_at: float) -> tuple[Step, ...]:
    own = _rising(max(0.0, _stamp(frame, started_at) - started_at) for frame in pods)
    pod_steps = [_step(frame, offset) for frame, offset in zip(pods, own, strict=True)]
    both = [*steps, *pod_steps]
    versions = [_version(step.object) for step in both]
    if None in versions:
        return tuple(sorted(both, key=lambda step: step.offset_seconds))
    return _between_events(sorted(both, key=lambda step: _version(step.object) or 0))


def _between_events(ordered: Sequence[Step]) -> tuple[Step, ...]:
    # Pod stamps are whole seconds, events arrive at exact times, and both share one resourceVersion: a pod's step belongs
    # between the events of the versions around it, or a container would seem to start before its image was pulled.
    limit = float("inf")
    limits: list[float] = []
    for step in reversed(ordered):
        limit = step.offset_seconds if step.resource == "events" else limit
        limits.append(limit)
    offsets = _rising(min(step.offset_seconds, latest) for step, latest in zip(ordered, reversed(limits), strict=True))
    return tuple(replace(step, offset_seconds=offset) for step, offset in zip(ordered, offsets, strict=True))


def _rising(offsets: Iterable[float]) -> Iterator[float]:
    highest = float("-inf")
    for offset in offsets:
        highest = max(highest, offset)
        yield highest


def _step(frame: Frame, offset_seconds: float) -> Step:
    return Step(offset_seconds, frame.resource, frame.type, frame.object)


def _stamp(frame: Frame, otherwise: float) -> float:
    stamp = _own_stamp(frame)
    return otherwise if stamp is None else stamp


def _own_stamp(frame: Frame) -> float | None:
    if frame.resource == "events":
        return stamps.of_event(frame.object)
    if frame.resource == "pods":
        return stamps.newest(frame.object)
    # A node renews its heartbeat all the time; only its creation says when it belongs to the story.
    return stamps.parse(stamps.created_text(frame.object))


def _version(object_: Object) -> int | None:
    text = object_["metadata"].get("resourceVersion")
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() else None

"""Every pull counts once, whatever the way between the kubelet and us does: schedules against what really happened."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pullwatch.app.contacts import Contacts
from pullwatch.app.exporter import Exporter
from pullwatch.checkpoint.file import Checkpoint
from pullwatch.pack import assets
from pullwatch.pulls.observed import Event
from pullwatch.pulls.pull import Outcome
from pullwatch.pulls.recent import Recent
from pullwatch.sources.frames import Change

T0 = 1_700_000_000.0

SCHEDULES = int(os.environ.get("PULLWATCH_SCHEDULES", "1000"))
"""Schedules of one run; `make soak` takes ten times as many."""

Counts = Counter[str]


class Cluster:
    """The kubelets' side: Events as the API server keeps them, the frames of each write, and what really happened."""

    def __init__(self, *, skew_seconds: float) -> None:
        self.now = T0
        self.skew_seconds = skew_seconds
        self.events: dict[str, Event] = {}
        self.frames: list[tuple[Change, Event]] = []
        self.happened: Counts = Counter()
        self._serial = 0

    def write(self, event: Event) -> None:
        change: Change = "MODIFIED" if event.uid in self.events else "ADDED"
        self.events[event.uid] = event
        self.frames.append((change, event))

    def expire(self, uid: str) -> None:
        self.frames.append(("DELETED", self.events.pop(uid)))

    def say(self, reason: str, text: str, *, pod: int, uid: str | None = None, times: int = 1) -> str:
        """Write an Event, or raise the count of one."""
        self._serial += 1
        uid = uid or f"event-{self._serial}"
        before = self.events.get(uid)
        stamp = float(int(self.now + self.skew_seconds))
        self.write(
            Event(
                uid=uid,
                namespace="shop",
                pod=f"pod-{pod}",
                pod_uid=f"uid-{pod}",
                field_path="spec.containers{web}",
                reason=reason,
                message=text,
                node=f"node-{pod % 3}",
                count=(before.count if before else 0) + times,
                first_at=before.first_at if before else stamp,
                last_at=stamp,
            )
        )
        return uid


class Schedules(RuleBasedStateMachine):
    """Writes in the cluster, and what a watch may do with them, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.delivered = 0
        self.asked: set[int] = set()
        self.pods = 0
        self.repeating: dict[int, str] = {}
        """Uids of Events whose count may grow, by pod; an expired one comes back under another uid."""

    @initialize(skew=st.sampled_from([0.0, -90.0, 45.0]), before=st.integers(0, 4))
    def start(self, skew: float, before: int) -> None:
        self.cluster = Cluster(skew_seconds=skew)
        for _ in range(before):
            self.ask()
            self.finish()
        # What was there before we came is shown and never counted.
        self.cluster.happened.clear()
        self.exporter = self.begin()

    def begin(self) -> Exporter:
        exporter = self.made()
        exporter.first_events(list(self.cluster.events.values()))
        self.delivered = len(self.cluster.frames)
        return exporter

    def made(self, checkpoint: Checkpoint | None = None) -> Exporter:
        clock = lambda: self.cluster.now  # noqa: E731 - the clock of whatever cluster there is
        return Exporter(thresholds=assets.thresholds(), contacts=Contacts(), clock=clock, monotonic=clock, checkpoint=checkpoint)

    # What happens in the cluster.

    @rule(seconds=st.floats(0.0, 30.0))
    def wait(self, seconds: float) -> None:
        self.cluster.now += seconds

    @rule()
    def ask(self) -> None:
        self.pods += 1
        self.asked.add(self.pods)
        self.cluster.say("Pulling", f'Pulling image "team/web:{self.pods}"', pod=self.pods)

    @precondition(lambda self: self.asked)
    @rule()
    def finish(self) -> None:
        pod = self.asked.pop()
        text = f'Successfully pulled image "team/web:{pod}" in {pod}.5s ({pod}.5s including waiting). Image size: {1000 + pod} bytes.'
        self.cluster.say("Pulled", text, pod=pod)
        self.cluster.happened["pulled"] += 1
        self.cluster.happened["seconds x2"] += 2 * pod + 1

    @rule(times=st.integers(1, 6), pod=st.integers(1, 3))
    def fail(self, times: int, pod: int) -> None:
        """A failing container raises the count of its Event, by several when a token of the kubelet's filter comes back."""
        self.repeat("Failed", 'Failed to pull image "team/gone:1": not found', pod=1000 + pod, times=times)
        self.cluster.happened["failed"] += times

    @rule(times=st.integers(1, 4), pod=st.integers(1, 3))
    def find_cached(self, times: int, pod: int) -> None:
        self.repeat("Pulled", 'Container image "team/base:1" already present on machine', pod=2000 + pod, times=times)
        self.cluster.happened["cached"] += times

    def repeat(self, reason: str, text: str, *, pod: int, times: int) -> None:
        self.repeating[pod] = self.cluster.say(reason, text, pod=pod, uid=self.repeating.get(pod), times=times)

    # What the watch does with it.

    @rule(frames=st.integers(1, 10))
    def deliver(self, frames: int) -> None:
        self.exporter.events(self.cluster.frames[self.delivered : self.delivered + frames], arrived_at=self.cluster.now)
        self.delivered = min(len(self.cluster.frames), self.delivered + frames)

    @precondition(lambda self: self.delivered)
    @rule(frames=st.integers(1, 10))
    def deliver_again(self, frames: int) -> None:
        """A watch resumed from an older version repeats what it said."""
        again = self.cluster.frames[max(0, self.delivered - frames) : self.delivered]
        told = [frame for frame in again if frame[0] != "DELETED" and frame[1].uid in self.cluster.events]
        self.exporter.events(told, arrived_at=self.cluster.now)

    @rule()
    def list_anew(self) -> None:
        """A 410: the frames in between never come, the list has their outcome."""
        self.exporter.missed_events(list(self.cluster.events.values()))
        self.delivered = len(self.cluster.frames)

    @precondition(lambda self: self.delivered == len(self.cluster.frames) and self.cluster.events)
    @rule(data=st.data())
    def expire(self, data: st.DataObject) -> None:
        """An Event that was told is old enough to go."""
        uid = data.draw(st.sampled_from(sorted(self.cluster.events)))
        self.cluster.expire(uid)
        self.repeating = {pod: known for pod, known in self.repeating.items() if known != uid}

    @rule()
    def restart(self) -> None:
        """A new life counts from 0; what happened before its first list is shown and never counted."""
        self.cluster.happened.clear()
        self.exporter = self.begin()

    @rule()
    def tick(self) -> None:
        self.exporter.tick()

    # What must hold.

    @invariant()
    def nothing_is_doubled(self) -> None:
        """At no time more was counted than happened."""
        counted = self.counted()
        assert all(counted[what] <= self.cluster.happened[what] for what in counted), (counted, self.cluster.happened)

    def teardown(self) -> None:
        """Nothing is lost once all frames are here."""
        self.deliver(len(self.cluster.frames))
        assert +self.counted() == +self.cluster.happened

    def counted(self) -> Counts:
        # A minute later, so that no child shows its first zero.
        self.cluster.now += 61.0
        for _ in self.exporter.refresh():
            pass
        shown: Any = {text.family.name: [(child.labels, child.shown()) for child in text.children()] for text in self.exporter.texts}
        self.cluster.now -= 61.0
        durations = [distribution for _, distribution in shown["pullwatch_pull_duration_seconds"]]
        return Counter(
            {
                "pulled": sum(distribution.cumulative[-1] for distribution in durations),
                "seconds x2": round(2 * sum(distribution.sum for distribution in durations)),
                "failed": round(sum(value for _, value in shown["pullwatch_pull_failures_total"])),
                "cached": round(sum(value for labels, value in shown["pullwatch_pull_cache_hits_total"] if labels[-1] == "present")),
            }
        )


Schedules.TestCase.settings = hypothesis.settings(max_examples=SCHEDULES, stateful_step_count=40)
# A thousand schedules take 15 s, and longer where others want the processor too.
TestSchedules = pytest.mark.timeout(600)(Schedules.TestCase)
TestSchedules.__doc__ = "No schedule of relists, repeats, jumps of the count, expiries, restarts and skewed clocks loses or doubles a pull."


class CheckpointedSchedules(Schedules):
    """The same with a checkpoint: what one life counted the next one has, and it counts what happened in between."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.checkpoint: Checkpoint | None = None
        self.capacity = 0

    @initialize(skew=st.sampled_from([0.0, -90.0, 45.0]), before=st.integers(0, 4), capacity=st.sampled_from([4, 1000]))
    def start(self, skew: float, before: int, capacity: int) -> None:
        self.capacity = capacity
        super().start(skew, before)
        self.before = before

    def made(self, checkpoint: Checkpoint | None = None) -> Exporter:
        # Between two batches all is in the file: closing it leaves what a killed process leaves.
        if self.checkpoint is not None:
            self.checkpoint.close()
        self.checkpoint = checkpoint or Checkpoint(Path(self.folder.name) / "checkpoint", server="https://one.example")
        exporter = super().made(self.checkpoint)
        self.forget_much(exporter)
        return exporter

    def forget_much(self, exporter: Exporter) -> None:
        """Leave little memory to the exporter, so that the file has to know what was counted."""
        occurrences = exporter._lifecycle.occurrences
        known, occurrences._counts = occurrences._counts, Recent(capacity=self.capacity)
        for uid, count in {**known._old, **known._young}.items():
            occurrences._counts.put(uid, count)

    @rule()
    def restart(self) -> None:
        """A new life goes on where the last one was killed; what was not yet delivered happened while none was there."""
        self.exporter = self.begin()

    def teardown(self) -> None:
        """Nothing is lost once all frames are here, and the history holds each pull once."""
        try:
            super().teardown()
            rows: Counts = Counter()
            for row in self.exporter.recent():
                rows[row.outcome] += row.count
            happened = self.cluster.happened
            assert rows[Outcome.PULLED] == happened["pulled"] + self.before
            assert (rows[Outcome.FAILED], rows[Outcome.CACHED]) == (happened["failed"], happened["cached"])
        finally:
            if self.checkpoint is not None:
                self.checkpoint.close()
            self.folder.cleanup()


CheckpointedSchedules.TestCase.settings = hypothesis.settings(max_examples=SCHEDULES // 4, stateful_step_count=40)
TestCheckpointedSchedules = pytest.mark.timeout(600)(CheckpointedSchedules.TestCase)
TestCheckpointedSchedules.__doc__ = (
    "With a checkpoint, lives that are killed between any two batches count together all that happened, each once."
)

"""From Events and pods to pulls: what was asked, how it ended, what still runs.

The rules of counting stand in `occurrences`, of queueing in `queue`, of cache knowledge in `presence`, of pod status in
`pods`. Time comes in with each observation; nothing here reads a clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from dataclasses import replace as with_fields
from typing import TYPE_CHECKING

from msgspec.structs import replace

from pullwatch.pulls import image as images
from pullwatch.pulls import message as messages
from pullwatch.pulls import rows
from pullwatch.pulls.failing import FailingContainers
from pullwatch.pulls.heard import HeardNodes
from pullwatch.pulls.message import Kind, Message
from pullwatch.pulls.occurrences import Occurrences
from pullwatch.pulls.opened import OpenPulls, container_of
from pullwatch.pulls.pods import KnownPods
from pullwatch.pulls.presence import Presence
from pullwatch.pulls.pull import Coverage, Outcome, Pull, SizeKind, Waiting
from pullwatch.pulls.skew import Skew

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullwatch.pulls.image import Image
    from pullwatch.pulls.observed import Container, Event, Node, Pod
    from pullwatch.pulls.pull import Failing
    from pullwatch.pulls.queue import Open

GRACE_SECONDS = 600.0
"""A deleted pod's pull goes on in the kubelet; this long its end is waited for."""

SETTLE_SECONDS = 60.0
"""A kubelet may tell a pod's status before the Event of the same pull; this long the Event is waited for."""

YOUNG_SECONDS = 240.0
"""No API server lets an Event expire before 5 minutes: a younger one that is deleted went with its namespace."""

MAX_ROWS = 100
"""Rows that one state of an Event may become; a forged count would make two thousand million."""

UNPARSED_KEPT = 20
"""Texts outside the grammar that are kept to be shown."""


@dataclass(slots=True)
class _Tally:
    """The counts of `Coverage`, and the rejected ones by reason."""

    events: int = 0
    unparsed: int = 0
    coalesced: int = 0
    unseen: int = 0
    unverified: int = 0
    rejected: dict[str, int] = field(default_factory=dict)


class Lifecycle:
    """All pulls of a cluster that are open, and what is needed to know the next ones.

    Each method that can end pulls returns their rows. Times are seconds since the epoch on one clock.
    """

    def __init__(self) -> None:
        self.tally = _Tally()
        self.unparsed_texts: list[tuple[str, str]] = []
        """Reason and text of the newest Events outside the grammar."""
        self.now = 0.0
        """The newest time that was told."""
        self.occurrences = Occurrences()
        self.pods = KnownPods()
        self._open = OpenPulls()
        self._presence = Presence()
        self._skew = Skew()
        self._heard = HeardNodes()
        self._failing = FailingContainers()
        self._nodes: dict[str, Node] = {}
        self._size_kinds: dict[str, SizeKind] = {}

    # What is asked from outside.

    def running(self) -> list[Pull]:
        """Return the pulls that were asked for and have not ended, oldest first."""
        found = (rows.running(pull, ahead=ahead, workload=self.pods.workload(pull.pod_uid)) for pull, ahead in self._open.standings())
        return sorted(found, key=lambda row: row.started_at or 0.0)

    def failing(self) -> list[Failing]:
        """Return the containers that fail to get their image."""
        return self._failing.listed(self.pods.workload)

    def waiting(self) -> list[Waiting]:
        """Return how many pods wait for each image, by namespace."""
        pods: dict[tuple[str, Image], set[str]] = {}
        for pull in self._open:
            if not self.pods.is_gone(pull.pod_uid):
                pods.setdefault((pull.namespace, pull.image), set()).add(pull.pod_uid)
        for failing in self._failing.listed(self.pods.workload):
            pods.setdefault((failing.namespace, failing.image), set()).add(failing.pod_uid)
        return [Waiting(namespace, image, len(uids)) for (namespace, image), uids in pods.items()]

    def open_of(self, pod_uid: str) -> list[Open]:
        """Return the open pulls of a pod."""
        return self._open.of_pod(pod_uid)

    def concerns(self, pod_uid: str) -> bool:
        """Tell whether news of this pod matter: it is known, or a pull or failure of it is open."""
        return pod_uid in self.pods or pod_uid in self._open or pod_uid in self._failing

    def strangers(self) -> dict[str, tuple[str, str]]:
        """Return namespace and name, by uid, of pods that are open or failing and that nobody has told of."""
        found = {pull.pod_uid: (pull.namespace, pull.pod) for pull in self._open}
        found |= {failing.pod_uid: (failing.namespace, failing.pod) for failing in self.failing()}
        return {uid: named for uid, named in found.items() if uid not in self.pods and not self.pods.is_gone(uid)}

    def nodes(self) -> list[Node]:
        return list(self._nodes.values())

    def known_node(self, name: str) -> Node | None:
        return self._nodes.get(name)

    def coverage(self) -> Coverage:
        tally = self.tally
        return Coverage(tally.events, tally.unparsed, tally.coalesced, sum(tally.rejected.values()), tally.unseen)

    def size_kind(self, node: str | None) -> SizeKind:
        return self._size_kinds.get(node or "", SizeKind.UNKNOWN)

    # Events.

    def event(self, event: Event, *, arrived_at: float | None = None, listed_at: float | None = None, again: int = 0) -> list[Pull]:
        """Take one state of an Event and return the rows of the pulls it ends.

        `arrived_at` is our time of an Event watched as it happened, `listed_at` that of a list; one from a file has
        only its stamp. `again` are occurrences that were counted before, and from which the state is to be rebuilt.
        """
        growth = again or self.occurrences.growth(event.uid, event.count)
        if not growth:
            return []
        message = messages.parse(event.reason, event.message)
        if message.kind is Kind.UNRELATED or (message.kind is Kind.CONTAINER_ERROR and not message.combined):
            return []
        self.tally.events += growth
        at = self._heard.at[event.node] = self._time(event, arrived_at, listed_at)
        if message.kind is Kind.UNPARSED:
            self._keep_unparsed(event, growth)
            return []
        if self._contradicts_pod(event, message):
            return []
        if message.combined:
            # The other occurrences had texts of their own, which are gone.
            self.tally.coalesced += growth - 1
            if growth > 1:
                self._open.close_combined(event.pod_uid, at=at)
            growth = 1
        return self._take(event, message, at, growth)

    def event_gone(self, event: Event, *, at: float | None = None) -> None:
        """Take the deletion of an Event: it expired, or its namespace was deleted and refuses the end of the pull."""
        self.occurrences.forget(event.uid)
        at = self.reach(at if at is not None else self.now)
        if event.reason == "Pulling" and event.last_at is not None and at - self._skew.ours(event.node, event.last_at) < YOUNG_SECONDS:
            message = messages.parse(event.reason, event.message)
            self._open.close(self._open.find(event, message), at=at)

    def _take(self, event: Event, message: Message, at: float, growth: int) -> list[Pull]:
        match message.kind:
            case Kind.PULLING:
                self._ask(event, message, at)
                return []
            case Kind.PULLED:
                return self._pulled(event, message, at, growth)
            case Kind.PRESENT:
                return [self._present(event, message, at, growth)]
            case Kind.FAILED | Kind.REFUSED:
                return [self._failed(event, message, at, growth)]
            case Kind.BACK_OFF:
                # A back-off follows a failure, also where the filter of the kubelet swallowed its Event.
                self._open.close(self._open.find(event, message), at=at)
                self._fail(event, message, at, growth)
        return []

    def _ask(self, event: Event, message: Message, at: float) -> None:
        pull = self._open.ask(event, message, at=at)
        if self.pods.is_gone(event.pod_uid):
            pull.ends_by = at + GRACE_SECONDS
        # Where pods were listed before, one may show that the container started and that only the end was not told.
        known = self.pods.get(event.pod_uid)
        if known is not None:
            for container in known.containers:
                if container.started_at is not None:
                    self._started(known, container, max(at, container.started_at, container.restarted_at or 0.0))

    def _pulled(self, event: Event, message: Message, at: float, growth: int) -> list[Pull]:
        outcome = Outcome.REVALIDATED if self._was_there(event, message, at) else Outcome.PULLED
        row = self._row(event, message, at, outcome)
        self._open.succeed(event, message, at=at)
        self._note_success(event, message, at, moved_seconds=_took(message) if outcome is Outcome.PULLED else None)
        return [row] if growth == 1 else [row, *_again(row, growth - 1)]

    def _present(self, event: Event, message: Message, at: float, growth: int) -> Pull:
        # A kubelet that restarted in mid-pull may find the image there: then the open pull has ended.
        self._open.close(self._open.find(event, message), at=at)
        self._note_success(event, message, at)
        row = self._row(event, message, at, Outcome.CACHED)
        return row if growth == 1 else replace(row, count=growth)

    def _failed(self, event: Event, message: Message, at: float, growth: int) -> Pull:
        pull = self._open.find(event, message)
        outcome = Outcome.REFUSED if message.kind is Kind.REFUSED else Outcome.FAILED
        row = self._row(event, message, at, outcome)
        if pull is not None:
            row = replace(row, started_at=min(pull.started_at, at) or None)
            self._open.close(pull, at=at)
        self._fail(event, message, at, growth)
        return replace(row, count=growth, reason=message.reason)

    def _fail(self, event: Event, message: Message, at: float, growth: int) -> None:
        # A deleted pod's pull goes on and may fail; nobody waits for it, and nothing would end this any more.
        if self.pods.is_gone(event.pod_uid):
            return
        # Where earlier occurrences were seen, they were taken when they came.
        since = self._since(event, at) if growth == event.count else at
        self._failing.fail(event, message, since=since, at=at, container=container_of(event, message))

    def _note_success(self, event: Event, message: Message, at: float, *, moved_seconds: float | None = None) -> None:
        image = images.parse(message.image)
        if image.canonical:
            self._presence.note(event.node, image.canonical, at=at, size_bytes=message.size_bytes, moved_seconds=moved_seconds)
        self._failing.heal(event.pod_uid, container=container_of(event, message), image=image, at=at)
        self.pods.tell(event.pod_uid, container=container_of(event, message), image=message.image)

    def _was_there(self, event: Event, message: Message, at: float) -> bool:
        """Tell whether the node had the image when the runtime began to pull it."""
        image = images.parse(message.image).canonical
        if image is None:
            return False
        took = _took(message)
        return self._presence.had(event.node, image, before=at - took, size_bytes=message.size_bytes, took_seconds=took)

    # Pods and nodes.

    def know(self, pod: Pod) -> None:
        """Learn who a pod is without judging its status: lists tell pods and Events in no common order."""
        self.pods.know(pod, at=self.now)

    def pod(self, pod: Pod, *, at: float | None = None, listed: bool = False) -> None:
        """Take a pod's newest status: failures it tells, starts that no Event told, its end.

        A listed pod may have failed long ago; one that was watched began to fail when its status arrived.
        """
        at = self.reach(at if at is not None else self.now)
        self.pods.know(pod, at=at)
        self._failing.compare(pod, since=min(pod.created_at or at, at) if listed else at)
        for container in pod.containers:
            if container.started_at is not None:
                self._started(pod, container, at)
        if pod.phase in ("Succeeded", "Failed"):
            self._give_up_later(pod.uid, at)

    def pod_gone(self, uid: str, *, at: float | None = None) -> None:
        """Take a pod's deletion. Its pull goes on in the kubelet, so that is waited for."""
        at = self.reach(at if at is not None else self.now)
        if not self.concerns(uid):
            return
        self.pods.gone(uid, at=at)
        self._failing.end(uid)
        self._give_up_later(uid, at)

    def node(self, node: Node, *, at: float | None = None) -> None:
        at = self.reach(at if at is not None else self.now)
        self._presence.compare(node, at=at)
        self._size_kinds[node.name] = _size_kind(node.runtime_version)
        # Only the labels are kept: image lists of thousands of nodes would be most of the memory.
        self._nodes[node.name] = with_fields(node, images=())

    def node_gone(self, name: str, *, at: float | None = None) -> None:
        """Take a node's end: its pulls ended with it, and what it had is gone."""
        at = self.reach(at if at is not None else self.now)
        self._open.node_gone(name, at=at)
        self._nodes.pop(name, None)
        self._size_kinds.pop(name, None)
        self._forget_node(name)
        self._failing.node_gone(name)

    def _started(self, pod: Pod, container: Container, at: float) -> None:
        """Expect the end of the container's pull, and of the pod's image volumes, without which no container starts."""
        slot = f"spec.{container.kind}{{{container.name}}}"
        for pull in self._open.of_pod(pod.uid):
            # Stamps are whole seconds: a start in the second of the question belongs to it.
            started = not container.waiting_reason and int(pull.stamp) <= max(container.restarted_at or 0.0, container.started_at or 0.0)
            # A restarted container that has ended again had its image; the end in the second of the question is an older one's.
            ended = pull.slot == slot and (container.finished_at or 0.0) > pull.stamp
            if ended or (started and (pull.slot == slot or pull.container is None)):
                # A start that is long past, as a list shows it, leaves no Event to wait for.
                pull.over_at = max(pull.stamp, min(at, container.restarted_at or container.started_at or at))
                due = pull.over_at + SETTLE_SECONDS
                pull.ends_by = due if pull.ends_by is None else min(due, pull.ends_by)

    def _give_up_later(self, uid: str, at: float) -> None:
        for pull in self._open.of_pod(uid):
            pull.ends_by = at + GRACE_SECONDS if pull.ends_by is None else pull.ends_by

    # Time.

    def reach(self, now: float) -> float:
        """Take that it is at least this late, and return that time."""
        self.now = max(self.now, now)
        return now

    def advance(self, now: float, *, window_start: float) -> list[Pull]:
        """Move time on: give up what waited long enough, and return rows of containers that started untold.

        `window_start` is since when Events were seen; a container that started before is not judged.
        """
        now = self.reach(now)
        self._close_over([pull for pull in self._open if pull.ends_by is not None and pull.ends_by <= now])
        unseen = self._untold(now - SETTLE_SECONDS, window_start)
        for uid in self.pods.quiet(before=now - 2 * SETTLE_SECONDS):
            if uid not in self._open and uid not in self._failing:
                self.pods.forget(uid)
        for name in self._heard.silent(now, known=self._nodes):
            self._forget_node(name)
        return unseen

    def settle(self, *, window_start: float, all_pods: bool = False) -> list[Pull]:
        """Judge all pods now: for a recording, after which no Event can come.

        With `all_pods` every pod that there is was told: any other is gone, and its pull is not waited for for ever.
        """
        unseen = self._untold(float("inf"), window_start)
        for pull in [pull for pull in self._open if all_pods and pull.pod_uid not in self.pods]:
            pull.ends_by = pull.started_at + GRACE_SECONDS
            self.pods.gone(pull.pod_uid, at=self.now)
        self._close_over([p for p in self._open if p.ends_by is not None and (p.ends_by <= self.now or not self.pods.is_gone(p.pod_uid))])
        return unseen

    def _forget_node(self, name: str) -> None:
        """Drop what helps to judge a node's next pull. One that still runs there stays, however long nobody spoke of it."""
        self._heard.forget(name)
        self._presence.forget(name)
        self._skew.forget(name)
        self._open.forget_idle(name)

    def _close_over(self, pulls: list[Open]) -> None:
        """Close pulls in the order in which they ended, so that those behind them are unblocked since then."""
        for pull in sorted(pulls, key=lambda pull: pull.over_at or self.now):
            self._open.close(pull, at=min(self.now, pull.over_at or self.now))

    def _untold(self, started_before: float, window_start: float) -> list[Pull]:
        starts = self.pods.untold_starts(started_before=started_before, window_start=window_start)
        found = [rows.unseen(start) for start in starts]
        self.tally.unseen += len(found)
        return found

    def _time(self, event: Event, arrived_at: float | None, listed_at: float | None) -> float:
        """Return when an Event happened on our clock: its arrival, else its corrected stamp, never in the future."""
        if arrived_at is not None:
            if event.last_at is not None:
                self._skew.learn(event.node, arrived_at=arrived_at, stamp=event.last_at)
            return self.reach(arrived_at)
        if listed_at is not None:
            self.reach(listed_at)
            return listed_at if event.last_at is None else min(listed_at, self._skew.ours(event.node, event.last_at))
        return self.now if event.last_at is None else self.reach(event.last_at)

    def _since(self, event: Event, at: float) -> float:
        """Return the first sign of a failure that an Event shows: its first stamp, on the clock of `at`."""
        if event.first_at is None or event.last_at is None:
            return at
        return at - max(0.0, event.last_at - event.first_at)

    # Rows.

    def _row(self, event: Event, message: Message, at: float, outcome: Outcome) -> Pull:
        workload = self.pods.workload(event.pod_uid)
        return rows.told(event, message, at=at, outcome=outcome, workload=workload, size_kind=self.size_kind(event.node))

    # What an Event may claim.

    def _contradicts_pod(self, event: Event, message: Message) -> bool:
        verdict = self.pods.contradiction(event, image=None if message.sandbox or not message.image else message.image)
        if verdict is None:
            self.tally.unverified += 1
        elif verdict:
            self.tally.rejected[verdict] = self.tally.rejected.get(verdict, 0) + 1
        return bool(verdict)

    def _keep_unparsed(self, event: Event, growth: int) -> None:
        self.tally.unparsed += growth
        self.unparsed_texts = [*self.unparsed_texts[-UNPARSED_KEPT + 1 :], (event.reason, images.redact(event.message))]


def _took(message: Message) -> float:
    return message.pull_seconds if message.pull_seconds is not None else message.total_seconds or 0.0


def _again(row: Pull, times: int) -> list[Pull]:
    """Return further rows of an Event with one text: the same image of the same pod was there by the second time."""
    again = replace(row, outcome=Outcome.REVALIDATED)
    rows = [again] * min(times, MAX_ROWS - 1)
    return rows if times < MAX_ROWS else [*rows, replace(again, count=times - MAX_ROWS + 1)]


def in_order(events: list[Event]) -> Iterator[Event]:
    """Yield listed Events in the order in which they happened, and empty the list meanwhile.

    A list has no order of its own and stamps are whole seconds, so within a second a question comes before its answer.
    """
    ranks = {"Pulling": 0, "Pulled": 1, "Failed": 1, "BackOff": 2}
    # Reversed twice, so that Events of one moment keep the order of the list.
    events.reverse()
    events.sort(key=lambda event: (event.last_at or 0.0, ranks.get(event.reason, 1)), reverse=True)
    while events:
        yield events.pop()


def _size_kind(runtime_version: str) -> SizeKind:
    runtime = runtime_version.partition("://")[0]
    return {"containerd": SizeKind.COMPRESSED, "cri-o": SizeKind.UNCOMPRESSED}.get(runtime, SizeKind.UNKNOWN)

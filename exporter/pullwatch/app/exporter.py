"""What the watches of one cluster bring, and which of it counts.

The first list of Events rebuilds what runs, fails and ended lately, and moves no counter. Everything after it counts
once: frames as they arrive, and of a later list only what was missed in between.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import structlog

from pullwatch.app.cluster import Cluster
from pullwatch.pulls import gap, observed
from pullwatch.pulls.lifecycle import in_order
from pullwatch.sources.frames import DELETED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pullwatch.pulls.kubelet_counts import KubeletCounts
    from pullwatch.pulls.pull import Pull
    from pullwatch.sources.frames import Change


logger = structlog.get_logger()

LATE_SECONDS = 300.0
"""An Event reaches its watch this much later than its stamp at most: a kubelet tries for two minutes to write one."""

DOUBT_SECONDS = 120.0
"""Time in which the pods of the first Events are read, two a second; where that cannot be done, Events are believed after it."""

SILENT_SECONDS = 1_800.0
"""Time after which the images of a node whose agent is silent are forgotten: three of its reports at the least rate, of ten minutes."""

_ALL = frozenset({gap.ALL})


class Exporter(Cluster):
    """A cluster that is watched: what arrives goes in here, and is counted once."""

    # What the watches bring.

    def first_events(self, events: list[observed.Event], *, namespace: str = gap.ALL) -> None:
        """Take the Events that were there when we came: they rebuild the state and move no counter.

        Where an earlier process left a checkpoint, those that it did not count happened since, and count.
        """
        now = self._clock()
        counted, ended = 0, 0
        for event in in_order(events):
            ended += self._rebuild(event, now)
            counted += self._count(self._lifecycle.event(event, listed_at=now), now)
            self._show_at_zero(event)
        self._heard_at[namespace] = now
        self._doubted_until = now + DOUBT_SECONDS
        self._listed.add(namespace)
        self._carryover.listed(name for name in self._namespaces if name in self._listed or self._carryover.gap.knows(name))
        self._tell_start(counted=counted, ended=ended)
        self._tell_tally()
        self._save(now)

    def missed_events(self, events: list[observed.Event], *, namespace: str = gap.ALL) -> None:
        """Take a later list: whatever is new in it happened while we did not look, and counts."""
        now = self._clock()
        occurrences = self._lifecycle.occurrences
        for event in in_order(events):
            if occurrences.evicted and occurrences.known(event.uid) is None:
                # It may be one of those forgotten for want of room: an old one was told when it happened.
                occurrences.learn(event.uid, gap.Gap(self._heard_at.get(namespace, 0.0) - LATE_SECONDS, _ALL).taken(event, None))
            self._count(self._lifecycle.event(event, listed_at=now), now)
            self._show_at_zero(event)
        self._heard_at[namespace] = now
        self._tell_tally()
        self._save(now)

    def events(self, changes: Iterable[tuple[Change, observed.Event]], *, arrived_at: float, namespace: str = gap.ALL) -> None:
        """Take frames of the Events watch that arrived together."""
        taken: list[observed.Event] = []
        for change, event in changes:
            if change == DELETED:
                self._lifecycle.event_gone(event, at=arrived_at)
                continue
            taken.append(event)
            self._count(self._lifecycle.event(event, arrived_at=arrived_at), arrived_at)
            self._show_at_zero(event)
        self._heard_at[namespace] = arrived_at
        self.self_metrics.count_events(taken, arrived_at=arrived_at)
        self._tell_tally()
        self._save(arrived_at)

    def listed_pods(self, pods: Iterable[observed.Pod], *, first: bool, namespace: str | None) -> dict[str, tuple[str, str]]:
        """Take a list of Pending pods, of all or one namespace.

        Return namespace and name, by uid, of pods that we knew and that it does not hold: they started, or are gone.
        """
        now = self._clock()
        known = [] if first else self._lifecycle.pods.all()
        before = {pod.uid: (pod.namespace, pod.name) for pod in known if namespace in (None, pod.namespace)}
        for pod in pods:
            self._lifecycle.pod(pod, at=now, listed=first)
            before.pop(pod.uid, None)
        return before

    def pods(self, changes: Iterable[tuple[Change, observed.Pod]], *, arrived_at: float) -> None:
        """Take frames of the pods watch; only pods that are starting or that have an open pull matter."""
        for change, pod in changes:
            if pod.phase == "Pending" or self._lifecycle.concerns(pod.uid):
                self._lifecycle.pod(pod, at=arrived_at)
            if change == DELETED:
                self._lifecycle.pod_gone(pod.uid, at=arrived_at)

    def pod_read(self, uid: str, pod: observed.Pod | None) -> None:
        """Take the answer to a single read: the pod, or that there is none of this uid any more."""
        now = self._clock()
        if pod is not None and pod.uid == uid:
            self._lifecycle.pod(pod, at=now, listed=True)
        else:
            self._lifecycle.pod_gone(uid, at=now)
        # What the pod shows to have ended long ago is not to be seen as running by a scrape.
        self.tick()

    def node_page(self, nodes: Iterable[observed.Node]) -> list[observed.Node]:
        """Take a page of the list of nodes; return them without their images, which of a big cluster fill 100 MiB."""
        now = self._clock()
        for node in nodes:
            self._know(node, now)
        return [dataclasses.replace(node, images=()) for node in nodes]

    def listed_nodes(self, nodes: Iterable[observed.Node]) -> None:
        """Take that these are all nodes, whose pages were taken: any other that we knew is gone."""
        gone = {node.name for node in self._lifecycle.nodes()} - {node.name for node in nodes}
        for name in gone:
            self._forget(name, self._clock())

    def nodes(self, changes: Iterable[tuple[Change, observed.Node]], *, arrived_at: float) -> None:
        """Take frames of the nodes watch."""
        for change, node in changes:
            if change == DELETED:
                self._forget(node.name, arrived_at)
            else:
                self._know(node, arrived_at)

    def kubelets(self) -> dict[str, str]:
        """Return where the kubelet of each node listens, by node; empty where a node does not tell."""
        return {node.name: node.kubelet for node in self._lifecycle.nodes()}

    def kubelet(self, node: str) -> str | None:
        """Return where one node's kubelet listens, None where there is no such node any more."""
        known = self._lifecycle.known_node(node)
        return None if known is None else known.kubelet

    def kubelet_read(self, node: str, counts: KubeletCounts) -> None:
        """Take what a kubelet counts now. One whose node went while it answered is nobody's any more."""
        if self._lifecycle.known_node(node) is not None:
            self._metrics.kubelet_read(node, self._witnesses.read(node, counts, at=self._clock()))

    def strangers(self) -> dict[str, tuple[str, str]]:
        """Return namespace and name, by uid, of pods with an open pull that no list or watch told of."""
        return self._lifecycle.strangers()

    def undecoded(self, count: int) -> None:
        """Take that so many objects of a watch could not be used at all."""
        if count:
            self._lifecycle.tally.unparsed += count
            self._tell_tally()

    def tick(self) -> None:
        """Move time on."""
        now = self._clock()
        self._count(self._lifecycle.advance(now, window_start=self._window_start), now)
        self.images.holdings.expire(before=now - SILENT_SECONDS)
        self.live.expire(now=now)
        self._tell_tally()
        self._save(now)

    # How rows are counted.

    def _rebuild(self, event: observed.Event, now: float) -> int:
        """Rebuild the state from the occurrences that were taken before, without counting; return how many pulls it newly shows."""
        occurrences = self._lifecycle.occurrences
        known = occurrences.known(event.uid)
        taken = self._carryover.gap.taken(event, known)
        if not taken:
            return 0
        tally = self._tally()
        rows = self._lifecycle.event(gap.before(event, taken), listed_at=now, again=taken)
        occurrences.learn(event.uid, taken)
        for name, count in self._tally().items():
            self._told[name] = self._told.get(name, 0) + count - tally.get(name, 0)
        if known is not None or self._carryover.gap.covers(event):
            return 0  # The earlier process showed them, and left them.
        for row in rows:
            self._keep(row, now)
        return sum(row.count for row in rows)

    def _tell_start(self, *, counted: int, ended: int) -> None:
        """Say what a start leaves out of the counters, and what it made up for."""
        if counted:
            logger.info("counted what happened while no process ran", pulls=counted)
        if ended:
            hint = {} if self._carryover.is_kept else {"hint": "with --checkpoint FILE a restart counts what it missed"}
            logger.info("pulls that ended before the start are shown and not counted", pulls=ended, **hint)

    def _count(self, rows: Iterable[Pull], now: float) -> int:
        counted = 0
        for row in rows:
            self._metrics.count(row)
            self._witnesses.told(row)
            self._keep(row, now)
            counted += row.count
        return counted

    def _keep(self, row: Pull, now: float) -> None:
        self._remember(row, now)
        self._carryover.ended(row)

    def _know(self, node: observed.Node, now: float) -> None:
        self._lifecycle.node(node, at=now)
        self._sizes.tell_node(node, self._lifecycle.size_kind(node.name))
        if self._agents or self.ask_layers is not None:
            self.images.holdings.tell_status(node)
        if self.ask_layers is not None:
            self.ask_layers(node)

    def _forget(self, node: str, at: float) -> None:
        self._lifecycle.node_gone(node, at=at)
        self._witnesses.forget(node)
        self.images.holdings.forget(node)
        self.live.forget(node)

    def _show_at_zero(self, event: observed.Event) -> None:
        if event.reason == "Pulling":
            for pull in self._lifecycle.open_of(event.pod_uid):
                self._metrics.asked(pull.image, node=pull.node)

    def _tally(self) -> dict[str, int]:
        tally = self._lifecycle.tally
        rejected = {f"rejected {reason}": count for reason, count in tally.rejected.items()}
        return {"unparsed": tally.unparsed, "coalesced": tally.coalesced, "unverified": tally.unverified} | rejected

    def _tell_tally(self) -> None:
        """Pass on what grew since it was last told."""
        mine = self.self_metrics
        counters = {"unparsed": mine.events_unparsed, "coalesced": mine.events_coalesced, "unverified": mine.events_unverified}
        tally = self._tally()
        for name, count in tally.items():
            growth = count - self._told.get(name, 0)
            if growth and name == "unparsed":
                reason, text = (self._lifecycle.unparsed_texts or [("", "")])[-1]
                logger.warning("events not understood", count=growth, newest_reason=reason, newest_text=text)
            if growth:
                counter = counters.get(name) or mine.events_rejected.labels(name.removeprefix("rejected "))
                counter.inc(growth)
        self._told = tally

"""A process of the exporter that watches a made cluster in virtual time: all that `serve` wires to sockets is handed to it here.

Watches, single reads of pods, kubelets and agents bring what the made cluster would tell them; a scrape is what /metrics would answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

import msgspec

from pullwatch.app import feeds
from pullwatch.app.agents import Agents
from pullwatch.app.contacts import Contacts
from pullwatch.app.exporter import Exporter
from pullwatch.app.kubelets import KubeletReads
from pullwatch.pack import assets
from pullwatch.publish.exposition import Exposition
from pullwatch.publish.lines import Format
from pullwatch.pulls.reported import Wanted
from pullwatch.sources import resources
from pullwatch.sources.metric_answer import Answer

if TYPE_CHECKING:
    from pullwatch.pulls.sample import Sample
    from pullwatch.sim.nodeagents import NodeAgents
    from pullwatch.sim.recording import Step
    from pullwatch.sources.frames import Change
    from pullwatch.sources.tokens import TokenReviews
    from tests.history.world import World

KUBELET_BYTES = 14_000
"""A kubelet's metrics as they come, compressed."""

_WATCHED = (resources.NODES, resources.PODS, resources.EVENTS)
_READERS = {resources.EVENTS: resources.events().reader, resources.PODS: resources.pods().reader, resources.NODES: resources.nodes().reader}


class Replica:
    """A process that starts now. Its counters begin at 0, and what the cluster told before is listed and not counted."""

    def __init__(self, world: World, *, now: float) -> None:
        self.now = now
        clock = lambda: self.now  # noqa: E731 - all clocks are one
        self._world = world
        self._contacts = Contacts(clock=clock)
        self.exporter = Exporter(thresholds=assets.thresholds(), contacts=self._contacts, clock=clock, monotonic=clock, agents=True)
        self._exposition = Exposition(self.exporter)
        self._kubelets = _Kubelets()
        self._reads = KubeletReads(self._kubelets, self.exporter, interval_seconds=60, most_nodes=5_000, monotonic=clock)
        self._agents = Agents(
            # Nobody sends a token: whose report it is, is told.
            cast("TokenReviews", None),
            account="",
            known=self.exporter.images,
            live=self.exporter.live,
            metrics=self.exporter.self_metrics,
            clock=clock,
        )
        self._told: set[str] = set()
        """Nodes whose agents told of running pulls last."""
        for name in _WATCHED:
            self._contacts.expect(name, resource=name)
        self.hear()
        self._list()

    def take(self, steps: Iterable[Step], *, at: float) -> None:
        """Take what the watches say at this moment."""
        self.now = at
        for step in steps:
            seen: Any = _READERS[step.resource].one(msgspec.json.encode(step.object))
            if seen is None:
                self.exporter.undecoded(1)
                continue
            changes = [(cast("Change", step.type), seen)]
            {
                resources.EVENTS: self.exporter.events,
                resources.PODS: self.exporter.pods,
                resources.NODES: self.exporter.nodes,
            }[step.resource](changes, arrived_at=at)
        self.exporter.tick()
        self._look_at(self.exporter.strangers())

    def hear(self, names: Sequence[str] = _WATCHED) -> None:
        """Take that these watches said something, and be it a bookmark."""
        for name in names:
            self._contacts.spoke(name, self.now)
            feeds.show_contact(name, exporter=self.exporter, contacts=self._contacts)

    def interrupted(self, name: str, reason: str) -> None:
        """Take that a watch broke and was opened again; where its history was gone, it is listed anew."""
        self.exporter.self_metrics.watch_restarts.labels(name, reason).inc()
        if reason == "gone" and name == resources.EVENTS:
            self.exporter.missed_events(self._world.events())

    async def read_kubelets(self, counts: dict[str, list[Sample]]) -> None:
        """Read each kubelet that answers; `counts` holds what it says by node."""
        self._kubelets.says = counts
        for turn in self._reads.plan():
            if turn.node in counts:
                await self._reads.read(turn.node)

    async def hear_agents(self, agents: NodeAgents, *, all_images: bool) -> None:
        """Take what agents report of running pulls, and of the images of their nodes."""
        if all_images:
            for node in agents.nodes():
                await self._images_of(agents, node)
        reports = agents.running()
        empty = {node: {"schema": 1, "node": node, "pulls": []} for node in self._told - reports.keys()}
        for node, report in (empty | reports).items():
            await self._agents.running(msgspec.json.encode(report), sender=node)
        self._told = set(reports)

    async def scrape(self) -> Sequence[bytes]:
        """Return what /metrics shows now."""
        return await self._exposition.scrape(Format.TEXT, gzip=False)

    def _list(self) -> None:
        """Read what is there at the start, in the order in which `serve` does."""
        nodes = self.exporter.node_page(self._world.nodes())
        self.exporter.listed_nodes(nodes)
        self.exporter.listed_pods(self._world.pending(), first=True, namespace=None)
        self.exporter.first_events(self._world.events())
        for name in _WATCHED:
            self._contacts.listed(name)
        self._look_at(self.exporter.strangers())

    def _look_at(self, strangers: dict[str, tuple[str, str]]) -> None:
        for uid, (namespace, name) in strangers.items():
            self.exporter.pod_read(uid, self._world.pod(namespace, name))

    async def _images_of(self, agents: NodeAgents, node: str) -> None:
        answer = await self._agents.images(msgspec.json.encode(agents.images(node)), sender=node)
        wanted = msgspec.json.decode(answer, type=Wanted)
        if told := agents.manifests(wanted.digests):
            await self._agents.layers(msgspec.json.encode({"schema": 1, "node": node, "manifests": told}), sender=node)


class _Kubelets:
    """Kubelets that say what they are told to."""

    def __init__(self) -> None:
        self.says: dict[str, list[Sample]] = {}

    async def read(self, node: str, address: str) -> Answer:
        assert address, f"{node} says where its kubelet listens"
        return Answer(self.says[node], KUBELET_BYTES)

    def forget(self, node: str) -> None:
        self.says.pop(node, None)

"""A process of the exporter that watches a made cluster in virtual time: all that `serve` wires to sockets is handed to it here.

Watches, single reads of pods, kubelets and agents bring what the made cluster would tell them; a scrape is what /metrics would answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

import msgspec

from pullwatch.app import feeds
from pullwatch.app.agents import Agents
from pullwatch.app.contacts import Contacts
from pullwatch.app.exporter import Exporter
from pullwatch.app.kubelets import KubeletReads
from pullwatch.app.layer_requests import RegistryTold
from pullwatch.pack import assets
from pullwatch.publish.exposition import Exposition
from pullwatch.publish.lines import Format
from pullwatch.pulls.reported import Wanted
from pullwatch.sources import resources
from pullwatch.sources.metric_answer import Answer
from tests.history.processes import Process

if TYPE_CHECKING:
    from pullwatch.pulls.observed import Node
    from pullwatch.pulls.sample import Sample
    from pullwatch.sim.nodeagents import NodeAgents
    from pullwatch.sim.recording import Step
    from pullwatch.sim.resources import Object
    from pullwatch.sources.frames import Change
    from pullwatch.sources.tokens import TokenReviews
    from tests.history.registry_process import RegistryProcess
    from tests.history.world import World

LAG_SECONDS = 0.3
"""From what happens to its frame."""

KUBELET_BYTES = 14_000
"""A kubelet's metrics as they come, compressed."""

_WATCHED = (resources.NODES, resources.PODS, resources.EVENTS)


class Replica:
    """A process that starts now. Its counters begin at 0, and what the cluster told before is listed and not counted."""

    def __init__(self, world: World, registries: RegistryProcess, *, now: float) -> None:
        self.now = now
        self._process = Process(started_at=now)
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
        self._registries = registries
        self._not_told: set[str] = set()
        """Digests whose registry may not be asked."""
        self._registry_told = RegistryTold(
            self.exporter.images.layers, self.exporter.entries, told_by_agent=self.exporter.images.holdings.told
        )
        self.exporter.ask_layers = self._ask_layers
        self._told: set[str] = set()
        """Nodes whose agents told of running pulls last."""
        for name in _WATCHED:
            self._contacts.expect(name, resource=name)
        self.hear()
        self._list()

    def take(self, steps: Iterable[Step], *, began_at: float, at: float) -> None:
        """Take what the watches say up to this moment of a story that began at another, each step soon after it happens."""
        for step in steps:
            self.now = min(at, began_at + step.offset_seconds + LAG_SECONDS)
            self._take(step)
        self.now = at
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

    async def hear_images(self, agents: NodeAgents, nodes: Sequence[str]) -> None:
        """Take what the agents of these nodes report of their images."""
        for node in nodes:
            await self._images_of(agents, node)

    async def hear_running(self, reports: Mapping[str, Object]) -> None:
        """Take what agents report of running pulls, by node; a node without one reports none."""
        empty = {node: {"schema": 1, "node": node, "pulls": []} for node in self._told - reports.keys()}
        for node, report in (empty | dict(reports)).items():
            await self._agents.running(msgspec.json.encode(report), sender=node)
        self._told = set(reports)

    async def hear_stranger(self, node: str) -> None:
        """Take a report of layers of an image that the node never said it holds."""
        report = {"schema": 1, "node": node, "manifests": [{"digest": f"sha256:{0:064d}", "manifest": b"{}"}]}
        await self._agents.layers(msgspec.json.encode(report), sender=node)

    async def scrape(self) -> bytes:
        """Return what /metrics shows now."""
        return self._process.shown(await self._exposition.scrape(Format.TEXT, gzip=False), now=self.now)

    def _take(self, step: Step) -> None:
        body, change = msgspec.json.encode(step.object), cast("Change", step.type)
        if step.resource == resources.EVENTS and (event := resources.events().reader.one(body)):
            self.exporter.events([(change, event)], arrived_at=self.now)
        elif step.resource == resources.PODS and (pod := resources.pods().reader.one(body)):
            self.exporter.pods([(change, pod)], arrived_at=self.now)
        elif step.resource == resources.NODES and (node := resources.nodes().reader.one(body)):
            self.exporter.nodes([(change, node)], arrived_at=self.now)

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

    def _ask_layers(self, node: Node) -> None:
        """Ask for what no agent tells; the answer comes at once."""
        platform = f"linux/{node.arch}"
        digests = (name.partition("@")[2] for held in node.images for name in held.names if "@" in name)
        for digest in digests:
            if digest in self._not_told or not self._registry_told.lacks(digest, platform, node=node.name):
                continue
            answer = self._registries.layers(digest)
            self.exporter.self_metrics.layer_requests.labels("not_told" if answer is None else "told").inc()
            if answer is None:
                self._not_told.add(digest)
            else:
                self._registry_told.tell(answer, digest=digest, platform=platform)

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

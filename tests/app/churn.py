"""A made cluster in constant change, whose time passes as fast as the exporter takes what happens.

Nodes come and go, repositories and tags are new every minute, pods are asked for, pulled, cached, failed, deleted in
mid-pull or started untold, and Events expire after an hour, as an API server lets them.
"""

from __future__ import annotations

import dataclasses
import functools
import heapq
import random
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from pullwatch.app.contacts import Contacts
from pullwatch.app.exporter import Exporter
from pullwatch.pack import assets
from pullwatch.publish.exposition import Exposition
from pullwatch.publish.lines import Format
from pullwatch.pulls.observed import Container, ContainerKind, Event, Node, NodeImage, Pod

if TYPE_CHECKING:
    from pullwatch.checkpoint.file import Checkpoint
    from pullwatch.sources.frames import Change

T0 = 1_700_000_000.0
STEP_SECONDS, SCRAPE_SECONDS, HOUR = 10.0, 120.0, 3600.0

NODES, NODES_REPLACED = 500, 2
REPOSITORIES, REPOSITORIES_REPLACED, ROLLED = 300, 4, 60
PODS, NAMESPACES = 240, 10
REPORTS, IMAGES_PER_NODE = 20, 50
"""What there is, and how much of it is new from scrape to scrape: 170,000 pods and 46,000 images a day, which is past each cap."""

EVENT_SECONDS = HOUR
"""Time for which an API server keeps an Event."""

Act: TypeAlias = Callable[[], None]


class Churn:
    """The cluster and the exporter that watches it. With `sees_nodes` off, as with a role for some namespaces."""

    def __init__(self, *, sees_nodes: bool = True, checkpoint: Checkpoint | None = None) -> None:
        self.now = T0
        self.told = 0
        """Events about images so far."""
        clock = lambda: self.now  # noqa: E731 - all clocks are one
        self.exporter = Exporter(thresholds=assets.thresholds(), contacts=Contacts(), clock=clock, monotonic=clock, checkpoint=checkpoint)
        self.exporter.first_events([])
        self._exposition = Exposition(self.exporter)
        self._sees_nodes = sees_nodes
        self._chance = random.Random(1)
        self._serial = 0
        self._agenda: list[tuple[float, int, Act]] = []
        self._events: list[tuple[Change, Event]] = []
        self._pods: list[tuple[Change, Pod]] = []
        self._nodes = [self._name("node") for _ in range(NODES)]
        self._repositories = [self._name("app") for _ in range(REPOSITORIES)]
        self._versions = dict.fromkeys(self._repositories, 0)
        if sees_nodes:
            self.exporter.nodes([("ADDED", self._node(name)) for name in self._nodes], arrived_at=self.now)

    async def pass_hours(self, hours: int) -> None:
        """Let time pass."""
        for _ in range(round(hours * HOUR / SCRAPE_SECONDS)):
            self._change()
            for _ in range(round(SCRAPE_SECONDS / STEP_SECONDS)):
                self._step()
            await self._exposition.scrape(Format.TEXT, gzip=True)

    def _step(self) -> None:
        self.now += STEP_SECONDS
        while self._agenda and self._agenda[0][0] <= self.now:
            heapq.heappop(self._agenda)[2]()
        pods, self._pods = self._pods, []
        events, self._events = self._events, []
        self.exporter.pods(pods, arrived_at=self.now)
        self.exporter.events(events, arrived_at=self.now)
        self.exporter.tick()

    def _at(self, seconds: float, act: Act) -> None:
        self._serial += 1
        heapq.heappush(self._agenda, (self.now + seconds, self._serial, act))

    def _name(self, kind: str) -> str:
        self._serial += 1
        return f"{kind}-{self._serial}"

    # What is new from scrape to scrape.

    def _change(self) -> None:
        for _ in range(REPOSITORIES_REPLACED):
            place = self._chance.randrange(REPOSITORIES)
            del self._versions[self._repositories[place]]
            self._repositories[place] = self._name("app")
            self._versions[self._repositories[place]] = 0
        for repository in self._chance.sample(self._repositories, ROLLED):
            self._versions[repository] += 1
        if self._sees_nodes:
            self._change_nodes()
        else:
            self._nodes[self._chance.randrange(NODES)] = self._name("node")
        namespaces = [*(f"team-{n}" for n in range(20)), *(self._name("ci") for _ in range(NAMESPACES))]
        for _ in range(PODS):
            self._at(self._chance.uniform(0, SCRAPE_SECONDS), functools.partial(self._launch, self._chance.choice(namespaces)))

    def _change_nodes(self) -> None:
        frames: list[tuple[Change, Node]] = []
        for _ in range(NODES_REPLACED):
            place = self._chance.randrange(NODES)
            frames.append(("DELETED", Node(self._nodes[place])))
            self._nodes[place] = self._name("node")
            frames.append(("ADDED", self._node(self._nodes[place])))
        frames.extend(("MODIFIED", self._node(name)) for name in self._chance.sample(self._nodes, REPORTS))
        self.exporter.nodes(frames, arrived_at=self.now)

    def _node(self, name: str) -> Node:
        held = [NodeImage((self._image(),), 1_000_000 + self._chance.randrange(10**9)) for _ in range(IMAGES_PER_NODE)]
        return Node(name, "containerd://2.1.9", "v1.37.0", "amd64", "m7.large", "blue", "eu-1a", tuple(held), images_complete=False)

    def _image(self) -> str:
        repository = self._chance.choice(self._repositories)
        return f"registry-{len(repository) % 3}.example.com/team/{repository}:1.{self._versions[repository]}"

    # What becomes of a pod.

    def _launch(self, namespace: str) -> None:
        name, image = self._name("web"), self._image()
        pod = Pod(
            namespace=namespace,
            name=name,
            uid=f"uid-of-{name}",
            node=self._chance.choice(self._nodes),
            workload="Deployment/web",
            created_at=self.now,
            started_at=self.now,
            phase="Pending",
            generation=1,
            containers=(Container("web", ContainerKind.CONTAINER, image),),
        )
        self._show("ADDED", pod)
        fate = self._chance.choices((self._pulls, self._finds, self._fails, self._vanishes, self._starts), (55, 30, 8, 4, 3))[0]
        fate(pod, image)

    def _pulls(self, pod: Pod, image: str) -> None:
        took = self._chance.uniform(1, 200)
        self._ask(pod, image)
        self._at(took, functools.partial(self._say, pod, "Pulled", _pulled(image, took)))
        self._starts(pod, image, after=took + 1)

    def _finds(self, pod: Pod, image: str) -> None:
        self._say(pod, "Pulled", f'Container image "{image}" already present on machine and can be accessed by the pod')
        self._starts(pod, image)

    def _fails(self, pod: Pod, image: str) -> None:
        """Fail some times, which raises the count of the same Events, then pull or be deleted."""
        failed, backed_off = self._name("event"), self._name("event")
        self._ask(pod, image)
        for count in range(1, self._chance.randrange(2, 6)):
            text = f'Failed to pull image "{image}": failed to resolve reference: {image}: not found'
            self._at(count * 40, functools.partial(self._say, pod, "Failed", text, uid=failed, count=count))
            text = f'Back-off pulling image "{image}"'
            self._at(count * 40 + 1, functools.partial(self._say, pod, "BackOff", text, uid=backed_off, count=count))
        end = self._pulls if self._chance.random() < 0.5 else self._ends
        self._at(300, functools.partial(end, pod, image))

    def _vanishes(self, pod: Pod, image: str) -> None:
        """Be deleted in mid-pull, of which nobody ever tells the end."""
        self._ask(pod, image)
        self._at(30, functools.partial(self._ends, pod, image))

    def _starts(self, pod: Pod, image: str, *, after: float = 2.0) -> None:
        def start() -> None:
            running = dataclasses.replace(pod.containers[0], started_at=self.now, restarted_at=self.now)
            self._show("MODIFIED", dataclasses.replace(pod, phase="Running", containers=(running,)))

        self._at(after, start)
        self._at(after + self._chance.uniform(60, 2 * HOUR), functools.partial(self._ends, pod, image))

    def _ends(self, pod: Pod, _: str) -> None:
        self._show("DELETED", pod)

    def _ask(self, pod: Pod, image: str) -> None:
        self._say(pod, "Pulling", f'Pulling image "{image}"')

    def _show(self, change: Change, pod: Pod) -> None:
        self._pods.append((change, pod))

    def _say(self, pod: Pod, reason: str, text: str, *, uid: str = "", count: int = 1) -> None:
        event = Event(
            uid=uid or self._name("event"),
            namespace=pod.namespace,
            pod=pod.name,
            pod_uid=pod.uid,
            field_path="spec.containers{web}",
            reason=reason,
            message=text,
            node=pod.node,
            count=count,
            first_at=float(int(self.now)),
            last_at=float(int(self.now)),
        )
        self._events.append(("ADDED" if count == 1 else "MODIFIED", event))
        self._at(EVENT_SECONDS, functools.partial(self._expire, event))
        self.told += 1

    def _expire(self, event: Event) -> None:
        self._events.append(("DELETED", event))


def _pulled(image: str, seconds: float) -> str:
    took = f"{seconds:.3f}s"
    return f'Successfully pulled image "{image}" in {took} ({took} including waiting). Image size: {round(seconds * 1e6)} bytes.'

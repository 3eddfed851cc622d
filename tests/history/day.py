"""Eight hours and ten minutes of a made cluster, always the same for one seed, that end in the middle of an incident.

What an onlooker finds: a pool that is upgraded, rollouts, tags that grow, nodes that join, a registry that turned slow an hour ago, a
node with a worn disk, a queue, a pull that is stuck, a rate limit, containers that fail for several reasons, and cache hits all day.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from pullwatch.sim.recording import Recording
from pullwatch.sim.workloads import Workload
from tests.history import incident, shelf
from tests.history.shelf import HOUR
from tests.history.site import BATCH, EDGE, GENERAL, GPU, JOINED, Site
from tests.history.weather import END, Operation

UPGRADED_FROM, JOINED_AT = 4 * HOUR, 6 * HOUR

RESTART = (4 * HOUR + 300, 4 * HOUR + 660)
"""When the exporter goes, and when the next one comes."""

WITHOUT_AGENT = frozenset((*BATCH, *EDGE, *JOINED))
"""Nodes whose images no agent tells; a registry is asked for their layers."""
STRANGE_NODE = GENERAL[7]
"""Whose agent tells now and then of what the node does not hold."""

INTERRUPTIONS = (
    (1.5 * HOUR, "pods", "closed"), (2.7 * HOUR, "events", "gone"), (4.8 * HOUR, "events", "gone"), (5.2 * HOUR, "pods", "closed"),
    (6.1 * HOUR, "events", "gone"), (6.9 * HOUR, "pods", "closed"), (7.3 * HOUR, "nodes", "timeout"), (END - 2000, "events", "gone"),
    (END - 900, "pods", "closed"),
)  # fmt: skip
"""Watches that break: when, of what, and why."""


@dataclass(frozen=True, slots=True)
class Day:
    """What happened, with what its Events do not tell."""

    recording: Recording
    operations: Sequence[Operation]
    """What kubelets count, in the order of their ends."""
    upgraded: dict[str, float]
    """When the kubelets of nodes started anew."""


def made(*, seed: int = 1) -> Day:
    """Make the whole day."""
    place = Site(seed)
    for tell in (
        _present,
        _everyday,
        _edge,
        _cron_job,
        _web,
        _daemon_set,
        _learning,
        _hub,
        _joined,
        _unseen,
        *incident.ALL,
    ):
        tell(place)
    upgraded = {name: UPGRADED_FROM + 240 * number for number, name in enumerate(BATCH)}
    for name, at in upgraded.items():
        place.agenda.at(at, functools.partial(place.upgrade, name))
    recording = place.recording(until=END)
    operations = sorted((one for one in place.weather.operations if one.at <= END), key=lambda one: one.at)
    return Day(recording, operations, upgraded)


def _present(place: Site) -> None:
    """Tell what ran before anybody watched."""
    for node in GENERAL[:12]:
        place.adopt(Workload("Deployment", "shop", "web", shelf.WEB[0]), node)
    for node in (*GENERAL, *GPU, *BATCH):
        place.adopt(Workload("DaemonSet", "platform", "log-agent", shelf.LOG_AGENT[0]), node)


def _everyday(place: Site) -> None:
    """Add the ordinary coming and going, three pods a minute; few images are wanted often, most of them rarely."""
    at, chance = 30.0, place.chance
    weights = [1 / rank for rank in range(1, len(shelf.EVERYDAY) + 1)]
    while at < END - 20:
        number = chance.choices(range(len(shelf.EVERYDAY)), weights=weights)[0]
        image = shelf.newest(shelf.EVERYDAY[number], at=at, later_seconds=660.0 * number)
        node = chance.choice((*GENERAL, *BATCH))
        place.launch(at, shelf.deployed(image), node, lives_seconds=chance.uniform(300, 2 * HOUR))
        at += chance.expovariate(1 / 20)


def _edge(place: Site) -> None:
    """Deploy each tag of the one image that runs at the edge."""
    for tag, image in enumerate(shelf.EDGE_CACHE):
        for number, node in enumerate(EDGE):
            place.launch(900 + tag * (2 * HOUR - 400) + 45 * number, shelf.deployed(image), node, lives_seconds=2 * HOUR)


def _cron_job(place: Site) -> None:
    """Run a report every five minutes with policy Always: cold once on each of three nodes, then warm."""
    for number in range(int(END // 300)):
        job = Workload("Job", "batch", f"report-{29_453_760 + 5 * number}", shelf.REPORT, policy="Always")
        place.launch(95 + 300 * number, job, BATCH[number % 3], runs_seconds=40, lives_seconds=1500)


def _web(place: Site) -> None:
    """Roll out a new tag every two hours, the last one within the last quarter of an hour."""
    for tag, at in zip(shelf.WEB[1:], (1 * HOUR, 3 * HOUR, 5 * HOUR, END - 720), strict=True):
        for number, node in enumerate(GENERAL[:12]):
            place.launch(at + 9 * number, Workload("Deployment", "shop", "web", tag), node, lives_seconds=2 * HOUR)


def _daemon_set(place: Site) -> None:
    for number, node in enumerate((*GENERAL, *GPU, *BATCH)):
        place.launch(2.5 * HOUR + 11 * number, Workload("DaemonSet", "platform", "log-agent", shelf.LOG_AGENT[1]), node)


def _learning(place: Site) -> None:
    """Train and embed on GPUs and in batches, from the registry that turns slow."""
    at, number = 300.0, 0
    while at < END - 60:
        tags, name = ((shelf.EMBEDDER, "embedder"), (shelf.TRAINER, "trainer"), (shelf.EMBEDDER, "embedder"), (shelf.FEATURES, "features"))[
            number % 4
        ]
        node = (*GPU[:4], *BATCH[2:])[number % 6]
        kind = "Job" if name == "trainer" else "Deployment"
        place.launch(at, Workload(kind, "ml", name, shelf.newest(tags, at=at)), node, runs_seconds=1500, lives_seconds=1 * HOUR)
        at, number = at + place.chance.uniform(150, 250), number + 1


def _hub(place: Site) -> None:
    """Want something of Docker Hub that few nodes have, every eight minutes."""
    for number in range(int(END // 480)):
        image = shelf.newest(shelf.NGINX, at=480.0 * number, later_seconds=2 * HOUR)
        node = GENERAL[number * 4 % len(GENERAL)]
        place.launch(60 + 480 * number, Workload("Deployment", "platform", "landing", image), node, lives_seconds=1800)


def _joined(place: Site) -> None:
    """Add nodes that have no image at all, and give them work at once."""
    for number, node in enumerate(JOINED):
        at = JOINED_AT + 20 * number
        place.agenda.at(at, functools.partial(place.join, node))
        place.launch(at + 5, Workload("DaemonSet", "platform", "log-agent", shelf.LOG_AGENT[1]), node)
        for later, tags in enumerate((*shelf.EVERYDAY[:6], shelf.EMBEDDER), start=1):
            place.launch(at + 5 + 2 * later, shelf.deployed(shelf.newest(tags, at=at)), node)


def _unseen(place: Site) -> None:
    """Start containers of which no Event tells."""
    for number in range(int(END // 900)):
        node = GENERAL[number * 7 % len(GENERAL)]
        place.launch(400 + 900 * number, shelf.deployed(shelf.EVERYDAY[number % 5][-1]), node, lives_seconds=600, told=False)

"""Eight hours and ten minutes of a made cluster, always the same for one seed, that end in the middle of an incident.

What an onlooker finds: a pool that is upgraded, rollouts, tags that grow, nodes that join, a registry that turned slow an hour ago, a
node with a worn disk, a queue, a pull that is stuck, a rate limit, containers that fail for several reasons, and cache hits all day.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from pullwatch.sim import texts
from pullwatch.sim.catalogue import Image
from pullwatch.sim.recording import Recording
from pullwatch.sim.workloads import Workload
from tests.history import shelf
from tests.history.shelf import HOUR
from tests.history.site import BATCH, GENERAL, GPU, JOINED, Site
from tests.history.weather import END, FULL_NODE, WORN_FROM, WORN_NODE, Operation

UPGRADED_FROM, JOINED_AT = 4 * HOUR, 6 * HOUR

RESTART = (4 * HOUR + 300, 4 * HOUR + 660)
"""When the exporter goes, and when the next one comes."""

WITHOUT_AGENT = frozenset((*BATCH, *JOINED))
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
        _cron_job,
        _web,
        _daemon_set,
        _learning,
        _hub,
        _joined,
        _worn,
        _drained,
        _large,
        _unseen,
        _odd,
        _incident,
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
        place.launch(at, _deployed(image), node, lives_seconds=chance.uniform(300, 2 * HOUR))
        at += chance.expovariate(1 / 20)


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
            place.launch(at + 5 + 2 * later, _deployed(shelf.newest(tags, at=at)), node)


def _worn(place: Site) -> None:
    """Keep the node with the worn disk busy."""
    at, number = WORN_FROM, 0
    while at < END - 2200:
        tags = shelf.EVERYDAY[number % 5]
        place.launch(at, _deployed(tags[number % len(tags)]), WORN_NODE, lives_seconds=1800)
        at, number = at + 130, number + 1


def _drained(place: Site) -> None:
    """Move what ran on drained nodes to others, of which one has the worn disk."""
    for number, image in enumerate(shelf.APPS):
        for node in (WORN_NODE, *GENERAL[2:6]):
            place.launch(END - 1700 + 95 * number, _deployed(image), node)


def _large(place: Site) -> None:
    """Roll out two large images: one from a registry that keeps up, one from the registry that is slow now."""
    cache = Workload("DaemonSet", "ml", "embedder-cache", shelf.EMBEDDER[-1])
    for number, node in enumerate(node for node in GENERAL if node != WORN_NODE):
        place.launch(END - 2900 + 31 * number, _deployed(shelf.CATALOGUE), node)
        place.launch(END - 1500 + 40 * number, cache, node)


def _unseen(place: Site) -> None:
    """Start containers of which no Event tells."""
    for number in range(int(END // 900)):
        node = GENERAL[number * 7 % len(GENERAL)]
        place.launch(400 + 900 * number, _deployed(shelf.EVERYDAY[number % 5][-1]), node, lives_seconds=600, told=False)


def _odd(place: Site) -> None:
    """Say what contradicts a pod, what nobody understands, and what is left of repeated texts."""
    web = Workload("Deployment", "shop", "web", shelf.WEB[0])
    for at in (0.7 * HOUR, 2.2 * HOUR, 5.5 * HOUR, END - 1300):
        place.lie(at, web, GENERAL[2], claimed=GENERAL[3])
    for at in (1.2 * HOUR, 6.4 * HOUR, END - 1000):
        place.say(at, web, GENERAL[5], "Pulled", "Image obtained in no time at all")
    for at in (2.9 * HOUR, 5.8 * HOUR, END - 1600):
        place.say(at, web, GENERAL[6], "Pulled", texts.present(web.image.reference))
        combined = f"(combined from similar events): {texts.failed(shelf.TYPO.reference, texts.not_found(shelf.TYPO.canonical))}"
        place.say(at, Workload("Job", "batch", "sweep", shelf.TYPO), GENERAL[0], "Failed", combined, counts=(12, 15, 19))


def _incident(place: Site) -> None:
    """Let all go wrong at the end: stuck, queued, failing and refused."""
    ml, shop = "ml", "shop"
    place.launch(END - 1500, Workload("Deployment", ml, "vision", shelf.STUCK), GPU[4])
    place.launch(END - 600, Workload("DaemonSet", "platform", "gpu-metrics", shelf.GPU_METRICS), GPU[4])
    place.launch(END - 560, Workload("Job", ml, "trainer", shelf.TRAINER[-1]), BATCH[1])
    for number, tags in enumerate(shelf.EVERYDAY[:4]):
        place.launch(END - 540 + 20 * number, Workload("Deployment", shop, f"late-{number}", tags[-1]), BATCH[1])
    for at, node in ((120, GPU[2]), (90, BATCH[1]), (1100, FULL_NODE)):
        place.launch(END - at, Workload("Deployment", ml, "embedder", shelf.SHOWN), node)
    for number in (6, 1):
        place.launch(END - 1400 - number, Workload("Deployment", shop, "checkout", shelf.TYPO), GENERAL[number])
    place.launch(END - 2000, Workload("Deployment", "billing", "billing", shelf.PRIVATE), GENERAL[9])
    place.launch(END - 1090, _deployed(shelf.EVERYDAY[8][-1]), GENERAL[10])
    place.launch(END - 1300, _deployed(shelf.EVERYDAY[7][-1]), GENERAL[13])
    odd = Image("registry.example.com/Shop/basket:1", 0)
    text = f'Failed to apply default image tag "{odd.reference}": couldn\'t parse image name "{odd.reference}": invalid reference format'
    place.refuse(END - 3000, Workload("Deployment", shop, "basket", odd), GENERAL[4], reason="InspectFailed", text=text)
    held = shelf.CHECKOUT
    text = f'Container image "{held.reference}" is not present with pull policy of Never'
    never = Workload("Deployment", shop, "checkout-canary", held, policy="Never")
    place.refuse(END - 2500, never, GENERAL[12], reason="ErrImageNeverPull", text=text)


def _deployed(image: Image) -> Workload:
    """Return the workload that runs an image, named after it."""
    *_, project, name = ("platform", *image.repository.split("/")) if image.registry == "docker.io" else image.repository.split("/")
    return Workload("Deployment", "platform" if project in ("library", "example") else project, name, image)

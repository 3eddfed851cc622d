"""A small made cluster: twenty nodes, 15 minutes of history and 8 minutes that go on, always the same for one seed.

What an onlooker finds: a rollout from a fast registry, a throttled registry, small images that wait behind big ones, a pull
that has been stuck for twelve minutes, a rate limit, a typo in a tag, cache hits, warm pulls, and a pod deleted in mid-pull.
"""

from __future__ import annotations

import math
import random

from pullwatch.sim import catalogue
from pullwatch.sim.agenda import Agenda
from pullwatch.sim.catalogue import EVERYDAY, Image
from pullwatch.sim.journal import Journal
from pullwatch.sim.kubelet import Kubelet, RunningPod
from pullwatch.sim.objects import NodePlan
from pullwatch.sim.recording import Recording
from pullwatch.sim.workloads import Workload

STARTED_AT = 1_767_225_600.0
"""2026-01-01T00:00:00Z; a player moves it to its own now."""

HISTORY_SECONDS, LIVE_SECONDS = 900.0, 480.0
GENERAL = tuple(f"node-{number:02d}" for number in range(1, 15))
GPU = tuple(f"node-{number:02d}" for number in range(15, 21))
ZONES = ("example-1a", "example-1b", "example-1c")
DAY_SECONDS = 86_400.0


def recording(*, seed: int = 1) -> Recording:
    """Makes the whole story."""
    cluster = _Cluster(seed)
    for tell in (_present, _daemon_set, _web_rollout, _slow_registry, _queues, _stuck, _rate_limit, _typo, _cron_job, _scale_up, _everyday):
        tell(cluster)
    return cluster.recording()


class _Cluster:
    """Nodes with their kubelets, and the launching of pods on them."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.agenda = Agenda(start=-HISTORY_SECONDS)
        self.journal = Journal(self.agenda, started_at=STARTED_AT, chance=self.chance)
        self.kubelets = {name: self._kubelet(number, name) for number, name in enumerate(GENERAL + GPU)}

    def launch(self, at: float, workload: Workload, node: str, *, runs_seconds: float = math.inf, deleted_at: float = math.inf) -> None:
        """Enters a pod into the agenda, and its deletion if it has one."""
        started: list[RunningPod] = []
        kubelet = self.kubelets[node]

        def start() -> None:
            plan = workload.pod(node=node, uid=self.journal.uid(), created_at=self.journal.clock, chance=self.chance)
            started.append(kubelet.start(plan, runs_seconds=runs_seconds))

        self.agenda.at(at, start)
        if math.isfinite(deleted_at):
            self.agenda.at(deleted_at, lambda: kubelet.delete(started[0]))

    def adopt(self, workload: Workload, node: str, *, deleted_at: float = math.inf) -> None:
        """Adds a pod that has run for three hours."""
        since = self.journal.clock - 3 * 3600
        plan = workload.pod(node=node, uid=self.journal.uid(), created_at=since, chance=self.chance)
        pod = self.kubelets[node].adopt(plan, started_at=since + 4)
        if math.isfinite(deleted_at):
            self.agenda.at(deleted_at, lambda: self.kubelets[node].delete(pod))

    def recording(self) -> Recording:
        """Lets time run and returns what happened."""
        self.agenda.run(until=LIVE_SECONDS)
        return Recording(STARTED_AT, tuple(self.journal.steps))

    def _kubelet(self, number: int, name: str) -> Kubelet:
        gpu = name in GPU
        plan = NodePlan(
            name=name,
            pool="gpu" if gpu else "general",
            instance_type="g6.2xlarge" if gpu else "m7i.xlarge",
            zone=ZONES[number % len(ZONES)],
            uid=self.journal.uid(),
            created_at=STARTED_AT - self.chance.uniform(2, 9) * DAY_SECONDS,
        )
        return Kubelet(plan, agenda=self.agenda, journal=self.journal, chance=self.chance)


def _present(cluster: _Cluster) -> None:
    """Writes what ran before anybody watched: the nodes, the old web pods, the cart."""
    for number, node in enumerate(GENERAL[:12]):
        cluster.adopt(Workload("Deployment", "shop", "web", catalogue.WEB_OLD), node, deleted_at=34 + 9 * number)
    for node in GENERAL[:6]:
        cluster.adopt(Workload("Deployment", "shop", "cart", catalogue.CART), node)
    for kubelet in cluster.kubelets.values():
        kubelet.report()


def _daemon_set(cluster: _Cluster) -> None:
    for number, node in enumerate(GENERAL + GPU[:5]):
        cluster.launch(-870 + 11 * number, Workload("DaemonSet", "platform", "log-agent", catalogue.LOG_AGENT), node)


def _web_rollout(cluster: _Cluster) -> None:
    for number, node in enumerate(GENERAL[:12]):
        cluster.launch(20 + 9 * number, Workload("Deployment", "shop", "web", catalogue.WEB_NEW), node)


def _slow_registry(cluster: _Cluster) -> None:
    trainer = Workload("Job", "ml", "trainer", catalogue.TRAINER)
    for at, node in ((-885, GPU[0]), (-330, GPU[1]), (25, GPU[2])):
        cluster.launch(at, trainer, node)
    cluster.launch(-610, Workload("Deployment", "ml", "feature-store", catalogue.FEATURES), GPU[3])
    # Deleted in mid-pull: its Pulled comes when the pod is long gone.
    cluster.launch(110, Workload("Deployment", "ml", "notebook", catalogue.NOTEBOOK), GPU[3], deleted_at=190)


def _queues(cluster: _Cluster) -> None:
    """Puts small images behind the big ones of `_slow_registry`: seconds of pulling after minutes of waiting."""
    for at, node in ((-800, GPU[0]), (-250, GPU[1]), (70, GPU[2])):
        cluster.launch(at, Workload("Deployment", "ml", "proxy", catalogue.PROXY), node)


def _stuck(cluster: _Cluster) -> None:
    cluster.launch(-720, Workload("Deployment", "ml", "vision", catalogue.VISION_STUCK), GPU[5])
    cluster.launch(-100, Workload("DaemonSet", "platform", "gpu-metrics", catalogue.GPU_METRICS), GPU[5])


def _rate_limit(cluster: _Cluster) -> None:
    cluster.launch(-140, Workload("Deployment", "shop", "sessions", catalogue.REDIS), GENERAL[4])
    cluster.launch(70, Workload("Deployment", "platform", "landing", catalogue.NGINX), GENERAL[8])


def _typo(cluster: _Cluster) -> None:
    for at, node in ((-55, GENERAL[6]), (-54, GENERAL[1])):
        cluster.launch(at, Workload("Deployment", "shop", "checkout", catalogue.CHECKOUT_TYPO), node, deleted_at=250)
        cluster.launch(249, Workload("Deployment", "shop", "checkout", catalogue.CHECKOUT), node)


def _cron_job(cluster: _Cluster) -> None:
    """Runs a report every five minutes with policy Always: cold once, then warm."""
    for number in range(4):
        job = Workload("Job", "batch", f"report-{29_453_760 + 5 * number}", catalogue.REPORT, policy="Always")
        cluster.launch(-595 + 300 * number, job, GENERAL[2], runs_seconds=40)


def _scale_up(cluster: _Cluster) -> None:
    for at, node in ((-420, GENERAL[0]), (-418, GENERAL[3]), (-415, GENERAL[5]), (130, GENERAL[1]), (132, GENERAL[2]), (135, GENERAL[4])):
        cluster.launch(at, Workload("Deployment", "shop", "cart", catalogue.CART), node)


def _everyday(cluster: _Cluster) -> None:
    """Adds the ordinary coming and going, about four pods a minute; few images are wanted often, most of them rarely."""
    at = -HISTORY_SECONDS + 10
    while at < LIVE_SECONDS - 15:
        image = cluster.chance.choices(EVERYDAY, weights=[1 / rank for rank in range(1, len(EVERYDAY) + 1)])[0]
        cluster.launch(at, _everyday_workload(image), cluster.chance.choice(GENERAL))
        at += cluster.chance.expovariate(1 / 15)


def _everyday_workload(image: Image) -> Workload:
    _, project, name = image.repository.split("/")
    return Workload("Deployment", project if image.registry == "registry.example.com" else "platform", name, image)

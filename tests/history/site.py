"""The day's cluster: 26 nodes in four pools, three runtimes, and the launching of pods on them."""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Sequence
from dataclasses import replace

from pullwatch.sim import objects, resources, texts
from pullwatch.sim.agenda import Agenda
from pullwatch.sim.journal import Journal
from pullwatch.sim.kubelet import Kubelet, RunningPod
from pullwatch.sim.made import DAY_SECONDS, STARTED_AT, ZONES
from pullwatch.sim.objects import NodePlan, PodPlan, PodState
from pullwatch.sim.recording import Recording, Step
from pullwatch.sim.workloads import Workload
from tests.history.weather import Weather

GENERAL = tuple(f"node-{number:02d}" for number in range(1, 16))
GPU = tuple(f"gpu-{number:02d}" for number in range(1, 6))
BATCH = tuple(f"batch-{number:02d}" for number in range(1, 5))
EDGE = ("edge-01", "edge-02")
"""With CRI-O, which tells sizes as they are unpacked."""
JOINED = tuple(f"batch-{number:02d}" for number in range(5, 8))
"""Nodes that come in the course of the day."""

_POOLS = {"node": "general", "gpu": "gpu", "batch": "batch", "edge": "edge"}
_TYPES = {"edge": "t4g.large", "general": "m7i.xlarge", "gpu": "g6.2xlarge", "batch": "c7i.4xlarge"}
RUNTIME, KUBELET = "containerd://2.1.9", "v1.36.3"
OLD_RUNTIME, OLD_KUBELET, EDGE_RUNTIME = "containerd://1.7.29", "v1.34.9", "cri-o://1.34.2"
"""Of the batch pool before its upgrade, and of the pool of GPUs all day."""


class Site:
    """Nodes with their kubelets in virtual time, which begins at 0."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.agenda = Agenda(start=0.0)
        self.journal = Journal(self.agenda, started_at=STARTED_AT, chance=self.chance)
        self.weather = Weather()
        self.kubelets: dict[str, Kubelet] = {}
        self._silent: set[str] = set()
        """Uids of pods of which no Event tells."""
        for name in (*GENERAL, *GPU, *BATCH, *EDGE):
            self.join(name, age_seconds=self.chance.uniform(2, 9) * DAY_SECONDS)

    def join(self, name: str, *, age_seconds: float = 0.0) -> None:
        """Add a node."""
        number = len(self.kubelets)
        pool = _POOLS[name.partition("-")[0]]
        plan = NodePlan(
            name=name,
            pool=pool,
            instance_type=_TYPES[pool],
            zone=ZONES[number % len(ZONES)],
            uid=self.journal.uid(),
            created_at=self.journal.clock - age_seconds,
            runtime_version=RUNTIME,
            kubelet_version=KUBELET,
            address=f"10.1.0.{number + 1}",
        )
        if age_seconds and pool != "general":
            plan = replace(plan, runtime_version=EDGE_RUNTIME if pool == "edge" else OLD_RUNTIME, kubelet_version=OLD_KUBELET)
        attempt = functools.partial(self.weather.attempt, name)
        self.kubelets[name] = Kubelet(plan, agenda=self.agenda, journal=self.journal, chance=self.chance, attempt=attempt)
        self.kubelets[name].report()

    def upgrade(self, name: str) -> None:
        """Give a node the runtime and the kubelet of the others."""
        kubelet = self.kubelets[name]
        kubelet.node = replace(kubelet.node, runtime_version=RUNTIME, kubelet_version=KUBELET)
        kubelet.report()

    def launch(
        self,
        at: float,
        workload: Workload,
        node: str,
        *,
        runs_seconds: float = math.inf,
        lives_seconds: float = math.inf,
        told: bool = True,
    ) -> None:
        """Enter a pod into the agenda, and its deletion if it has one; of one that is not `told` there are no Events."""

        def start() -> None:
            plan = self._plan(workload, node)
            if not told:
                self._silent.add(plan.uid)
            pod = self.kubelets[node].start(plan, runs_seconds=runs_seconds)
            if math.isfinite(lives_seconds):
                self.agenda.after(lives_seconds, lambda: self.kubelets[node].delete(pod))

        self.agenda.at(at, start)

    def adopt(self, workload: Workload, node: str) -> RunningPod:
        """Add a pod that has run for three hours."""
        since = self.journal.clock - 3 * 3600
        plan = replace(self._plan(workload, node), created_at=since)
        return self.kubelets[node].adopt(plan, started_at=since + 4)

    def refuse(self, at: float, workload: Workload, node: str, *, reason: str, text: str) -> None:
        """Enter a pod whose image is never asked for; the kubelet says so again and again."""

        def start() -> None:
            plan = self._plan(workload, node)
            waiting = ("InvalidImageName", text) if reason == "InspectFailed" else (reason, text)
            self.journal.write("pods", objects.pod(plan, PodState(waiting=waiting, accepted_at=self.journal.clock)))
            say(plan)

        def say(plan: PodPlan) -> None:
            self.journal.tell(plan, reason, text, warning=True)
            self.agenda.after(self.chance.uniform(60, 90), lambda: say(plan))

        self.agenda.at(at, start)

    def lie(self, at: float, workload: Workload, node: str, *, claimed: str) -> None:
        """Enter an Event that names another node than its pod runs on."""

        def tell() -> None:
            plan = self._plan(workload, node)
            self.journal.write("pods", objects.pod(plan, PodState(accepted_at=self.journal.clock)))
            self.journal.tell(replace(plan, node=claimed), "Pulling", texts.pulling(plan.image.reference))
            self.agenda.after(30, lambda: self.journal.delete("pods", objects.pod(plan, PodState())))

        self.agenda.at(at, tell)

    def say(self, at: float, workload: Workload, node: str, reason: str, text: str, *, counts: Sequence[int] = (1,)) -> None:
        """Enter an Event of a pod that nobody can find any more; its count grows a minute each."""
        plan = functools.cache(lambda: self._plan(workload, node))

        def tell(count: int, uid: str, began: float) -> None:
            told = objects.event(
                plan(), name=f"{plan().name}.{uid[:8]}", uid=uid, type_="Normal", reason=reason, message=text, count=count, first_at=began,
                last_at=self.journal.clock,
            )  # fmt: skip
            self.journal.write("events", told)

        uid, began = self.journal.uid(), self.journal.clock + at
        for minutes, count in enumerate(counts):
            self.agenda.at(at + 60 * minutes, functools.partial(tell, count, uid, began))

    def recording(self, *, until: float) -> Recording:
        """Let time run and return what happened."""
        self.agenda.run(until=until)
        return Recording(STARTED_AT, tuple(step for step in self.journal.steps if not self._is_silent(step)))

    def _plan(self, workload: Workload, node: str) -> PodPlan:
        return workload.pod(node=node, uid=self.journal.uid(), created_at=self.journal.clock, chance=self.chance)

    def _is_silent(self, step: Step) -> bool:
        return step.resource == resources.EVENTS.name and step.object["involvedObject"]["uid"] in self._silent

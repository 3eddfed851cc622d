"""A serial kubelet in virtual time: one pull at a time per node, back-off, cache hits, and pulls that outlive their pod.

It decides when things happen; their words are in `texts`, their shape in `objects`, and `journal` notes them.
"""

from __future__ import annotations

import math
import random
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Protocol

from pullwatch.sim import catalogue, objects, texts
from pullwatch.sim.agenda import Agenda
from pullwatch.sim.catalogue import Attempt, Image
from pullwatch.sim.journal import Journal
from pullwatch.sim.objects import NodePlan, PodPlan, PodState

FIRST_BACK_OFF_SECONDS, LAST_BACK_OFF_SECONDS = 10.0, 300.0


class Attempting(Protocol):
    """Decides how an attempt goes that begins now on a node that has or has not got the image."""

    def __call__(self, image: Image, /, *, present: bool, now: float, chance: random.Random) -> Attempt: ...


@dataclass(slots=True)
class RunningPod:
    """A pod on this node, with what the kubelet remembers about it."""

    plan: PodPlan
    runs_seconds: float
    state: PodState = field(default_factory=PodState)
    gone: bool = False
    error: str = ""
    back_off_seconds: float = FIRST_BACK_OFF_SECONDS
    retry_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Request:
    """A pull in the node's queue."""

    pod: RunningPod
    asked_at: float


class Kubelet:
    """Runs the pods of one node. `attempt` decides how an attempt to pull goes."""

    def __init__(
        self, node: NodePlan, *, agenda: Agenda, journal: Journal, chance: random.Random, attempt: Attempting = catalogue.attempt
    ) -> None:
        self.node = node
        self.images: dict[str, Image] = {}
        self._agenda = agenda
        self._journal = journal
        self._chance = chance
        self._attempt = attempt
        self._queue: deque[Request] = deque()
        self._pulling = False

    def report(self) -> None:
        """Writes the node with the images it has."""
        self._journal.write("nodes", objects.node(self.node, list(self.images.values())))

    def adopt(self, plan: PodPlan, *, started_at: float) -> RunningPod:
        """Takes over a pod that has been running since before anybody watched; its events are long gone."""
        pod = RunningPod(plan, math.inf, PodState(waiting=None, accepted_at=plan.created_at, started_at=started_at))
        self.images[plan.image.canonical] = plan.image
        self._write(pod)
        return pod

    def start(self, plan: PodPlan, *, runs_seconds: float) -> RunningPod:
        """Begins with a pod that was bound to this node now."""
        pod = RunningPod(plan, runs_seconds)
        self._write(pod)
        self._agenda.after(self._chance.uniform(0.05, 0.2), lambda: self._become(pod, replace(pod.state, accepted_at=self._journal.clock)))
        # The sandbox and its network come before the image.
        self._agenda.after(self._chance.uniform(0.4, 1.1), lambda: self._ensure_image(pod))
        return pod

    def delete(self, pod: RunningPod) -> None:
        """Ends a pod; a pull that runs for it goes on."""
        if pod.gone:
            return
        self._become(pod, replace(pod.state, deleted_at=self._journal.clock))
        pod.gone = True
        if pod.state.started_at is not None and pod.state.ended_at is None:
            self._journal.tell(pod.plan, "Killing", f"Stopping container {pod.plan.container}")
        self._agenda.after(self._chance.uniform(0.8, 2.0), lambda: self._journal.delete("pods", objects.pod(pod.plan, pod.state)))

    def _ensure_image(self, pod: RunningPod) -> None:
        if pod.gone:
            return
        image = pod.plan.image
        if pod.plan.policy == "IfNotPresent" and image.canonical in self.images:
            self._journal.tell(pod.plan, "Pulled", texts.present(image.reference))
            self._run(pod)
            return
        self._journal.tell(pod.plan, "Pulling", texts.pulling(image.reference))
        self._queue.append(Request(pod, self._agenda.now))
        self._pull_next()

    def _pull_next(self) -> None:
        if self._pulling or not self._queue:
            return
        self._pulling = True
        request, started_at = self._queue.popleft(), self._agenda.now
        image = request.pod.plan.image
        attempt = self._attempt(image, present=image.canonical in self.images, now=started_at, chance=self._chance)
        if math.isfinite(attempt.seconds):
            self._agenda.after(attempt.seconds, lambda: self._pull_ended(request, attempt, started_at))

    def _pull_ended(self, request: Request, attempt: Attempt, started_at: float) -> None:
        self._pulling = False
        if attempt.error:
            self._failed(request.pod, attempt.error)
        else:
            self._pulled(request, started_at)
        self._pull_next()

    def _pulled(self, request: Request, started_at: float) -> None:
        pod, image = request.pod, request.pod.plan.image
        now = self._agenda.now
        self.images[image.canonical] = image
        self._agenda.after(self._chance.uniform(2, 9), self.report)
        message = texts.pulled(
            image.reference, pull_seconds=now - started_at, total_seconds=now - request.asked_at, size_bytes=image.size_bytes
        )
        self._journal.tell(pod.plan, "Pulled", message)
        self._run(pod)

    def _run(self, pod: RunningPod) -> None:
        if pod.gone:
            return
        self._agenda.after(self._chance.uniform(0.05, 0.2), lambda: self._journal.tell(pod.plan, "Created", "Container created"))
        self._agenda.after(self._chance.uniform(0.25, 0.5), lambda: self._started(pod))

    def _started(self, pod: RunningPod) -> None:
        if pod.gone:
            return
        self._journal.tell(pod.plan, "Started", "Container started")
        self._become(pod, replace(pod.state, waiting=None, started_at=self._journal.clock))
        if math.isfinite(pod.runs_seconds):
            self._agenda.after(pod.runs_seconds, lambda: self._become(pod, replace(pod.state, ended_at=self._journal.clock)))

    def _failed(self, pod: RunningPod, error: str) -> None:
        pod.error = error
        pod.retry_at = self._agenda.now + pod.back_off_seconds
        pod.back_off_seconds = min(2 * pod.back_off_seconds, LAST_BACK_OFF_SECONDS)
        self._journal.tell(pod.plan, "Failed", texts.failed(pod.plan.image.reference, error), warning=True)
        self._journal.tell(pod.plan, "Failed", "Error: ErrImagePull", warning=True)
        self._become(pod, replace(pod.state, waiting=("ErrImagePull", error)))
        self._agenda.after(self._chance.uniform(0.3, 0.9), lambda: self._back_off(pod))

    def _back_off(self, pod: RunningPod) -> None:
        if pod.gone:
            return
        if self._agenda.now >= pod.retry_at:
            self._ensure_image(pod)
            return
        words = texts.backing_off(pod.plan.image.reference)
        self._journal.tell(pod.plan, "BackOff", words)
        self._journal.tell(pod.plan, "Failed", "Error: ImagePullBackOff", warning=True)
        self._become(pod, replace(pod.state, waiting=("ImagePullBackOff", f"{words}: ErrImagePull: {pod.error}")))
        self._agenda.after(self._chance.uniform(10, 14), lambda: self._back_off(pod))

    def _become(self, pod: RunningPod, state: PodState) -> None:
        if not pod.gone and state != pod.state:
            pod.state = state
            self._write(pod)

    def _write(self, pod: RunningPod) -> None:
        self._journal.write("pods", objects.pod(pod.plan, pod.state))

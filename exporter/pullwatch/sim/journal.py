"""What the made cluster's API server would have seen: object writes as steps, and events as client-go's recorder sends them.

Repeated events grow `count` on one object, and a spam filter lets 25 events per pod and type pass, then one per 300 s.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass

from pullwatch.sim import resources
from pullwatch.sim.agenda import Agenda
from pullwatch.sim.objects import PodPlan, event
from pullwatch.sim.recording import Step
from pullwatch.sim.resources import Key, Object

BURST = 25
REFILL_SECONDS = 300.0


@dataclass(slots=True)
class Repeated:
    """An event that may happen again."""

    name: str
    uid: str
    first_at: float
    count: int = 0


@dataclass(slots=True)
class Allowance:
    """How many more events of a pod and type the filter lets pass."""

    tokens: float = BURST
    counted_at: float = 0.0

    def take(self, now: float) -> bool:
        """Uses one up if there is one."""
        self.tokens = min(BURST, self.tokens + (now - self.counted_at) / REFILL_SECONDS)
        self.counted_at = now
        passes = self.tokens >= 1
        self.tokens -= passes
        return passes


class Journal:
    """Collects the steps of a recording while virtual time runs."""

    def __init__(self, agenda: Agenda, *, started_at: float, chance: random.Random) -> None:
        self.steps: list[Step] = []
        self._agenda = agenda
        self._started_at = started_at
        self._chance = chance
        self._known: set[tuple[str, Key]] = set()
        self._repeated: dict[tuple[str, str, str], Repeated] = {}
        self._allowances: dict[tuple[str, str], Allowance] = {}

    @property
    def clock(self) -> float:
        """Now, in seconds since the epoch."""
        return self._started_at + self._agenda.now

    def uid(self) -> str:
        """Draws a uid."""
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))

    def write(self, resource: str, object_: Object) -> None:
        """Notes a new state of an object."""
        key = (resource, resources.key(object_))
        type_ = "MODIFIED" if key in self._known else "ADDED"
        self._known.add(key)
        self.steps.append(Step(self._agenda.now, resource, type_, object_))

    def delete(self, resource: str, object_: Object) -> None:
        """Notes the end of an object."""
        self._known.discard((resource, resources.key(object_)))
        self.steps.append(Step(self._agenda.now, resource, "DELETED", object_))

    def tell(self, pod: PodPlan, reason: str, message: str, *, warning: bool = False) -> None:
        """Records an event of the pod's container as its kubelet would."""
        type_ = "Warning" if warning else "Normal"
        repeated = self._repeat(pod, reason, message)
        repeated.count += 1
        # client-go counts first and filters then: after a pause `count` jumps by more than one.
        if not self._allowances.setdefault((pod.uid, type_), Allowance(counted_at=self.clock)).take(self.clock):
            return
        self.write(
            "events",
            event(
                pod,
                name=repeated.name,
                uid=repeated.uid,
                type_=type_,
                reason=reason,
                message=message,
                count=repeated.count,
                first_at=repeated.first_at,
                last_at=self.clock,
            ),
        )

    def _repeat(self, pod: PodPlan, reason: str, message: str) -> Repeated:
        key = (pod.uid, reason, message)
        if key not in self._repeated:
            # The kubelet names an event by the nanosecond; the number of events so far keeps two of one moment apart.
            suffix = f"{int(self.clock * 1e9) + len(self._repeated):x}"
            self._repeated[key] = Repeated(name=f"{pod.name}.{suffix}", uid=self.uid(), first_at=self.clock)
        return self._repeated[key]

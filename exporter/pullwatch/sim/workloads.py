"""Controllers of the made cluster: how their pods are named, labelled and owned."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass

from pullwatch.sim.catalogue import Image
from pullwatch.sim.objects import Owner, PodPlan

LETTERS = "bcdfghjklmnpqrstvwxz2456789"
"""What Kubernetes makes names of: no vowels, so that no words come out."""


@dataclass(frozen=True, slots=True)
class Workload:
    """A Deployment, DaemonSet or Job with one container."""

    kind: str
    namespace: str
    name: str
    image: Image
    policy: str = "IfNotPresent"

    def pod(self, *, node: str, uid: str, created_at: float, chance: random.Random) -> PodPlan:
        """Plans the next pod."""
        owner = self._owner()
        return PodPlan(
            namespace=self.namespace,
            name=f"{owner.name}-{''.join(chance.choices(LETTERS, k=5))}",
            uid=uid,
            owner=owner,
            labels=self._labels(),
            container=self.name,
            image=self.image,
            policy=self.policy,
            node=node,
            created_at=created_at,
            restart="Never" if self.kind == "Job" else "Always",
        )

    def _owner(self) -> Owner:
        if self.kind != "Deployment":
            return Owner(self.kind, self.name, _uid(self.kind, self.namespace, self.name))
        name = f"{self.name}-{self._hash()}"
        return Owner("ReplicaSet", name, _uid("ReplicaSet", self.namespace, name))

    def _labels(self) -> Mapping[str, str]:
        if self.kind == "Deployment":
            return {"app": self.name, "pod-template-hash": self._hash()}
        if self.kind == "Job":
            return {"batch.kubernetes.io/job-name": self.name}
        return {"app": self.name, "controller-revision-hash": self._hash()}

    def _hash(self) -> str:
        digest = hashlib.sha256(f"{self.namespace}/{self.name}/{self.image.reference}".encode()).digest()
        return "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:10])


def _uid(*parts: str) -> str:
    text = hashlib.sha256("/".join(parts).encode()).hexdigest()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:32]}"

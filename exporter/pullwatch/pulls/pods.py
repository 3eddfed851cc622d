"""Pods as far as pulls need them: who they belong to, what their Events may claim, and starts that no Event told."""

from __future__ import annotations

import functools
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullwatch.pulls.recent import Recent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullwatch.pulls.observed import Container, Event, Pod

CAPACITY = 100_000
"""Pods of which told containers are remembered."""

GONE_CAPACITY = 20_000
"""Deleted pods of which a pull may still end."""

NAMESPACES = 10_000
"""Namespaces remembered; pipelines make one for each of their runs."""

STAMP_SECONDS = 1.0

CONTRADICTIONS = ("pod", "node", "image")
"""What an Event may claim against its pod."""


@dataclass(frozen=True, slots=True)
class UntoldStart:
    """A container that started although no Event told how its image came."""

    pod: Pod
    container: Container
    at_most_seconds: float | None


class KnownPods:
    """Pods by the kubelet's uid."""

    def __init__(self) -> None:
        self._pods: dict[str, Pod] = {}
        self._known_at: dict[str, float] = {}
        self._gone: Recent[float] = Recent(capacity=GONE_CAPACITY)
        self._told: Recent[tuple[str, ...]] = Recent(capacity=CAPACITY)
        self._images: dict[str, frozenset[str]] = {}
        self._namespaces: Recent[int] = Recent(capacity=NAMESPACES)
        """Namespaces of which Events were read at all."""

    def __len__(self) -> int:
        return len(self._pods)

    def __contains__(self, uid: str) -> bool:
        return uid in self._pods

    def know(self, pod: Pod, *, at: float) -> None:
        """Keep a pod's newest state, and all images it ever asked for: an image may be changed in place."""
        named = frozenset((*(container.image for container in pod.containers), *pod.volume_images, *pod.other_images))
        self._images[pod.uid] = self._images.get(pod.uid, frozenset()) | named
        self._pods[pod.uid] = pod
        self._known_at[pod.uid] = at
        # A static pod's uid is the hash of its manifest, so that it comes back under the same one.
        self._gone.drop(pod.uid)

    def gone(self, uid: str, *, at: float) -> None:
        self._gone.put(uid, at)

    def forget(self, uid: str) -> None:
        """Drop what is kept of a pod; what its Events told stays, so that it is not judged anew."""
        self._pods.pop(uid, None)
        self._images.pop(uid, None)
        self._known_at.pop(uid, None)

    def is_gone(self, uid: str) -> bool:
        return uid in self._gone

    def quiet(self, *, before: float) -> list[str]:
        """Return the pods that are past starting and had no news since."""
        return [uid for uid, pod in self._pods.items() if self._known_at[uid] < before and (pod.phase != "Pending" or uid in self._gone)]

    def all(self) -> list[Pod]:
        return list(self._pods.values())

    def get(self, uid: str) -> Pod | None:
        return self._pods.get(uid)

    def workload(self, uid: str) -> str | None:
        pod = self._pods.get(uid)
        return pod.workload if pod else None

    def tell(self, uid: str, *, container: str | None, image: str) -> None:
        """Take that an Event told how an image came, to a container or, where none is named, to the pod."""
        told = self._told.get(uid) or ()
        what = _what(container, image)
        self._told.put(uid, told if what in told else (*told, what))

    def contradiction(self, event: Event, *, image: str | None) -> str | None:
        """Return what an Event claims against its pod, one of CONTRADICTIONS; "" if it agrees, None if the pod is unknown."""
        if event.namespace not in self._namespaces:
            self._namespaces.put(event.namespace, 1)
        pod = self._pods.get(event.pod_uid)
        if pod is None:
            return None
        if (pod.namespace, pod.name) != (event.namespace, event.pod):
            return "pod"
        if pod.node and event.node != pod.node:
            return "node"
        if image is None or image in self._images[pod.uid]:
            return ""
        # An image changed in place before we looked leaves no trace but the generation.
        return None if pod.generation > 1 else "image"

    def untold_starts(self, *, started_before: float, window_start: float) -> Iterator[UntoldStart]:
        """Return each container that started within the window untold, once."""
        for pod in self.all():
            if pod.namespace not in self._namespaces:
                continue
            for container in pod.containers:
                if self._is_untold(pod, container, started_before, window_start):
                    self.tell(pod.uid, container=container.name, image=container.image)
                    yield UntoldStart(pod, container, _at_most(pod, container))

    def _is_untold(self, pod: Pod, container: Container, started_before: float, window_start: float) -> bool:
        start = container.started_at
        if start is None or start > started_before or start < window_start:
            return False
        told = self._told.get(pod.uid) or ()
        return _what(container.name, "") not in told and _what(None, container.image) not in told


# One text for all pods of a workload: 100,000 of them would be 10 MiB.
@functools.lru_cache(maxsize=1024)
def _what(container: str | None, image: str) -> str:
    return sys.intern(f"container {container}" if container else f"image {image}")


def _at_most(pod: Pod, container: Container) -> float | None:
    """Return the time since the pod's previous start or end: a kubelet brings up its containers one after the other."""
    start = container.started_at
    stamps = [pod.started_at, pod.created_at]
    for other in pod.containers:
        if other.name != container.name:
            stamps += [other.started_at, other.finished_at]
    before = [stamp for stamp in stamps if stamp is not None and start is not None and stamp <= start]
    return None if start is None or not before else start - max(before) + STAMP_SECONDS

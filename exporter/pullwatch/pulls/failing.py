"""Containers that fail to get their image, and since when.

The start stays while the reason changes, and it goes with a success or with the pod. A failure that heals within the
kubelet's back-off is a retry; whether a lasting one matters is for the alerts to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullwatch.pulls import image as images
from pullwatch.pulls import message as messages
from pullwatch.pulls import reason as reasons
from pullwatch.pulls.observed import ContainerKind
from pullwatch.pulls.pull import Failing, Reason
from pullwatch.pulls.recent import Recent

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullwatch.pulls.image import Image
    from pullwatch.pulls.message import Message
    from pullwatch.pulls.observed import Container, Event, Pod

WAITING_REASONS: dict[str, Reason | None] = {
    "ErrImagePull": None,
    "ImagePullBackOff": None,
    "ImageVolumeMountFailed": None,
    "ImageInspectError": Reason.RUNTIME,
    "RegistryUnavailable": Reason.SERVER_ERROR,
    "ErrImageNeverPull": Reason.POLICY,
    "SignatureValidationFailed": Reason.POLICY,
    "InvalidImageName": Reason.INVALID_NAME,
}
"""Reasons of a waiting container that are about its image (kubernetes pkg/kubelet/images/types.go, cri-api errors.go);
None where the message tells more."""

HEALED_CAPACITY = 20_000
"""Containers of which the last success is remembered."""

_BACK_OFF = "Back-off pulling image "


@dataclass(slots=True)
class _Entry:
    image: Image
    namespace: str
    pod: str
    container: str | None
    node: str
    reason: Reason
    since: float
    from_status: bool = False
    """Whether `since` is only when a status was seen; an Event's own stamp is better."""
    combined: bool = False
    """Whether a combined Event told it, which names no container although one failed."""


class FailingContainers:
    """One entry per container; an image volume has an entry of its own."""

    def __init__(self) -> None:
        self._pods: dict[str, dict[str, _Entry]] = {}
        self._healed: Recent[float] = Recent(capacity=HEALED_CAPACITY)

    def __contains__(self, pod_uid: str) -> bool:
        return pod_uid in self._pods

    def fail(self, event: Event, message: Message, *, since: float, at: float, container: str | None) -> None:
        """Take a failure that an Event tells: its newest occurrence is of `at`, its oldest of `since`."""
        if message.sandbox:
            return
        image = images.parse(message.image)
        if message.combined:
            container = self._container_of(event.pod_uid, image)
        # A success in between parts the occurrences of an Event; which of them came after it is not told.
        healed_at = self._healed.get(f"{event.pod_uid} {_key(container, image)}")
        entry = _Entry(
            image,
            event.namespace,
            event.pod,
            container,
            event.node,
            message.reason or Reason.UNKNOWN,
            at if healed_at is not None and healed_at >= since else since,
            combined=message.combined,
        )
        self._put(event.pod_uid, entry, known_reason=message.reason)

    def heal(self, pod_uid: str, *, container: str | None, image: Image, at: float | None = None) -> None:
        """Take a success: of this container, or of any of the pod that wanted this image; `at` where an Event told it."""
        key = _key(container, image)
        if at is not None:
            self._healed.put(f"{pod_uid} {key}", at)
        entries = self._pods.get(pod_uid)
        if not entries:
            return
        entries.pop(key, None)
        if container is None:
            for key in [key for key, entry in entries.items() if entry.image == image]:
                del entries[key]
        if not entries:
            del self._pods[pod_uid]

    def compare(self, pod: Pod, *, since: float) -> None:
        """Take what a pod's status tells; no filter of the kubelet applies to it.

        `since` is when it began to fail, as far as the status shows.
        """
        if pod.phase in ("Succeeded", "Failed"):
            self.end(pod.uid)
            return
        for container in pod.containers:
            if container.waiting_reason in WAITING_REASONS:
                self._waits(pod, container, since)
            elif container.waiting_reason == "CrashLoopBackOff" or (container.started_at is not None and not container.waiting_reason):
                self.heal(pod.uid, container=container.name, image=images.parse(container.image))
        if all(one.started_at is not None and not one.waiting_reason for one in pod.containers if one.kind is ContainerKind.CONTAINER):
            self._heal_volumes(pod.uid)

    def end(self, pod_uid: str) -> None:
        self._pods.pop(pod_uid, None)

    def node_gone(self, node: str) -> None:
        for uid in [uid for uid, entries in self._pods.items() if any(entry.node == node for entry in entries.values())]:
            del self._pods[uid]

    def listed(self, workload: Callable[[str], str | None]) -> list[Failing]:
        return [
            Failing(
                image=entry.image,
                namespace=entry.namespace,
                pod=entry.pod,
                pod_uid=uid,
                container=entry.container,
                workload=workload(uid),
                node=entry.node or None,
                reason=entry.reason,
                since=entry.since,
            )
            for uid, entries in self._pods.items()
            for entry in entries.values()
        ]

    def _heal_volumes(self, pod_uid: str) -> None:
        """Take that all containers run, which a kubelet starts only once it has the pod's image volumes."""
        entries = self._pods.get(pod_uid, {})
        for key in [key for key, entry in entries.items() if entry.container is None]:
            del entries[key]
        if not entries:
            self.end(pod_uid)

    def _container_of(self, pod_uid: str, image: Image) -> str | None:
        """Return the container of a pod that is known to fail with this image."""
        entries = self._pods.get(pod_uid, {}).values()
        return next((entry.container for entry in entries if entry.image == image), None)

    def _waits(self, pod: Pod, container: Container, since: float) -> None:
        written, error = _back_off(container.waiting_message)
        # The error of an image volume sits on a container whose own image is fine.
        blamed = written is None or written == container.image
        image = images.parse(container.image if written is None else written)
        named = WAITING_REASONS[container.waiting_reason]
        told = reasons.of_error(error, image=image.as_written) if error else None
        known_reason = named or (told if told is not Reason.UNKNOWN else None)
        entry = _Entry(
            image,
            pod.namespace,
            pod.name,
            container.name if blamed else None,
            pod.node,
            known_reason or Reason.UNKNOWN,
            since,
            from_status=True,
        )
        self._put(pod.uid, entry, known_reason=known_reason)

    def _put(self, pod_uid: str, entry: _Entry, *, known_reason: Reason | None) -> None:
        entries = self._pods.setdefault(pod_uid, {})
        unnamed = entries.get(_key(None, entry.image))
        if entry.container is not None and unnamed is not None and unnamed.combined:
            # Now the container is known that a combined Event could not name.
            del entries[_key(None, entry.image)]
            entries.setdefault(_key(entry.container, entry.image), unnamed)
        before = entries.get(_key(entry.container, entry.image))
        if before is not None:
            entry.since = _earlier(entry, before)
            entry.from_status = entry.from_status and before.from_status
            entry.reason = known_reason or before.reason
        entries[_key(entry.container, entry.image)] = entry


def _earlier(new: _Entry, before: _Entry) -> float:
    """Return the start to keep: the earliest that an Event tells, else that of the status seen first."""
    if new.from_status == before.from_status:
        return min(new.since, before.since)
    return before.since if new.from_status else new.since


def _key(container: str | None, image: Image) -> str:
    return f"container {container}" if container is not None else f"image {image.as_written}"


def _back_off(text: str) -> tuple[str | None, str]:
    """Return the image and the error of a waiting message; from 1.32 on a back-off carries the error it backs off from."""
    if not text.startswith(_BACK_OFF):
        return None, text
    image, rest = messages.unquote(text, len(_BACK_OFF))
    return image, rest.removeprefix(": ")

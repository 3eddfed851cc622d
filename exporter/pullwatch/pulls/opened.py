"""The pulls that were asked for and have not ended, by pod, and the queue of each node they stand in."""

from __future__ import annotations

import functools
import sys
from collections import defaultdict
from typing import TYPE_CHECKING

from pullwatch.pulls import image as images
from pullwatch.pulls import message as messages
from pullwatch.pulls.queue import NodeQueue, Open

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullwatch.pulls.message import Message
    from pullwatch.pulls.observed import Event


class OpenPulls:
    """Open pulls; at most one for each container of a pod, and one for each image that no container is named for."""

    def __init__(self) -> None:
        self._pods: dict[str, dict[str, Open]] = {}
        self._queues: defaultdict[str, NodeQueue] = defaultdict(NodeQueue)

    def __iter__(self) -> Iterator[Open]:
        for slots in self._pods.values():
            yield from slots.values()

    def __contains__(self, pod_uid: str) -> bool:
        return pod_uid in self._pods

    def of_pod(self, pod_uid: str) -> list[Open]:
        return list(self._pods.get(pod_uid, {}).values())

    def standings(self) -> Iterator[tuple[Open, int]]:
        """Yield each open pull with the number of earlier ones that must end before its node starts it."""
        for queue in self._queues.values():
            yield from queue.standings()

    def parallelism(self, node: str) -> int:
        """Return how many pulls the node has shown to run at a time."""
        queue = self._queues.get(node)
        return queue.parallelism if queue else 1

    def ask(self, event: Event, message: Message, *, at: float) -> Open:
        """Open a pull. A kubelet that restarted asks again; what the same container had asked before ended with it."""
        slot = _slot(event, message)
        slots = self._pods.get(event.pod_uid)
        if slots is not None:
            self.close(slots.get(slot), at=at)
        pull = Open(
            slot=slot,
            image=images.parse(message.image),
            namespace=event.namespace,
            pod=event.pod,
            pod_uid=event.pod_uid,
            container=container_of(event, message),
            node=event.node,
            started_at=at,
            stamp=at if event.last_at is None else event.last_at,
            message=images.redact(event.message),
        )
        self._pods.setdefault(event.pod_uid, {})[slot] = pull
        self._queues[event.node].ask(pull)
        return pull

    def find(self, event: Event, message: Message) -> Open | None:
        """Return the open pull that an Event is about: of its container, else of its pod and image."""
        slots = self._pods.get(event.pod_uid)
        if not slots or message.sandbox:
            return None
        pull = slots.get(_slot(event, message)) or slots.get(_image_slot(message))
        if pull is None and message.combined:
            image = images.parse(message.image)
            pull = next((pull for pull in slots.values() if pull.image == image), None)
        return pull

    def succeed(self, event: Event, message: Message, *, at: float) -> None:
        """End a pull well; its times tell how many the node pulls at once, also where no `Pulling` was seen."""
        pull = self.find(event, message)
        self._queues[event.node].end(pull, at=at, stamp=event.last_at, pull_seconds=message.pull_seconds, wait_seconds=message.wait_seconds)
        self._drop(pull)

    def close(self, pull: Open | None, *, at: float) -> None:
        """End a pull that failed or that nobody will tell more of."""
        if pull is not None:
            self._queues[pull.node].leave(pull, at=at)
            self._drop(pull)

    def close_combined(self, pod_uid: str, *, at: float) -> None:
        """Close what combined Events of a pod opened: their end may be among the texts that are gone."""
        for pull in self.of_pod(pod_uid):
            if pull.message.startswith(messages.COMBINED):
                self.close(pull, at=at)

    def node_gone(self, node: str, *, at: float) -> None:
        for pull in [pull for pull in self if pull.node == node]:
            self.close(pull, at=at)
        self._queues.pop(node, None)

    def forget_idle(self, node: str) -> None:
        """Drop what a node's queue taught, if nothing stands in it."""
        if len(self._queues.get(node, ())) == 0:
            self._queues.pop(node, None)

    def _drop(self, pull: Open | None) -> None:
        if pull is None:
            return
        slots = self._pods[pull.pod_uid]
        del slots[pull.slot]
        if not slots:
            del self._pods[pull.pod_uid]


def container_of(event: Event, message: Message) -> str | None:
    """Return the container's name in a field path; a combined Event mixes the containers of its pod."""
    return None if message.combined or message.sandbox else _named_in(event.field_path)


# The paths of a cluster are few, since its workloads' containers are.
@functools.lru_cache(maxsize=1024)
def _named_in(field_path: str) -> str | None:
    head, brace, tail = field_path.partition("{")
    if brace and head.startswith("spec.") and tail.endswith("}"):
        return sys.intern(tail[:-1]) or None
    return None


def _slot(event: Event, message: Message) -> str:
    if message.combined or not event.field_path:
        return _image_slot(message)
    return event.field_path


def _image_slot(message: Message) -> str:
    return f"image {message.image}"

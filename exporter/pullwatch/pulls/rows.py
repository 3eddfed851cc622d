"""How the rows of pulls are written: from what an Event says, of an open pull, of a start that nobody told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullwatch.pulls import image as images
from pullwatch.pulls.opened import container_of
from pullwatch.pulls.pull import Outcome, Pull, SizeKind

if TYPE_CHECKING:
    from pullwatch.pulls.message import Message
    from pullwatch.pulls.observed import Event
    from pullwatch.pulls.pods import UntoldStart
    from pullwatch.pulls.queue import Open


def told(event: Event, message: Message, *, at: float, outcome: Outcome, workload: str | None, size_kind: SizeKind) -> Pull:
    """Return what an Event of this moment tells; without any time, at 0, the row has none."""
    total, size_bytes = message.total_seconds, message.size_bytes
    return Pull(
        image=images.parse(message.image),
        namespace=event.namespace,
        pod=event.pod,
        pod_uid=event.pod_uid,
        container=container_of(event, message),
        workload=workload,
        node=event.node or None,
        outcome=outcome,
        started_at=None if total is None or not at else at - total,
        finished_at=at or None,
        pull_seconds=message.pull_seconds,
        wait_seconds=message.wait_seconds,
        total_seconds=total,
        size_bytes=size_bytes,
        size_kind=SizeKind.UNKNOWN if size_bytes is None else size_kind,
        message=images.redact(event.message),
    )


def running(pull: Open, *, ahead: int, workload: str | None) -> Pull:
    """Return the row of an open pull: the same object as before while nothing of it moves."""
    row = pull.row
    if row is None or row.ahead != ahead or row.unblocked_at != pull.unblocked_at or row.workload != workload:
        row = pull.row = _running(pull, ahead, workload)
    return row


def _running(pull: Open, ahead: int, workload: str | None) -> Pull:
    return Pull(
        image=pull.image,
        namespace=pull.namespace,
        pod=pull.pod,
        pod_uid=pull.pod_uid,
        container=pull.container,
        workload=workload,
        node=pull.node or None,
        outcome=Outcome.RUNNING,
        started_at=pull.started_at or None,
        message=pull.message,
        ahead=ahead,
        unblocked_at=pull.unblocked_at,
    )


def unseen(start: UntoldStart) -> Pull:
    """Return the row of a container that started untold."""
    return Pull(
        image=images.parse(start.container.image),
        namespace=start.pod.namespace,
        pod=start.pod.name,
        pod_uid=start.pod.uid,
        container=start.container.name,
        workload=start.pod.workload,
        node=start.pod.node or None,
        outcome=Outcome.UNSEEN,
        finished_at=start.container.started_at,
        at_most_seconds=start.at_most_seconds,
    )

"""A node's queue."""

from __future__ import annotations

from pullwatch.pulls import image
from pullwatch.pulls.queue import NodeQueue, Open


def asked(queue: NodeQueue, at: float, name: str = "a") -> Open:
    pull = Open(
        slot=name,
        image=image.parse("a"),
        namespace="n",
        pod="p",
        pod_uid=name,
        container=None,
        node="node-a",
        started_at=at,
        stamp=at,
        message="",
    )
    queue.ask(pull)
    return pull


def ahead(queue: NodeQueue) -> list[int]:
    return [count for _, count in queue.standings()]


def test_a_serial_node_unblocks_one_at_a_time() -> None:
    """The second pull works only since the first has ended."""
    queue = NodeQueue()
    first, second, third = asked(queue, 0), asked(queue, 5), asked(queue, 6)

    assert ahead(queue) == [0, 1, 2]
    assert (first.unblocked_at, second.unblocked_at) == (0, None)

    queue.leave(first, at=100)

    assert ahead(queue) == [0, 1]
    assert (second.unblocked_at, third.unblocked_at) == (100, None)


def test_a_pull_that_overtakes_shows_the_parallelism() -> None:
    """One that ended without a wait while an earlier one runs proves two at a time, and those behind were never blocked."""
    queue = NodeQueue()
    slow, quick, later = asked(queue, 0), asked(queue, 10), asked(queue, 12)

    queue.end(quick, at=20, pull_seconds=9.9, wait_seconds=0.0)

    assert queue.parallelism == 2
    assert ahead(queue) == [0, 0]
    assert slow.unblocked_at == 0
    assert later.unblocked_at == 20


def test_ends_that_arrive_together_did_not_happen_together() -> None:
    """After a watch was cut, ends arrive late; what ran at the same time is told by the node's own stamps."""
    queue = NodeQueue()
    first, second = asked(queue, 0), asked(queue, 5)

    queue.end(first, at=120, stamp=30, pull_seconds=30, wait_seconds=0.0)
    queue.end(second, at=120, stamp=90, pull_seconds=60, wait_seconds=25.0)

    assert queue.parallelism == 1


def test_two_questions_of_one_second_prove_nothing() -> None:
    """Stamps are whole seconds: which of two was asked for first is not known, so neither overtook the other."""
    queue = NodeQueue()
    asked(queue, 0)
    chance = asked(queue, 0)

    queue.end(chance, at=0.3, pull_seconds=0.29, wait_seconds=0.0)

    assert queue.parallelism == 1


def test_overlapping_times_show_the_parallelism() -> None:
    """Two finished pulls that ran at the same time need no order to prove it."""
    queue = NodeQueue()

    queue.end(None, at=10, pull_seconds=10, wait_seconds=0.0)
    queue.end(None, at=13.3, pull_seconds=13.3, wait_seconds=0.0)

    assert queue.parallelism == 2


def test_a_wait_proves_nothing() -> None:
    """A pull that stood in the queue behind others overtook nobody."""
    queue = NodeQueue()
    first = asked(queue, 0)
    second = asked(queue, 2)

    queue.end(first, at=10, pull_seconds=10, wait_seconds=0.0)
    queue.end(second, at=12, pull_seconds=2, wait_seconds=8.0)

    assert queue.parallelism == 1


def test_a_long_queue_costs_no_more_per_step() -> None:
    """Ten thousand questions for one node are a matter of milliseconds: each step looks at the head of the queue only."""
    queue = NodeQueue()
    pulls = [asked(queue, 0) for _ in range(10_000)]

    for pull in pulls:
        queue.end(pull, at=1, pull_seconds=1, wait_seconds=0)

    assert (len(queue), queue.parallelism) == (0, 1)

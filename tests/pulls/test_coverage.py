"""Pulls that kubelets counted beside those that Events told of."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pullwatch.pulls import coverage
from pullwatch.pulls.coverage import NodeCoverage, Witnesses
from pullwatch.pulls.kubelet_counts import KubeletCounts
from pullwatch.pulls.pull import Outcome, Pull, Reason
from tests.publish.given import pulled

T0 = 1_800_000_000.0


def row(
    outcome: Outcome = Outcome.PULLED, *, at: float = 10, node: str | None = "node-a", count: int = 1, reason: Reason | None = None
) -> Pull:
    return replace(pulled(), outcome=outcome, finished_at=T0 + at, node=node, count=count, reason=reason)


def witnesses(pulls: float = 500) -> Witnesses:
    """Return one node whose kubelet was read at T0."""
    found = Witnesses()
    found.read("node-a", KubeletCounts(pulls=pulls), at=T0)
    return found


def test_what_was_before_the_first_read_is_no_increase() -> None:
    """A kubelet that counted 500 pulls in its life counts none for us yet."""
    found = Witnesses()

    growth = found.read("node-a", KubeletCounts(pulls=500, errors=3), at=T0)

    assert growth == coverage.Growth(KubeletCounts(), 0)
    assert found.nodes() == [NodeCoverage("node-a", 0, 0)]


@pytest.mark.parametrize(
    ("told", "seen"),
    [
        (row(), 1),
        (row(Outcome.REVALIDATED), 1),
        (row(Outcome.FAILED, reason=Reason.NOT_FOUND, count=3), 3),
        (row(Outcome.FAILED, reason=Reason.KUBELET_QPS), 0),
        (row(Outcome.REFUSED, reason=Reason.POLICY), 0),
        (row(Outcome.CACHED), 0),
        (row(Outcome.UNSEEN), 0),
        (row(node="node-b"), 0),
        (row(node=None), 0),
        (row(at=-5), 0),
    ],
)
def test_it_counts_what_the_kubelet_counts(told: Pull, seen: int) -> None:
    """What never reached the runtime, another node's, and what ended before the first read are none of it."""
    found = witnesses()

    found.told(told)

    assert found.read("node-a", KubeletCounts(pulls=500 + seen), at=T0 + 60).seen == seen


def test_both_sides_move_with_a_read() -> None:
    """A kubelet that could not be read for an hour makes no gap: what was told waits for it."""
    found = witnesses()
    for minute in range(60):
        found.told(row(at=60.0 * minute))

    growth = found.read("node-a", KubeletCounts(pulls=560), at=T0 + 3600)

    assert (growth.counted.pulls, growth.seen) == (60, 60)
    assert found.read("node-a", KubeletCounts(pulls=560), at=T0 + 3660) == coverage.Growth(KubeletCounts(), 0)


def test_a_restarted_kubelet_loses_nothing_of_what_was_told() -> None:
    """Its counters begin anew, ours go on."""
    found = witnesses()
    found.told(row())

    growth = found.read("node-a", KubeletCounts(pulls=2), at=T0 + 60)

    assert (growth.counted.pulls, growth.seen) == (2, 1)
    assert found.nodes()[0].lost == 1


def test_it_tells_who_lost_most_first() -> None:
    """Nodes that lost nothing are told as well."""
    found = Witnesses()
    for node, done, told in (("a", 2, 2), ("b", 5, 1), ("c", 5, 9)):
        found.read(node, KubeletCounts(), at=T0)
        found.told(row(node=node, count=told))
        found.read(node, KubeletCounts(pulls=done), at=T0 + 60)

    assert [(one.node, one.lost) for one in found.nodes()] == [("b", 4), ("a", 0), ("c", 0)]


def test_old_losses_are_forgotten() -> None:
    """A page is about now: what was lost is told for half an hour to an hour."""
    found = witnesses(0)
    for minute in range(1, 70):
        found.read("node-a", KubeletCounts(pulls=7), at=T0 + 60 * minute)
        lost = found.nodes()[0].lost
        assert lost == 7 if minute < 30 else minute < 62 or lost == 0


def test_a_node_that_comes_back_is_another_one() -> None:
    """Its kubelet's old counts are not what happened since."""
    found = witnesses()
    found.forget("node-a")
    found.told(row())

    assert found.read("node-a", KubeletCounts(pulls=9), at=T0 + 90) == coverage.Growth(KubeletCounts(), 0)
    assert len(found) == 1

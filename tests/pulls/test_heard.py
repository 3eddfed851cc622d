"""What is kept of nodes goes once nobody speaks of them any more."""

from __future__ import annotations

from pullwatch.pulls.heard import IDLE_SECONDS, SWEEP_SECONDS, HeardNodes
from pullwatch.pulls.lifecycle import Lifecycle
from pullwatch.pulls.observed import Node
from tests.pulls.made import T0, pod, pulled, pulling


def kept(lifecycle: Lifecycle) -> set[str]:
    """Return the nodes of which anything is kept that helps to judge a pull."""
    return {*lifecycle._presence._nodes, *lifecycle._skew._differences, *lifecycle._open._queues, *lifecycle._heard.at}


def test_a_node_that_an_event_named_after_its_end_is_forgotten() -> None:
    """The last Events of a node come when it is gone; a day later nothing is left of it."""
    lifecycle = Lifecycle()
    lifecycle.node(Node("node-a"), at=T0)
    lifecycle.node_gone("node-a", at=T0 + 1)
    lifecycle.event(pulled(at=2), arrived_at=T0 + 2)

    lifecycle.advance(T0 + IDLE_SECONDS, window_start=T0)
    before = kept(lifecycle)
    lifecycle.advance(T0 + IDLE_SECONDS + SWEEP_SECONDS, window_start=T0)

    assert (before, kept(lifecycle)) == ({"node-a"}, set())


def test_a_node_that_is_there_is_never_forgotten() -> None:
    """What a node has decides whether its next pull moves bytes, also after a quiet weekend."""
    lifecycle = Lifecycle()
    lifecycle.node(Node("node-a"), at=T0)
    lifecycle.event(pulled(at=2), arrived_at=T0 + 2)

    lifecycle.advance(T0 + 3 * IDLE_SECONDS, window_start=T0)

    assert kept(lifecycle) == {"node-a"}


def test_a_pull_that_hangs_for_days_stays() -> None:
    """Nobody speaks of a node whose only pull hangs: that is what somebody waits to see."""
    lifecycle = Lifecycle()
    lifecycle.pod(pod("web-0", phase="Pending"), at=T0)
    lifecycle.event(pulling(at=1), arrived_at=T0 + 1)

    lifecycle.advance(T0 + 3 * IDLE_SECONDS, window_start=T0)
    (row,) = lifecycle.running()
    lifecycle.event(pulled(at=3 * IDLE_SECONDS), arrived_at=T0 + 3 * IDLE_SECONDS)

    assert (row.node, lifecycle.running()) == ("node-a", [])


def test_past_the_capacity_those_silent_for_longest_go() -> None:
    """A tenant may write any node into an Event; those that the watch shows make room for none of them."""
    heard = HeardNodes(capacity=2)
    heard.at = {"known": T0, "oldest": T0 + 1, "older": T0 + 2, "new": T0 + 3}

    assert heard.silent(T0 + 4, known={"known"}) == ["oldest"]
    assert heard.silent(T0 + 5, known={"known"}) == []

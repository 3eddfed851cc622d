"""Whose turn it is to be read, and when."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pullwatch.pulls import rounds

NODES = [f"node-{number}" for number in range(5000)]


def chosen(nodes: list[str], most: int) -> set[str]:
    return {turn.node for turn in rounds.plan(nodes, most=most)}


def test_reads_spread_evenly() -> None:
    """Of 5,000 nodes no second of a minute has more than half as many again as its share, also where few are chosen."""
    for most in (5000, 2000):
        phases = [turn.phase for turn in rounds.plan(NODES, most=most)]
        seconds = [sum(int(phase * 60) == second for phase in phases) for second in range(60)]

        assert phases == sorted(phases)
        assert max(seconds) < 1.75 * most / 60
        assert min(seconds) > 0.4 * most / 60


def test_a_node_keeps_its_turn() -> None:
    """Whoever else comes or goes, and in which order they are told, a node is read at its own moment."""
    before = {turn.node: turn.phase for turn in rounds.plan(NODES, most=5000)}
    after = {turn.node: turn.phase for turn in rounds.plan(reversed(NODES[:100]), most=5000)}

    assert after == {node: before[node] for node in NODES[:100]}


@given(st.sets(st.sampled_from(NODES), min_size=1, max_size=60), st.integers(1, 50))
def test_the_same_nodes_stay_chosen(nodes: set[str], most: int) -> None:
    """One node that goes moves one other in, and no more."""
    ordered = sorted(nodes)
    before = chosen(ordered, most)
    after = chosen(ordered[1:], most)

    assert len(before) == min(most, len(nodes))
    assert len(before - after) <= 1


def test_a_dead_kubelet_is_asked_less_and_less() -> None:
    """After its first failure it is asked again at once, then after 1, 3 and 7 turns, never less."""
    assert [rounds.skipped(failures) for failures in (0, 1, 2, 3, 4, 5, 10_000)] == [0, 0, 1, 3, 7, 7, 7]

"""What is remembered of the images that nodes have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullwatch.pulls import presence
from pullwatch.pulls.presence import Presence

if TYPE_CHECKING:
    import pytest


def pull(known: Presence, node: str, *numbers: int) -> None:
    for number in numbers:
        known.note(node, f"image-{number}", at=float(number), size_bytes=1)


def held(known: Presence, node: str) -> list[str]:
    return list(known._nodes[node])


def test_it_remembers_as_much_of_each_node_as_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Years of pulls on thousands of nodes take no more memory than the capacity says; what was pulled last stays."""
    monkeypatch.setattr(presence, "CAPACITY", 8)
    monkeypatch.setattr(presence, "LEAST_PER_NODE", 1)
    known = Presence()

    pull(known, "node-a", *range(20))
    alone = held(known, "node-a")
    pull(known, "node-b", *range(20))
    pull(known, "node-a", *range(20, 24))

    assert alone == [f"image-{number}" for number in range(12, 20)]
    assert held(known, "node-a") == [f"image-{number}" for number in range(20, 24)]
    assert len(held(known, "node-b")) == 4


def test_it_remembers_something_of_each_node_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenant who writes Events of made-up nodes leaves the real ones their last images."""
    monkeypatch.setattr(presence, "CAPACITY", 8)
    monkeypatch.setattr(presence, "LEAST_PER_NODE", 2)
    known = Presence()

    for number in range(50):
        pull(known, f"node-{number}", 1, 2, 3)

    assert {len(held(known, node)) for node in known._nodes} <= {2, 3}
    assert held(known, "node-49") == ["image-2", "image-3"]

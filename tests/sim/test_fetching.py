"""How far a made pull is."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from pullwatch.pulls.reported import LayerProgress
from pullwatch.sim import fetching
from pullwatch.sim.builds import Layer

MB = 1_000_000
LAYERS = tuple(Layer(str(number), size * MB, "RUN") for number, size in enumerate((30, 300, 30, 30, 30)))


def told(seconds: float, *, present: tuple[int, ...] = ()) -> list[dict[str, Any]]:
    return fetching.progress(LAYERS, present={LAYERS[number].digest for number in present}, seconds=seconds, bytes_per_second=30 * MB)


def states(seconds: float, **more: Any) -> list[str]:
    return [layer["state"] for layer in told(seconds, **more)]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0.0, ["queued"] * 5),
        (1.0, ["downloading", "downloading", "downloading", "queued", "queued"]),
        (3.1, ["unpacking", "downloading", "downloaded", "downloading", "downloading"]),
        (7.0, ["done", "downloading", "downloaded", "downloaded", "downloaded"]),
        (14.2, ["done", "unpacking", "downloaded", "downloaded", "downloaded"]),
        (60.0, ["done"] * 5),
    ],
)
def test_three_layers_come_at_a_time_and_unpack_from_below(seconds: float, expected: list[str]) -> None:
    """A layer waits for a connection, and once it is there for those below it."""
    assert states(seconds) == expected


def test_what_the_node_has_does_not_move() -> None:
    """Nor does it hold up what is above it."""
    layers = told(1.0, present=(0, 1))

    assert [layer["state"] for layer in layers] == ["present", "present", "downloading", "downloading", "downloading"]
    assert "downloaded_bytes" not in layers[0]


@given(some.floats(0, 100), some.sets(some.integers(0, 4)))
def test_bytes_are_those_that_the_line_has_carried(seconds: float, present: set[int]) -> None:
    """Never more than time and rate allow, never more than a layer has, in steps of a mebibyte; and each is one that an agent may report."""
    layers = told(seconds, present=tuple(present))

    fetched = sum(layer.get("downloaded_bytes", 0) for layer in layers)
    whole = sum(layer.size_bytes for number, layer in enumerate(LAYERS) if number not in present)
    assert fetched <= min(seconds * 30 * MB, whole) + 5
    assert fetched >= min(seconds * 30 * MB, whole) - 5 * fetching.STEP_BYTES
    for layer in layers:
        reported = msgspec.convert(layer, type=LayerProgress)
        assert 0 <= (reported.downloaded_bytes or 0) <= reported.size_bytes
        assert (reported.download_seconds or 0) >= 0
        assert (reported.unpack_seconds or 0) >= 0

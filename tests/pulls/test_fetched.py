"""Bytes that a node fetched, and those that it fetched again."""

from __future__ import annotations

from pullwatch.pulls.fetched import Fetched
from pullwatch.pulls.layers import Layer
from pullwatch.pulls.runtime import Blob


def layer(name: str = "a", size: int = 100) -> tuple[Layer, str]:
    return Layer(f"sha256:{name}", size, "layer"), f"sha256:{name}"


def store(fetched: Fetched, name: str, at: float, *, size: int = 100, left_bytes: int = 0) -> None:
    made, digest = layer(name, size)
    fetched.stored(made, Blob(digest, size, at), left_bytes=left_bytes)


def test_counts_each_blob_once() -> None:
    """However often the store is asked, a layer that came once counts once."""
    fetched = Fetched(since=10)
    for _ in range(3):
        store(fetched, "a", 20)

    assert (fetched.fetched_bytes, fetched.repulled_bytes) == (100, 0)


def test_counts_nothing_of_before() -> None:
    """What was there when the agent started was fetched by nobody that it knows of."""
    fetched = Fetched(since=10)
    store(fetched, "a", 5)

    assert fetched.fetched_bytes == 0


def test_counts_a_layer_that_the_node_had_as_fetched_again() -> None:
    """Whether it came before or after the agent's start, or is known by an image's name only."""
    fetched = Fetched(since=10)
    fetched.hold([layer("named")[0]])
    store(fetched, "old", 5)
    store(fetched, "new", 20)
    assert fetched.repulled_bytes == 0
    for name in ("named", "old", "new"):
        store(fetched, name, 30)

    assert (fetched.fetched_bytes, fetched.repulled_bytes) == (400, 300)


def test_bytes_that_a_broken_pull_left_are_not_fetched() -> None:
    """A download that goes on counts from where it went on."""
    fetched = Fetched(since=10)
    store(fetched, "a", 20, left_bytes=70)

    assert fetched.fetched_bytes == 30


def test_forgets_beyond_its_capacity() -> None:
    """What finds no room may count as new, and never as fetched again."""
    fetched = Fetched(since=0, capacity=10)
    for number in range(100):
        store(fetched, f"l{number}", 1 + number)

    assert fetched.forgotten == 90
    assert len(fetched._counted) == 10
    store(fetched, "l0", 200)
    assert fetched.repulled_bytes == 0

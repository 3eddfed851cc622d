"""The store: one growing version, shared frames, history and its end."""

from __future__ import annotations

import pytest

from pullwatch.sim.store import Compacted, Store, StoreError
from tests.sim.given import event, node, pod


def test_it_gives_each_write_a_new_version_across_resources(store: Store) -> None:
    """One counter serves events, pods and nodes, as etcd's does."""
    stored = [store.create("events", event("a")), store.create("pods", pod("a")), store.create("nodes", node("n"))]

    assert [object_["metadata"]["resourceVersion"] for object_ in stored] == ["101", "102", "103"]


def test_it_serialises_a_write_once_for_all_watches(store: Store) -> None:
    """Two subscriptions share the very same bytes."""
    first, second = store.subscribe("events", after=100), store.subscribe("events", after=100)

    store.create("events", event("a"))

    assert first.take()[0].frame is second.take()[0].frame


def test_it_refuses_to_create_twice_and_to_change_what_is_not_there(store: Store) -> None:
    """A test that misuses the store learns of it."""
    store.create("pods", pod("a"))

    with pytest.raises(StoreError, match="already exists"):
        store.create("pods", pod("a"))
    with pytest.raises(StoreError, match="not found"):
        store.update("pods", pod("b"))
    with pytest.raises(StoreError, match="not found"):
        store.delete("pods", ("shop", "b"))


def test_it_shows_the_past_until_it_is_compacted(store: Store) -> None:
    """A snapshot undoes what was created, changed and deleted after its version."""
    store.create("pods", pod("kept"))
    store.create("pods", pod("changed", phase="Pending"))
    then = store.version
    store.update("pods", pod("changed", phase="Running"))
    store.delete("pods", ("shop", "kept"))
    store.create("pods", pod("new"))

    past = {key[1]: stored.object["status"]["phase"] for key, stored in store.snapshot("pods", then)}
    store.compact()

    assert past == {"changed": "Pending", "kept": "Pending"}
    with pytest.raises(Compacted):
        store.snapshot("pods", then)


def test_it_keeps_open_subscriptions_whole_over_a_compaction(store: Store) -> None:
    """Compaction hurts those who come late, not those who listen."""
    subscription = store.subscribe("events", after=store.version)
    store.create("events", event("a"))

    store.compact()
    store.create("events", event("b"))

    assert [change.version for change in subscription.take()] == [101, 102]
    with pytest.raises(Compacted):
        store.subscribe("events", after=100)


def test_it_bounds_its_history_and_the_mailbox_of_a_slow_watch() -> None:
    """Neither history nor a watch that does not read grows without end."""
    store = Store(first_version=0, history_limit=8)
    slow = store.subscribe("events", after=0)
    for number in range(20):
        store.create("events", event(f"e{number}"))

    assert slow.overrun
    assert len(slow.take()) == 8
    with pytest.raises(Compacted):
        store.subscribe("events", after=0)
    assert store.subscribe("events", after=15).take()[0].version == 16

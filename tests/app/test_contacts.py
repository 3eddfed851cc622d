"""Until when the API server was heard, over all watches of a resource."""

from __future__ import annotations

from pullwatch.app.contacts import Contacts


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_watch_that_was_never_heard_counts_from_the_start() -> None:
    """A right that was missing from the beginning makes the watch look stale, as one that went missing does."""
    contacts = Contacts(clock=Clock())
    contacts.expect("events", resource="events")

    assert contacts.heard("events") == 1000.0

    contacts.spoke("events", 1005.0)

    assert contacts.heard("events") == 1005.0


def test_the_oldest_of_several_namespaces_counts() -> None:
    """A namespace that may not be read does not hide behind another one that speaks all the time."""
    contacts = Contacts(clock=Clock())
    contacts.expect("events of shop", resource="events")
    contacts.expect("events of team", resource="events")

    contacts.spoke("events of shop", 2000.0)

    assert contacts.heard("events") == 1000.0


def test_an_optional_watch_counts_from_its_first_word() -> None:
    """Nodes that nobody granted are no alarm; nodes that were read and fell silent are."""
    contacts = Contacts(clock=Clock())
    contacts.expect("nodes", resource="nodes", optional=True)

    assert contacts.heard("nodes") is None

    contacts.spoke("nodes", 1005.0)

    assert contacts.heard("nodes") == 1005.0

"""What is known of each watch: whether it was ever read, when the server last spoke, and what is wrong now."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(slots=True)
class _Contact:
    resource: str
    optional: bool
    since: float
    listed: bool = False
    last_contact: float | None = None
    trouble: str | None = None

    @property
    def needed(self) -> bool:
        """Whether it should be heard: one that may be missing counts from its first word on."""
        return not self.optional or self.last_contact is not None


class Contacts:
    """One entry per watch. An optional one may be missing its right: what it adds is then absent, and said so."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._contacts: dict[str, _Contact] = {}

    def expect(self, name: str, *, resource: str, optional: bool = False) -> None:
        """Take that this resource, or some namespace's part of it, is going to be watched under this name."""
        self._contacts[name] = _Contact(resource=resource, optional=optional, since=self._clock())

    def heard(self, resource: str) -> float | None:
        """Return until when all watches of a resource were heard: the start for one that never was, None where none is needed.

        The oldest of them counts, or a namespace that may no longer be read would hide behind one that may.
        """
        of_resource = [contact for contact in self._contacts.values() if contact.resource == resource]
        heard = [contact.since if contact.last_contact is None else contact.last_contact for contact in of_resource if contact.needed]
        return min(heard, default=None)

    def spoke(self, name: str, at: float) -> None:
        """Take that the server answered, which ends any trouble."""
        self._contacts[name].last_contact = at
        self._contacts[name].trouble = None

    def listed(self, name: str) -> None:
        """Take that a list of this resource was read whole."""
        self._contacts[name].listed = True

    def troubled(self, name: str, message: str) -> None:
        self._contacts[name].trouble = message

    def readiness(self) -> tuple[bool, list[str]]:
        """Return whether all that is needed was read once, and a line for each watch."""
        ready = all(contact.listed or contact.optional for contact in self._contacts.values())
        return ready, [f"{name}: {self._line(contact)}" for name, contact in self._contacts.items()]

    def problems(self) -> list[str]:
        """Return a line for each watch that does not work now."""
        return [f"{name}: {contact.trouble}" for name, contact in self._contacts.items() if contact.trouble]

    def _line(self, contact: _Contact) -> str:
        if contact.trouble:
            return contact.trouble
        if not contact.listed:
            return "not read yet"
        silent = "" if contact.last_contact is None else f", last contact {max(0.0, self._clock() - contact.last_contact):.0f} s ago"
        return f"ok{silent}"

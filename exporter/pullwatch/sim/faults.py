"""Which requests go wrong, and how: the base of all faults, and the set of those that stand at the moment.

The faults themselves are declared in `refusals` (another answer), `interruptions` (a connection that fails) and `oddities`
(content that is odd). docs/faults.md shows how to use them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from pullwatch.sim.asked import Asked
from pullwatch.sim.steps import Step, Steps


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something that goes wrong with some requests; a subclass overrides one of the last three methods."""

    verb: str = ""
    """list, watch, get or create; empty for all."""
    resource: str = ""
    """events, pods, nodes or tokenreviews; empty for all."""
    skip: int = 0
    """Requests that are let through first."""
    times: int | None = None
    """Requests that are hit; None until the fault is removed."""

    def concerns(self, asked: Asked) -> bool:
        """Tells whether a request is of the kind that goes wrong."""
        return self.verb in ("", asked.verb) and self.resource in ("", asked.resource)

    def instead(self) -> Sequence[Step]:
        """Returns what happens instead of the answer; nothing where the request is answered."""
        return ()

    def listed(self, body: bytes) -> bytes:
        """Changes the body of a list."""
        return body

    def streamed(self, stream: Steps) -> Steps:
        """Changes the stream of a watch."""
        return stream


SomeFault = TypeVar("SomeFault", bound=Fault)


@dataclass(slots=True)
class _Standing:
    fault: Fault
    skip: int
    left: int | None


class Faults:
    """The faults that stand now; change them while the server runs."""

    def __init__(self, *faults: Fault) -> None:
        self.hits: Counter[Fault] = Counter()
        """Requests that each fault has hit so far; equal faults count as one."""
        self._standing: list[_Standing] = []
        for fault in faults:
            self.add(fault)

    def add(self, fault: SomeFault) -> SomeFault:
        """Lets a fault stand from the next request on; those that were added first act first."""
        self._standing.append(_Standing(fault, fault.skip, fault.times))
        return fault

    def remove(self, fault: Fault) -> None:
        """Lets requests succeed again; connections that were hit stay as they are."""
        self._standing = [standing for standing in self._standing if standing.fault != fault]

    def clear(self) -> None:
        """Removes all."""
        self._standing.clear()

    def hitting(self, asked: Asked) -> list[Fault]:
        """Returns the faults that hit this request, and counts it."""
        return [standing.fault for standing in self._standing if standing.fault.concerns(asked) and self._counted(standing)]

    def _counted(self, standing: _Standing) -> bool:
        if standing.skip:
            standing.skip -= 1
            return False
        if standing.left == 0:
            return False
        if standing.left is not None:
            standing.left -= 1
        self.hits[standing.fault] += 1
        return True

"""What a client asked, as faults choose by it and tests read it afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request for a resource."""

    at_seconds: float
    """When its head had arrived, by the clock of the event loop."""
    verb: str
    """list, watch or get; create for reviews of tokens."""
    resource: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""

    @property
    def further_page(self) -> bool:
        """Tells whether this goes on with a list that began before."""
        return bool(self.query.get("continue"))

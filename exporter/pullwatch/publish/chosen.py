"""What a reader of the page wants to see of the cluster: the links of the alerts name it, as parameters of the address.

A parameter that is empty or not known chooses nothing, since an alert may lack a label.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pullwatch.pulls.pull import Failing, Pull

Row = TypeVar("Row", Pull, Failing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Pulls of this image, namespace, registry and node; an empty one is any."""

    image: str = ""
    """Canonical, or as a pod writes it."""
    namespace: str = ""
    registry: str = ""
    node: str = ""

    def of(self, rows: Iterable[Row]) -> list[Row]:
        """Return the rows that are wanted."""
        return [row for row in rows if self._wants(row)]

    def wants_node(self, name: str) -> bool:
        return self.node in {"", name}

    def described(self) -> str:
        """Return what is wanted as words, nothing where all is."""
        parts = (("image ", self.image), ("namespace ", self.namespace), ("registry ", self.registry), ("node ", self.node))
        return ", ".join(kind + value for kind, value in parts if value)

    def _wants(self, row: Pull | Failing) -> bool:
        return (
            self.image in {"", row.image.canonical, row.image.as_written}
            and self.namespace in {"", row.namespace}
            and self.registry in {"", row.image.registry}
            and self.node in {"", row.node}
        )


ALL = Chosen()


def of_query(query: Mapping[str, str]) -> Chosen:
    """Return what the parameters of an address name."""
    return Chosen(**{name: query.get(name, "") for name in Chosen.__slots__})

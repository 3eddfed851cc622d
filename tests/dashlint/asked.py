"""A query as Grafana asks it: what stands for its windows, over which time, and whose it is.

Grafana's windows are put in as lengths that nobody else writes, so that the tree still tells which one it was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from tests.rulelint.expression import Selector, Subquery, walk
from tests.rulelint.reader import UnreadableError, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.rulelint.expression import Node

RATE_INTERVAL, INTERVAL, RANGE = "$__rate_interval", "$__interval", "$__range"

_LENGTHS: Mapping[str, int] = MappingProxyType({RATE_INTERVAL: 86_413, INTERVAL: 86_417, RANGE: 86_423})
_NAMES: Mapping[float, str] = MappingProxyType({float(length): name for name, length in _LENGTHS.items()})
_WRITTEN = re.compile(r"\$\{?(__rate_interval|__interval|__range)\b\}?")
_LABEL_VALUES = re.compile(r"label_values\((?P<series>.*),\s*(?P<label>\w+)\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Query:
    """A query of a panel, of a variable or of an annotation; `where` is the title or name of it."""

    text: str
    where: str
    over_time: bool = False
    """Whether it is asked at many moments: that of a graph, other than that of a number."""
    step_seconds: float = 0.0
    """The panel's least step; 0 where it has none."""
    drawn: bool = False
    """Whether a panel shows what it finds."""

    @property
    def plain(self) -> str:
        """The text with a length in place of each of Grafana's windows."""
        return _WRITTEN.sub(lambda name: f"{_LENGTHS['$' + name[1]]}s", self.text)

    @property
    def node(self) -> Node:
        """The tree. Raises UnreadableError."""
        return parse(self.plain)

    @property
    def readable(self) -> bool:
        """Tell whether it is PromQL, once Grafana has put in its variables."""
        try:
            return self.node is not None
        except UnreadableError:
            return False

    def windows(self) -> Iterator[Selector | Subquery]:
        """Yield all that looks back over a time."""
        for found in walk(self.node):
            if isinstance(found, Subquery) or (isinstance(found, Selector) and found.range_seconds is not None):
                yield found


def window(seconds: float | None) -> str:
    """Return which of Grafana's windows this is; nothing where it is a time that somebody wrote."""
    return _NAMES.get(seconds or 0.0, "")


def values_of(text: str) -> tuple[str, str] | None:
    """Return series and label that a variable asks for; None where it asks for something else."""
    found = _LABEL_VALUES.fullmatch(text.strip())
    return (found["series"], found["label"]) if found else None

"""PromQL as a tree of types that lints can ask. How a text becomes one is `reader`'s matter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

COMPARISONS = frozenset({"==", "!=", ">", "<", ">=", "<="})
SETS = frozenset({"and", "or", "unless"})


@dataclass(frozen=True, slots=True)
class Matcher:
    """`operator` is one of = != =~ !~."""

    label: str
    operator: str
    value: str

    def accepts(self, value: str) -> bool:
        """Tell whether a series with this value of the label is selected."""
        if self.operator in {"=", "!="}:
            return (self.value == value) == (self.operator == "=")
        try:
            found = re.fullmatch(self.value, value) is not None
        except re.error:
            # RE2 knows what Python does not: nothing is said against such a pattern.
            return True
        return found == (self.operator == "=~")

    @property
    def alternatives(self) -> tuple[str, ...]:
        """Values that are written out; nothing where the pattern is more than a list."""
        if self.operator in {"=", "!="}:
            return (self.value,)
        return tuple(self.value.split("|")) if re.fullmatch(r"[\w|+-]*", self.value) else ()


@dataclass(frozen=True, slots=True)
class Selector:
    """Series by name; several where __name__ is a list of them. Seconds; no range where it is of one moment.

    `at` is the moment that `@` pins it to, such as end(), or nothing.
    """

    metrics: tuple[str, ...]
    matchers: tuple[Matcher, ...] = ()
    range_seconds: float | None = None
    offset_seconds: float = 0.0
    at: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written."""

    value: float


@dataclass(frozen=True, slots=True)
class Text:
    """A string as it is written."""

    value: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function and what it is given."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Labels named by `by` or `on`; with `all_but` those of `without` or `ignoring`."""

    labels: tuple[str, ...]
    all_but: bool = False


@dataclass(frozen=True, slots=True)
class Aggregation:
    """`parameter` is that of topk, quantile, count_values and their like."""

    operator: str
    inner: Node
    parameter: Node | None = None
    grouping: Chosen | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """Two sides. `many` is the side whose labels the result has: left for group_left; `copied` are labels of the other."""

    operator: str
    left: Node
    right: Node
    matching: Chosen | None = None
    many: str = ""
    copied: tuple[str, ...] = ()
    returns_bool: bool = False

    @property
    def filters(self) -> bool:
        """Tell whether it leaves out what it does not hold for."""
        return self.operator in COMPARISONS and not self.returns_bool


@dataclass(frozen=True, slots=True)
class Subquery:
    """An expression at many moments, the last of which `at` may pin. A step of 0 is Prometheus' own."""

    inner: Node
    range_seconds: float
    at: str = ""
    step_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Negation:
    """The minus before an expression."""

    inner: Node


Node = Selector | Number | Text | Call | Aggregation | Operation | Subquery | Negation


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def selectors(node: Node) -> Iterator[Selector]:
    """Yield what is asked for, in order."""
    return (found for found in walk(node) if isinstance(found, Selector))


def children(node: Node) -> tuple[Node, ...]:
    """Return what a node is made of."""
    match node:
        case Call():
            return node.arguments
        case Aggregation():
            return (node.inner,) if node.parameter is None else (node.inner, node.parameter)
        case Operation():
            return node.left, node.right
        case Subquery() | Negation():
            return (node.inner,)
        case _:
            return ()

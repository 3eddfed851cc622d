"""What a query's result is measured in, told from the names of what it asks for: seconds, bytes, how many, and each of them per second.

A rule compares it with the unit that a panel writes behind the number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from string import ascii_uppercase
from types import MappingProxyType

from tests.dashlint import foundation
from tests.dashlint.board import Board, Panel
from tests.dashlint.context import Context
from tests.rulelint.expression import COMPARISONS, SETS, Aggregation, Call, Negation, Node, Number, Operation, Selector, Subquery


@dataclass(frozen=True, slots=True)
class Dimension:
    """Powers of seconds and of bytes; a `moment` is a time of the clock, whose difference to another one is seconds."""

    seconds: int = 0
    bytes: int = 0
    moment: bool = False


COUNT, SECONDS, BYTES, MOMENT = Dimension(), Dimension(seconds=1), Dimension(bytes=1), Dimension(moment=True)
PER_SECOND, BYTES_PER_SECOND = Dimension(seconds=-1), Dimension(seconds=-1, bytes=1)

UNITS: Mapping[Dimension, frozenset[str]] = MappingProxyType(
    {
        SECONDS: frozenset({"s", "dtdurations", "clocks"}),
        BYTES: frozenset({"bytes", "decbytes"}),
        BYTES_PER_SECOND: frozenset({"Bps", "binBps"}),
        PER_SECOND: frozenset({"cps", "cpm", "ops", "opm", "reqps"}),
        COUNT: frozenset({"short", "none", "locale", "percentunit", "percent"}),
        MOMENT: frozenset({"dateTimeAsIso", "dateTimeFromNow", "dateTimeAsLocal"}),
    }
)
"""What can be written behind each; 60 times a rate is one per minute."""

_COUNTING = frozenset({"count", "group", "count_values"})
_TELLING = frozenset({"count_over_time", "present_over_time", "changes", "resets", "absent", "absent_over_time"})
_PER_SECOND = frozenset({"rate", "irate", "deriv"})


def of(node: Node) -> Dimension | None:
    """Return the dimension of an expression's result; None where it cannot be told."""
    match node:
        case Number():
            return COUNT
        case Selector():
            found = {_of_name(name) for name in node.metrics}
            return found.pop() if len(found) == 1 else None
        case Negation() | Subquery():
            return of(node.inner)
        case Aggregation():
            return COUNT if node.operator in _COUNTING else of(node.inner)
        case Call():
            return _of_call(node)
        case Operation():
            return _of_operation(node)
        case _:
            return None


def _of_name(name: str) -> Dimension:
    # A record's middle part is the metric it was made of, and its last says what was made.
    parts = name.split(":")
    stem, made = parts[1 if len(parts) == 3 else 0], parts[-1] if len(parts) == 3 else ""
    if made.startswith(("ratio", "count")) or stem.endswith(("_bucket", "_count")):
        return COUNT
    stem = stem.removesuffix("_total").removesuffix("_sum")
    if "timestamp" in stem:
        return MOMENT
    if "_per_second" in stem:
        return BYTES_PER_SECOND if "_bytes" in stem else PER_SECOND
    return SECONDS if stem.endswith("_seconds") else BYTES if stem.endswith(("_bytes", "_size")) else COUNT


def _of_call(node: Call) -> Dimension | None:
    if node.function == "time":
        return MOMENT
    if node.function in _TELLING or node.function == "vector":
        return COUNT
    inner = next((argument for argument in node.arguments if not isinstance(argument, Number)), None)
    if inner is None:
        return COUNT
    if node.function == "histogram_quantile":
        names = {name for found in _selectors(inner) for name in found.metrics}
        return SECONDS if all("_seconds" in name for name in names) else BYTES if all("_bytes" in name for name in names) else None
    found = of(inner)
    if node.function in _PER_SECOND:
        return None if found is None or found.moment else Dimension(found.seconds - 1, found.bytes)
    return found


def _selectors(node: Node) -> Iterator[Selector]:
    if isinstance(node, Selector):
        yield node
    elif isinstance(node, Call):
        for argument in node.arguments:
            yield from _selectors(argument)
    elif isinstance(node, Operation):
        yield from _selectors(node.left)
        yield from _selectors(node.right)
    elif isinstance(node, Aggregation | Negation | Subquery):
        yield from _selectors(node.inner)


def _of_operation(node: Operation) -> Dimension | None:
    left, right = of(node.left), of(node.right)
    if node.operator in COMPARISONS:
        return COUNT if node.returns_bool else left
    if node.operator in SETS:
        return left if node.operator != "or" or left == right else None
    if left is None or right is None:
        return None
    match node.operator:
        case "-" if left.moment and right.moment:
            return SECONDS
        case "+" | "-":
            return left if left == right else MOMENT if left.moment or right.moment else None
        case "*" | "/" if not left.moment and not right.moment:
            sign = 1 if node.operator == "*" else -1
            return Dimension(left.seconds + sign * right.seconds, left.bytes + sign * right.bytes)
        case _:
            return None


def wrong(panel: Panel) -> Iterator[str]:
    """Bytes that are called seconds, and a rate that is called a number, are believed."""
    overridden = {field: value for field, name, value in panel.properties() if name == "unit"}
    titles = panel.organized.get("renameByName", {})
    for letter, target, query in zip(ascii_uppercase, panel.targets, panel.queries, strict=False):
        field = titles.get("Value" if len(panel.targets) == 1 else f"Value #{letter}") if titles else target.get("legendFormat")
        unit = overridden.get(str(field), panel.defaults.get("unit"))
        if panel.kind == "heatmap":
            # The cells are numbers, and the unit is that of the edges.
            unit = "short"
        found = of(query.node)
        if found is not None and found not in UNITS:
            yield f"shows {field or 'a number'} in seconds^{found.seconds} bytes^{found.bytes}, which is nothing: take rate() or increase() of both sides: {query.text}"
        elif found is not None and unit in foundation.UNITS - UNITS[found]:
            yield f"writes {unit} behind {field or 'a number'}, which is in {' or '.join(sorted(UNITS[found]))}: {query.text}"


def _of_boards(rule: Callable[[Panel], Iterator[str]]) -> Callable[[Board, Context], Iterator[tuple[str, str]]]:
    def applied(board: Board, _context: Context) -> Iterator[tuple[str, str]]:
        for panel in board.panels:
            # A state is drawn as a word.
            if panel.kind != "state-timeline" and all(query.readable for query in panel.queries):
                yield from ((panel.title, message) for message in rule(panel))

    return applied


RULES: Mapping[str, Callable[[Board, Context], Iterator[tuple[str, str]]]] = MappingProxyType({"unit of the query": _of_boards(wrong)})

"""What of an expression decides that something is there, and which series its value comes from."""

from __future__ import annotations

from collections.abc import Iterator

from tests.rulelint.expression import COMPARISONS, Aggregation, Call, Negation, Node, Operation, Selector, Subquery

_ABSENT = frozenset({"absent", "absent_over_time"})
_EXISTENCE = frozenset({"count", "group", "count_values"})
_COUNTED = frozenset({
    "rate", "irate", "increase", "resets", "changes", "count_over_time", "present_over_time", "timestamp", *_ABSENT,
    "delta", "idelta", "deriv", "predict_linear",
})  # fmt: skip
"""Functions whose value is not that of the series."""


def filters(node: Node) -> bool:
    """Tell whether the expression is empty while all is well, as far as it says so itself. A `bool` counts here."""
    match node:
        case Operation(operator="or"):
            return filters(node.left) and filters(node.right)
        case Operation(operator="and" | "unless" as operator):
            return operator == "unless" or filters(node.left) or filters(node.right)
        case Operation():
            return node.operator in COMPARISONS or filters(node.left) or filters(node.right)
        case Call():
            return node.function in _ABSENT or any(filters(argument) for argument in node.arguments)
        case Aggregation() | Negation() | Subquery():
            return filters(node.inner)
        case _:
            return False


def answers_with_bool(node: Node) -> bool:
    """Tell whether the result is the 0 or 1 of a comparison that leaves nothing out."""
    match node:
        case Operation(operator="or"):
            return answers_with_bool(node.left) or answers_with_bool(node.right)
        case Operation(operator="and" | "unless"):
            return answers_with_bool(node.left) and not (node.operator == "and" and filters(node.right))
        case Operation() if node.operator in COMPARISONS:
            return node.returns_bool
        case Operation():
            return answers_with_bool(node.left) or answers_with_bool(node.right)
        case Call():
            return any(answers_with_bool(argument) for argument in node.arguments)
        case Aggregation() | Negation() | Subquery():
            return answers_with_bool(node.inner)
        case _:
            return False


def valued(node: Node) -> Iterator[Selector]:
    """Yield the selectors whose values the result is made of; those that only have to be there are none of them."""
    match node:
        case Selector():
            yield node
        case Operation(operator="and" | "unless"):
            yield from valued(node.left)
        case Operation():
            yield from valued(node.left)
            # A comparison answers with its left side.
            if not node.filters:
                yield from valued(node.right)
        case Call() if node.function not in _COUNTED:
            for argument in node.arguments:
                yield from valued(argument)
        case Aggregation() if node.operator not in _EXISTENCE:
            yield from valued(node.inner)
        case Negation() | Subquery():
            yield from valued(node.inner)
        case _:
            return


def wanted(node: Node) -> Iterator[Node]:
    """Yield a node and all below it, without what must not be there: the right sides of `unless`."""
    yield node
    match node:
        case Operation(operator="unless"):
            yield from wanted(node.left)
        case Operation():
            yield from wanted(node.left)
            yield from wanted(node.right)
        case Call():
            for argument in node.arguments:
                yield from wanted(argument)
        case Aggregation() | Negation() | Subquery():
            yield from wanted(node.inner)
        case _:
            return

"""Mistakes in how labels of two sides meet, and in labels that a function needs."""

from __future__ import annotations

from collections.abc import Iterator

from tests.rulelint import labels
from tests.rulelint.expression import SETS, Call, Node, Operation, walk
from tests.rulelint.labels import Labels, Series


def quantile_without_le(node: Node, series: Series) -> Iterator[str]:
    """Buckets without their edges are no histogram."""
    for found in walk(node):
        if isinstance(found, Call) and found.function == "histogram_quantile" and not labels.of(found.arguments[-1], series).has("le"):
            yield "takes histogram_quantile() of what has no label le: add le to `by (...)`"


def many_to_many(node: Node, series: Series) -> Iterator[str]:
    """A side with two series for one of the other stops the rule, without a word but in the log."""
    for found, left, right in _joins(node, series):
        on_left, on_right = labels.matched(found, left, right)
        if found.matching is None or left.open or right.open:
            continue
        for side, of, on in (("left", left, on_left), ("right", right, on_right)):
            # What is copied is taken for told by what is matched, as a node's pool is by its name.
            extra = of.telling - on - set(found.copied)
            if side != found.many and extra:
                yield (
                    f"joins a {side} side of which several series may match, as they differ by {', '.join(sorted(extra))}: "
                    "aggregate it with `max by`, or say group_left or group_right"
                )


def missing_in_join(node: Node, series: Series) -> Iterator[str]:
    """A label that one side lacks matches nothing."""
    for found in walk(node):
        if not isinstance(found, Operation) or found.operator == "or":
            continue
        left, right = labels.of(found.left, series), labels.of(found.right, series)
        if left.open or right.open or left.scalar or right.scalar:
            continue
        on_left, on_right = labels.matched(found, left, right)
        wanted = frozenset(found.matching.labels) if found.matching and not found.matching.all_but else on_left | on_right
        for side, on in (("left", on_left), ("right", on_right)):
            if lost := wanted - on:
                yield f"matches with `{found.operator}` by {', '.join(sorted(lost))}, which the {side} side does not have: name labels of both in `on (...)`"


def _joins(node: Node, series: Series) -> Iterator[tuple[Operation, Labels, Labels]]:
    """Yield operations whose sides are joined one by one, with the labels of the sides."""
    for found in walk(node):
        if isinstance(found, Operation) and found.operator not in SETS:
            left, right = labels.of(found.left, series), labels.of(found.right, series)
            if not left.scalar and not right.scalar:
                yield found, left, right

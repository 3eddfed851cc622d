"""Which labels the result of an expression has, told from the expression alone: by, on, group_left and functions decide.

A result is told by labels that each series has, by those that one may have, and by those whose value is the same in all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tests.rulelint.expression import SETS, Aggregation, Call, Chosen, Negation, Node, Number, Operation, Selector, Subquery, Text


@dataclass(frozen=True, slots=True)
class Labels:
    """`always` is part of `may`. `fixed` holds labels with one value; `open` says that any other label may be there as well."""

    may: frozenset[str] = frozenset()
    always: frozenset[str] = frozenset()
    fixed: dict[str, str] = field(default_factory=dict)
    open: bool = False
    scalar: bool = False

    @property
    def telling(self) -> frozenset[str]:
        """Labels by which two series of the result can differ."""
        return self.may - set(self.fixed)

    def has(self, label: str) -> bool:
        """Tell whether a series may have the label."""
        return self.open or label in self.may

    def only(self, kept: frozenset[str]) -> Labels:
        """Return the result with these labels alone."""
        may = kept if self.open else self.may & kept
        return Labels(may, self.always & kept, {label: value for label, value in self.fixed.items() if label in kept})

    def without(self, gone: frozenset[str]) -> Labels:
        """Return the result without these labels."""
        fixed = {label: value for label, value in self.fixed.items() if label not in gone}
        return replace(self, may=self.may - gone, always=self.always - gone, fixed=fixed)

    def chosen(self, by: Chosen | None) -> Labels:
        """Return what an aggregation or a match keeps; without a choice an aggregation keeps nothing."""
        if by is None:
            return Labels()
        return self.without(frozenset(by.labels)) if by.all_but else self.only(frozenset(by.labels))

    def with_labels(self, *labels: str) -> Labels:
        """Return the result with labels that were added or set."""
        added = frozenset(labels)
        fixed = {label: value for label, value in self.fixed.items() if label not in added}
        return replace(self, may=self.may | added, always=self.always | added, fixed=fixed)

    def or_else(self, other: Labels) -> Labels:
        """Return what is of the one or of the other."""
        same = {label: value for label, value in self.fixed.items() if other.fixed.get(label) == value}
        return Labels(self.may | other.may, self.always & other.always, same, self.open or other.open, self.scalar and other.scalar)


Series = Callable[[str], Labels | None]
"""Returns the labels of a metric's series as they are stored, or None for one that is not known."""

_SCALARS = frozenset({"time", "scalar", "pi"})
_ABSENT = frozenset({"absent", "absent_over_time"})
_PICKING = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})


def of(node: Node, series: Series) -> Labels:
    """Return the labels of an expression's result."""
    match node:
        case Number() | Text():
            return Labels(scalar=True)
        case Selector():
            return _of_selector(node, series)
        case Negation() | Subquery():
            return of(node.inner, series)
        case Call():
            return _of_call(node, series)
        case Aggregation():
            return _of_aggregation(node, series)
        case Operation():
            return _of_operation(node, of(node.left, series), of(node.right, series))


def matched(node: Operation, left: Labels, right: Labels) -> tuple[frozenset[str], frozenset[str]]:
    """Return the labels by which series of the left and of the right side are matched: the same ones where all is well."""
    if node.matching is None:
        return left.may, right.may
    chosen = frozenset(node.matching.labels)
    if node.matching.all_but:
        return left.may - chosen, right.may - chosen
    return (chosen if left.open else left.may & chosen), (chosen if right.open else right.may & chosen)


def _of_selector(node: Selector, series: Series) -> Labels:
    found = [series(metric) or Labels(open=True) for metric in node.metrics] or [Labels(open=True)]
    labels = found[0]
    for other in found[1:]:
        labels = labels.or_else(other)
    fixed = {matcher.label: matcher.value for matcher in node.matchers if matcher.operator == "=" and matcher.value}
    # What must not be empty is there.
    sure = {matcher.label for matcher in node.matchers if not matcher.accepts("")}
    gone = frozenset(matcher.label for matcher in node.matchers if matcher.operator == "=" and not matcher.value)
    return replace(labels, may=labels.may | sure, always=labels.always | sure, fixed={**labels.fixed, **fixed}).without(gone)


def _of_call(node: Call, series: Series) -> Labels:
    if node.function in _SCALARS:
        return Labels(scalar=True)
    vectors = [argument for argument in node.arguments if not isinstance(argument, Number | Text)]
    if node.function == "vector" or not vectors:
        return Labels()
    labels = of(vectors[0], series)
    if node.function in _ABSENT:
        inner = vectors[0]
        equal = (
            {matcher.label: matcher.value for matcher in inner.matchers if matcher.operator == "="} if isinstance(inner, Selector) else {}
        )
        return Labels(frozenset(equal), frozenset(equal), equal)
    if node.function in {"label_replace", "label_join"} and isinstance(node.arguments[1], Text):
        return labels.with_labels(node.arguments[1].value)
    if node.function == "histogram_quantile":
        # The quantile may be an expression of its own, so that the buckets come last.
        return of(vectors[-1], series).without(frozenset({"le"}))
    return labels


def _of_aggregation(node: Aggregation, series: Series) -> Labels:
    inner = of(node.inner, series)
    if node.operator in _PICKING:
        return inner
    kept = inner.chosen(node.grouping)
    if node.operator == "count_values" and isinstance(node.parameter, Text):
        return kept.with_labels(node.parameter.value)
    return kept


def _of_operation(node: Operation, left: Labels, right: Labels) -> Labels:
    if node.operator == "or":
        return left.or_else(right)
    if node.operator in SETS:
        return left
    if left.scalar:
        return right
    if right.scalar:
        return left
    if not node.many:
        return left if node.matching is None else left.chosen(node.matching)
    many, one = (left, right) if node.many == "left" else (right, left)
    copied = frozenset(node.copied)
    brought = one.only(copied)
    # A label that the one side lacks is taken away from the many.
    rest = many.without(copied)
    return replace(rest, may=rest.may | brought.may, always=rest.always | brought.always, fixed={**rest.fixed, **brought.fixed})

"""How many samples a query makes Prometheus touch, told from its tree before anybody asks it.

Prometheus tells the same afterwards with `stats=all`, as totalQueryableSamples (promql/engine.go): one sample for each series and
step of an instant selector, all samples of the window at each step of a range. What it counts for two shapes is not what it does,
so two figures are told: `read` is what it does, `counted` what it tells. With `@` it reads once and counts at each step; of a
subquery it counts what the outer function sees, and not what the inner expression reads.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.budget.stored import Series
from tests.rulelint import labels
from tests.rulelint.expression import Aggregation, Call, Node, Operation, Selector, Subquery, children

LOOKBACK_SECONDS = 300.0
"""For how long a sample is seen where nothing follows it."""

EVALUATION_SECONDS = 60.0
"""Step of a subquery that names none: Prometheus' evaluation interval, a minute unless set."""

_PICKED = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})


@dataclass(frozen=True, slots=True)
class Grid:
    """Moments at which an expression is evaluated."""

    steps: float = 1.0
    step_seconds: float = 0.0

    @classmethod
    def of_range(cls, seconds: float, step_seconds: float) -> Grid:
        """Return those of a range query, its begin and its end among them."""
        return cls(seconds // step_seconds + 1, step_seconds)

    @property
    def seconds(self) -> float:
        """From the first to the last."""
        return (self.steps - 1) * self.step_seconds


@dataclass(frozen=True, slots=True)
class Samples:
    """`read` is what Prometheus does, `counted` what it tells."""

    read: float = 0.0
    counted: float = 0.0

    @property
    def most(self) -> float:
        """The larger of the two: neither a server nor who looks at its figures should complain."""
        return max(self.read, self.counted)

    def __add__(self, other: Samples) -> Samples:
        return Samples(self.read + other.read, self.counted + other.counted)


def by(node: Node, grid: Grid, series: Series) -> Samples:
    """Return what an expression touches."""
    match node:
        case Selector():
            return _of_selector(node, grid, series)
        case Subquery():
            return _of_subquery(node, grid, series)
        case _:
            total = Samples()
            for child in children(node):
                total += by(child, grid, series)
            return total


def _of_selector(node: Selector, grid: Grid, series: Series) -> Samples:
    long = grid.steps > 1 or (node.range_seconds or 0) > LOOKBACK_SECONDS
    count = series.count(node, at_once=not long)
    interval = series.interval(node)
    if node.range_seconds is None:
        # Of an hour's record, a moment that is not soon after its sample sees nothing.
        each = min(1.0, LOOKBACK_SECONDS / interval) if grid.steps > 1 and not node.at else 1.0
    else:
        each = node.range_seconds / interval
    return _pinned(count * each, grid) if node.at else Samples(count * each * grid.steps, count * each * grid.steps)


def _of_subquery(node: Subquery, grid: Grid, series: Series) -> Samples:
    step = node.step_seconds or EVALUATION_SECONDS
    seen = results(node.inner, series) * node.range_seconds / step
    outer = Grid() if node.at else grid
    inner = by(node.inner, Grid.of_range(outer.seconds + node.range_seconds, step), series)
    windows = _pinned(seen, grid) if node.at else Samples(seen * grid.steps, seen * grid.steps)
    return windows + Samples(read=inner.read)


def _pinned(samples: float, grid: Grid) -> Samples:
    return Samples(samples, samples * grid.steps)


def results(node: Node, series: Series) -> float:
    """Return how many series an expression has at most."""
    match node:
        case Selector():
            return series.count(node, at_once=False)
        case Aggregation(operator=operator) if operator not in _PICKED:
            kept = labels.of(node, series.context.series)
            return min(results(node.inner, series), series.of_labels(kept.may - series.context.target))
        case Operation(operator="and" | "unless"):
            return results(node.left, series)
        case Operation(operator="or"):
            return results(node.left, series) + results(node.right, series)
        case Operation() | Call():
            # A scalar has one, and what is matched one by one has as many as its larger side.
            return max((results(child, series) for child in children(node)), default=1.0)
        case _:
            return sum(results(child, series) for child in children(node)) or 1.0

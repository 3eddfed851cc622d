"""The lints of queries, wherever a query stands: in a rule, in a text, on a page or in a panel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from tests.rulelint import joins, samples, selections
from tests.rulelint.expression import Node
from tests.rulelint.labels import Series
from tests.rulelint.reader import parse
from tests.rulelint.rule import Context

Lint = Callable[[Node, Series], Iterator[str]]


def wrong_in(text: str, *, context: Context | None = None) -> list[str]:
    """Return what is wrong with a query of a page or a panel, as sentences. Raises UnreadableError.

    `context` tells what is recorded; without it only what the exporter, Prometheus and others expose is known.
    """
    node = parse(text)
    found = (context or Context()).series
    return [f"{message} [{name}]" for name, lint in LINTS.items() for message in lint(node, found)]


LINTS: Mapping[str, Lint] = MappingProxyType(
    {
        "bare histogram name": selections.bare_histogram,
        "unknown metric": selections.unknown_metric,
        "unknown label": selections.unknown_label,
        "impossible value": selections.impossible_value,
        "le is no edge": selections.no_edge,
        "contradicting matchers": selections.contradiction,
        "rate of a gauge": samples.rate_of_gauge,
        "delta of a counter": samples.delta_of_counter,
        "rate of a sum": samples.rate_of_sum,
        "range under two scrapes": samples.short_range,
        "counter without rate": samples.raw_counter,
        "quantile without le": joins.quantile_without_le,
        "absent with regex": selections.absent_with_pattern,
        "many-to-one join": joins.many_to_many,
        "join on a missing label": joins.missing_in_join,
    }
)

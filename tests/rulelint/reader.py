"""Texts of PromQL read into our own tree. The one module that knows promql-parser.

Grafana's variables are put in place before, since the library refuses them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import promql_parser

from tests.rulelint.expression import Aggregation, Call, Chosen, Matcher, Negation, Node, Number, Operation, Selector, Subquery, Text

if TYPE_CHECKING:
    from datetime import timedelta

_VARIABLE_RANGE = re.compile(r"\[\$[^\]:]*")
_VARIABLE_STEP = re.compile(r":\$[^\]]*\]")
_VARIABLE = re.compile(r"\$(?:\w+|\{\w+(?::\w+)?\})")
_TEXT = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`")
_LABEL_VALUES = re.compile(r"^label_values\((.*),\s*\w+\)$", re.DOTALL)
"""Grafana's own and no PromQL, as what begins with a dollar."""


class UnreadableError(ValueError):
    """The text is no PromQL; says why."""


@lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    """Return the tree of an expression, of a panel's query or of what a variable asks for. Raises UnreadableError."""
    try:
        return _node(promql_parser.parse(_plain(text)))
    except ValueError as error:
        raise UnreadableError(f"{error}: {text}") from error


def _plain(text: str) -> str:
    """Return the text without what is Grafana's; what stands in quotes stays."""
    text = _LABEL_VALUES.sub(r"\1", text.strip())
    kept, last = [], 0
    for quoted in _TEXT.finditer(text):
        kept += [_without_variables(text[last : quoted.start()]), quoted.group()]
        last = quoted.end()
    return "".join([*kept, _without_variables(text[last:])])


def _without_variables(text: str) -> str:
    return _VARIABLE.sub("1", _VARIABLE_STEP.sub(":1m]", _VARIABLE_RANGE.sub("[5m", text)))


def _node(found: object) -> Node:
    match found:
        case promql_parser.ParenExpr():
            return _node(found.expr)
        case promql_parser.VectorSelector():
            return _selector(found)
        case promql_parser.MatrixSelector():
            return _selector(found.vector_selector, range_seconds=found.range.total_seconds())
        case promql_parser.NumberLiteral() | promql_parser.StringLiteral():
            return Number(found.val) if isinstance(found, promql_parser.NumberLiteral) else Text(found.val)
        case promql_parser.Call():
            return Call(found.func.name, tuple(map(_node, found.args)))
        case promql_parser.UnaryExpr():
            return Negation(_node(found.expr))
        case promql_parser.SubqueryExpr():
            return Subquery(_node(found.expr), _seconds(found.range), _pinned(found.at), _seconds(found.step))
        case promql_parser.AggregateExpr():
            return _aggregation(found)
        case promql_parser.BinaryExpr():
            return _operation(found)
        case _:
            raise UnreadableError(f"{type(found).__name__} is not known here")


def _selector(found: promql_parser.VectorSelector, *, range_seconds: float | None = None) -> Selector:
    matchers = [Matcher(matcher.name, _sign(matcher.op), matcher.value) for matcher in found.matchers.matchers]
    named = [name for matcher in matchers if matcher.label == "__name__" for name in matcher.value.split("|")]
    return Selector(
        (found.name,) if found.name else tuple(named),
        tuple(matcher for matcher in matchers if matcher.label != "__name__"),
        range_seconds,
        _seconds(found.offset),
        _pinned(found.at),
    )


def _sign(found: promql_parser.MatchOp) -> str:
    """Return how an operator is written; the library's own values cannot be keys."""
    known = promql_parser.MatchOp
    return next(
        sign for sign, operator in (("=", known.Equal), ("!=", known.NotEqual), ("=~", known.Re), ("!~", known.NotRe)) if found == operator
    )


def _aggregation(found: promql_parser.AggregateExpr) -> Aggregation:
    grouping = None
    if found.modifier is not None:
        grouping = Chosen(tuple(found.modifier.labels), found.modifier.type == promql_parser.AggModifierType.Without)
    return Aggregation(str(found.op), _node(found.expr), None if found.param is None else _node(found.param), grouping)


def _operation(found: promql_parser.BinaryExpr) -> Operation:
    left, right = _node(found.lhs), _node(found.rhs)
    modifier = found.modifier
    if modifier is None:
        return Operation(str(found.op), left, right)
    matching = None
    if modifier.matching is not None:
        matching = Chosen(tuple(modifier.matching.labels), modifier.matching.type == promql_parser.LabelModifierType.Exclude)
    cards = promql_parser.VectorMatchCardinality
    many = "left" if modifier.card == cards.ManyToOne else "right" if modifier.card == cards.OneToMany else ""
    return Operation(str(found.op), left, right, matching, many, tuple(modifier.group_labels or ()), modifier.return_bool)


def _pinned(found: object) -> str:
    return "" if found is None else str(found).removeprefix("@ ")


def _seconds(found: timedelta | None) -> float:
    return 0.0 if found is None else found.total_seconds()

"""Mistakes in the time that an alert waits and goes on, next to the time that its input lives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from tests.rulelint import conditions, series
from tests.rulelint.expression import Call, Node, Number, Operation, Selector, walk
from tests.rulelint.rule import Context, Rule

_EVENTS = frozenset({"rate", "irate", "increase", "changes", "resets", "delta", "idelta"})
_LONG_SECONDS = 900.0
_LAST = "pullwatch_last_pull_"


def for_too_long(rule: Rule, context: Context) -> Iterator[str]:
    """What is gone before `for` has passed never fires."""
    if not rule.is_alert:
        return
    waits = rule.seconds("for")
    lives = [life for node in expanded(rule.expression, context) for life in _life(node)]
    if lives and waits >= min(lives):
        yield f"waits for {waits:g} s, but what it looks at may be gone after {min(lives):g} s: shorten `for`"


def no_keep_firing(rule: Rule, context: Context) -> Iterator[str]:
    """What is gone at once, be it for the death of the exporter, looks like an all-clear."""
    if rule.is_alert and not rule.seconds("keep_firing_for") and any(_ends_at_once(node) for node in expanded(rule.expression, context)):
        yield "looks at what is gone with its event, or with the exporter: set keep_firing_for"


def expanded(node: Node, context: Context, seen: frozenset[str] = frozenset()) -> Iterator[Node]:
    """Yield what an expression looks at, that of recorded series included, without what must not be there."""
    for found in conditions.wanted(node):
        yield found
        for name in found.metrics if isinstance(found, Selector) else ():
            if name not in seen:
                for recorded in context.recorded.get(name, ()):
                    yield from expanded(recorded, context, seen | {name})


def _life(node: Node) -> Iterator[float]:
    """Yield for how many seconds a single event can be seen here."""
    if isinstance(node, Selector) and any(name.startswith(_LAST) for name in node.metrics) and node.range_seconds is None:
        yield series.LAST_PULL_SECONDS
    if isinstance(node, Call) and node.function in _EVENTS:
        yield from (found.range_seconds for found in walk(node) if isinstance(found, Selector) and found.range_seconds)
    # time() - the end < seconds: for that long and no longer.
    if isinstance(node, Operation) and node.operator in {"<", "<="} and isinstance(node.right, Number):
        left = node.left
        if isinstance(left, Operation) and left.operator == "-" and left.left == Call("time", ()):
            yield node.right.value


def _ends_at_once(node: Node) -> bool:
    if isinstance(node, Call) and node.function in _EVENTS:
        # A longer range keeps the event by itself.
        return any(life < _LONG_SECONDS for life in _life(node))
    return (
        isinstance(node, Selector)
        and node.range_seconds is None
        and any(name.startswith("pullwatch_") and ":" not in name for name in node.metrics)
    )


LINTS: Mapping[str, Callable[[Rule, Context], Iterator[str]]] = MappingProxyType(
    {
        "for longer than its input": for_too_long,
        "no keep_firing_for": no_keep_firing,
    }
)

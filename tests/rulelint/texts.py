"""Mistakes in the texts of alerts: labels that are not there, functions that nobody knows, queries that are none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from tests.rulelint import labels, templates
from tests.rulelint.reader import UnreadableError, parse
from tests.rulelint.rule import Context, Rule

_MOVING = re.compile(r"\$value\b|\.Value\b|\bquery\b")


def lost_label(rule: Rule, context: Context) -> Iterator[str]:
    """A label that the result lacks is written as nothing, and nobody is told."""
    if not rule.is_alert:
        return
    result = labels.of(rule.expression, context.series)
    own = set(rule.labels)
    # A Prometheus of one cluster has no label for it: what is about a cluster is empty there.
    for text in rule.texts:
        for label in sorted(templates.asked(text) - own):
            if not result.has(label):
                yield f"names $labels.{label}, which its result does not have: it has {_listed(result.may)}"
            elif not result.open and label in templates.labels(text) - result.always:
                yield f"names $labels.{label}, which its result does not always have: ask `with` first"


def value_in_label(rule: Rule, _context: Context) -> Iterator[str]:
    """A label whose value moves makes another alert at each evaluation."""
    for label, text in rule.labels.items():
        if any(_MOVING.search(action) for action in templates.ACTION.findall(str(text))):
            yield f"has its value in the label {label}, so that each evaluation is another alert: write it into an annotation"


def unknown_function(rule: Rule, _context: Context) -> Iterator[str]:
    """A function that Prometheus 2.42 does not have cuts the text off."""
    for name in sorted({name for text in rule.texts for name in templates.functions(text)} - templates.FUNCTIONS):
        yield f"calls {name} in a text, which is no function of Prometheus 2.42"


def bad_query(rule: Rule, _context: Context) -> Iterator[str]:
    """A query that is none, or is put together wrongly, cuts the text off."""
    for query in (query for text in rule.texts for query in templates.queries(text)):
        if query.wrong:
            yield f"asks a query that {query.wrong}: {query.text}"
        try:
            parse(query.text)
        except UnreadableError as error:
            yield f"asks a query that is no PromQL: {error}"


def _listed(found: frozenset[str]) -> str:
    return ", ".join(sorted(found)) or "none"


LINTS: Mapping[str, Callable[[Rule, Context], Iterator[str]]] = MappingProxyType(
    {
        "label lost in template": lost_label,
        "value in a label": value_in_label,
        "unknown template function": unknown_function,
        "bad query in a template": bad_query,
    }
)

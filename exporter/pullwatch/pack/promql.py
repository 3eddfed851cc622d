"""Which series a PromQL query asks for, told without parsing it: what is no label, text, window or function is a name.

Whether the query is valid is for Prometheus to say; a wrong one may yield more names than it has, never fewer. `slip` tells
of what is surely wrong, which is what a brace too few in an f-string leads to.
"""

from __future__ import annotations

import re

NAMED = re.compile(r"__name__\s*=~?\s*\"([^\"]*)\"")
TEXT = re.compile(r"\"(?:[^\"\\]|\\.)*\"")
LABELS = re.compile(r"\{[^{}]*\}|\[[^\[\]]*\]|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)")
# label_values(series, label) is Grafana's own, not PromQL.
LABEL_VALUES = re.compile(r"^label_values\((.*),\s*\w+\)$", re.DOTALL)
NAME = re.compile(r"(?<![\w:$.])[a-zA-Z_:][\w:]*(?![\w:]|\s*\()")

_ANY_TEXT = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`", re.DOTALL)
_SELECTOR = re.compile(r"\{([^{}]*)\}")
_MATCHER = re.compile(r"\s*(?:(?:\$?[a-zA-Z_]\w*|\"\")\s*(?:=~|!~|!=|=)\s*\"\"|\"\"|\$[a-zA-Z_]\w*)\s*")
_VARIABLE = re.compile(r"\$\{\w[^{}]*\}")
_PARTNERS = {")": "(", "]": "[", "}": "{"}

WORDS = {"and", "or", "unless", "bool", "offset", "atan2", "inf", "nan"}


def names(query: str) -> set[str]:
    """Return the names of all series that a query, or the query of a Grafana variable, asks for."""
    query = LABEL_VALUES.sub(r"\1", query.strip())
    named = {name for pattern in NAMED.findall(query) for name in pattern.split("|")}
    bare = LABELS.sub(" ", TEXT.sub("", query))
    return named | {name for name in NAME.findall(bare) if name.lower() not in WORDS}


def slip(query: str) -> str | None:
    """Return what is surely wrong with a query, or with that of a Grafana variable: a text without end, a bracket, a selector."""
    bare = _ANY_TEXT.sub('""', query)
    if any(quote in bare.replace('""', "") for quote in "\"'`"):
        return "a text in it has no end"
    bare = _VARIABLE.sub("$x", bare)
    opened: list[str] = []
    for letter in bare:
        if letter == "{" and "{" in opened:
            return "{ within { is no selector"
        if letter in _PARTNERS.values():
            opened.append(letter)
        elif letter in _PARTNERS and (not opened or opened.pop() != _PARTNERS[letter]):
            return f"{letter} closes nothing"
    if opened:
        return f"{opened[-1]} is not closed"
    for matchers in _SELECTOR.findall(bare):
        if not all(map(_MATCHER.fullmatch, matchers.strip().removesuffix(",").split(","))) and matchers.strip():
            return f'{{{matchers}}} is no selector such as {{label="value"}}'
    return None if bare.strip() else "it is empty"

"""Which series a PromQL query asks for, told without parsing it: what is no label, text, window or function is a name.

Whether the query is valid is for Prometheus to say; a wrong one may yield more names than it has, never fewer.
"""

from __future__ import annotations

import re

NAMED = re.compile(r"__name__\s*=~?\s*\"([^\"]*)\"")
TEXT = re.compile(r"\"(?:[^\"\\]|\\.)*\"")
LABELS = re.compile(r"\{[^{}]*\}|\[[^\[\]]*\]|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)")
# label_values(series, label) is Grafana's own, not PromQL.
LABEL_VALUES = re.compile(r"^label_values\((.*),\s*\w+\)$", re.DOTALL)
NAME = re.compile(r"(?<![\w:$.])[a-zA-Z_:][\w:]*(?![\w:]|\s*\()")
WORDS = {"and", "or", "unless", "bool", "offset", "atan2", "inf", "nan"}


def names(query: str) -> set[str]:
    """Return the names of all series that a query, or the query of a Grafana variable, asks for."""
    query = LABEL_VALUES.sub(r"\1", query.strip())
    named = {name for pattern in NAMED.findall(query) for name in pattern.split("|")}
    bare = LABELS.sub(" ", TEXT.sub("", query))
    return named | {name for name in NAME.findall(bare) if name.lower() not in WORDS}

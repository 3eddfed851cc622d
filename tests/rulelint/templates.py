"""What the texts of an alert ask for: labels, functions and queries in Go templates, read as far as lints look."""

from __future__ import annotations

import re
from dataclasses import dataclass

ACTION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
FUNCTIONS = frozenset({
    # Prometheus 2.42, template/template.go. What came with 3.x breaks the rules of whoever has an older one.
    "args", "externalURL", "first", "graphLink", "humanize", "humanize1024", "humanizeDuration", "humanizePercentage", "humanizeTimestamp",
    "label", "match", "parseDuration", "pathPrefix", "query", "reReplaceAll", "safeHtml", "sortByLabel", "stripDomain", "stripPort",
    "strvalue", "tableLink", "title", "tmpl", "toLower", "toTime", "toUpper", "value",
    # text/template of Go.
    "and", "call", "eq", "ge", "gt", "html", "index", "js", "le", "len", "lt", "ne", "not", "or", "print", "printf", "println", "slice", "urlquery",
})  # fmt: skip
_WORDS = frozenset({"if", "else", "end", "with", "range", "template", "define", "block", "break", "continue", "nil", "true", "false"})

_TEXT = re.compile(r"`[^`]*`|\"(?:[^\"\\]|\\.)*\"")
_NAME = re.compile(r"(?<![\w.$])[A-Za-z_]\w*")
_LABEL = re.compile(r"\$labels\.(\w+)")
_GUARD = re.compile(r"^-?\s*(?:else\s+)?(?:with|if)\s+(.*)$", re.DOTALL)
_QUERY = re.compile(r"\bquery\s+(?:\(\s*printf\s+)?(`[^`]*`|\"(?:[^\"\\]|\\.)*\")((?:\s+[$.][\w.]+)*)")
_VERB = re.compile(r"%(?:%|[+#0-9.]*[a-z])")


@dataclass(frozen=True, slots=True)
class Query:
    """A query in a text. `text` has values in place of its verbs; `wrong` says what is wrong with how it is put together."""

    text: str
    wrong: str = ""


def labels(text: str) -> set[str]:
    """Return the labels of the alert that a text needs: what it asks `if` there is one is none of them."""
    return asked(text) - guarded(text)


def asked(text: str) -> set[str]:
    """Return all labels of the alert that a text names."""
    return {label for action in ACTION.findall(text) for label in _LABEL.findall(_TEXT.sub('""', action))}


def guarded(text: str) -> set[str]:
    """Return the labels that a text names only where the alert has them."""
    guards = (_GUARD.match(action) for action in ACTION.findall(text))
    return {label for guard in guards if guard for label in _LABEL.findall(guard[1]) if "query" not in guard[1]}


def functions(text: str) -> set[str]:
    """Return the names of functions that a text calls."""
    return {name for action in ACTION.findall(text) for name in _NAME.findall(_TEXT.sub('""', action))} - _WORDS


def queries(text: str) -> list[Query]:
    """Return what a text asks Prometheus."""
    return [
        _query(found[1], found[2].split(), printed="printf" in found[0])
        for action in ACTION.findall(text)
        for found in _QUERY.finditer(action)
    ]


def _query(quoted: str, arguments: list[str], *, printed: bool) -> Query:
    text = quoted[1:-1] if quoted.startswith("`") else quoted[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    if not printed:
        return Query(text)
    verbs = [verb for verb in _VERB.findall(text) if verb != "%%"]
    wrong = ""
    if len(verbs) != len(arguments):
        wrong = f"has {len(verbs)} verbs and {len(arguments)} values"
    elif bare := [value for verb, value in zip(verbs, arguments, strict=True) if verb != "%q" and "abels" in value]:
        wrong = f"puts {', '.join(bare)} in without %q: a quote in the value breaks it"
    return Query(_VERB.sub(lambda verb: {"%%": "%", "%q": '"x"'}.get(verb[0], "1"), text), wrong)

"""Shell blocks taken apart into the commands in them, with their words, without a shell that would run them.

Knows quotes, comments, continued lines, pipes, lists, loops, redirections, here documents and `$(...)`. A variable's value is
unknown here and stands as `x`.
"""

from __future__ import annotations

import re

_HERE = re.compile(r"<<-?\s*['\"]?(\w+)['\"]?([^\n]*)\n.*?^\s*\1\s*$", re.MULTILINE | re.DOTALL)
_VARIABLE = re.compile(r"\$(?:\w+|\{[^}]*\}|[?@*#!])")
_ASSIGNED = re.compile(r"[A-Za-z_]\w*=")
_PREFIXES = frozenset({"sudo", "if", "then", "else", "elif", "fi", "do", "done", "while", "until", "!", "{", "}", "time"})
_BLANK = "\0"
_OPERATORS = ("&&", "||", ";;", ">>", "|", "&", ";", ">", "<", "(", ")", "\n")


def commands(text: str) -> list[list[str]]:
    """Return each command of a block as its words; those within `$(...)` too."""
    found: list[list[str]] = []
    words: list[str] = []
    redirected = False
    for token, quoted in _tokens(_HERE.sub(r"\2\n", text), found):
        if not quoted and token in _OPERATORS:
            if token in {">", ">>", "<"}:
                if words and re.fullmatch(r"[0-9]", words[-1]):
                    words.pop()
                redirected = True
            elif not (redirected and token == "&"):
                found.append(words)
                words, redirected = [], False
        elif redirected:
            redirected = False
        else:
            words.append(token)
    found.append(words)
    return [command for command in map(_without_prefix, found) if command]


def _without_prefix(words: list[str]) -> list[str]:
    while words and (words[0] in _PREFIXES or _ASSIGNED.match(words[0])):
        words = words[1:]
    return [] if words and words[0] in {"for", "case"} else words


def _tokens(text: str, within: list[list[str]]) -> list[tuple[str, bool]]:  # noqa: C901 (a case for each sign of the shell)
    """Return words and operators, with whether any part of them was quoted; commands in `$(...)` go to `within`."""
    found: list[tuple[str, bool]] = []
    word, quoted, position = "", False, 0

    def end() -> None:
        nonlocal word, quoted
        if word or quoted:
            found.append((_VARIABLE.sub("x", word).replace(_BLANK, "$"), quoted))
        word, quoted = "", False

    while position < len(text):
        rest = text[position:]
        if rest.startswith("\\\n"):
            position += 2
        elif rest[0] == "\\":
            word, quoted, position = word + rest[1:2], True, position + 2
        elif rest[0] == "'":
            closing = text.index("'", position + 1)
            word, quoted, position = word + text[position + 1 : closing].replace("$", _BLANK), True, closing + 1
        elif rest[0] == '"':
            inner, position = _double_quoted(text, position + 1, within)
            word, quoted = word + inner, True
        elif rest.startswith("$("):
            closing = _closing(text, position + 2)
            within.extend(commands(text[position + 2 : closing]))
            word, position = word + "x", closing + 1
        elif rest[0] == "#" and not word:
            position = (text.find("\n", position) + len(text) + 1) % (len(text) + 1)
        elif operator := next((sign for sign in _OPERATORS if rest.startswith(sign)), None):
            end()
            found.append((operator, False))
            position += len(operator)
        elif rest[0].isspace():
            end()
            position += 1
        else:
            word, position = word + rest[0], position + 1
    end()
    return found


def _double_quoted(text: str, position: int, within: list[list[str]]) -> tuple[str, int]:
    word = ""
    while text[position] != '"':
        if text[position] == "\\":
            word, position = word + text[position + 1], position + 2
        elif text.startswith("$(", position):
            closing = _closing(text, position + 2)
            within.extend(commands(text[position + 2 : closing]))
            word, position = word + "x", closing + 1
        else:
            word, position = word + text[position], position + 1
    return word, position + 1


def _closing(text: str, position: int) -> int:
    """Return where the parenthesis that was opened before this position ends."""
    depth, quote = 1, ""
    while depth:
        sign = text[position]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        else:
            depth += (sign == "(") - (sign == ")")
        position += 1
    return position - 1

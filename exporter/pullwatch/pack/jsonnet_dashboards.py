"""Dashboards for users of plain jsonnet: each declaration as a function of what it draws of the configuration.

alerts/dashboards/ holds one file for each board, written anew by `python -m pullwatch.pack.jsonnet_dashboards`, and all.libsonnet,
which names them; the mixin calls them with its own `_config`. They are written as jsonnet's formatter leaves them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pullwatch.pack import assets, dashboards, declarations, drawn, mixin

FOLDER = assets.root() / "alerts" / "dashboards"

_NAME = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*")
_KEYWORDS = {
    "assert", "else", "error", "false", "for", "function", "if", "import", "importbin", "importstr", "in", "local", "null", "self", "super",
    "tailstrict", "then", "true",
}  # fmt: skip
_ESCAPED = {"\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_CONTROL = re.compile(r"[\\\x00-\x1f\x7f-\x9f]")


def files(folder: Path | None = None) -> dict[str, bytes]:
    """Return the content of each file by its name; `folder` holds the declarations, the ones that we ship where none is given.

    Raises DashboardError.
    """
    with mixin.marked():
        numbers = drawn.marked_numbers(mixin.config())
        models = [(one.stem, one.model()) for one in map(declarations.read, dashboards.found(folder))]
    made = {f"{stem}.libsonnet": _board(stem, model, numbers) for stem, model in models}
    names = [f"  {_text(dashboards.file_name(model))}: import {_text(f'{stem}.libsonnet')},\n" for stem, model in models]
    head = "// Written by `make docs`: every board of dashboards/ by the name of its file.\n"
    return {name: text.encode() for name, text in {**made, "all.libsonnet": head + "{\n" + "".join(names) + "}\n"}.items()}


def write(folder: Path = FOLDER) -> None:
    """Write the files that are committed, and remove those of boards that are gone."""
    made = files()
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        if path.name not in made:
            path.unlink()
    for name, content in made.items():
        (folder / name).write_bytes(content)


def _board(stem: str, model: Mapping[str, Any], numbers: Mapping[int, str]) -> str:
    head = f"// Written by `make docs` from dashboards/{stem}{declarations.SUFFIX}: change that file, not this one.\n"
    return f"{head}function(values, texts) {_value(model, numbers, '')}\n"


def _value(value: Any, numbers: Mapping[int, str], margin: str) -> str:
    """Return a jsonnet expression; what is in it stands deeper than the margin."""
    deeper = margin + "  "
    if isinstance(value, dict) and value:
        fields = (f"{deeper}{_key(key)}: {_value(inner, numbers, deeper)},\n" for key, inner in sorted(value.items()))
        return "{\n" + "".join(fields) + margin + "}"
    if isinstance(value, list) and value:
        return "[\n" + "".join(f"{deeper}{_value(inner, numbers, deeper)},\n" for inner in value) + margin + "]"
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    if isinstance(value, str):
        return _expression(value)
    if isinstance(value, bool):
        return str(value).lower()
    return f"values.{numbers[value]}" if value in numbers else str(value)


def _key(key: str) -> str:
    if drawn.BEGIN in key:
        return f"[{_expression(key)}]"
    return key if _NAME.fullmatch(key) and key not in _KEYWORDS else _text(key)


def _expression(text: str) -> str:
    """Return a text, put together of what stands there and what is drawn."""
    return " + ".join(_parts(text)) or "''"


def _parts(text: str) -> Iterator[str]:
    end = 0
    for mark in drawn.MARKED_TEXT.finditer(text):
        if mark.start() > end:
            yield _text(text[end : mark.start()])
        key, within = mark.groups()
        yield f"texts.{key}" if within is None else f"std.strReplace(texts.{key}, '%s', {_text(within)})"
        end = mark.end()
    if end < len(text):
        yield _text(text[end:])


def _text(text: str) -> str:
    """Return a text in single quotes, in double ones where it has single ones alone: so writes the formatter."""
    quote = '"' if "'" in text and '"' not in text else "'"
    escaped = _CONTROL.sub(lambda found: _ESCAPED.get(found[0], f"\\u{ord(found[0]):04x}"), text)
    return quote + escaped.replace(quote, "\\" + quote) + quote


if __name__ == "__main__":
    write()

"""The values that a user gives to `render`: a YAML or JSON file, and assignments of single keys.

Read here, judged in `values`. PyYAML's safe loader makes plain values only, whatever a file asks for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from pullwatch.pack import values
from pullwatch.pack.values import WrongValueError

_EXPONENT = re.compile(r"\d+(?:\.\d+)?[eE][+-]?\d+")


class _TwiceError(yaml.MarkedYAMLError):
    """A key stands twice, of which one value would be lost without a word."""


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        written = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        for position, key in enumerate(written):
            if key in written[:position]:
                raise _TwiceError(problem=f"{key} stands there twice: keep one", problem_mark=node.value[position][0].start_mark)
        return super().construct_mapping(node, deep=deep)


def of_file(file: Path) -> dict[Any, Any]:
    """Return what a file says. Raises WrongValueError and OSError."""
    try:
        content = _loaded(file.read_bytes())
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        wrong = "" if isinstance(error, _TwiceError) else "neither YAML nor JSON: "
        raise WrongValueError(f"{file}{line}: {wrong}{error.problem}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise WrongValueError(f"{file}: neither YAML nor JSON: {str(error).splitlines()[0]}") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise WrongValueError(f"{file}: expected keys and values such as slowBaseSeconds: 120, found {type(content).__name__}")
    return {key: _exact(value) for key, value in content.items()}


def of_assignments(assignments: Sequence[str], *, flag: str) -> dict[str, Any]:
    """Return what `key=value` texts say; the value is YAML, severities.ALERT and the like are keys as well. Raises WrongValueError."""
    assigned: dict[str, Any] = {}
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        if not equals or not key:
            raise WrongValueError(f"{flag}: {assignment!r} given, expected key=value such as slowBaseSeconds=120")
        try:
            value = _exact(_loaded(text.encode())) if text else ""
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise WrongValueError(f"{flag}: {key}: {text!r} given, expected a value as YAML writes it") from error
        outer, dot, inner = key.partition(".")
        if dot and outer in values.NESTED and isinstance(assigned.setdefault(outer, {}), dict):
            assigned[outer][inner] = value
        else:
            assigned[key] = value
    return assigned


def _loaded(text: bytes) -> Any:
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader, with a check of ours on top


def _exact(value: Any) -> Any:
    """Return 1e7 as the number that JSON takes it for; YAML 1.1 wants a dot in it and takes it for text."""
    return float(value) if isinstance(value, str) and _EXPONENT.fullmatch(value) else value

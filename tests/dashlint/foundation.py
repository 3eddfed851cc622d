"""Grafana's own types, as its foundation SDK has them: which keys and values a panel, a query or a variable can have.

The one module that imports the SDK. A model goes through its classes and back: what they do not know is lost, and so it is
found. What they add are defaults, which need not be written.
"""

from __future__ import annotations

import enum
import functools
import importlib
import json
import types
import typing
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from tests.dashlint.board import Board, Json, walk

with warnings.catch_warnings():
    # The SDK would have everybody on the model of Grafana 13, which no earlier one reads.
    warnings.simplefilter("ignore", DeprecationWarning)
    from grafana_foundation_sdk.cog import encoder, plugins
    from grafana_foundation_sdk.models import dashboard, units

plugins.register_default_plugins()

UNITS = frozenset(value for name, value in vars(units).items() if not name.startswith("_") and isinstance(value, str))
"""All that Grafana formats."""

_OF_TYPES = {"state-timeline": "statetimeline"}


def returned(model: Json) -> Json:
    """Return what is left of a model that went through Grafana's types."""
    found: Json = json.loads(encoder.JSONEncoder().encode(dashboard.Dashboard.from_json(model)))
    return found


def differences(model: Json) -> Iterator[str]:
    """Yield each key that Grafana's types lose, and each value that they change."""
    after = dict(walk(returned(model)))
    for path, value in walk(model):
        if path not in after:
            if path[:-1] in after:
                yield f"{'.'.join(map(str, path))} is lost: Grafana knows no such key there"
        elif not isinstance(value, dict | list) and after[path] != value:
            yield f"{'.'.join(map(str, path))} was {value!r} and becomes {after[path]!r}"


def misspelt(model: Json) -> Iterator[str]:
    """Yield each key of an override, and each value anywhere, that Grafana's types do not have."""
    yield from _wrong_values(dashboard.Dashboard.from_json(model), "")
    for panel in Board(model).panels:
        drawn = importlib.import_module(f"grafana_foundation_sdk.models.{_OF_TYPES.get(panel.kind, panel.kind)}")
        for field, name, value in panel.properties():
            key = name.removeprefix("custom.")
            of: Any = dashboard.FieldConfig if key == name else getattr(drawn, "FieldConfig", None)
            if of is None:
                yield f"{panel.title}: {field}: {name} is of another kind of panel: a {panel.kind} has nothing of its own"
                continue
            yield from (f"{panel.title}: {field}: {lost}" for lost in _lost(of, {key: value}))


def _wrong_values(found: Any, path: str) -> Iterator[str]:
    """Yield each attribute of the SDK's objects whose value is not of the type that it is declared with."""
    if isinstance(found, list | tuple):
        for number, each in enumerate(found):
            yield from _wrong_values(each, f"{path}.{number}")
    elif isinstance(found, Mapping):
        for key, each in found.items():
            yield from _wrong_values(each, f"{path}.{key}")
    elif type(found).__module__.startswith("grafana_foundation_sdk.") and not isinstance(found, enum.Enum):
        for name, declared in _declared(found.__class__).items():
            value: Any = getattr(found, name, None)
            below = f"{path}.{name}".lstrip(".")
            if (of := _kept_raw(value, declared)) is not None:
                yield from (f"{below}.{number}.{lost}" for number, one in enumerate(value) for lost in _lost(of, one))
            elif not _fits(value, declared):
                yield f"{below} is {value!r}, where Grafana takes {_said(declared)}"
            yield from _wrong_values(value, below)


@functools.cache
def _declared(of: type) -> dict[str, Any]:
    return typing.get_type_hints(of)


def _kept_raw(value: Any, declared: Any) -> Any:
    """Return the class of what the SDK declares and does not read, such as a panel's links; None where it does."""
    listed = next((each for each in (declared, *typing.get_args(declared)) if typing.get_origin(each) is list), None)
    of = typing.get_args(listed)[0] if listed else None
    return of if hasattr(of, "from_json") and value and all(isinstance(each, dict) for each in value) else None


def _lost(of: Any, value: Json) -> Iterator[str]:
    """Yield what a class of the SDK does not know of a value."""
    made = of.from_json(value)
    after = dict(walk(json.loads(encoder.JSONEncoder().encode(made))))
    for path, _ in walk(value):
        if path not in after and path[:-1] in after:
            yield f"{'.'.join(map(str, path))} is lost: Grafana knows no such key there"
    yield from _wrong_values(made, "")


def _fits(value: Any, declared: Any) -> bool:
    origin, inner = typing.get_origin(declared), typing.get_args(declared)
    if value is None or declared is Any or declared is object:
        return True
    if origin in {typing.Union, types.UnionType}:
        return any(_fits(value, each) for each in inner)
    if origin is typing.Literal:
        return value in inner
    if origin is list:
        return isinstance(value, list) and all(_fits(each, inner[0]) for each in value)
    if origin is dict:
        return isinstance(value, dict) and all(_fits(each, inner[1]) for each in value.values())
    if isinstance(declared, type) and issubclass(declared, enum.Enum):
        return value in {each.value for each in declared} or isinstance(value, declared)
    if declared is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if declared is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return not isinstance(declared, type) or isinstance(value, declared)


def _said(declared: Any) -> str:
    chosen = [each for each in (typing.get_args(declared) or (declared,)) if isinstance(each, type)]
    values = [str(each.value) for kind in chosen if issubclass(kind, enum.Enum) for each in kind]
    return " or ".join(values or [each.__name__ for each in chosen if each is not types.NoneType] or [str(declared)])

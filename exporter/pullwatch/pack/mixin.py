"""What dashboards draw of the alerts' mixin: its configuration, its groups of rules, the series that they record.

Nothing here writes rules for anybody; that is the work of `rules`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

from pullwatch.pack import drawn, rules
from pullwatch.pack.drawn import Drawn

# A declaration is a module that is loaded by path: nothing can be passed to it, but it may ask.
_overrides: ContextVar[Mapping[str, Any]] = ContextVar("overrides", default=MappingProxyType({}))
_marked: ContextVar[bool] = ContextVar("marked", default=False)


@contextlib.contextmanager
def configured(overrides: Mapping[str, Any]) -> Iterator[None]:
    """Let all that asks in this context see these values of `_config` in place of those of alerts/config.libsonnet."""
    token = _overrides.set(overrides)
    try:
        yield
    finally:
        _overrides.reset(token)


@contextlib.contextmanager
def marked() -> Iterator[None]:
    """Let all that asks in this context see a mark in place of each value, by which it is found in what was drawn."""
    token = _marked.set(True)
    try:
        yield
    finally:
        _marked.reset(token)


def config() -> Drawn:
    """Return what may be drawn of `_config`, and what alerts/lib/drawn.libsonnet makes of it. Raises RuntimeError."""
    known = Drawn(**rules.drawn(_overrides.get()))
    return drawn.marked(known) if _marked.get() else known


def groups() -> list[dict[str, Any]]:
    """Return all groups of rules, recorded series and alerts. Raises RuntimeError."""
    return rules.groups(_overrides.get())


def recorded() -> set[str]:
    """Return the names of the series that the rules record, or would record had nothing been switched off. Raises RuntimeError.

    Who switches off what comes from others wants a panel about it to stay empty, not an error.
    """
    everything = {key: value for key, value in _overrides.get().items() if key not in {"enabled", "joins"}}
    return {rule["record"] for group in (*groups(), *rules.groups(everything)) for rule in group["rules"] if "record" in rule}

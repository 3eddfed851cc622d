"""What dashboards draw of the alerts' mixin: its configuration, its groups of rules, the series that they record.

Nothing here writes rules for anybody; that is the work of `rules`.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

from pullwatch.pack import assets, rules

# A declaration is a module that is loaded by path: nothing can be passed to it, but it may ask.
_overrides: ContextVar[Mapping[str, Any]] = ContextVar("overrides", default=MappingProxyType({}))


@contextlib.contextmanager
def configured(overrides: Mapping[str, Any]) -> Iterator[None]:
    """Let all that asks in this context see these values of `_config` in place of those of alerts/config.libsonnet."""
    token = _overrides.set(overrides)
    try:
        yield
    finally:
        _overrides.reset(token)


def config() -> dict[str, Any]:
    """Return `_config`. Raises RuntimeError."""
    return dict(_evaluate("mixin._config"))


def groups() -> list[dict[str, Any]]:
    """Return all groups of rules, recorded series and alerts. Raises RuntimeError."""
    # Either key may be missing in a mixin.
    both = "std.get(mixin, 'prometheusRules', {groups: []}).groups + std.get(mixin, 'prometheusAlerts', {groups: []}).groups"
    return list(_evaluate(both))


def recorded() -> set[str]:
    """Return the names of the series that the rules record. Raises RuntimeError."""
    return {rule["record"] for group in groups() for rule in group["rules"] if "record" in rule}


def _evaluate(expression: str) -> Any:
    overrides = json.dumps(dict(_overrides.get()))
    mixin = f"local mixin = (import 'mixin.libsonnet') + {{ _config+:: {overrides} }}; "
    return rules.evaluate(mixin + expression, folder=assets.root() / "alerts")

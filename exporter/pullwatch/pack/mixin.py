"""What dashboards draw of the alerts' mixin: its configuration, its groups of rules, the series that they record.

Nothing here writes rules for anybody; that is the work of `rules`.
"""

from __future__ import annotations

from typing import Any

from pullwatch.pack import assets, rules


def config() -> dict[str, Any]:
    """Return `_config` of alerts/config.libsonnet. Raises RuntimeError."""
    return dict(rules.evaluate("(import 'config.libsonnet')._config", folder=assets.root() / "alerts"))


def groups() -> list[dict[str, Any]]:
    """Return all groups of rules, recorded series and alerts. Raises RuntimeError."""
    imported = "local mixin = import 'mixin.libsonnet'; "
    # Either key may be missing in a mixin.
    both = "std.get(mixin, 'prometheusRules', {groups: []}).groups + std.get(mixin, 'prometheusAlerts', {groups: []}).groups"
    return list(rules.evaluate(imported + both, folder=assets.root() / "alerts"))


def recorded() -> set[str]:
    """Return the names of the series that the rules record. Raises RuntimeError."""
    return {rule["record"] for group in groups() for rule in group["rules"] if "record" in rule}

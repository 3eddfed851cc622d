"""Jsonnet in, JSON out: the alerts' configuration and, as they come, the rules made of it.

The jsonnet binding is imported when something is rendered: the exporter itself never needs it. Imports are confined to
the alerts folder. `python -m pullwatch.pack.rules` writes thresholds.json anew.
"""

from __future__ import annotations

import dataclasses
import json
import re
from typing import TYPE_CHECKING, Any

import msgspec

from pullwatch.pack import assets
from pullwatch.pulls.thresholds import Thresholds

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def evaluate(expression: str, *, folder: Path) -> Any:
    """Return the value of a jsonnet expression that may import what lies in this folder. Raises RuntimeError."""
    # Untyped, and only needed where something is rendered.
    import _jsonnet

    folder = folder.resolve()

    def load(_directory: str, relative: str) -> tuple[str, bytes]:
        found = (folder / relative).resolve()
        if not found.is_relative_to(folder) or not found.is_file():
            message = f"{relative} is not a file in {folder}"
            raise RuntimeError(message)
        return str(found), found.read_bytes()

    return msgspec.json.decode(_jsonnet.evaluate_snippet("pullwatch", expression, import_callback=load))


def groups(given: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return the rule groups of the mixin, with these values in place of those of alerts/config.libsonnet."""
    found: list[dict[str, Any]] = _evaluated("mixin.libsonnet", "prometheusAlerts.groups", given)
    return found


def configuration(given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the whole configuration with these values in it; what is derived from one of them follows it."""
    found: dict[str, Any] = _evaluated("config.libsonnet", "_config", given)
    return found


def _evaluated(file: str, wanted: str, given: Mapping[str, Any] | None) -> Any:
    fields = ", ".join(_field(key, value) for key, value in (given or {}).items())
    return evaluate(f"((import '{file}') + {{ _config+:: {{ {fields} }} }}).{wanted}", folder=assets.root() / "alerts")


def _field(key: str, value: Any) -> str:
    """Return a field of jsonnet; what it says of some alerts leaves the others as they are."""
    return f"{json.dumps(key)}{'+' if isinstance(value, dict) else ''}: {json.dumps(value)}"


def thresholds_json() -> bytes:
    """Return thresholds.json as it should be: the limits of alerts/config.libsonnet under the names of `Thresholds`."""
    config = configuration()
    limits = {field.name for field in dataclasses.fields(Thresholds)}
    named = {re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", key): value for key, value in config.items()}
    named = {key: value for key, value in named.items() if key in limits}
    return msgspec.json.format(msgspec.json.encode(named), indent=2) + b"\n"


if __name__ == "__main__":
    assets.THRESHOLDS.write_bytes(thresholds_json())

"""Jsonnet in, JSON out: the alerts' configuration and, as they come, the rules made of it.

A jsonnet binding, of which there are two, is imported when something is rendered: the exporter itself never needs it. Imports are confined to
the alerts folder. `python -m pullwatch.pack.rules` writes thresholds.json anew.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import json
import re
from typing import TYPE_CHECKING, Any

import msgspec

from pullwatch.pack import assets
from pullwatch.pulls.thresholds import Thresholds

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


BINDINGS = ("_jsonnet", "_gojsonnet")
"""Modules that evaluate jsonnet, in the order in which they are looked for: the second is there where the first has no wheel."""


def evaluate(expression: str, *, folder: Path) -> Any:
    """Return the value of a jsonnet expression that may import what lies in this folder. Raises RuntimeError."""
    return msgspec.json.decode(_json(_binding(), expression, folder.resolve()))


def _json(binding: Any, expression: str, folder: Path) -> str:
    refused: list[str] = []

    def load(directory: str, relative: str) -> tuple[str, bytes]:
        # Beside the file that imports, as jsonnet has it; what is evaluated itself lies in the folder.
        found = (folder / directory / relative).resolve()
        if not found.is_relative_to(folder) or not found.is_file():
            refused.append(f"{relative} is not a file in {folder}")
            raise RuntimeError(refused[0])
        return str(found), found.read_bytes()

    try:
        made: str = binding.evaluate_snippet("pullwatch", expression, import_callback=load)
    except (RuntimeError, UnicodeDecodeError) as error:
        # The binding from Go appends to the text of what an import raised whatever lay behind it in memory.
        raise RuntimeError(refused[0] if refused else str(error)) from error
    return made


def _binding() -> Any:
    """Return the binding that is installed, untyped as both are. Raises ModuleNotFoundError, which names the first."""
    missing: list[ModuleNotFoundError] = []
    for name in BINDINGS:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            missing.append(error)
    raise missing[0]


def groups(given: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return the rule groups of the mixin, with these values in place of those of alerts/config.libsonnet."""
    found: list[dict[str, Any]] = _evaluated("mixin.libsonnet", "pack.prometheusRules.groups + pack.prometheusAlerts.groups", given)
    return found


def configuration(given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the whole configuration with these values in it; what is derived from one of them follows it."""
    found: dict[str, Any] = _evaluated("config.libsonnet", "pack._config", given)
    return found


def drawn(given: Mapping[str, Any] | None = None) -> dict[str, dict[str, Any]]:
    """Return what dashboards may draw with these values: `values` as they go into JSON, `texts` as they are written."""
    found: dict[str, dict[str, Any]] = _evaluated("config.libsonnet", "(import 'lib/drawn.libsonnet')(pack._config)", given)
    return found


def dashboards(given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return what the mixin has in `grafanaDashboards`, for whom jsonnet renders it: models by the names of their files."""
    found: dict[str, Any] = _evaluated("mixin.libsonnet", "pack.grafanaDashboards", given)
    return found


def _evaluated(file: str, wanted: str, given: Mapping[str, Any] | None) -> Any:
    fields = ", ".join(_field(key, value) for key, value in (given or {}).items())
    expression = f"local pack = (import '{file}') + {{ _config+:: {{ {fields} }} }}; {wanted}"
    return msgspec.json.decode(_json_of_alerts(_binding(), expression))


@functools.lru_cache(maxsize=32)
def _json_of_alerts(binding: Any, expression: str) -> str:
    """Return what the alerts folder makes of an expression. It takes 0.3 s, and one `render` asks for the same many times."""
    return _json(binding, expression, (assets.root() / "alerts").resolve())


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

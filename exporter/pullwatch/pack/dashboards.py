"""Dashboards as files for Grafana: each declaration is loaded, checked and rendered; one that is wrong is named with its line."""

from __future__ import annotations

import importlib.util
import runpy
import traceback
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pullwatch.pack import assets, mixin, promql, rules
from pullwatch.publish import agent_metrics, metrics, registry_metrics, self_metrics
from pullwatch.publish.metrics import Family, MetricType

if TYPE_CHECKING:
    from pullwatch.pack.grafana import Dashboard

SUFFIX = ".dashboard.py"

# Alerts that fire, and whether a target answers, are series of Prometheus itself.
OF_PROMETHEUS = {"ALERTS", "up"}

# What prometheus-client tells of our own process.
OF_PROCESS = {"process_cpu_seconds_total", "process_resident_memory_bytes"}


class DashboardError(Exception):
    """A dashboard cannot be rendered; the text names file, line and reason."""


def render(folder: Path | None = None, *, overrides: Mapping[str, Any] = MappingProxyType({})) -> list[tuple[str, bytes]]:
    """Return name and content of the JSON file of each dashboard, by name: always the same for the same declarations.

    `folder` is the one that we ship where none is given. `overrides` are values of `_config` in place of those of
    alerts/config.libsonnet, so that dashboards draw what the alerts mean. There is none where these leave out what the boards
    read. Raises DashboardError.
    """
    _look_for_tools()
    with mixin.configured(overrides):
        if not rules.configuration(overrides)["boards"]:
            return []
        return list(_files((folder or assets.root() / "dashboards").glob(f"*{SUFFIX}")))


def load(path: Path) -> Dashboard:
    """Return what a file declares. Raises DashboardError."""
    from pullwatch.pack.grafana import Dashboard

    try:
        declared = runpy.run_path(str(path)).get("dashboard")
    except SyntaxError as error:
        raise DashboardError(f"{error.filename}:{error.lineno}: {error.msg}") from error
    except Exception as error:  # whatever a declaration may do wrong
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
        raise DashboardError(f"{path}:{lines[-1] if lines else 1}: {error}") from error
    if not isinstance(declared, Dashboard):
        raise DashboardError(f"{path}:1: declares no variable `dashboard` that is a grafana.Dashboard")
    return declared


def file_name(model: Mapping[str, Any]) -> str:
    """Return the name of the file for whoever holds dashboards of others as well."""
    return f"{model['uid']}.json"


def queries(model: dict[str, Any]) -> Iterator[str]:
    """Yield each query of a rendered dashboard: of its panels, its variables and its annotations."""
    for panel in model["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))
    yield from (variable["query"] for variable in model["templating"]["list"] if variable["type"] == "query")
    yield from (annotation["expr"] for annotation in model["annotations"]["list"])


def known_metrics() -> set[str]:
    """Return every name that a query may ask for."""
    families = (*metrics.FAMILIES, *self_metrics.FAMILIES, *agent_metrics.FAMILIES, *registry_metrics.FAMILIES)
    return {name for family in families for name in _series(family)} | mixin.recorded() | OF_PROMETHEUS | OF_PROCESS


def _files(paths: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    from pullwatch.pack import classic

    known = known_metrics()
    uids: dict[str, Path] = {}
    for path in sorted(paths):
        model = load(path).to_json_data()
        if (other := uids.setdefault(model["uid"], path)) != path:
            raise _error(path, f"uid {model['uid']!r} is also that of {other.name}", near=model["uid"])
        for name in sorted(set().union(*map(promql.names, queries(model))) - known):
            raise _error(path, f"{name} is neither a metric of pullwatch nor a series that its rules record", near=name)
        yield f"{path.name.removesuffix(SUFFIX)}.json", classic.text(model)


def _series(family: Family) -> Iterator[str]:
    if family.type is MetricType.HISTOGRAM:
        yield from (f"{family.name}_{part}" for part in ("bucket", "sum", "count"))
    else:
        yield family.name


def _look_for_tools() -> None:
    """See that what renders is installed, before anything else goes wrong for want of it."""
    for names in (("grafanalib",), rules.BINDINGS):
        if not any(map(importlib.util.find_spec, names)):
            raise DashboardError(f"dashboards need {names[0]}: install pullwatch[pack]")


def _error(path: Path, reason: str, *, near: str) -> DashboardError:
    """Return an error with the first line that holds a text."""
    lines = path.read_text(encoding="utf-8").splitlines()
    number = next((number for number, line in enumerate(lines, start=1) if near in line), 1)
    return DashboardError(f"{path}:{number}: {reason}")

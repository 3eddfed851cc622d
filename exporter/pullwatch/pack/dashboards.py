"""Dashboards as files for Grafana: each declaration is evaluated, checked and rendered; one that is wrong is named with its line."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pullwatch.pack import assets, declarations, mixin, promql, rules
from pullwatch.pack.declarations import SUFFIX, DashboardError, Declaration
from pullwatch.publish import agent_metrics, metrics, node_counts, registry_metrics, self_metrics
from pullwatch.publish.metrics import Family, MetricType

__all__ = ["SUFFIX", "DashboardError", "file_name", "found", "known_metrics", "queries", "render"]

# Alerts that fire, and whether a target answers, are series of Prometheus itself.
OF_PROMETHEUS = {"ALERTS", "up"}

# What prometheus-client tells of our own process.
OF_PROCESS = {"process_cpu_seconds_total", "process_resident_memory_bytes"}

OF_GRAFANA = {"__interval", "__interval_ms", "__range", "__range_ms", "__range_s", "__rate_interval", "__from", "__to"}
"""Variables that a query may have without the dashboard declaring them."""

_VARIABLE = re.compile(r"\$(?:\{([a-zA-Z_]\w*)[^}]*\}|([a-zA-Z_]\w*))")
_GROUP = re.compile(r"\(\?P?<(\w+)>")

_UID = re.compile(r"[a-zA-Z0-9_-]{1,40}")
"""Grafana takes no other (pkg/util/shortid_generator.go)."""


def render(folder: Path | None = None, *, overrides: Mapping[str, Any] = MappingProxyType({})) -> list[tuple[str, bytes]]:
    """Return name and content of the JSON file of each dashboard, by name: always the same for the same declarations.

    `folder` is the one that we ship where none is given. `overrides` are values of `_config` in place of those of
    alerts/config.libsonnet, so that dashboards draw what the alerts mean. There is none where these leave out what the boards
    read. Raises DashboardError.
    """
    _look_for_tools()
    if not rules.configuration(overrides)["boards"]:
        return []
    with mixin.configured(overrides):
        return list(_files(found(folder)))


def found(folder: Path | None = None) -> list[Path]:
    """Return the dashboard files of a folder by name. Raises DashboardError."""
    folder = folder or assets.root() / "dashboards"
    if not folder.is_dir():
        raise DashboardError(f"{folder}: is no folder: name one with files such as mine{SUFFIX}")
    for path in sorted(folder.glob("*.py")):
        if not path.name.endswith(SUFFIX):
            raise DashboardError(f"{path}: is no dashboard by its name: call it {path.stem}{SUFFIX}, or move it away")
    paths = sorted(folder.glob(f"*{SUFFIX}"))
    if not paths:
        raise DashboardError(f"{folder}: holds no dashboard: their files are called NAME{SUFFIX}")
    return paths


def file_name(model: Mapping[str, Any]) -> str:
    """Return the name of the file for whoever holds dashboards of others as well."""
    return f"{model['uid']}.json"


def queries(model: dict[str, Any]) -> Iterator[str]:
    """Yield each query of a rendered dashboard: of its panels, its variables and its annotations."""
    yield from (query for _, query in _asked(model))


def known_metrics() -> set[str]:
    """Return every name that a query may ask for."""
    families = (
        *metrics.FAMILIES, *self_metrics.FAMILIES, *agent_metrics.FAMILIES, *node_counts.FAMILIES, *registry_metrics.FAMILIES,
    )  # fmt: skip
    return {name for family in families for name in _series(family)} | mixin.recorded() | OF_PROMETHEUS | OF_PROCESS


def _files(paths: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    from pullwatch.pack import classic

    known = known_metrics()
    before: list[tuple[Declaration, dict[str, Any]]] = []
    for path in paths:
        declaration = declarations.read(path)
        model = declaration.model()
        with declaration.blamed():
            _check_named(declaration, model, before)
            _check_titles(declaration, model)
            for title, query in _asked(model):
                _check_query(declaration, model, title, query, known)
        before.append((declaration, model))
        yield f"{declaration.stem}.json", classic.text(model)


def _check_named(declaration: Declaration, model: Mapping[str, Any], before: Sequence[tuple[Declaration, Mapping[str, Any]]]) -> None:
    """Look at uid and title, of which Grafana wants one each: where two files share one, it updates no file of that folder."""
    uid = model["uid"]
    if not isinstance(uid, str) or not _UID.fullmatch(uid):
        raise declaration.wrong(f"uid {uid!r} is none: up to 40 letters, digits, - and _", near=[str(uid), "uid="])
    for key in ("uid", "title"):
        for other, theirs in before:
            if model[key] == theirs[key]:
                there = f"{other.path.name}:{other.line([model[key]])}"
                raise declaration.wrong(f"{key} {model[key]!r} is also that of {there}", near=[model[key]])


def _check_titles(declaration: Declaration, model: Mapping[str, Any]) -> None:
    seen: set[str] = set()
    for panel in model["panels"]:
        title = panel["title"]
        if title in seen:
            lines = [number for number, line in enumerate(declaration.lines, start=1) if title in line]
            raise DashboardError(f"{declaration.path}:{[1, *lines][:3][-1]}: two panels have the title {title!r}")
        if panel["type"] != "row":
            seen.add(title)


def _check_query(declaration: Declaration, model: Mapping[str, Any], title: str, query: str, known: set[str]) -> None:
    """Look for what no Prometheus would answer. Whether it takes the rest is for Prometheus to say."""
    if not isinstance(query, str):
        raise declaration.wrong(f"{title!r} asks {query!r:.100}, which is no text", near=[title])
    if slip := promql.slip(query):
        raise declaration.wrong(f"{title!r} asks {_cut(query)}: {slip}", near=[query, title])
    declared = {variable["name"] for variable in model["templating"]["list"]} | OF_GRAFANA | set(_GROUP.findall(query))
    for name in sorted({name for pair in _VARIABLE.findall(query) for name in pair if name} - declared):
        raise declaration.wrong(
            f"${name}, which {title!r} asks for, is no variable of this dashboard", near=[f"${name}", f"${{{name}", title]
        )
    for name in sorted(promql.names(query) - known):
        raise declaration.wrong(f"{name} is neither a metric of pullwatch nor a series that its rules record", near=[name, title])


def _asked(model: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each query with the title of its panel, or the name of its variable or annotation."""
    for panel in model["panels"]:
        yield from ((panel["title"], target["expr"]) for target in panel.get("targets", ()))
    yield from ((variable["name"], variable["query"]) for variable in model["templating"]["list"] if variable["type"] == "query")
    yield from ((annotation["name"], annotation["expr"]) for annotation in model["annotations"]["list"])


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


def _cut(query: str) -> str:
    written = repr(" ".join(query.split()))
    return written if len(written) <= 120 else written[:117] + "..."

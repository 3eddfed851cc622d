"""The forms in which the pack can be had, and the files of each.

Whoever asks for one form gets a folder without those of another, so a folder of an earlier run may hold files of any.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pullwatch.pack import alertmanager, assets, dashboardobjects, dashboards, declarations, rulefiles, ruleobjects
from pullwatch.pack.dashboardobjects import Placed
from pullwatch.pack.ruleobjects import Named, Rendered


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """What is to be written down."""

    groups: Sequence[Mapping[str, Any]]
    """Rules, as the mixin makes them."""
    config: Mapping[str, Any]
    """All values of the mixin, those of a user in it."""
    given: Mapping[str, Any] = field(default_factory=dict)
    """Those of a user."""
    named: Named
    placed: Placed = field(default_factory=Placed)
    """Dashboards, where there are any."""
    boards: Sequence[tuple[str, bytes]] = ()
    """Dashboards as JSON, by the names of their files; `files` draws them where a form has them."""


Files = Iterable[tuple[str, Rendered]]


def _plain(pack: Pack) -> Files:
    yield "rules/pullwatch.yaml", Rendered(rulefiles.plain(pack.groups))


def _prometheusrule(pack: Pack) -> Files:
    yield "rules/prometheusrule.yaml", ruleobjects.prometheus_rules(pack.groups, pack.named)


def _vmrule(pack: Pack) -> Files:
    yield "rules/vmrule.yaml", ruleobjects.vm_rules(pack.groups, pack.named)


def _gmp(pack: Pack) -> Files:
    yield "rules/clusterrules.yaml", ruleobjects.cluster_rules(pack.groups, pack.named)


def _helm(pack: Pack) -> Files:
    found = ruleobjects.prometheus_rules(pack.groups, pack.named)
    yield "helm/templates/prometheusrule.yaml", Rendered(rulefiles.for_helm(found.content), found.notes)
    for _, boards in _configmap(pack):
        yield "helm/templates/dashboards.yaml", Rendered(rulefiles.for_helm(boards.content), boards.notes)


def _alertmanager(pack: Pack) -> Files:
    yield "alertmanager/pullwatch.yaml", Rendered(alertmanager.configuration(pack.groups, cluster=pack.config["clusterLabel"]))
    yield "alertmanager/pullwatch.tmpl", Rendered(alertmanager.templates(cluster=pack.config["clusterLabel"]))


def _dashboards(pack: Pack) -> Files:
    for name, content in pack.boards:
        yield f"dashboards/{name}", Rendered(content)
    if pack.boards:
        yield "provisioning/dashboards/pullwatch.yaml", dashboardobjects.provider(pack.placed)


def _configmap(pack: Pack) -> Files:
    if pack.boards:
        yield "grafana/configmaps.yaml", dashboardobjects.config_maps(pack.boards, pack.placed)


def _grafanadashboard(pack: Pack) -> Files:
    if pack.boards:
        yield "grafana/grafanadashboards.yaml", dashboardobjects.grafana_dashboards(pack.boards, pack.placed)


FORMATS: Mapping[str, Callable[[Pack], Files]] = {
    "plain": _plain,
    "prometheusrule": _prometheusrule,
    "alertmanager": _alertmanager,
    "dashboards": _dashboards,
    "vmrule": _vmrule,
    "gmp": _gmp,
    "helm": _helm,
    "configmap": _configmap,
    "grafanadashboard": _grafanadashboard,
}
"""Each form by its name, those that are written unasked first."""

_DRAWN = {"dashboards", "configmap", "grafanadashboard", "helm"}
"""Forms that have dashboards, for which grafanalib has to be there."""

DEFAULT = ("plain", "prometheusrule", "alertmanager", "dashboards")


def files(pack: Pack, formats: Collection[str]) -> dict[str, Rendered]:
    """Return the files of these forms by their paths. Raises DashboardError."""
    if _DRAWN.intersection(formats):
        pack = dataclasses.replace(pack, boards=dashboards.render(pack.placed.declared, overrides=pack.given))
    return dict(file for name, make in FORMATS.items() if name in formats for file in make(pack))


def every_path(pack: Pack) -> set[str]:
    """Return the path of each file that any form has; no dashboard is drawn for that, as their names are known."""
    folders = {assets.root() / "dashboards", pack.placed.declared or assets.root() / "dashboards"}
    names = [path.name.removesuffix(declarations.SUFFIX) for folder in folders for path in folder.glob(f"*{declarations.SUFFIX}")]
    one = dataclasses.replace(pack, boards=[(f"{name}.json", b'{"uid": "one"}') for name in names])
    return {path for make in FORMATS.values() for path, _ in make(one)}

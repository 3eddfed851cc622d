"""The forms in which the pack can be had, and the files of each.

Whoever asks for one form gets a folder without those of another, so a folder of an earlier run may hold files of any.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pullwatch.pack import alertmanager, assets, dashboards, rulefiles, ruleobjects
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


def _alertmanager(pack: Pack) -> Files:
    yield "alertmanager/pullwatch.yaml", Rendered(alertmanager.configuration(pack.groups, cluster=pack.config["clusterLabel"]))
    yield "alertmanager/pullwatch.tmpl", Rendered(alertmanager.templates(cluster=pack.config["clusterLabel"]))


def _dashboards(pack: Pack) -> Files:
    for name, content in dashboards.render(overrides=pack.given):
        yield f"dashboards/{name}", Rendered(content)


FORMATS: Mapping[str, Callable[[Pack], Files]] = {
    "plain": _plain,
    "prometheusrule": _prometheusrule,
    "alertmanager": _alertmanager,
    "dashboards": _dashboards,
    "vmrule": _vmrule,
    "gmp": _gmp,
    "helm": _helm,
}
"""Each form by its name, those that are written unasked first."""

DEFAULT = ("plain", "prometheusrule", "alertmanager", "dashboards")


def files(pack: Pack, formats: Collection[str]) -> dict[str, Rendered]:
    """Return the files of these forms by their paths. Raises DashboardError."""
    return dict(file for name, make in FORMATS.items() if name in formats for file in make(pack))


def every_path(groups: Sequence[Mapping[str, Any]], config: Mapping[str, Any]) -> set[str]:
    """Return the path of each file that any form has; no dashboard is drawn for that."""
    pack = Pack(groups=groups, config=config, named=Named(labels={}))
    ruled = {path for name, make in FORMATS.items() if name != "dashboards" for path, _ in make(pack)}
    declared = (assets.root() / "dashboards").glob(f"*{dashboards.SUFFIX}")
    return ruled | {f"dashboards/{path.name.removesuffix(dashboards.SUFFIX)}.json" for path in declared}

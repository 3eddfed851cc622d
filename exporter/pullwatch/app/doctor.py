"""`doctor`: asks others whether they treat pullwatch rightly: Prometheus, how it scrapes and whether it has the rules."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pullwatch.app.wrong import Wrong
from pullwatch.pack import assets, values
from pullwatch.publish import findings, metrics, self_metrics
from pullwatch.pulls import installed_rules, scrape
from pullwatch.sources import errors
from pullwatch.sources.prometheus import Prometheus

if TYPE_CHECKING:
    from pullwatch.settings import Doctor

FAMILIES = (*metrics.FAMILIES, *self_metrics.FAMILIES)

LABELS = frozenset(label for family in FAMILIES for label in family.labels)
"""All that our metrics bear: a target that bears one too takes its place."""

EXPORTED = "exported_"

SELECTOR = '__name__=~"pullwatch_.+"'

PROOFS = {
    "namespace": [family.name for family in FAMILIES if "namespace" in family.labels],
    "pod": [family.name for family in FAMILIES if "pod" in family.labels],
    "node": [metrics.NODE_INFO.name],
}
"""Families in which a label is never empty: where they are and nothing was renamed, it arrived as it was sent."""


def run(options: Doctor) -> bool:
    """Print what was found; return whether something was. Raises Wrong with the line for the user."""
    if options.prometheus is None:
        raise Wrong("doctor needs Prometheus' address: --prometheus http://prometheus.monitoring:9090")
    try:
        prometheus = Prometheus(options.prometheus)
        exporters, found, rules = asyncio.run(_examined(prometheus))
    except errors.SourceError as error:
        raise Wrong(str(error)) from error
    findings.write(found, exporters, rules, prometheus=prometheus.shown, output=options.output, stream=sys.stdout)
    return bool(found)


async def _examined(prometheus: Prometheus) -> tuple[list[scrape.Exporter], list[scrape.Finding], installed_rules.Rules | None]:
    async with prometheus:
        exporters = await _exporters(prometheus)
        targets = await prometheus.targets()
        honored = await prometheus.honored()
        found = await prometheus.rules()
    rules = None if found is None else _compared(found)
    return exporters, scrape.judge(exporters, targets or (), honored) + (installed_rules.judge(rules) if rules else []), rules


def _compared(found: list[installed_rules.Rule]) -> installed_rules.Rules:
    wanted = [alert for alert in assets.alerts() if alert not in values.OPTIONAL]
    return installed_rules.compare(found, wanted=wanted, optional=values.OPTIONAL)


async def _exporters(prometheus: Prometheus) -> list[scrape.Exporter]:
    """Return what Prometheus holds of each exporter, known by job and instance."""
    build = self_metrics.BUILD_INFO
    attached = {_identity(labels): _attached(labels, build.labels) for labels in await prometheus.series(build.name)}
    ours = sorted(set[str]().union(*attached.values()))
    renamed = {label: await _with(prometheus, f'{SELECTOR},{EXPORTED}{label}!=""') for label in ours}
    proven = {label: await _with(prometheus, f'__name__=~"{"|".join(PROOFS[label])}",{label}!=""') for label in ours if label in PROOFS}
    return [
        scrape.Exporter(
            job=identity[0],
            instance=identity[1],
            attached=tuple(label for label in ours if label in labels),
            renamed=tuple(label for label in ours if identity in renamed[label]),
            kept=any(identity in proven.get(label, ()) for label in labels),
        )
        for identity, labels in sorted(attached.items())
    ]


async def _with(prometheus: Prometheus, matchers: str) -> set[tuple[str, str]]:
    """Return the exporters of which there is such a series."""
    return {_identity(labels) for labels in await prometheus.series(f"group by (job, instance) ({{{matchers}}})")}


def _identity(labels: dict[str, str]) -> tuple[str, str]:
    return labels.get("job", ""), labels.get("instance", "")


def _attached(labels: Iterable[str], own: Sequence[str]) -> set[str]:
    """Return the labels of ours that a series has of its target; its own ones only where they had to make room."""
    names = set(labels)
    return {label for label in LABELS if (label in names and label not in own) or f"{EXPORTED}{label}" in names}

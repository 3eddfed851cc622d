"""Whether a Prometheus keeps what the metrics say of pulled pods: the judgement on its scrape jobs.

A target bears labels such as namespace, pod and node, those of the exporter. Without `honor_labels` they replace the
metrics' own, which arrive as `exported_namespace` and so on: every rule then sees one pod that pulls everything.
How Prometheus is asked, and how a finding is printed, stands elsewhere.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


class Kind(enum.StrEnum):
    """What may be wrong."""

    RENAMED = "labels_renamed"
    """Labels did arrive under other names."""
    NOT_HONORED = "labels_not_honored"
    """Labels will, with the next pull."""
    NOT_KNOWN = "not_known"
    """Neither series nor configuration tell."""
    NOT_SCRAPED = "not_scraped"
    """There is nothing to judge."""
    RULES_MISSING = "rules_missing"
    """No alert of the pack is there."""
    RULES_FAILING = "rules_failing"
    """One cannot be evaluated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporter:
    """What Prometheus holds of one exporter."""

    job: str
    instance: str
    attached: tuple[str, ...] = ()
    """Labels of ours that the target bears, too."""
    renamed: tuple[str, ...] = ()
    """Of ours, those that arrived as `exported_`."""
    kept: bool = False
    """Whether a series shows that they arrived as they were sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One address that Prometheus scrapes."""

    pool: str
    """Its scrape job by the name in the configuration; the label `job` may be another."""
    url: str
    job: str
    instance: str
    error: str = ""
    """Of the last scrape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong: what, where, and what to do."""

    kind: Kind
    job: str | None
    what: str
    where: tuple[str, ...]
    remedy: str
    labels: tuple[str, ...] = ()
    check: str = "scrape"
    """What was looked at."""


def judge(exporters: Sequence[Exporter], targets: Sequence[Target] = (), honored: Mapping[str, bool] | None = None) -> list[Finding]:
    """Return what is wrong, one finding for a scrape job and kind.

    `honored` tells of each scrape job of the configuration whether it honors labels; None where that may not be read.
    """
    if not exporters:
        return [_not_scraped(targets)]
    known = {(target.job, target.instance): target for target in targets}
    found: dict[tuple[Kind, str], list[tuple[Exporter, str]]] = defaultdict(list)
    for exporter in exporters:
        target = known.get((exporter.job, exporter.instance))
        pool = target.pool if target else exporter.job
        kind = _kind(exporter, (honored or {}).get(pool) if target else None)
        if kind is not None:
            found[kind, pool].append((exporter, target.url if target else exporter.instance))
    return [_finding(kind, pool, affected) for (kind, pool), affected in found.items()]


def _kind(exporter: Exporter, honored: bool | None) -> Kind | None:  # noqa: FBT001 - three states: yes, no, not known
    if honored:
        # Series that were renamed before the configuration was loaded are found for 5 minutes more.
        return None
    if exporter.renamed:
        return Kind.RENAMED
    if not exporter.attached or exporter.kept:
        return None
    return Kind.NOT_KNOWN if honored is None else Kind.NOT_HONORED


def _finding(kind: Kind, pool: str, affected: Sequence[tuple[Exporter, str]]) -> Finding:
    exporters = [exporter for exporter, _ in affected]
    labels = _all(exporter.renamed if kind is Kind.RENAMED else exporter.attached for exporter in exporters)
    return Finding(
        kind=kind,
        job=pool,
        what=_what(kind, labels),
        where=tuple(where for _, where in affected),
        remedy=_remedy(kind, pool),
        labels=labels,
    )


def _all(labels: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(sorted({label for some in labels for label in some}))


def _what(kind: Kind, labels: Sequence[str]) -> str:
    names = ", ".join(labels)
    if kind is Kind.RENAMED:
        exported = ", ".join(f"exported_{label}" for label in labels)
        return f"{names}: the exporter's own replace those of pulled pods and nodes, which arrived as {exported}. No alert sees them."
    if kind is Kind.NOT_HONORED:
        return f"{names}: the exporter's own will replace those of the pods and nodes of the next pull. The job does not honor labels."
    return f"{names}: target and metrics bear them. Whether the job honors labels is not known: no pull was seen, no configuration either."


def _remedy(kind: Kind, pool: str) -> str:
    if kind is Kind.NOT_KNOWN:
        return f"run this again when a pull was seen, or ask the Prometheus that scrapes. Or look: {_setting(pool)}."
    return f"set {_setting(pool)}."


def _setting(pool: str) -> str:
    """Return where labels are honored. The Prometheus operator makes scrape jobs whose names tell what they were made of."""
    match pool.split("/"):
        case ["serviceMonitor" | "podMonitor" as kind, namespace, name, endpoint]:
            list_name = "endpoints" if kind == "serviceMonitor" else "podMetricsEndpoints"
            return (
                f"honorLabels: true in {kind[0].upper()}{kind[1:]} {name} of namespace {namespace}, below spec.{list_name}[{endpoint}];"
                " where it is set already, overrideHonorLabels of the Prometheus object undoes it"
            )
        case ["scrapeConfig", namespace, name]:
            return f"honorLabels: true in ScrapeConfig {name} of namespace {namespace}, below spec"
        case _:
            return f"honor_labels: true beside job_name: {pool} in Prometheus' scrape_configs"


def _not_scraped(targets: Sequence[Target]) -> Finding:
    ours = [target for target in targets if "pullwatch" in f"{target.pool} {target.job}"]
    down = tuple(f"{target.url} ({target.error or 'not scraped yet'})" for target in ours)
    return Finding(
        kind=Kind.NOT_SCRAPED,
        job=ours[0].pool if ours else None,
        what="this Prometheus has no pullwatch_build_info of the last 5 minutes: it scrapes no exporter, or reaches none.",
        where=down,
        remedy=(
            "see that the exporter runs and that Prometheus may connect to it."
            if ours
            else "apply deploy/servicemonitor.yaml, or add a scrape job with honor_labels: true for the Service pullwatch, port 9436."
        ),
    )

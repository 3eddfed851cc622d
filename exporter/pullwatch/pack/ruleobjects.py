"""Rules as objects of a cluster, for the operators that read them there: one file of documents for each kind.

A kind that lacks a field of a rule gets the rule without it; which rules those are stands at the head of the file and in the
notes beside it, for whoever renders.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from pullwatch.pack import rulefiles

MOST_BYTES = 200_000
"""Of one object as JSON. `kubectl apply` writes the object a second time into an annotation, of which Kubernetes takes 262,144
bytes (apimachinery, pkg/api/validation); the operators take 524,288 for what they make of it."""

_KEYS_OF_GOOGLE = ("record", "alert", "expr", "for", "labels", "annotations")
"""Fields of a rule in monitoring.googleapis.com/v1 (prometheus-engine, pkg/operator/apis/monitoring/v1/rules_types.go)."""

_GOOGLE_INTERVAL = "30s"
"""A minute is the default there; the alerts promise to fire within 90 s of a limit that was passed."""

_ABOUT_GOOGLE = """\
# ClusterRules and not Rules: Rules would see only pulls of their own namespace, and put its name on every alert.
# The exporter must be scraped by a ClusterPodMonitoring whose targetLabels.metadata is []: what Google adds by default takes the
# place of the namespace, pod and node of a pull, and there is no honorLabels. Its name becomes the job: pullwatch, unless
# exporterSelector says otherwise.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """How the objects are called and found."""

    name: str = "pullwatch"
    """Of the first object; a second one, where one would be too large, is called NAME-2."""
    namespace: str | None = None
    """Whatever kubectl is set to, where there is none."""
    labels: Mapping[str, str]
    """What the ruleSelector of a Prometheus asks for."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A file, and what whoever applies it has to know, a line each."""

    content: bytes
    notes: Sequence[str] = ()


def prometheus_rules(groups: Sequence[Mapping[str, Any]], named: Named) -> Rendered:
    """Return what the Prometheus operator reads."""
    return _rendered("monitoring.coreos.com/v1", "PrometheusRule", rulefiles.in_order(groups), named)


def vm_rules(groups: Sequence[Mapping[str, Any]], named: Named) -> Rendered:
    """Return what the operator of VictoriaMetrics reads; it knows all that a rule of ours says."""
    return _rendered("operator.victoriametrics.com/v1beta1", "VMRule", rulefiles.in_order(groups), named)


def cluster_rules(groups: Sequence[Mapping[str, Any]], named: Named) -> Rendered:
    """Return what Google Cloud Managed Service for Prometheus reads. The kind has no namespace."""
    lost: defaultdict[str, list[str]] = defaultdict(list)
    known = [
        {
            "name": group["name"],
            "interval": group.get("interval", _GOOGLE_INTERVAL),
            "rules": [_known(rule, lost) for rule in group["rules"]],
        }
        for group in rulefiles.in_order(groups)
    ]
    notes = [
        f"ClusterRules have no {key}, which was left out: these alerts end with their condition, also when the exporter dies: {', '.join(names)}"
        for key, names in lost.items()
    ]
    without = Named(name=named.name, labels=named.labels)
    return _rendered("monitoring.googleapis.com/v1", "ClusterRules", known, without, head=_ABOUT_GOOGLE, notes=notes)


def split(groups: Sequence[dict[str, Any]], *, most: int = MOST_BYTES) -> Iterator[list[dict[str, Any]]]:
    """Yield runs of groups in their order, of at most so many bytes of JSON. A group is never cut: one of its own may be larger."""
    run: list[dict[str, Any]] = []
    size = 0
    for group in groups:
        bytes_ = _size(group)
        if run and size + bytes_ > most:
            yield run
            run, size = [], 0
        run.append(group)
        size += bytes_
    yield run


def _rendered(
    version: str, kind: str, groups: list[dict[str, Any]], named: Named, *, head: str = "", notes: Sequence[str] = ()
) -> Rendered:
    runs = list(split(groups))
    large = [
        f"{kind}: the group {group['name']} alone has more than {MOST_BYTES} bytes, apply it with kubectl apply --server-side"
        for group in groups
        if _size(group) > MOST_BYTES
    ]
    told = [*notes, *large]
    documents = [
        {"apiVersion": version, "kind": kind, "metadata": _metadata(named, number), "spec": {"groups": run}}
        for number, run in enumerate(runs, start=1)
    ]
    text = rulefiles.HEAD + head + "".join(f"# {note}\n" for note in told) + "---\n".join(map(rulefiles.dumped, documents))
    return Rendered(text.encode(), told)


def _metadata(named: Named, number: int) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": named.name if number == 1 else f"{named.name}-{number}"}
    if named.namespace is not None:
        metadata["namespace"] = named.namespace
    metadata["labels"] = {"app.kubernetes.io/name": "pullwatch", **named.labels}
    return metadata


def _known(rule: Mapping[str, Any], lost: defaultdict[str, list[str]]) -> dict[str, Any]:
    for key in rule:
        if key not in _KEYS_OF_GOOGLE:
            lost[key].append(rule.get("alert") or rule["record"])
    return {key: rule[key] for key in _KEYS_OF_GOOGLE if key in rule}


def _size(group: Mapping[str, Any]) -> int:
    return len(msgspec.json.encode(group))

"""Dashboards in the form of whoever brings them into Grafana: its own provisioning, the sidecar of its chart, its operator.

The JSON is the same in each; it names no data source but a variable, which a reader chooses or Grafana's default fills. How rules
become objects is `ruleobjects`' matter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from pullwatch.pack import rulefiles
from pullwatch.pack.dashboards import SUFFIX, DashboardError
from pullwatch.pack.ruleobjects import MOST_BYTES, Rendered

MOST_OF_CONFIG_MAP = 1_000_000
"""Bytes. Kubernetes takes 1,048,576 of all data of a ConfigMap (apimachinery, pkg/apis/core/validation), and little more of any object."""

FOLDER_ANNOTATION = "grafana_folder"
"""What the charts' documentation has for `sidecar.dashboards.folderAnnotation`, which has no default there."""

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")

_ABOUT_PROVISIONING = """\
# Lies in conf/provisioning/dashboards of Grafana; the JSON files lie in the folder that options.path names, and nothing else does.
"""

_ABOUT_SIDECAR = f"""\
# Read by the sidecar of Grafana's chart, which kube-prometheus-stack has as well. It takes the folder from the annotation where
# the chart says sidecar.dashboards.folderAnnotation: {FOLDER_ANNOTATION} and sidecar.dashboards.provider.foldersFromFilesStructure: true.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where dashboards go, and by what they are found."""

    declared: Path | None = None
    """Folder of the declarations; those that we ship where there is none."""
    folder: str = "pullwatch"
    """Title of Grafana's folder."""
    path: str = "/var/lib/grafana/dashboards/pullwatch"
    """Where Grafana's provisioning finds the JSON files."""
    namespace: str | None = None
    """Whatever kubectl is set to, where there is none."""
    labels: Mapping[str, str] = field(default_factory=lambda: {"grafana_dashboard": "1"})
    """What the sidecar looks for."""
    instances: Mapping[str, str] = field(default_factory=lambda: {"dashboards": "grafana"})
    """Labels of the Grafana objects that the operator gives them to."""


def provider(placed: Placed) -> Rendered:
    """Return the file that makes Grafana read a folder of JSON files (pkg/services/provisioning/dashboards/types.go)."""
    one = {
        "name": "pullwatch",
        "folder": placed.folder,
        "type": "file",
        # A board that is gone from the folder goes from Grafana as well.
        "disableDeletion": False,
        "allowUiUpdates": False,
        "options": {"path": placed.path},
    }
    return Rendered((rulefiles.HEAD + _ABOUT_PROVISIONING + rulefiles.dumped({"apiVersion": 1, "providers": [one]})).encode())


def config_maps(files: Sequence[tuple[str, bytes]], placed: Placed) -> Rendered:
    """Return a ConfigMap for each dashboard. Raises DashboardError."""
    annotations = {FOLDER_ANNOTATION: placed.folder}
    objects = []
    for uid, text in _by_uid(files):
        if len(text) > MOST_OF_CONFIG_MAP:
            raise DashboardError(f"{uid}: has {len(text)} bytes, and a ConfigMap takes {MOST_OF_CONFIG_MAP}: make two dashboards of it")
        metadata = _metadata(uid, placed, placed.labels) | {"annotations": annotations}
        # The sidecar writes the data of all ConfigMaps into one folder: the uid is nobody else's.
        objects.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {f"{uid}.json": text}})
    return _rendered(objects, head=_ABOUT_SIDECAR)


def grafana_dashboards(files: Sequence[tuple[str, bytes]], placed: Placed) -> Rendered:
    """Return a GrafanaDashboard for each dashboard. Raises DashboardError.

    Fields are those of GrafanaCommonSpec and GrafanaContentSpec beside its own (grafana-operator, api/v1beta1/common.go and
    grafanadashboard_types.go); how often it is brought into Grafana again is left to the operator.
    """
    objects = []
    for uid, text in _by_uid(files):
        spec = {
            "folder": placed.folder,
            "instanceSelector": {"matchLabels": dict(placed.instances)},
            # Without it the operator passes over a Grafana in another namespace, and says so in the status alone.
            "allowCrossNamespaceImport": True,
            "json": text,
        }
        metadata = _metadata(uid, placed, {})
        objects.append({"apiVersion": "grafana.integreatly.org/v1beta1", "kind": "GrafanaDashboard", "metadata": metadata, "spec": spec})
    return _rendered(objects)


def _by_uid(files: Sequence[tuple[str, bytes]]) -> list[tuple[str, str]]:
    """Return each dashboard with its uid, which is the name of its object. Raises DashboardError."""
    known = [(str(json.loads(content)["uid"]), name, content.decode()) for name, content in files]
    for uid, name, _ in known:
        if not _NAME.fullmatch(uid):
            raise DashboardError(
                f"{name.removesuffix('.json')}{SUFFIX}: the uid {uid!r} cannot name an object of Kubernetes: use small letters, digits and -"
            )
    return [(uid, text) for uid, _, text in known]


def _metadata(uid: str, placed: Placed, labels: Mapping[str, str]) -> dict[str, Any]:
    namespace = {} if placed.namespace is None else {"namespace": placed.namespace}
    return {"name": uid, **namespace, "labels": {"app.kubernetes.io/name": "pullwatch", **labels}}


def _rendered(objects: Sequence[Mapping[str, Any]], *, head: str = "") -> Rendered:
    large = [
        f"{one['kind']} {one['metadata']['name']} has more than {MOST_BYTES} bytes, apply it with kubectl apply --server-side"
        for one in objects
        if len(msgspec.json.encode(one)) > MOST_BYTES
    ]
    notes = "".join(f"# {note}\n" for note in large)
    return Rendered((rulefiles.HEAD + head + notes + "---\n".join(map(rulefiles.dumped, objects))).encode(), large)

"""Dashboards in the form of whoever brings them into Grafana: what each takes, and that the JSON stays the same."""

from __future__ import annotations

import json
import re
from typing import Any

import kubernetes_validate.utils as kubernetes
import pytest
import yaml

from pullwatch.pack import dashboardobjects, dashboards, ruleobjects
from pullwatch.pack.dashboardobjects import Placed
from pullwatch.pack.dashboards import DashboardError

FILES = dashboards.render()
UIDS = [json.loads(content)["uid"] for _, content in FILES]
PLACED = Placed(folder="Pulls, 100 %", namespace="monitoring", labels={"grafana_dashboard": "1", "team": ""}, instances={"app": "grafana"})

# The spec of a GrafanaDashboard in the oldest v1beta1 that we know, of which newer ones add fields: config/crd/bases of the operator.
SPEC = {
    "allowCrossNamespaceImport": bool, "configMapRef": dict, "contentCacheDuration": str, "datasources": list, "envFrom": list, "envs": list,
    "folder": str, "grafanaCom": dict, "gzipJson": str, "instanceSelector": dict, "json": str, "jsonnet": str, "jsonnetLib": dict,
    "plugins": list, "resyncPeriod": str, "url": str,
}  # fmt: skip


def documents(content: bytes) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(content))


@pytest.mark.parametrize("version", ["1.31", "1.36"])
def test_kubernetes_takes_the_config_maps(version: str) -> None:
    """Each is what the API wants, with no field that it does not know."""
    for found in documents(dashboardobjects.config_maps(FILES, PLACED).content):
        assert kubernetes.validate(found, version, strict=True).startswith(version)


def test_a_config_map_holds_one_dashboard_for_the_sidecar() -> None:
    """By the label it is found, by the annotation it gets its folder, and its file is named as no other board's is."""
    found = documents(dashboardobjects.config_maps(FILES, PLACED).content)

    assert [one["metadata"] for one in found] == [
        {
            "name": uid,
            "namespace": "monitoring",
            "labels": {"app.kubernetes.io/name": "pullwatch", "grafana_dashboard": "1", "team": ""},
            "annotations": {"grafana_folder": "Pulls, 100 %"},
        }
        for uid in UIDS
    ]
    assert [one["data"] for one in found] == [{f"{uid}.json": content.decode()} for uid, (_, content) in zip(UIDS, FILES, strict=True)]


def test_without_wishes_the_chart_finds_them() -> None:
    """The defaults are those of the charts and of the operator's examples; the namespace is left to kubectl."""
    found = documents(dashboardobjects.config_maps(FILES, Placed()).content)[0]
    object_ = documents(dashboardobjects.grafana_dashboards(FILES, Placed()).content)[0]

    assert found["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert found["metadata"]["annotations"] == {"grafana_folder": "pullwatch"}
    assert object_["spec"]["instanceSelector"] == {"matchLabels": {"dashboards": "grafana"}}
    assert "namespace" not in found["metadata"] | object_["metadata"]


def test_the_operator_takes_the_dashboards() -> None:
    """Only fields of its schema, of its types; the JSON is the file, byte by byte."""
    found = documents(dashboardobjects.grafana_dashboards(FILES, PLACED).content)

    for one, uid, (_, content) in zip(found, UIDS, FILES, strict=True):
        assert list(one) == ["apiVersion", "kind", "metadata", "spec"]
        assert (one["apiVersion"], one["kind"]) == ("grafana.integreatly.org/v1beta1", "GrafanaDashboard")
        assert one["metadata"] == {"name": uid, "namespace": "monitoring", "labels": {"app.kubernetes.io/name": "pullwatch"}}
        assert all(isinstance(value, SPEC[key]) for key, value in one["spec"].items())
        assert one["spec"]["instanceSelector"] == {"matchLabels": {"app": "grafana"}}
        assert one["spec"]["folder"] == "Pulls, 100 %"
        assert one["spec"]["json"] == content.decode()


def test_grafana_reads_the_folder() -> None:
    """The provider's file has the keys that Grafana knows, nobody edits what is read, and what is gone goes."""
    (found,) = documents(dashboardobjects.provider(Placed(folder="Pulls: 'all'", path="/srv/boards")).content)

    assert found == {
        "apiVersion": 1,
        "providers": [
            {
                "name": "pullwatch",
                "folder": "Pulls: 'all'",
                "type": "file",
                "disableDeletion": False,
                "allowUiUpdates": False,
                "options": {"path": "/srv/boards"},
            },
        ],
    }


def test_what_we_ship_can_be_applied() -> None:
    """No object of ours is larger than what kubectl apply can write into its annotation."""
    for rendered in (dashboardobjects.config_maps(FILES, PLACED), dashboardobjects.grafana_dashboards(FILES, PLACED)):
        assert list(rendered.notes) == []


def board(size: int, uid: str = "large") -> tuple[str, bytes]:
    return "large.json", json.dumps({"uid": uid, "description": "x" * size}).encode()


def test_a_large_one_says_how_to_apply_it() -> None:
    """Beyond that, in the notes and in the file, with the object's name."""
    rendered = dashboardobjects.config_maps([board(ruleobjects.MOST_BYTES), *FILES], PLACED)

    (note,) = rendered.notes
    assert note == "ConfigMap large has more than 200000 bytes, apply it with kubectl apply --server-side"
    assert f"# {note}\n" in rendered.content.decode()
    assert len(documents(rendered.content)) == 1 + len(FILES)


def test_one_that_no_config_map_holds_is_refused() -> None:
    """Kubernetes would refuse it without naming the dashboard."""
    with pytest.raises(DashboardError, match=r"large: has \d+ bytes, and a ConfigMap takes 1000000: make two dashboards of it"):
        dashboardobjects.config_maps([board(1_000_000)], PLACED)


@pytest.mark.parametrize("uid", ["My-Board", "my_board", "-board"])
@pytest.mark.parametrize("make", [dashboardobjects.config_maps, dashboardobjects.grafana_dashboards])
def test_a_uid_that_names_no_object_is_told(make: Any, uid: str) -> None:
    """Grafana takes it, Kubernetes does not."""
    with pytest.raises(DashboardError, match=re.escape(f"large.dashboard.py: the uid '{uid}' cannot name an object of Kubernetes")):
        make([board(1, uid)], PLACED)

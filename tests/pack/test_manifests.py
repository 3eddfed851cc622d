"""What `kubectl apply` gets: as the API wants it, as the program understands it, and no right more than is promised."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kubernetes_validate.utils as kubernetes
import pytest
import yaml

from pullwatch import settings
from pullwatch.app import serve
from pullwatch.pack import assets, installation, manifests, reasons, rules
from pullwatch.publish import server
from tests.app.given import exit_code

if TYPE_CHECKING:
    from aiohttp import web

ROOT = assets.root()

KUBERNETES = ("1.28", "1.37")
"""The oldest and the newest whose API the manifest is checked against."""

WRITTEN = manifests.files()
OBJECTS: dict[str, Any] = {document["kind"]: document for document in yaml.safe_load_all(WRITTEN["pullwatch.yaml"])}
POD: dict[str, Any] = OBJECTS["Deployment"]["spec"]["template"]["spec"]
CONTAINER: dict[str, Any] = POD["containers"][0]


@pytest.mark.parametrize("name", WRITTEN)
def test_the_committed_file_is_the_generated_one(name: str) -> None:
    """`make docs` was run after the last change."""
    assert (manifests.FOLDER / name).read_text() == WRITTEN[name]


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize("kind", OBJECTS)
def test_it_is_what_the_api_wants(kind: str, version: str) -> None:
    """Each object has the fields of its kind, all that are needed and no other."""
    assert kubernetes.validate(OBJECTS[kind], version, strict=True).startswith(version)


def test_every_kind_is_there_once() -> None:
    """One file holds all that an installation needs, each object after those it names."""
    documents = list(yaml.safe_load_all(WRITTEN["pullwatch.yaml"]))

    assert [document["kind"] for document in documents] == [
        "Namespace",
        "ServiceAccount",
        "ClusterRole",
        "ClusterRoleBinding",
        "Deployment",
        "Service",
        "NetworkPolicy",
    ]
    assert {document["metadata"].get("namespace", "pullwatch") for document in documents} == {"pullwatch"}


@pytest.mark.parametrize(("name", "line"), [(name, line) for name, why in reasons.REASONS.items() for line in why])
def test_a_reason_stands_above_its_line(name: str, line: str) -> None:
    """No reason outlives the value that it was given for."""
    lines = [text.strip() for text in WRITTEN[name].splitlines()]
    last = reasons.REASONS[name][line].splitlines()[-1]

    assert lines.count(line) == 1
    assert lines[lines.index(line) - 1] == f"# {last}"


def test_every_file_is_written_and_explained() -> None:
    """A file of deploy/ that nobody generates would go its own way."""
    committed = {path.name for path in manifests.FOLDER.glob("*.yaml")}

    assert committed == set(WRITTEN) == set(reasons.REASONS)


def test_an_image_cannot_be_more_than_an_image() -> None:
    """A name with line breaks and YAML in it stays the name of the image."""
    image = 'evil"\n        securityContext: {privileged: true} #'

    deployment = list(yaml.safe_load_all(manifests.files(image=image)["pullwatch.yaml"]))[4]

    assert deployment["spec"]["template"]["spec"]["containers"] == [CONTAINER | {"image": image}]


def test_rights_are_those_that_the_readme_names() -> None:
    """Who read the README knows all that is granted."""
    (block,) = re.findall(r"```yaml\n(.*?kind: ClusterRole\n.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)

    assert OBJECTS["ClusterRole"]["rules"] == yaml.safe_load(block)["rules"]
    assert OBJECTS["ClusterRole"]["rules"] == [
        {"apiGroups": [""], "resources": ["events", "pods", "nodes"], "verbs": ["get", "list", "watch"]}
    ]


def test_rights_are_given_to_the_pods_account_alone() -> None:
    """The role is bound to the account that the pod runs as, and only that pod gets its token."""
    binding = OBJECTS["ClusterRoleBinding"]

    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": POD["serviceAccountName"], "namespace": "pullwatch"}]
    assert binding["roleRef"]["name"] == OBJECTS["ClusterRole"]["metadata"]["name"]
    assert (OBJECTS["ServiceAccount"]["automountServiceAccountToken"], POD["automountServiceAccountToken"]) == (False, True)


def test_the_pod_is_restricted() -> None:
    """Everything that the Pod Security Standard `restricted` asks for, a root that is read-only, and nothing of the node."""
    levels = {key: value for key, value in OBJECTS["Namespace"]["metadata"]["labels"].items() if key.startswith("pod-security")}

    assert set(levels.values()) == {"restricted"}
    assert POD["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": installation.USER,
        "runAsGroup": installation.USER,
        "fsGroup": installation.USER,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert CONTAINER["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    assert not {"hostNetwork", "hostPID", "hostIPC", "initContainers"} & POD.keys()
    assert [volume.keys() - {"name"} for volume in POD["volumes"]] == [{"emptyDir"}]


def test_its_arguments_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program understands each flag, and what it then does is what the pod is made for."""
    given: list[settings.Serve] = []
    monkeypatch.setattr(serve, "run", given.append)

    assert exit_code(*CONTAINER["args"]) == 0

    (options,) = given
    (mount,) = CONTAINER["volumeMounts"]
    assert settings.address(options.listen) == ("0.0.0.0", settings.DEFAULT_PORT)  # noqa: S104 - in a pod, so that Prometheus gets in
    assert options.checkpoint == Path(mount["mountPath"]) / "checkpoint"
    assert mount["name"] == POD["volumes"][0]["name"]
    assert options.log.log_format == "json"


def test_one_port_leads_through_all() -> None:
    """Container, probes, Service, network policy and ServiceMonitor mean the port that the program listens on."""
    (port,) = CONTAINER["ports"]
    (endpoint,) = yaml.safe_load(WRITTEN["servicemonitor.yaml"])["spec"]["endpoints"]

    assert port == {"name": "metrics", "containerPort": settings.DEFAULT_PORT}
    assert OBJECTS["Service"]["spec"]["ports"] == [{"name": "metrics", "port": settings.DEFAULT_PORT, "targetPort": "metrics"}]
    assert {CONTAINER[probe]["httpGet"]["port"] for probe in ("livenessProbe", "readinessProbe")} == {"metrics"}
    assert OBJECTS["NetworkPolicy"]["spec"]["ingress"][0]["ports"] == [{"port": "metrics", "protocol": "TCP"}]
    assert endpoint["port"] == "metrics"


def test_selectors_find_the_pod() -> None:
    """Deployment, Service and policy select the pod's labels, and the ServiceMonitor those of the Service."""
    labels = OBJECTS["Deployment"]["spec"]["template"]["metadata"]["labels"].items()
    monitor = yaml.safe_load(WRITTEN["servicemonitor.yaml"])["spec"]["selector"]["matchLabels"].items()

    assert OBJECTS["Deployment"]["spec"]["selector"]["matchLabels"].items() <= labels
    assert OBJECTS["Service"]["spec"]["selector"].items() <= labels
    assert OBJECTS["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"].items() <= labels
    assert monitor <= OBJECTS["Service"]["metadata"]["labels"].items()


class _Nothing:
    """A view of which only the paths matter."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)


def test_probes_ask_for_what_is_served() -> None:
    """Each probe's path is a route of the server."""
    view: Any = _Nothing()
    app: web.Application = server.make_app(view)
    served = {resource.canonical for resource in app.router.resources()}

    assert CONTAINER["livenessProbe"]["httpGet"]["path"] == "/-/healthy"
    assert CONTAINER["readinessProbe"]["httpGet"]["path"] == "/-/ready"
    assert {"/-/healthy", "/-/ready", "/metrics"} <= served


def test_alerts_find_the_service() -> None:
    """The job that a ServiceMonitor makes of the Service's name, and its address, are those of the alerts' configuration."""
    config = rules.evaluate("(import 'config.libsonnet')._config", folder=ROOT / "alerts")
    service = OBJECTS["Service"]["metadata"]

    assert config["exporterSelector"] == f'job="{service["name"]}"'
    assert config["exporterURL"] == f"http://{service['name']}.{service['namespace']}.svc:{settings.DEFAULT_PORT}"


def test_the_readme_names_the_image() -> None:
    """Its command changes one line, that of the image, and the placeholder that it speaks of is the manifest's."""
    readme = (ROOT / "README.md").read_text()
    (pattern, replacement) = re.findall(r"^sed 's\|(.+)\|(.+)\|' deploy/pullwatch.yaml \| kubectl apply -f -$", readme, re.MULTILINE)[0]

    changed, count = re.subn(pattern, replacement, WRITTEN["pullwatch.yaml"])

    assert count == 1
    assert list(yaml.safe_load_all(changed)) == list(
        yaml.safe_load_all(manifests.files(image=replacement.removeprefix("image: "))["pullwatch.yaml"])
    )
    assert f"`{reasons.IMAGE}`" in readme


def test_the_readmes_scrape_job_finds_the_service() -> None:
    """Whoever has no operator gets the same job, address and honored labels."""
    (block,) = re.findall(r"```yaml\n(scrape_configs:\n.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    service = OBJECTS["Service"]["metadata"]

    assert yaml.safe_load(block)["scrape_configs"] == [
        {
            "job_name": service["name"],
            "honor_labels": True,
            "static_configs": [{"targets": [f"{service['name']}.{service['namespace']}.svc:{settings.DEFAULT_PORT}"]}],
        }
    ]


MONITOR: dict[str, Any] = {
    "apiVersion": str,
    "kind": str,
    "metadata": {"name": str, "namespace": str, "labels": {"app.kubernetes.io/name": str}},
    "spec": {
        "selector": {"matchLabels": {"app.kubernetes.io/name": str}},
        "endpoints": [{"port": str, "interval": str, "honorLabels": bool}],
    },
}
"""The fields of a ServiceMonitor that are used, and their types in the operator's definition."""


def test_the_servicemonitor_honors_labels() -> None:
    """It has fields that the operator knows, and keeps the labels of pulled pods."""
    monitor = yaml.safe_load(WRITTEN["servicemonitor.yaml"])

    assert list(_differences(monitor, MONITOR)) == []
    assert (monitor["apiVersion"], monitor["kind"]) == ("monitoring.coreos.com/v1", "ServiceMonitor")
    assert monitor["spec"]["endpoints"][0]["honorLabels"] is True


def _differences(value: Any, form: Any, where: str = "") -> Iterator[str]:
    """Yield where a value is not of this form: other fields, or a value of another type."""
    if isinstance(form, dict) and isinstance(value, dict):
        yield from (f"{where}.{key}" for key in value.keys() ^ form.keys())
        for key in value.keys() & form.keys():
            yield from _differences(value[key], form[key], f"{where}.{key}")
    elif isinstance(form, list) and isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _differences(inner, form[0], f"{where}[{index}]")
    elif not (isinstance(form, type) and isinstance(value, form)):
        yield where


@pytest.mark.parametrize("version", KUBERNETES)
def test_the_right_to_read_kubelets_is_a_file_of_its_own(version: str) -> None:
    """Who does not ask for it does not grant it; it opens kubelets' metrics and nothing else, to the same account."""
    role, binding = yaml.safe_load_all(WRITTEN["kubelet-metrics.yaml"])

    for document in (role, binding):
        assert kubernetes.validate(document, version, strict=True).startswith(version)
    assert role["rules"] == [{"apiGroups": [""], "resources": ["nodes/metrics"], "verbs": ["get"]}]
    assert binding["roleRef"]["name"] == role["metadata"]["name"] != OBJECTS["ClusterRole"]["metadata"]["name"]
    assert binding["subjects"] == OBJECTS["ClusterRoleBinding"]["subjects"]
    assert "nodes/metrics" not in WRITTEN["pullwatch.yaml"]

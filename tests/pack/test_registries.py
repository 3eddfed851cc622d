"""The manifest of registry mode: a pod without a token, behind a policy, that asks only hosts that somebody listed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import kubernetes_validate.utils as kubernetes
import pytest
import yaml

from pullwatch import settings
from pullwatch.pack import assets, installation, manifests, registries
from tests.app.given import exit_code

KUBERNETES = ("1.28", "1.37")

DOCUMENTS: list[dict[str, Any]] = list(yaml.safe_load_all(manifests.files()["registry.yaml"]))
OBJECTS = {document["kind"]: document for document in DOCUMENTS}
POD: dict[str, Any] = OBJECTS["Deployment"]["spec"]["template"]["spec"]
CONTAINER: dict[str, Any] = POD["containers"][0]


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize("kind", OBJECTS)
def test_it_is_what_the_api_wants(kind: str, version: str) -> None:
    """Each object has the fields of its kind, all that are needed and no other."""
    assert kubernetes.validate(OBJECTS[kind], version, strict=True).startswith(version)


def test_it_has_no_right_and_no_token() -> None:
    """Whoever takes this process over gets no way to the API server."""
    assert [document["kind"] for document in DOCUMENTS] == ["ServiceAccount", "Deployment", "Service", "NetworkPolicy"]
    assert (OBJECTS["ServiceAccount"]["automountServiceAccountToken"], POD["automountServiceAccountToken"]) == (False, False)
    assert POD["serviceAccountName"] == OBJECTS["ServiceAccount"]["metadata"]["name"] != installation.NAME
    assert {document["metadata"]["namespace"] for document in DOCUMENTS} == {installation.NAME}


def test_the_pod_is_restricted() -> None:
    """Everything that the Pod Security Standard `restricted` asks for, as its namespace demands; its one volume is a secret."""
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
    assert [volume.keys() - {"name"} for volume in POD["volumes"]] == [{"secret"}]


def test_no_service_takes_the_place_of_a_registry() -> None:
    """A name with a dot is looked up as it is before the cluster's domains are appended."""
    assert POD["dnsConfig"] == {"options": [{"name": "ndots", "value": "1"}]}


def test_passwords_are_optional_and_only_read() -> None:
    """One docker config, which need not be there, in a file that only the pod's group reads."""
    secret = POD["volumes"][0]["secret"]
    (mount,) = CONTAINER["volumeMounts"]

    assert (secret["optional"], secret["defaultMode"], mount["readOnly"]) == (True, 0o440, True)
    assert secret["items"] == [{"key": ".dockerconfigjson", "path": "config.json"}]
    assert any(argument.endswith(f"={mount['mountPath']}/config.json") for argument in CONTAINER["args"])


def test_its_arguments_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program understands each flag, asks the one host that somebody is to replace, and reads the passwords that are mounted."""
    given: list[settings.Registry] = []
    monkeypatch.setattr("pullwatch.app.registry.run", given.append)

    assert exit_code(*CONTAINER["args"]) == 0

    (options,) = given
    (mount,) = CONTAINER["volumeMounts"]
    assert settings.address(options.listen) == ("0.0.0.0", settings.DEFAULT_REGISTRY_PORT)  # noqa: S104 - in a pod
    assert registries.PORT == settings.DEFAULT_REGISTRY_PORT
    assert options.access.host == (registries.HOST,)
    assert options.access.docker_config == Path(mount["mountPath"]) / "config.json"


def test_only_the_exporter_gets_in() -> None:
    """The Service leads to the pod, and the policy lets the exporter's pods in on this one port."""
    labels = OBJECTS["Deployment"]["spec"]["template"]["metadata"]["labels"].items()
    policy = OBJECTS["NetworkPolicy"]["spec"]
    (port,) = CONTAINER["ports"]

    assert policy["ingress"] == [
        {"from": [{"podSelector": {"matchLabels": installation.labels()}}], "ports": [{"port": port["name"], "protocol": "TCP"}]}
    ]
    assert policy["podSelector"]["matchLabels"].items() <= labels
    assert OBJECTS["Service"]["spec"]["selector"].items() <= labels
    assert OBJECTS["Service"]["spec"]["ports"] == [{"name": port["name"], "port": registries.PORT, "targetPort": port["name"]}]
    assert not installation.labels().items() <= labels


def test_the_pages_patch_makes_the_exporter_ask_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The argument that docs/agent.md adds names the Service and its port."""
    page = (assets.root() / "docs" / "agent.md").read_text()
    (argument,) = re.findall(r'"value":"(--layers-from=[^"]+)"', page)
    given: list[settings.Serve] = []
    monkeypatch.setattr("pullwatch.app.serve.run", given.append)

    assert exit_code("serve", argument) == 0
    assert (
        given[0].layers.layers_from == f"http://{OBJECTS['Service']['metadata']['name']}:{OBJECTS['Service']['spec']['ports'][0]['port']}"
    )

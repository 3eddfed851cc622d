"""The agents' manifest: as the API wants it, as the program understands it, with the socket's group and no right at all."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import kubernetes_validate.utils as kubernetes
import pytest
import yaml

from pullwatch import settings
from pullwatch.pack import agents, assets, installation, manifests
from pullwatch.sources.containerd import calls
from tests.app.given import exit_code

KUBERNETES = ("1.28", "1.37")

WRITTEN = manifests.files()
DOCUMENTS: list[dict[str, Any]] = list(yaml.safe_load_all(WRITTEN["agent.yaml"]))
OBJECTS = {document["kind"]: document for document in DOCUMENTS}
POD: dict[str, Any] = OBJECTS["DaemonSet"]["spec"]["template"]["spec"]
CONTAINER: dict[str, Any] = POD["containers"][0]
MONITOR: dict[str, Any] = yaml.safe_load(WRITTEN["podmonitor.yaml"])
PAGE = (assets.root() / "docs" / "agent.md").read_text()


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize("kind", OBJECTS)
def test_it_is_what_the_api_wants(kind: str, version: str) -> None:
    """Each object has the fields of its kind, all that are needed and no other."""
    assert kubernetes.validate(OBJECTS[kind], version, strict=True).startswith(version)


def test_the_agents_account_has_no_right() -> None:
    """The one role is the exporter's, and lets it ask whose a token is; no pod gets a token of the API server."""
    assert [document["kind"] for document in DOCUMENTS] == [
        "Namespace",
        "ServiceAccount",
        "ClusterRole",
        "ClusterRoleBinding",
        "DaemonSet",
        "NetworkPolicy",
    ]
    assert OBJECTS["ClusterRole"]["rules"] == [{"apiGroups": ["authentication.k8s.io"], "resources": ["tokenreviews"], "verbs": ["create"]}]
    assert OBJECTS["ClusterRoleBinding"]["roleRef"]["name"] == OBJECTS["ClusterRole"]["metadata"]["name"]
    assert OBJECTS["ClusterRoleBinding"]["subjects"] == [
        {"kind": "ServiceAccount", "name": installation.NAME, "namespace": installation.NAME}
    ]
    assert (OBJECTS["ServiceAccount"]["automountServiceAccountToken"], POD["automountServiceAccountToken"]) == (False, False)
    assert POD["serviceAccountName"] == OBJECTS["ServiceAccount"]["metadata"]["name"]


def test_its_token_tells_the_exporter_alone_who_speaks() -> None:
    """It is for one audience, lives an hour and can be read by the pod's user."""
    (token,) = [volume["projected"] for volume in POD["volumes"] if "projected" in volume]

    assert token == {
        "defaultMode": 0o444,
        "sources": [{"serviceAccountToken": {"path": "token", "audience": "pullwatch", "expirationSeconds": 3600}}],
    }


def test_the_pod_has_a_group_and_no_power() -> None:
    """Not root, no capability, a root that is read-only; of the node the socket's folder and nothing else."""
    assert POD["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": installation.USER,
        "runAsGroup": installation.USER,
        "supplementalGroups": [agents.SOCKET_GROUP],
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert CONTAINER["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    assert not {"hostNetwork", "hostPID", "hostIPC", "initContainers"} & POD.keys()
    assert [volume["hostPath"] for volume in POD["volumes"] if "hostPath" in volume] == [{"path": "/run/containerd", "type": "Directory"}]
    assert all(mount["readOnly"] for mount in CONTAINER["volumeMounts"])


def test_its_namespace_allows_what_others_forbid() -> None:
    """A volume of the node's needs the level `privileged`, so the exporter's namespace can stay restricted."""
    levels = {key: value for key, value in OBJECTS["Namespace"]["metadata"]["labels"].items() if key.startswith("pod-security")}

    assert set(levels.values()) == {"privileged"}
    assert OBJECTS["Namespace"]["metadata"]["name"] != installation.NAME
    assert {document["metadata"].get("namespace", agents.NAME) for document in DOCUMENTS} == {agents.NAME}


def test_it_runs_on_every_node_and_a_tenth_is_replaced_at_a_time() -> None:
    """Tainted nodes pull, too; an update of the fleet leaves nine nodes in ten watched."""
    assert POD["tolerations"] == [{"operator": "Exists"}]
    assert OBJECTS["DaemonSet"]["spec"]["updateStrategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "10%"}}


def test_it_knows_its_node() -> None:
    """The node's name comes from the API server, as a variable that the program reads."""
    assert CONTAINER["env"] == [{"name": "PULLWATCH_NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}]


def test_its_arguments_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program understands each flag and the variable, and what it then reads is what is mounted."""
    given: list[settings.Agent] = []
    monkeypatch.setattr("pullwatch.app.agent.run", given.append)
    monkeypatch.setenv(CONTAINER["env"][0]["name"], "node-a")

    assert exit_code(*CONTAINER["args"]) == 0

    (options,) = given
    mounted = {mount["name"]: Path(mount["mountPath"]) for mount in CONTAINER["volumeMounts"]}
    assert options.containerd.parent == mounted["runtime"] == settings.Agent().containerd.parent
    assert options.containerd == settings.Agent().containerd
    assert options.server_token == mounted["token"] / "token"
    assert options.node == "node-a"
    assert settings.address(options.listen) == ("0.0.0.0", settings.DEFAULT_AGENT_PORT)  # noqa: S104 - in a pod, so that Prometheus gets in
    assert agents.PORT == settings.DEFAULT_AGENT_PORT
    assert options.log.log_format == "json"


def test_the_exporter_knows_its_account() -> None:
    """Whose reports `serve --agents` takes unless it is told otherwise, and for whom their tokens are."""
    account = OBJECTS["ServiceAccount"]["metadata"]

    assert settings.Agents().agents_account == f"{account['namespace']}:{account['name']}"
    assert settings.Agents().agents_audience == agents.AUDIENCE


def test_it_reaches_the_exporter_and_its_metrics_are_reached() -> None:
    """Service, port and labels are those of the installation; the policy lets nothing else in, and nothing else out."""
    service = next(document for document in yaml.safe_load_all(WRITTEN["pullwatch.yaml"]) if document["kind"] == "Service")
    policy = OBJECTS["NetworkPolicy"]["spec"]
    (exporter,) = policy["egress"][0]["to"]
    (port,) = CONTAINER["ports"]

    assert (
        f"--server=http://{service['metadata']['name']}.{service['metadata']['namespace']}.svc:{service['spec']['ports'][0]['port']}"
        in (CONTAINER["args"])
    )
    assert exporter == {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": service["metadata"]["namespace"]}},
        "podSelector": {"matchLabels": service["spec"]["selector"]},
    }
    assert policy["ingress"][0]["ports"] == [{"port": port["name"], "protocol": "TCP"}]
    assert [rule["ports"] for rule in policy["egress"]] == [
        [{"port": service["spec"]["ports"][0]["port"], "protocol": "TCP"}],
        [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}],
    ]
    assert MONITOR["spec"]["podMetricsEndpoints"] == [{"port": port["name"], "interval": "30s", "honorLabels": True}]


def test_selectors_find_the_pod() -> None:
    """DaemonSet, policy and PodMonitor select the pod's labels, and the exporter's selectors do not."""
    labels = OBJECTS["DaemonSet"]["spec"]["template"]["metadata"]["labels"].items()

    assert OBJECTS["DaemonSet"]["spec"]["selector"]["matchLabels"].items() <= labels
    assert OBJECTS["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"].items() <= labels
    assert MONITOR["spec"]["selector"]["matchLabels"].items() <= labels
    assert MONITOR["metadata"]["namespace"] == agents.NAME
    assert not installation.labels().items() <= labels


def test_the_pages_patch_makes_the_exporter_listen_to_agents(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command of docs/agent.md adds one argument to the container of the installation, and its undo finds it there."""
    (patch,) = re.findall(
        r"patch deployment pullwatch --type=json\s+-p '(\[.*?\])'", PAGE.split("## Undo")[0].replace("\\\n", ""), re.DOTALL
    )
    (change,) = json.loads(patch)
    deployment = next(document for document in yaml.safe_load_all(WRITTEN["pullwatch.yaml"]) if document["kind"] == "Deployment")

    *path, last = Path(change["path"]).parts[1:]
    found: Any = deployment
    for step in path:
        found = found[int(step)] if step.isdecimal() else found[step]

    given: list[settings.Serve] = []
    monkeypatch.setattr("pullwatch.app.serve.run", given.append)

    assert (change["op"], last) == ("add", "-")
    assert found[0] == "serve"
    assert exit_code(*found, change["value"]) == 0
    assert [options.agents.agents for options in given] == [True]


def test_the_page_counts_the_calls() -> None:
    """What it says of the agent's limits is what the code can do: nine calls, of which none changes anything."""
    methods = {call.method.rpartition("/")[2] for call in calls.CALLS}

    assert len(calls.CALLS) == 9
    assert "it makes nine calls, all of which read" in " ".join(PAGE.split())
    assert methods == {"Version", "Subscribe", "ListStatuses", "Info", "Read", "List", "ListResources", "Stat"}


def test_the_pages_settings_exist() -> None:
    """Each long option that it names is one of a verb."""
    commands = [*re.findall(r"^(?:sudo )?pullwatch .*", PAGE, re.MULTILINE), *re.findall(r"`([^`\n]*--[^`\n]*)`", PAGE)]
    flags = {flag for command in commands for flag in re.findall(r"--([a-z][a-z-]+)", command)}
    known = (assets.root() / "docs" / "settings.md").read_text()

    assert len(flags) > 5
    assert {flag for flag in flags if f"`--{flag}`" not in known} == set()

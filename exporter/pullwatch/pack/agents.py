"""The objects that put an agent on each node, as dicts, and the right that the exporter then needs to know who speaks.

They are apart from the installation, since access to a runtime's socket is access to the node (docs/agent.md): the exporter
runs without them, and they without it are of no use.
"""

from __future__ import annotations

from pullwatch.pack import installation
from pullwatch.pack.installation import Document

NAME = "pullwatch-agent"
"""Of every object, and of the namespace."""

PORT = 9437
"""As `settings.DEFAULT_AGENT_PORT`; a test compares them, since pack stands below settings."""

AUDIENCE = "pullwatch"
"""Whom the token is for; the API server refuses it, and the exporter every other one."""

TOKEN_FOLDER = "/var/run/secrets/pullwatch"  # noqa: S105 - where it is, not what it says

SOCKET_FOLDER = "/run/containerd"

SOCKET_GROUP = 0
"""The group that containerd gives its socket unless it is told otherwise."""

TOKEN_REVIEWS = "pullwatch-tokenreviews"  # noqa: S105 - the name of a role


def objects(*, image: str, version: str) -> list[Document]:
    """Return what an agent on each node needs, in the order in which it can be created."""
    review = {"apiGroups": ["authentication.k8s.io"], "resources": ["tokenreviews"], "verbs": ["create"]}
    return [
        installation.namespace(NAME, level="privileged"),
        installation.account(NAME, namespace=NAME),
        installation.cluster_role(TOKEN_REVIEWS, review),
        installation.cluster_role_binding(TOKEN_REVIEWS),
        _daemon_set(image, version),
        _network_policy(),
    ]


def pod_monitor() -> Document:
    """Return what the Prometheus operator reads; a cluster without it does not know the kind."""
    endpoint = {"port": installation.PORT_NAME, "interval": "30s", "honorLabels": True}
    spec = {"selector": {"matchLabels": installation.labels(NAME)}, "podMetricsEndpoints": [endpoint]}
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": installation.metadata(NAME, namespace=NAME),
        "spec": spec,
    }


def _daemon_set(image: str, version: str) -> Document:
    labels = installation.labels(NAME)
    spec = {
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "10%"}},
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels | {"app.kubernetes.io/version": version}}, "spec": _pod(image)},
    }
    return {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": installation.metadata(NAME, namespace=NAME), "spec": spec}


def _pod(image: str) -> Document:
    token = {"serviceAccountToken": {"path": "token", "audience": AUDIENCE, "expirationSeconds": 3600}}
    return {
        "serviceAccountName": NAME,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 10,
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "tolerations": [{"operator": "Exists"}],
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": installation.USER,
            "runAsGroup": installation.USER,
            "supplementalGroups": [SOCKET_GROUP],
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [_container(image)],
        "volumes": [
            {"name": "runtime", "hostPath": {"path": SOCKET_FOLDER, "type": "Directory"}},
            {"name": "token", "projected": {"defaultMode": 0o444, "sources": [token]}},
        ],
    }


def _container(image: str) -> Document:
    return {
        "name": NAME,
        "image": image,
        "args": _arguments(),
        "env": [{"name": "PULLWATCH_NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}],
        "ports": [{"name": installation.PORT_NAME, "containerPort": PORT}],
        "livenessProbe": installation.probe("/-/healthy", failures=6),
        "readinessProbe": installation.probe("/-/ready", failures=3),
        "resources": {"requests": {"cpu": "10m", "memory": "60Mi"}, "limits": {"memory": "120Mi"}},
        "securityContext": installation.container_security(),
        "volumeMounts": [
            {"name": "runtime", "mountPath": SOCKET_FOLDER, "readOnly": True},
            {"name": "token", "mountPath": TOKEN_FOLDER, "readOnly": True},
        ],
    }


def _arguments() -> list[str]:
    return [
        "agent",
        f"--containerd={SOCKET_FOLDER}/containerd.sock",
        f"--listen=0.0.0.0:{PORT}",
        f"--server=http://{installation.NAME}.{installation.NAME}.svc:{installation.PORT}",
        f"--server-token={TOKEN_FOLDER}/token",
        "--log-format=json",
    ]


def _network_policy() -> Document:
    exporter = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": installation.NAME}},
        "podSelector": {"matchLabels": installation.labels()},
    }
    names = [{"port": 53, "protocol": protocol} for protocol in ("UDP", "TCP")]
    spec = {
        "podSelector": {"matchLabels": installation.labels(NAME)},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"from": [{"namespaceSelector": {}}], "ports": [{"port": installation.PORT_NAME, "protocol": "TCP"}]}],
        "egress": [{"to": [exporter], "ports": [{"port": installation.PORT, "protocol": "TCP"}]}, {"ports": names}],
    }
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": installation.metadata(NAME, namespace=NAME),
        "spec": spec,
    }

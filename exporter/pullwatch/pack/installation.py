"""The objects that put pullwatch into a cluster, as dicts: who it is, what it may, how it runs, how it is reached.

How they become files, and the reasons beside their values, is `manifests`' matter.
"""

from __future__ import annotations

from typing import Any

NAME = "pullwatch"
"""Of every object, and of the namespace."""

PORT = 9436
"""As `settings.DEFAULT_PORT`; a test compares them, since pack stands below settings."""

PORT_NAME = "metrics"

USER = 65532
"""Nobody in particular; the number that deploy/Containerfile runs as, too."""

CHECKPOINT_FOLDER = "/var/lib/pullwatch"

Document = dict[str, Any]


def objects(*, image: str, version: str) -> list[Document]:
    """Return what every cluster knows, in the order in which it can be created."""
    return [_namespace(), _account(), _role(), _binding(), _deployment(image, version), _service(), _network_policy()]


def kubelet_metrics() -> list[Document]:
    """Return the right to read kubelets' own metrics, for those who ask for that."""
    name = f"{NAME}-kubelet-metrics"
    metadata = {"name": name, "labels": _labels()}
    rule = {"apiGroups": [""], "resources": ["nodes/metrics"], "verbs": ["get"]}
    role: Document = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": metadata, "rules": [rule]}
    return [role, _binding(name)]


def service_monitor() -> Document:
    """Return what the Prometheus operator reads; a cluster without it does not know the kind."""
    endpoint = {"port": PORT_NAME, "interval": "30s", "honorLabels": True}
    spec = {"selector": {"matchLabels": _labels()}, "endpoints": [endpoint]}
    return {"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor", "metadata": _metadata(), "spec": spec}


def _labels() -> dict[str, str]:
    return {"app.kubernetes.io/name": NAME}


def _metadata(*, namespace: bool = True) -> Document:
    return {"name": NAME, **({"namespace": NAME} if namespace else {}), "labels": _labels()}


def _namespace() -> Document:
    metadata = _metadata(namespace=False)
    metadata["labels"] |= {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def _account() -> Document:
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": _metadata(), "automountServiceAccountToken": False}


def _role() -> Document:
    rule = {"apiGroups": [""], "resources": ["events", "pods", "nodes"], "verbs": ["get", "list", "watch"]}
    metadata = _metadata(namespace=False)
    return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": metadata, "rules": [rule]}


def _binding(role: str = NAME) -> Document:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": role, "labels": _labels()},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [{"kind": "ServiceAccount", "name": NAME, "namespace": NAME}],
    }


def _deployment(image: str, version: str) -> Document:
    spec = {
        "replicas": 1,
        "strategy": {"type": "Recreate"},
        "selector": {"matchLabels": _labels()},
        "template": {"metadata": {"labels": _labels() | {"app.kubernetes.io/version": version}}, "spec": _pod(image)},
    }
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": _metadata(), "spec": spec}


def _pod(image: str) -> Document:
    return {
        "serviceAccountName": NAME,
        "automountServiceAccountToken": True,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 10,
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [_container(image)],
        "volumes": [{"name": "checkpoint", "emptyDir": {"sizeLimit": "256Mi"}}],
    }


def _container(image: str) -> Document:
    return {
        "name": NAME,
        "image": image,
        "args": _arguments(),
        "ports": [{"name": PORT_NAME, "containerPort": PORT}],
        "livenessProbe": _probe("/-/healthy", failures=6),
        "readinessProbe": _probe("/-/ready", failures=3),
        "resources": {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
        "volumeMounts": [{"name": "checkpoint", "mountPath": CHECKPOINT_FOLDER}],
    }


def _arguments() -> list[str]:
    return ["serve", f"--listen=0.0.0.0:{PORT}", f"--checkpoint={CHECKPOINT_FOLDER}/checkpoint", "--log-format=json"]


def _probe(path: str, *, failures: int) -> Document:
    return {"httpGet": {"path": path, "port": PORT_NAME}, "periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": failures}


def _service() -> Document:
    spec = {"selector": _labels(), "ports": [{"name": PORT_NAME, "port": PORT, "targetPort": PORT_NAME}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": _metadata(), "spec": spec}


def _network_policy() -> Document:
    ingress = {"from": [{"namespaceSelector": {}}], "ports": [{"port": PORT_NAME, "protocol": "TCP"}]}
    spec = {"podSelector": {"matchLabels": _labels()}, "policyTypes": ["Ingress"], "ingress": [ingress]}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": _metadata(), "spec": spec}

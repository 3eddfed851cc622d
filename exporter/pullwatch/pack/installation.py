"""The objects that put the exporter into a cluster, as dicts: who it is, what it may, how it runs, how it is reached.

What stands beside it on nodes or towards registries is `agents`' and `registries`' matter. How objects become files, and the reasons beside their values, is `manifests`' matter.
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
    return [
        namespace(NAME, level="restricted"),
        account(),
        cluster_role(NAME, {"apiGroups": [""], "resources": ["events", "pods", "nodes"], "verbs": ["get", "list", "watch"]}),
        cluster_role_binding(NAME),
        _deployment(image, version),
        service(),
        _network_policy(),
    ]


def kubelet_metrics() -> list[Document]:
    """Return the right to read kubelets' own metrics, for those who ask for that."""
    name = f"{NAME}-kubelet-metrics"
    rule = {"apiGroups": [""], "resources": ["nodes/metrics"], "verbs": ["get"]}
    return [cluster_role(name, rule), cluster_role_binding(name)]


def service_monitor() -> Document:
    """Return what the Prometheus operator reads; a cluster without it does not know the kind."""
    endpoint = {"port": PORT_NAME, "interval": "30s", "honorLabels": True}
    spec = {"selector": {"matchLabels": labels()}, "endpoints": [endpoint]}
    return {"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor", "metadata": metadata(), "spec": spec}


def labels(name: str = NAME) -> dict[str, str]:
    """Return what an object is found by."""
    return {"app.kubernetes.io/name": name}


def metadata(name: str = NAME, *, namespace: str | None = NAME) -> Document:
    """Return name, namespace and labels; no namespace for what the whole cluster has."""
    return {"name": name, **({"namespace": namespace} if namespace else {}), "labels": labels(name)}


def namespace(name: str, *, level: str) -> Document:
    """Return a namespace of this level of the Pod Security Standards."""
    named = metadata(name, namespace=None)
    named["labels"] |= {f"pod-security.kubernetes.io/{mode}": level for mode in ("enforce", "audit", "warn")}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": named}


def account(name: str = NAME, *, namespace: str = NAME) -> Document:
    """Return an account whose token no pod gets unasked."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": metadata(name, namespace=namespace),
        "automountServiceAccountToken": False,
    }


def cluster_role(name: str, rule: Document) -> Document:
    """Return a role with one rule."""
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": metadata(name, namespace=None),
        "rules": [rule],
    }


def cluster_role_binding(name: str) -> Document:
    """Return what gives the exporter's account the role of this name."""
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": metadata(name, namespace=None),
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": NAME, "namespace": NAME}],
    }


def container_security() -> Document:
    """Return what no container of ours needs."""
    return {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}


def probe(path: str, *, failures: int) -> Document:
    """Return a probe that asks the container's port of metrics."""
    return {"httpGet": {"path": path, "port": PORT_NAME}, "periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": failures}


def service(name: str = NAME, *, port: int = PORT) -> Document:
    """Return the Service of the pods of this name."""
    spec = {"selector": labels(name), "ports": [{"name": PORT_NAME, "port": port, "targetPort": PORT_NAME}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata(name), "spec": spec}


def _deployment(image: str, version: str) -> Document:
    spec = {
        "replicas": 1,
        "strategy": {"type": "Recreate"},
        "selector": {"matchLabels": labels()},
        "template": {"metadata": {"labels": labels() | {"app.kubernetes.io/version": version}}, "spec": _pod(image)},
    }
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata(), "spec": spec}


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
        "livenessProbe": probe("/-/healthy", failures=6),
        "readinessProbe": probe("/-/ready", failures=3),
        "resources": {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
        "securityContext": container_security(),
        "volumeMounts": [{"name": "checkpoint", "mountPath": CHECKPOINT_FOLDER}],
    }


def _arguments() -> list[str]:
    return ["serve", f"--listen=0.0.0.0:{PORT}", f"--checkpoint={CHECKPOINT_FOLDER}/checkpoint", "--log-format=json"]


def _network_policy() -> Document:
    ingress = {"from": [{"namespaceSelector": {}}], "ports": [{"port": PORT_NAME, "protocol": "TCP"}]}
    spec = {"podSelector": {"matchLabels": labels()}, "policyTypes": ["Ingress"], "ingress": [ingress]}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata(), "spec": spec}

"""The objects of the process that asks registries for manifests, as dicts.

It runs apart from the exporter, since it talks to hosts that images name: it has no token of the API server, and the
exporter no password of a registry.
"""

from __future__ import annotations

from pullwatch.pack import installation
from pullwatch.pack.installation import Document

NAME = "pullwatch-registry"

PORT = 9438
"""As `settings.DEFAULT_REGISTRY_PORT`; a test compares them, since pack stands below settings."""

CREDENTIALS_FOLDER = "/var/run/secrets/registry"

HOST = "registry.example.com"
"""Stands for the hosts that may be asked, until somebody names his own."""


def objects(*, image: str, version: str) -> list[Document]:
    """Return what it needs, in the order in which it can be created; the namespace is the exporter's."""
    return [
        installation.account(NAME),
        _deployment(image, version),
        installation.service(NAME, port=PORT),
        _network_policy(),
    ]


def _deployment(image: str, version: str) -> Document:
    labels = installation.labels(NAME)
    spec = {
        "replicas": 1,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels | {"app.kubernetes.io/version": version}}, "spec": _pod(image)},
    }
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": installation.metadata(NAME), "spec": spec}


def _pod(image: str) -> Document:
    credentials = {
        "secretName": NAME,
        "optional": True,
        "defaultMode": 0o440,
        "items": [{"key": ".dockerconfigjson", "path": "config.json"}],
    }
    return {
        "serviceAccountName": NAME,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 10,
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": installation.USER,
            "runAsGroup": installation.USER,
            "fsGroup": installation.USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "dnsConfig": {"options": [{"name": "ndots", "value": "1"}]},
        "containers": [_container(image)],
        "volumes": [{"name": "credentials", "secret": credentials}],
    }


def _container(image: str) -> Document:
    return {
        "name": NAME,
        "image": image,
        "args": [
            "registry",
            f"--listen=0.0.0.0:{PORT}",
            f"--host={HOST}",
            f"--docker-config={CREDENTIALS_FOLDER}/config.json",
            "--log-format=json",
        ],
        "ports": [{"name": installation.PORT_NAME, "containerPort": PORT}],
        "livenessProbe": installation.probe("/-/healthy", failures=6),
        "readinessProbe": installation.probe("/-/ready", failures=3),
        "resources": {"requests": {"cpu": "10m", "memory": "96Mi"}, "limits": {"memory": "192Mi"}},
        "securityContext": installation.container_security(),
        "volumeMounts": [{"name": "credentials", "mountPath": CREDENTIALS_FOLDER, "readOnly": True}],
    }


def _network_policy() -> Document:
    spec = {
        "podSelector": {"matchLabels": installation.labels(NAME)},
        "policyTypes": ["Ingress"],
        "ingress": [
            {
                "from": [{"podSelector": {"matchLabels": installation.labels()}}],
                "ports": [{"port": installation.PORT_NAME, "protocol": "TCP"}],
            }
        ],
    }
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": installation.metadata(NAME), "spec": spec}

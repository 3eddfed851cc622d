"""API objects as an API server writes them, to be changed by tests."""

from __future__ import annotations

import json
from typing import Any

Object = dict[str, Any]

STAMP = "2026-11-23T16:48:48Z"
SECONDS = 1795452528.0


def event(reason: str | None = "Pulling", message: str = 'Pulling image "registry.example.com/team/api:1.0"', **fields: Any) -> Object:
    """Return a kubelet's Event about container api of pod api-0."""
    return {
        "kind": "Event",
        "apiVersion": "v1",
        "metadata": {"name": "api-0.1", "namespace": "shop", "uid": "e-1", "resourceVersion": "440", "creationTimestamp": STAMP},
        "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "api-0", "uid": "p-1", "fieldPath": "spec.containers{api}"},
        "reason": reason,
        "message": message,
        "source": {"component": "kubelet", "host": "node-a"},
        "firstTimestamp": STAMP,
        "lastTimestamp": STAMP,
        "count": 1,
        "type": "Normal",
        "eventTime": None,
        "reportingComponent": "kubelet",
        "reportingInstance": "node-a",
        **fields,
    }


def pod(name: str = "api-0", **status: Any) -> Object:
    """Return a pod of a Deployment with one container."""
    return {
        "kind": "Pod",
        "apiVersion": "v1",
        "metadata": {
            "name": name,
            "namespace": "shop",
            "uid": f"uid-{name}",
            "resourceVersion": "441",
            "generation": 1,
            "creationTimestamp": STAMP,
            "labels": {"app": "api", "pod-template-hash": "5d9c7b"},
            "ownerReferences": [{"kind": "ReplicaSet", "name": "api-5d9c7b", "controller": True}],
        },
        "spec": {"nodeName": "node-a", "containers": [{"name": "api", "image": "team/api:1.0", "imagePullPolicy": "Always"}]},
        "status": {"phase": "Pending", "startTime": STAMP, **status},
    }


def node(name: str = "node-a", **labels: str) -> Object:
    """Return a node with one image."""
    return {
        "kind": "Node",
        "apiVersion": "v1",
        "metadata": {"name": name, "uid": f"uid-{name}", "resourceVersion": "442", "labels": labels},
        "spec": {},
        "status": {
            "nodeInfo": {"containerRuntimeVersion": "containerd://2.1.9", "kubeletVersion": "v1.36.3", "architecture": "amd64"},
            "images": [{"names": ["registry.example.com/team/api:1.0"], "sizeBytes": 5572924}],
        },
    }


def frame(object_: Object, change: str = "ADDED") -> bytes:
    """Return a line of a watch."""
    return json.dumps({"type": change, "object": object_}).encode() + b"\n"


def bookmark(version: str) -> bytes:
    """Return a bookmark of pods."""
    return frame(
        {"kind": "Pod", "metadata": {"resourceVersion": version, "creationTimestamp": None}, "spec": {"containers": None}}, "BOOKMARK"
    )


def gone() -> bytes:
    """Return the ERROR frame of a compacted version."""
    status = {"kind": "Status", "metadata": {}, "status": "Failure", "message": "too old", "reason": "Expired", "code": 410}
    return frame(status, "ERROR")


def listed(*objects: Object, version: str = "500", continue_: str = "") -> bytes:
    """Return a page of a list; its items do not tell their kind, as those of an API server."""
    items = [{name: value for name, value in one.items() if name not in ("kind", "apiVersion")} for one in objects]
    return json.dumps({"kind": "EventList", "metadata": {"resourceVersion": version, "continue": continue_}, "items": items}).encode()

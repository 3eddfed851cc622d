"""What configuration on the pages must look like: which key belongs into which table, of which type, in which version.

Keys that pages never name are not listed here: a new one is looked up in its program's source and written down.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import kubernetes_validate.utils as kubernetes
import yaml

KUBERNETES = "1.37"
"""Newest API that objects are checked against."""

_REGISTRY = {"config_path": str}
_LOCAL = {
    "max_concurrent_downloads": int, "discard_unpacked_layers": bool, "snapshotter": str, "disable_snapshot_annotations": bool,
    "image_pull_progress_timeout": str, "image_pull_with_sync_fs": bool, "use_local_image_pull": bool, "concurrent_layer_fetch_buffer": int,
    "registry": _REGISTRY,
}  # fmt: skip
_TOP = {"version": int, "root": str, "state": str, "proxy_plugins": dict, "metrics": {"address": str, "grpc_histogram": bool}}
CONTAINERD: Mapping[int, Mapping[str, Any]] = {
    2: _TOP | {"plugins": {
        "io.containerd.grpc.v1.cri": {
            "max_concurrent_downloads": int, "image_pull_progress_timeout": str, "image_pull_with_sync_fs": bool, "registry": _REGISTRY,
            "containerd": {"snapshotter": str, "disable_snapshot_annotations": bool, "discard_unpacked_layers": bool},
        },
    }},
    3: _TOP | {"plugins": {
        "io.containerd.cri.v1.images": _LOCAL,
        "io.containerd.transfer.v1.local": {
            "max_concurrent_downloads": int, "max_concurrent_unpacks": int, "concurrent_layer_fetch_buffer": int, "config_path": str,
            "unpack_config": list,
        },
    }},
}  # fmt: skip
"""Tables and keys by the version that the file's first line tells: 2 for containerd 1.x, 3 for 2.x."""

HOSTS = {
    "server": str,
    "host": dict,
    "capabilities": list,
    "ca": str,
    "client": list,
    "skip_verify": bool,
    "override_path": bool,
    "dial_timeout": str,
    "header": dict,
}

KUBELET = {
    "apiVersion": str, "kind": str, "serializeImagePulls": bool, "maxParallelImagePulls": int, "registryPullQPS": int, "registryBurst": int,
    "imageGCHighThresholdPercent": int, "imageGCLowThresholdPercent": int, "imageMinimumGCAge": str, "imageMaximumGCAge": str,
    "imagePullCredentialsVerificationPolicy": str, "nodeStatusMaxImages": int, "featureGates": dict, "runtimeRequestTimeout": str,
}  # fmt: skip
"""Fields of KubeletConfiguration that are about images."""

IMAGE_PULL_JOB = {
    "image": str, "parallelism": int, "imagePullPolicy": str, "pullSecrets": list, "sandboxConfig": dict, "podSelector": dict,
    "selector": {"names": list, "matchLabels": dict, "matchExpressions": list},
    "pullPolicy": {"timeoutSeconds": int, "backoffLimit": int},
    "completionPolicy": {"type": str, "activeDeadlineSeconds": int, "ttlSecondsAfterFinished": int},
}  # fmt: skip
"""Fields of the spec of OpenKruise's ImagePullJob, which the API's own schemas do not know."""

FILES = ("KubeSchedulerConfiguration", "CredentialProviderConfig")
"""Files that bear kind and version and are read by a component, not by the API server."""


def wrong(language: str, text: str) -> list[str]:
    """Return what is wrong with a snippet."""
    try:
        match language:
            case "yaml":
                return [said for document in yaml.safe_load_all(text) for said in _yaml(document)]
            case "toml":
                return _toml(tomllib.loads(text))
            case "json":
                json.loads(text)
    except (yaml.YAMLError, tomllib.TOMLDecodeError, json.JSONDecodeError) as error:
        return [f"does not parse: {error}"]
    return []


def _yaml(document: Any) -> list[str]:
    if not isinstance(document, dict):
        return ["no mapping"]
    kind = document.get("kind")
    if kind == "KubeletConfiguration" or {"serializeImagePulls", "registryPullQPS", "imageGCHighThresholdPercent"} & set(document):
        return list(_against(document, KUBELET, "KubeletConfiguration"))
    if kind is None or kind in FILES:
        return []
    if kind == "ImagePullJob":
        version = [] if document.get("apiVersion") == "apps.kruise.io/v1beta1" else ["ImagePullJob is apps.kruise.io/v1beta1"]
        return version + list(_against(document.get("spec", {}), IMAGE_PULL_JOB, "spec"))
    try:
        kubernetes.validate(document, KUBERNETES, strict=True)
    except (kubernetes.ValidationError, kubernetes.SchemaNotFoundError, kubernetes.InvalidSchemaError) as error:
        return [str(error).splitlines()[0]]
    return []


def _toml(document: dict[str, Any]) -> list[str]:
    if "server" in document or "host" in document:
        hosts = [value for host in document.get("host", {}).values() for value in _against(host, HOSTS, "host")]
        return list(_against({key: value for key, value in document.items() if key != "host"}, HOSTS, "hosts.toml")) + hosts
    if "version" in document:
        shape = CONTAINERD.get(document["version"])
        return list(_against(document, shape, "")) if shape else [f"no such version: {document['version']}"]
    if "plugins" in document:
        return ["a file of containerd begins with its version, which decides on the names of the tables"]
    # Files of other programs, such as a snapshotter's or CRI-O's.
    return []


def _against(given: Mapping[str, Any], shape: Mapping[str, Any], where: str) -> Iterator[str]:
    for key, value in given.items():
        expected = shape.get(key)
        path = f"{where}.{key}".lstrip(".")
        if expected is None:
            yield f"no such key: {path}"
        elif isinstance(expected, Mapping):
            yield from _against(value, expected, path)
        elif not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
            yield f"not a {expected.__name__}: {path}"

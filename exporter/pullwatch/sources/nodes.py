"""Nodes: where they run, what they run on, and the images they report."""

from __future__ import annotations

import ipaddress

import msgspec

from pullwatch.pulls import observed
from pullwatch.sources import wire

MAX_IMAGES = 50
"""`nodeStatusMaxImages` of a kubelet by default; a list of that length may be cut."""

READ_IMAGES, READ_NAMES = 1_000, 5
"""Images that are read of a node, and names of each. A kubelet writes five names at most (`MaxNamesPerImageInNodeStatus`); whoever
owns a node may write 50,000, which would take half a second to read and the room of all others."""

INSTANCE_TYPE_LABELS = ("node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type")
ZONE_LABELS = ("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone")
OS_LABELS = ("kubernetes.io/os", "beta.kubernetes.io/os")
ARCH_LABELS = ("kubernetes.io/arch", "beta.kubernetes.io/arch")
POOL_LABELS = (
    "karpenter.sh/nodepool",
    "eks.amazonaws.com/nodegroup",
    "cloud.google.com/gke-nodepool",
    "kubernetes.azure.com/agentpool",
    "agentpool",
    "node.kubernetes.io/pool",
    "worker.gardener.cloud/pool",
    "doks.digitalocean.com/node-pool",
    "kops.k8s.io/instancegroup",
)
"""What the clouds and installers call the group of a node; the first that a node has counts."""


class NodeInfo(msgspec.Struct, gc=False, frozen=True, rename="camel"):
    """`status.nodeInfo`."""

    container_runtime_version: str | None = None
    kubelet_version: str | None = None
    operating_system: str | None = None
    architecture: str | None = None


class ContainerImage(msgspec.Struct, gc=False, frozen=True, rename="camel"):
    """One entry of `status.images`."""

    names: list[str | None] | None = None
    size_bytes: int | None = None


class NodeAddress(msgspec.Struct, gc=False, frozen=True):
    """One entry of `status.addresses`."""

    type: str | None = None
    address: str | None = None


class DaemonEndpoint(msgspec.Struct, gc=False, frozen=True, rename="pascal"):
    """`status.daemonEndpoints.kubeletEndpoint`, whose field begins with a capital."""

    port: int | None = None


class DaemonEndpoints(msgspec.Struct, gc=False, frozen=True, rename="camel"):
    """`status.daemonEndpoints`."""

    kubelet_endpoint: DaemonEndpoint | None = None


class NodeStatus(msgspec.Struct, gc=False, frozen=True, rename="camel"):
    """`status`."""

    node_info: NodeInfo | None = None
    addresses: list[NodeAddress | None] | None = None
    daemon_endpoints: DaemonEndpoints | None = None
    images: list[ContainerImage | None] | None = None


class NodeObject(msgspec.Struct, gc=False, frozen=True):
    """A Node on the wire."""

    metadata: wire.Metadata | None = None
    status: NodeStatus | None = None


_NO_INFO = NodeInfo()
_NO_STATUS = NodeStatus()
_NO_ENDPOINTS = DaemonEndpoints()
_NO_ENDPOINT = DaemonEndpoint()


def convert(node: NodeObject) -> observed.Node:
    """Return the node; raises `wire.Unusable` where it has no name."""
    metadata = node.metadata or wire.NO_METADATA
    status = node.status or _NO_STATUS
    info = status.node_info or _NO_INFO
    labels = metadata.labels or {}
    return observed.Node(
        name=wire.required(metadata.name, field="metadata.name"),
        runtime_version=wire.text(info.container_runtime_version),
        kubelet_version=wire.text(info.kubelet_version),
        os=wire.text(info.operating_system) or _first(labels, OS_LABELS),
        arch=wire.text(info.architecture) or _first(labels, ARCH_LABELS),
        instance_type=_first(labels, INSTANCE_TYPE_LABELS),
        pool=_first(labels, POOL_LABELS),
        zone=_first(labels, ZONE_LABELS),
        images=tuple(_image(image) for image in (status.images or ())[:READ_IMAGES] if image),
        images_complete=0 < len(status.images or ()) < MAX_IMAGES,
        kubelet=_kubelet(status),
    )


def _first(labels: dict[str, str | None], names: tuple[str, ...]) -> str:
    return next((wire.text(labels[name]) for name in names if labels.get(name)), "")


def _kubelet(status: NodeStatus) -> str:
    """Return where the kubelet listens: its first internal address, if that is an IP address, and its port."""
    endpoint = (status.daemon_endpoints or _NO_ENDPOINTS).kubelet_endpoint or _NO_ENDPOINT
    address = next((one.address for one in status.addresses or () if one and one.type == "InternalIP" and one.address), "")
    if not endpoint.port or not 0 < endpoint.port < 65536:
        return ""
    try:
        host = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return f"[{host}]:{endpoint.port}" if host.version == 6 else f"{host}:{endpoint.port}"


def _image(image: ContainerImage) -> observed.NodeImage:
    names = tuple(wire.text(name) for name in (image.names or ())[:READ_NAMES] if name)
    size_bytes = image.size_bytes
    return observed.NodeImage(names, size_bytes if size_bytes is not None and size_bytes >= 0 else None)

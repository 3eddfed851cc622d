"""Why a pull is slow: the names that metrics, texts of alerts and runbooks share.

Each has a page of its own, `runbooks/causes/<cause>.md`. How a cause is told from another one does not live here.
"""

from __future__ import annotations

from enum import StrEnum


class Cause(StrEnum):
    """A cause of slowness; `unknown` where nothing that was seen explains it."""

    SIZE = "size"
    """The image is large, and its bytes come as fast as others."""

    SINGLE_LAYER = "single_layer"
    """One layer holds most of the bytes, so that nothing is fetched or unpacked beside it."""

    REGISTRY_PATH = "registry_path"
    """One registry, or the way to it, is slow for all images on all nodes."""

    REGISTRY_THROTTLED = "registry_throttled"
    """The registry answers 429, or is slow only while many nodes pull."""

    SERIAL_QUEUE = "serial_queue"
    """The kubelet pulls one image after the other, and this one waited."""

    RUNTIME_SLOTS = "runtime_slots"
    """The container runtime's download slots are taken by other pulls of the node."""

    KUBELET_QPS = "kubelet_qps"
    """The kubelet's own limit of pulls a second refused it, and the next try came later."""

    NODE_DISK = "node_disk"
    """The node writes slowly: all registries are slow there, and more pulls at a time make each slower."""

    DECODE = "decode"
    """One core unpacks at its limit while network and disk have room."""

    COLD_NODE = "cold_node"
    """The node is new and has none of the layers."""

    HERD = "herd"
    """Many nodes pull the same image at the same time."""

    CACHE_MISS = "cache_miss"
    """A mirror or cache is configured and does not have it, or is not asked."""

    P2P = "p2p"
    """Peers share images between nodes, and this one came from the registry or from a slow peer."""

    GC_CHURN = "gc_churn"
    """The node had the image, deleted it to make room, and pulls it again."""

    LAZY_RUNTIME = "lazy_runtime"
    """The pull ends at once and the container waits for its first reads."""

    UNKNOWN = "unknown"

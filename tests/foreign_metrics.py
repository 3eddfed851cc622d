"""Metrics of others that our rules and runbooks name, with the labels that we use of them. The exporter exposes none of these."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FOREIGN: Mapping[str, frozenset[str]] = {
    # Kubernetes pkg/kubelet/metrics; seen in 1.34 and 1.36, since 1.30. It counts what succeeded, with its wait.
    "kubelet_image_pull_duration_seconds_bucket": frozenset({"image_size_in_bytes", "le", "metrics_path"}),
    "kubelet_image_pull_duration_seconds_count": frozenset({"image_size_in_bytes", "metrics_path"}),
    "kubelet_image_pull_duration_seconds_sum": frozenset({"image_size_in_bytes", "metrics_path"}),
    # The same; seen from 1.20 on, edges 0.005 * 2.5^k.
    "kubelet_runtime_operations_duration_seconds_bucket": frozenset({"operation_type", "le", "metrics_path"}),
    "kubelet_runtime_operations_duration_seconds_count": frozenset({"operation_type", "metrics_path"}),
    "kubelet_runtime_operations_duration_seconds_sum": frozenset({"operation_type", "metrics_path"}),
    # The same; since 1.19.
    "kubelet_node_name": frozenset({"node", "metrics_path"}),
    # Spegel 0.7: its docs/METRICS.md, and pkg/registry of its source. `source` is not there in all versions.
    "spegel_mirror_requests_total": frozenset({"registry", "cache"}),
    "spegel_mirror_last_success_timestamp_seconds": frozenset(),
    # Dragonfly's client, port 4002: the spelling of `type` was not verified in a running one.
    "dragonfly_client_download_traffic": frozenset({"type"}),
    # distribution 3, `proxy` of its registry; docker/go-metrics appends _total. Not verified in a running one.
    "registry_proxy_hits_total": frozenset({"type"}),
    "registry_proxy_requests_total": frozenset({"type"}),
    # containerd, internal/cri/server/metrics.go: a gauge in spite of its name; seen in 1.7 and 2.1.
    "containerd_cri_in_progress_image_pulls_total": frozenset(),
    "containerd_cri_sandboxed_in_progress_image_pulls_total": frozenset(),
    # CRI-O, server/metrics: read in its source, 1.23 to 1.36, and not verified in a running one.
    "container_runtime_crio_image_pulls_bytes_total": frozenset({"mediatype", "size"}),
    # kube-state-metrics, docs/metrics/workload/pod-metrics.md.
    "kube_pod_container_status_waiting_reason": frozenset({"namespace", "pod", "container", "uid", "reason"}),
    "kube_pod_init_container_status_waiting_reason": frozenset({"namespace", "pod", "container", "uid", "reason"}),
}

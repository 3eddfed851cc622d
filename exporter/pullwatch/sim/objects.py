"""Objects of the made cluster as JSON: nodes, pods with their status, and a kubelet's events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pullwatch.sim import stamps
from pullwatch.sim.catalogue import Image
from pullwatch.sim.resources import Object


@dataclass(frozen=True, slots=True)
class NodePlan:
    """A node; of it only its images change, unless it is upgraded."""

    name: str
    pool: str
    instance_type: str
    zone: str
    uid: str
    created_at: float
    runtime_version: str = "containerd://2.1.9"
    kubelet_version: str = "v1.36.3"
    address: str = ""
    """Where its kubelet listens, at the usual port; empty where the node does not tell."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The controller of a pod."""

    kind: str
    name: str
    uid: str


@dataclass(frozen=True, slots=True)
class PodPlan:
    """What is fixed about a pod from its creation on; it has one container."""

    namespace: str
    name: str
    uid: str
    owner: Owner
    labels: Mapping[str, str]
    container: str
    image: Image
    policy: str
    node: str
    created_at: float
    restart: str


@dataclass(frozen=True, slots=True)
class PodState:
    """What changes; times are seconds since the epoch."""

    waiting: tuple[str, str] | None = ("ContainerCreating", "")
    """Reason and message while the container waits."""
    accepted_at: float | None = None
    """When its kubelet took it; before, there is no status of the container."""
    started_at: float | None = None
    ended_at: float | None = None
    deleted_at: float | None = None


def node(plan: NodePlan, images: Sequence[Image]) -> Object:
    """Builds a Node; a kubelet reports its largest images first, at most 50."""
    reported = sorted(images, key=lambda image: -image.size_bytes)[:50]
    return {
        "metadata": {
            "name": plan.name,
            "uid": plan.uid,
            "creationTimestamp": stamps.write(plan.created_at),
            "labels": {
                "kubernetes.io/arch": "amd64",
                "kubernetes.io/os": "linux",
                "kubernetes.io/hostname": plan.name,
                "node.kubernetes.io/instance-type": plan.instance_type,
                "topology.kubernetes.io/zone": plan.zone,
                "topology.kubernetes.io/region": "example-1",
                "karpenter.sh/nodepool": plan.pool,
            },
        },
        "spec": {},
        "status": {
            "conditions": [
                {"type": "Ready", "status": "True", "reason": "KubeletReady", "lastTransitionTime": stamps.write(plan.created_at)}
            ],
            "nodeInfo": {
                "architecture": "amd64",
                "operatingSystem": "linux",
                "osImage": "Example Linux 12",
                "kernelVersion": "6.12.57",
                "containerRuntimeVersion": plan.runtime_version,
                "kubeletVersion": plan.kubelet_version,
            },
            **_kubelet_address(plan),
            "images": [
                {"names": [f"{image.repository}@{image.digest}", image.canonical], "sizeBytes": image.size_bytes} for image in reported
            ],
        },
    }


def _kubelet_address(plan: NodePlan) -> Object:
    if not plan.address:
        return {}
    return {
        "addresses": [{"type": "InternalIP", "address": plan.address}, {"type": "Hostname", "address": plan.name}],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
    }


def pod(plan: PodPlan, state: PodState) -> Object:
    """Builds a Pod in one of its states."""
    return {"metadata": _pod_metadata(plan, state), "spec": _pod_spec(plan), "status": _pod_status(plan, state)}


def event(
    pod_: PodPlan, *, name: str, uid: str, type_: str, reason: str, message: str, count: int, first_at: float, last_at: float
) -> Object:
    """Builds an Event of a pod's container, written by the kubelet of its node."""
    involved = {"kind": "Pod", "namespace": pod_.namespace, "name": pod_.name, "uid": pod_.uid, "apiVersion": "v1"}
    return {
        "metadata": {"name": name, "namespace": pod_.namespace, "uid": uid, "creationTimestamp": stamps.write(first_at)},
        "involvedObject": involved | {"fieldPath": f"spec.containers{{{pod_.container}}}"},
        "reason": reason,
        "message": message,
        "source": {"component": "kubelet", "host": pod_.node},
        "firstTimestamp": stamps.write(first_at),
        "lastTimestamp": stamps.write(last_at),
        "count": count,
        "type": type_,
        "eventTime": None,
        "reportingComponent": "kubelet",
        "reportingInstance": pod_.node,
    }


def _pod_metadata(plan: PodPlan, state: PodState) -> Object:
    api = "batch/v1" if plan.owner.kind == "Job" else "apps/v1"
    owner = {"apiVersion": api, "kind": plan.owner.kind, "name": plan.owner.name, "uid": plan.owner.uid}
    metadata: Object = {
        "name": plan.name,
        "namespace": plan.namespace,
        "uid": plan.uid,
        "generation": 1 if state.deleted_at is None else 2,
        "creationTimestamp": stamps.write(plan.created_at),
        "labels": dict(plan.labels),
        "ownerReferences": [owner | {"controller": True, "blockOwnerDeletion": True}],
    }
    if state.deleted_at is not None:
        metadata |= {"deletionTimestamp": stamps.write(state.deleted_at), "deletionGracePeriodSeconds": 30}
    return metadata


def _pod_spec(plan: PodPlan) -> Object:
    container = {"name": plan.container, "image": plan.image.reference, "imagePullPolicy": plan.policy, "resources": {}}
    return {
        "containers": [container],
        "nodeName": plan.node,
        "restartPolicy": plan.restart,
        "schedulerName": "default-scheduler",
        "serviceAccountName": "default",
    }


def _pod_status(plan: PodPlan, state: PodState) -> Object:
    phase = "Pending" if state.started_at is None else "Running" if state.ended_at is None else "Succeeded"
    if state.accepted_at is None:
        return {"phase": phase, "qosClass": "BestEffort"}
    ready = state.started_at is not None and state.ended_at is None
    times = {"PodScheduled": (True, plan.created_at), "Initialized": (True, state.accepted_at)}
    changed_at = state.ended_at or state.started_at or state.accepted_at
    times |= dict.fromkeys(("ContainersReady", "Ready"), (ready, changed_at))
    return {
        "phase": phase,
        "conditions": [
            {"type": name, "status": "True" if holds else "False", "lastTransitionTime": stamps.write(at)}
            for name, (holds, at) in times.items()
        ],
        "startTime": stamps.write(state.accepted_at),
        "containerStatuses": [_container_status(plan, state, ready=ready)],
        "qosClass": "BestEffort",
    }


def _container_status(plan: PodPlan, state: PodState, *, ready: bool) -> Object:
    started = state.started_at is not None
    return {
        "name": plan.container,
        "state": _container_state(state),
        "lastState": {},
        "ready": ready,
        "started": ready,
        "restartCount": 0,
        "image": plan.image.canonical if started else plan.image.reference,
        "imageID": f"{plan.image.repository}@{plan.image.digest}" if started else "",
    }


def _container_state(state: PodState) -> Object:
    if state.started_at is None:
        reason, message = state.waiting or ("ContainerCreating", "")
        return {"waiting": {"reason": reason, "message": message} if message else {"reason": reason}}
    if state.ended_at is None:
        return {"running": {"startedAt": stamps.write(state.started_at)}}
    times = {"startedAt": stamps.write(state.started_at), "finishedAt": stamps.write(state.ended_at)}
    return {"terminated": {"exitCode": 0, "reason": "Completed", **times}}

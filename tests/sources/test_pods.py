"""Pods from the wire."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from pullwatch.pulls import observed
from pullwatch.pulls.observed import ContainerKind
from pullwatch.sources import pods, wire
from tests import recorded
from tests.sources import given


def convert(object_: given.Object) -> observed.Pod:
    return pods.convert(msgspec.json.decode(json.dumps(object_).encode(), type=pods.PodObject))


def stamp(second: int) -> str:
    return f"2026-11-23T16:48:{second:02}Z"


def at(second: int) -> float:
    return given.SECONDS - 48 + second


def test_it_reads_a_pod() -> None:
    """Each field that the rules read is there, and a Deployment is named by its ReplicaSet."""
    assert convert(given.pod()) == observed.Pod(
        namespace="shop",
        name="api-0",
        uid="uid-api-0",
        node="node-a",
        workload="Deployment/api",
        created_at=given.SECONDS,
        started_at=given.SECONDS,
        phase="Pending",
        generation=1,
        containers=(observed.Container("api", ContainerKind.CONTAINER, "team/api:1.0", "Always"),),
    )


def test_it_knows_a_static_pod_by_the_kubelets_uid() -> None:
    """A kubelet's Events about a static pod carry the hash of its file."""
    static = given.pod()
    static["metadata"]["annotations"] = {"kubernetes.io/config.mirror": "3f0c", "other": "x"}

    assert convert(static).uid == "3f0c"


@pytest.mark.parametrize(
    ("owners", "labels", "workload"),
    [
        ([{"kind": "StatefulSet", "name": "db", "controller": True}], None, "StatefulSet/db"),
        ([{"kind": "ReplicaSet", "name": "bare", "controller": True}], {"pod-template-hash": "5d9c7b"}, "ReplicaSet/bare"),
        ([{"kind": "ReplicaSet", "name": "api-5d9c7b", "controller": True}], None, "ReplicaSet/api-5d9c7b"),
        ([{"kind": "Job", "name": "j", "controller": False}, {"kind": "DaemonSet", "name": "d", "controller": True}], {}, "DaemonSet/d"),
        ([{"kind": "Job", "name": None, "controller": True}, None], {}, None),
        (None, None, None),
    ],
)
def test_it_names_the_workload_of_the_controlling_owner(owners: Any, labels: Any, workload: str | None) -> None:
    """Only the controller counts, and only a ReplicaSet of a Deployment is renamed."""
    pod = given.pod()
    pod["metadata"] |= {"ownerReferences": owners, "labels": labels}

    assert convert(pod).workload == workload


def test_it_joins_spec_and_status_of_all_three_lists() -> None:
    """Init, ordinary and ephemeral containers carry their own status."""
    pod = given.pod(
        containerStatuses=[
            {"name": "api", "image": "docker.io/team/api:1.0", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "m"}}}
        ],
        initContainerStatuses=[
            {"name": "init", "image": "team/init:1", "state": {"terminated": {"startedAt": stamp(3), "finishedAt": stamp(4)}}},
        ],
        ephemeralContainerStatuses=[{"name": "debug", "state": {"running": {"startedAt": stamp(9)}}}],
    )
    pod["spec"]["initContainers"] = [{"name": "init", "image": "team/init:1"}]
    pod["spec"]["ephemeralContainers"] = [{"name": "debug", "image": "toolbox"}]
    read = convert(pod)

    assert read.containers == (
        observed.Container("api", ContainerKind.CONTAINER, "team/api:1.0", "Always", None, None, "ImagePullBackOff", "m"),
        observed.Container("init", ContainerKind.INIT, "team/init:1", "", at(3), at(4), restarted_at=at(3)),
        observed.Container("debug", ContainerKind.EPHEMERAL, "toolbox", "", at(9), restarted_at=at(9)),
    )
    assert read.other_images == ("docker.io/team/api:1.0",)


def test_it_takes_the_first_start_that_the_status_still_shows() -> None:
    """A restarted container started when its last run did."""
    restarted = {
        "name": "api",
        "state": {"running": {"startedAt": stamp(30)}},
        "lastState": {"terminated": {"startedAt": stamp(10), "finishedAt": stamp(20)}},
    }
    (container,) = convert(given.pod(containerStatuses=[restarted])).containers

    assert (container.started_at, container.finished_at) == (at(10), at(20))


def test_it_reads_the_images_of_volumes() -> None:
    """Image volumes are pulled like containers; other volumes are not looked at."""
    pod = given.pod()
    pod["spec"]["volumes"] = [{"name": "a", "image": {"reference": "data/model:v1"}}, {"name": "b", "emptyDir": {}}, None, {"image": {}}]

    assert convert(pod).volume_images == ("data/model:v1",)


def test_it_reads_a_pod_of_nulls() -> None:
    """Null stands for absent everywhere."""
    empty = {"metadata": {"name": "n", "uid": "u", "labels": None, "annotations": None}, "spec": {"containers": None}, "status": None}

    assert convert(empty) == observed.Pod("", "n", "u", "", None, None, None, "", 0, ())


@pytest.mark.parametrize("metadata", [None, {"name": "n"}, {"uid": "u"}])
def test_it_refuses_a_pod_without_name_or_uid(metadata: Any) -> None:
    """Such a pod could be mistaken for another."""
    with pytest.raises(wire.Unusable):
        convert({"metadata": metadata})


def test_it_reads_the_pods_of_a_real_cluster() -> None:
    """Ten containers on a real node: all started, in the order of their starts."""
    frames = [json.loads(line) for line in (recorded.RECORDINGS / "many-10.pods.jsonl").read_text().splitlines()]
    pod = max((convert(frame["object"]) for frame in frames), key=lambda one: sum(bool(c.started_at) for c in one.containers))

    assert len(pod.containers) == 10
    assert [c.started_at for c in pod.containers] == sorted(c.started_at or 0 for c in pod.containers)
    assert pod.node == "node-a"

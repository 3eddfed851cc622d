"""Nodes from the wire."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from pullwatch.pulls import observed
from pullwatch.sources import nodes, wire
from tests.sources import given


def convert(object_: given.Object) -> observed.Node:
    return nodes.convert(msgspec.json.decode(json.dumps(object_).encode(), type=nodes.NodeObject))


def test_it_reads_a_node() -> None:
    """Labels become the labels of `node_info`, images their names and sizes."""
    labels = {
        "node.kubernetes.io/instance-type": "m7i.large",
        "topology.kubernetes.io/zone": "eu-1a",
        "kubernetes.azure.com/agentpool": "second",
        "karpenter.sh/nodepool": "first",
    }
    assert convert(given.node(**labels)) == observed.Node(
        name="node-a",
        runtime_version="containerd://2.1.9",
        kubelet_version="v1.36.3",
        arch="amd64",
        instance_type="m7i.large",
        pool="first",
        zone="eu-1a",
        images=(observed.NodeImage(("registry.example.com/team/api:1.0",), 5572924),),
        images_complete=True,
    )


@pytest.mark.parametrize(("count", "complete"), [(0, False), (1, True), (49, True), (50, False)])
def test_it_tells_whether_the_images_are_all(count: int, complete: bool) -> None:  # noqa: FBT001  # the case's own words
    """A kubelet cuts the list at 50, and none at all means that it has not reported yet."""
    node = given.node()
    node["status"]["images"] = [{"names": [f"image:{number}"], "sizeBytes": 1} for number in range(count)]

    assert convert(node).images_complete is complete


def test_it_bears_nulls() -> None:
    """Images without names (an old bug of other clients) and without sizes are read."""
    node = given.node()
    node["status"] = {
        "nodeInfo": None,
        "images": [{"names": None, "sizeBytes": 5}, {"names": [None, "a:1"]}, None, {"names": [], "sizeBytes": -1}],
    }
    images = (observed.NodeImage((), 5), observed.NodeImage(("a:1",), None), observed.NodeImage((), None))

    assert convert(node).images == images


@pytest.mark.parametrize("metadata", [None, {}, {"name": ""}])
def test_it_refuses_a_node_without_a_name(metadata: Any) -> None:
    """Nothing could be joined with it."""
    with pytest.raises(wire.Unusable):
        convert({"metadata": metadata})


@pytest.mark.parametrize(
    ("addresses", "endpoints", "kubelet"),
    [
        (
            [{"type": "Hostname", "address": "n"}, {"type": "InternalIP", "address": "10.0.0.7"}],
            {"kubeletEndpoint": {"Port": 10250}},
            "10.0.0.7:10250",
        ),
        ([{"type": "InternalIP", "address": "fd00::0:7"}], {"kubeletEndpoint": {"Port": 10250}}, "[fd00::7]:10250"),
        (
            [{"type": "InternalIP", "address": "10.0.0.7"}, {"type": "InternalIP", "address": "fd00::7"}],
            {"kubeletEndpoint": {"Port": 1}},
            "10.0.0.7:1",
        ),
        ([{"type": "InternalIP", "address": "10.0.0.7"}], {"kubeletEndpoint": {"Port": 70000}}, ""),
        ([{"type": "InternalIP", "address": "10.0.0.7"}], {"kubeletEndpoint": {"Port": 0}}, ""),
        ([{"type": "InternalIP", "address": "10.0.0.7"}], {"kubeletEndpoint": None}, ""),
        ([{"type": "InternalIP", "address": "10.0.0.7"}], None, ""),
        ([{"type": "InternalIP", "address": "evil.example.com/x?"}], {"kubeletEndpoint": {"Port": 10250}}, ""),
        ([{"type": "ExternalIP", "address": "203.0.113.5"}], {"kubeletEndpoint": {"Port": 10250}}, ""),
        ([None, {"type": None, "address": None}], {"kubeletEndpoint": {"Port": 10250}}, ""),
        (None, {"kubeletEndpoint": {"Port": 10250}}, ""),
    ],
)
def test_it_reads_where_the_kubelet_listens(addresses: Any, endpoints: Any, kubelet: str) -> None:
    """The first internal IP address with the kubelet's port; anything else is no address."""
    node = given.node()
    node["status"] |= {"addresses": addresses, "daemonEndpoints": endpoints}

    assert convert(node).kubelet == kubelet


def test_a_node_has_as_many_images_as_a_kubelet_writes() -> None:
    """Whoever owns a node may write tens of thousands of names, which take nobody's time; that the list is not all of them is known."""
    node = given.node()
    node["status"]["images"] = [{"names": [f"image:{number}-{name}" for name in range(20)], "sizeBytes": 1} for number in range(2000)]

    converted = convert(node)

    assert (len(converted.images), {len(image.names) for image in converted.images}) == (1000, {5})
    assert not converted.images_complete

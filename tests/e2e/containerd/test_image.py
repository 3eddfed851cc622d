"""`pullwatch image` beside a real containerd and a real registry: one table, whoever is asked."""

from __future__ import annotations

import asyncio
import json
import subprocess
from typing import TYPE_CHECKING, Any

from tests.e2e.containerd import images
from tests.e2e.containerd.conftest import REGISTRY
from tests.e2e.started import PULLWATCH

if TYPE_CHECKING:
    from tests.e2e.containerd.cri import Kubelet
    from tests.e2e.containerd.daemon import Containerd
    from tests.e2e.containerd.registry import Registry


async def asked(*arguments: str) -> dict[str, Any]:
    """Return the one image of `pullwatch image -o json`."""
    command = [*PULLWATCH, "image", *arguments, "-o", "json"]
    ran = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False, timeout=60)
    assert ran.returncode == 0, ran.stderr.decode()
    (image,) = json.loads(ran.stdout)["images"]
    return dict(image)


async def test_a_node_and_the_registry_tell_the_same_layers(hub: Registry, containerd: Containerd, kubelet: Kubelet) -> None:
    """Sizes are the registry's own, to the byte, lines those of the build; and a node knows besides what its images share."""
    base, old, new = (images.plans(size, seed=seed)[0] for size, seed in ((0.4, "base"), (0.3, "old"), (1.5, "new")))
    before, after = images.image(base, old), images.image(base, new)
    other = images.image(*images.plans(0.1, seed="other"), architecture=images.OTHER_ARCHITECTURE)
    index = images.index(other, after)
    await hub.push(before, repository="team/told", tag="1")
    await hub.push(index, repository="team/told", tag="2")
    for tag in ("1", "2"):
        await kubelet.pull(f"{REGISTRY}/team/told:{tag}")

    of_node = await asked(f"{REGISTRY}/team/told:2", "--containerd", str(containerd.socket))
    allowed = (
        "--private-host",
        hub.address,
        "--plain-http-host",
        hub.address,
        "--loopback",
        "--platform",
        f"linux/{images.NODE_ARCHITECTURE}",
    )
    of_registry = await asked(f"{hub.address}/team/told:2", "--registry", *allowed)

    assert [layer["size_bytes"] for layer in of_node["layers"]] == [
        await hub.size_bytes(layer.digest, repository="team/told") for layer in after.layers
    ]
    assert [layer["instruction"] for layer in of_node["layers"]] == ["RUN make part-0", "RUN make part-0"]
    unlike = {"image", "registry", "layers_from", "shared_bytes", "others", "releases", "layers"}
    assert {key: value for key, value in of_node.items() if key not in unlike} == {
        key: value for key, value in of_registry.items() if key not in unlike
    }
    assert [layer | {"images": None} for layer in of_node["layers"]] == of_registry["layers"]
    assert of_node["index_digest"] == index.document.digest
    assert [layer["images"] for layer in of_node["layers"]] == [2, 1]
    assert of_node["releases"] == [
        {
            "image": f"{REGISTRY}/team/told:1",
            "fetched_bytes": before.layers[1].size_bytes,
            "kept_bytes": before.layers[0].size_bytes,
        }
    ]

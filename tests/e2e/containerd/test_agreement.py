"""Two ways to an image's layers, the node that has it and the registry that it came from, and one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullwatch.app import registry as registries
from pullwatch.pulls.manifest import Platform
from pullwatch.settings import RegistryAccess
from tests.e2e.containerd import images
from tests.e2e.containerd.conftest import REGISTRY
from tests.e2e.containerd.images import Compression, Form, LayerPlan
from tests.e2e.containerd.polled import seen

if TYPE_CHECKING:
    from tests.e2e.containerd.cri import Kubelet
    from tests.e2e.containerd.images import Image, Index
    from tests.e2e.containerd.registry import Registry
    from tests.e2e.containerd.watched import Watched


def made() -> dict[str, Image | Index]:
    """Return an image of each kind by its tag."""

    def plans(seed: str, compression: Compression = Compression.GZIP) -> list[LayerPlan]:
        return images.plans(0.3, 0.2, 0.1, seed=f"agreed-{seed}", compression=compression)

    def pair(form: Form) -> Index:
        theirs = images.image(*plans(f"theirs-{form.name}"), form=form, architecture=images.OTHER_ARCHITECTURE)
        return images.index(theirs, images.image(*plans(f"ours-{form.name}"), form=form), form=form)

    return {
        "oci": images.image(*plans("oci")),
        "docker": images.image(*plans("docker"), form=Form.DOCKER),
        "zstd": images.image(*plans("zstd", Compression.ZSTD)),
        "estargz": images.image(*plans("estargz", Compression.ESTARGZ)),
        "oci-index": pair(Form.OCI),
        "docker-index": pair(Form.DOCKER),
        "no-history": images.image(*plans("no-history"), history=()),
        "squashed": images.image(*plans("squashed"), history=[{"created_by": "squash"}]),
        "layer-twice": images.image(*plans("twice"), *plans("twice")[:1]),
    }


async def test_agent_and_registry_tell_the_same_layers(hub: Registry, kubelet: Kubelet, agent: Watched) -> None:
    """Of each form of image the two tables are identical, and so is the index that leads to them."""
    access = RegistryAccess(private_host=(hub.address,), plain_http_host=(hub.address,), loopback=True)
    given = made()
    for tag, image in given.items():
        await hub.push(image, repository="team/agreed", tag=tag)
        await kubelet.pull(f"{REGISTRY}/team/agreed:{tag}")
    platform = Platform("linux", images.NODE_ARCHITECTURE)

    told = {tag: await registries.layers_of(f"{hub.address}/team/agreed:{tag}", platform, access) for tag in given}

    await seen(lambda: len(agent.agent.held.tables) == len(given))
    held = {name: one for one in agent.agent.held.images for name in one.names}
    for tag, (table, index_digest) in told.items():
        named = held[f"{REGISTRY}/team/agreed:{tag}"]
        assert agent.agent.held.tables[named.digest] == table, tag
        assert named.index_digest == index_digest, tag
        sizes = [await hub.size_bytes(layer.digest, repository="team/agreed") for layer in table.layers]
        assert [layer.size_bytes for layer in table.layers] == sizes, tag
    assert [layer.instruction for layer in told["oci"][0].layers] == ["RUN make part-0", "RUN make part-1", "RUN make part-2"]
    assert [layer.instruction for layer in told["squashed"][0].layers] == [None] * 3

"""What the tests of this folder stand on: a containerd of each generation pulls from a registry by a way that we rule."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.e2e.containerd import images
from tests.e2e.containerd.conftest import REGISTRY
from tests.e2e.containerd.images import Compression, Form

if TYPE_CHECKING:
    from tests.e2e.containerd.cri import Kubelet
    from tests.e2e.containerd.registry import Registry
    from tests.e2e.containerd.relay import Relay


@pytest.mark.parametrize("compression", Compression)
@pytest.mark.parametrize("form", Form)
async def test_pulls_what_we_make(hub: Registry, way: Relay, kubelet: Kubelet, form: Form, compression: Compression) -> None:
    """Each form of image that we make is one that this containerd pulls, every byte of it through the relay."""
    image = images.image(*images.plans(0.3, 0.02, seed="forms", compression=compression), form=form)
    await hub.push(image, repository="team/forms", tag=f"{form.name}-{compression.name}".lower())

    got = await kubelet.pull(f"{REGISTRY}/team/forms:{form.name}-{compression.name}".lower())

    assert got == image.config.digest
    moved = {layer.digest: sum(one.sent_bytes for one in way.blob(layer.digest)) for layer in image.layers}
    assert moved == {layer.digest: await hub.size_bytes(layer.digest, repository="team/forms") for layer in image.layers}


async def test_pulls_its_platform_of_an_index(hub: Registry, way: Relay, kubelet: Kubelet) -> None:
    """Of an index only what is for this machine comes."""
    ours = images.image(*images.plans(0.2, seed="ours"))
    theirs = images.image(*images.plans(0.2, seed="theirs"), architecture=images.OTHER_ARCHITECTURE)
    await hub.push(images.index(theirs, ours), repository="team/index")

    assert await kubelet.pull(f"{REGISTRY}/team/index:1") == ours.config.digest
    assert way.blob(ours.layers[0].digest)
    assert not way.blob(theirs.layers[0].digest)


async def test_holds_and_slows_a_layer(hub: Registry, way: Relay, kubelet: Kubelet) -> None:
    """A transfer stops where the test says, and goes on at the rate that it says."""
    image = images.image(*images.plans(2, seed="held"))
    await hub.push(image, repository="team/held")
    hold = way.hold(image.layers[0].digest, after_bytes=images.MEGABYTE)

    pull = asyncio.create_task(kubelet.pull(f"{REGISTRY}/team/held:1"))
    await hold.until_reached()
    (transfer,) = way.blob(image.layers[0].digest)
    assert transfer.sent_bytes == pytest.approx(images.MEGABYTE, abs=20_000)
    way.bytes_per_second = 4 * images.MEGABYTE
    way.release()
    await pull

    assert transfer.ended_at - transfer.began_at > 0.2

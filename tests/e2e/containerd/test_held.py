"""Images that a node has, has in part, or has no more: what moves for them, and what does not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pullwatch.pulls.reported import LayerState
from pullwatch.sources.containerd import errors
from pullwatch.sources.containerd.client import Containerd as Client
from pullwatch.sources.containerd.connection import Connection
from pullwatch.sources.containerd.documents import Manifests
from tests.e2e.containerd import cri, daemon, images, watched
from tests.e2e.containerd.conftest import REGISTRY
from tests.e2e.containerd.polled import eventually, seen

if TYPE_CHECKING:
    from pathlib import Path

    from pullwatch.pulls.reported import RunningPull
    from pullwatch.pulls.runtime import Blob
    from tests.e2e.containerd.cri import Kubelet
    from tests.e2e.containerd.daemon import Containerd
    from tests.e2e.containerd.generations import Generation
    from tests.e2e.containerd.registry import Registry
    from tests.e2e.containerd.relay import Relay
    from tests.e2e.containerd.watched import Watched

MEBIBYTE = 1024 * 1024


async def test_two_pulls_that_share_a_layer(hub: Registry, way: Relay, kubelet: Kubelet, agent: Watched) -> None:
    """One fetches it and the other waits and says so; its bytes count once."""
    base = images.plans(4, seed="base")
    one, other = (images.image(*base, *images.plans(0.5, seed=seed)) for seed in ("one", "other"))
    for name, image in (("one", one), ("other", other)):
        await hub.push(image, repository=f"team/{name}")
    hold = way.hold(one.layers[0].digest, after_bytes=2 * MEBIBYTE + MEBIBYTE // 2)

    async with kubelet.pulling(f"{REGISTRY}/team/one:1") as first:
        await hold.until_reached()
        await seen(lambda: of(agent, "team/one"))
        async with kubelet.pulling(f"{REGISTRY}/team/other:1") as second:
            waiting = await seen(lambda: of(agent, "team/other"))
            assert waiting.waits_for_pull
            assert waiting.layers[0].downloaded_bytes is None
            working = of(agent, "team/one")
            assert working is not None
            assert not working.waits_for_pull
            assert working.layers[0].downloaded_bytes == 2 * MEBIBYTE
            way.release()
            await asyncio.gather(first, second)

    await eventually(agent.has_no_series)
    distinct = {layer.digest: layer.size_bytes for image in (one, other) for layer in image.layers}
    await eventually(lambda: agent.has_fetched(sum(distinct.values())))


async def test_layers_that_are_there_are_present(hub: Registry, way: Relay, kubelet: Kubelet, agent: Watched) -> None:
    """Of a new release only what is new has series and counts."""
    base = images.plans(2, 1, seed="kept")
    old, new = (images.image(*base, *images.plans(1.5, seed=seed)) for seed in ("old", "new"))
    await hub.push(old, repository="team/release", tag="1")
    await hub.push(new, repository="team/release", tag="2")
    await kubelet.pull(f"{REGISTRY}/team/release:1")
    await eventually(lambda: agent.has_fetched(sum(layer.size_bytes for layer in old.layers)))
    hold = way.hold(new.layers[2].digest, after_bytes=MEBIBYTE + MEBIBYTE // 4)

    async with kubelet.pulling(f"{REGISTRY}/team/release:2") as pull:
        await hold.until_reached()
        await eventually(lambda: agent.shows({2: MEBIBYTE}))
        running = of(agent, "team/release")
        assert running is not None
        assert [layer.state for layer in running.layers] == [LayerState.PRESENT, LayerState.PRESENT, LayerState.DOWNLOADING]
        way.release()
        await pull

    await eventually(lambda: agent.has_fetched(sum(layer.size_bytes for layer in (*old.layers, new.layers[2]))))


async def test_image_that_is_there_is_no_pull(hub: Registry, kubelet: Kubelet, agent: Watched) -> None:
    """Pulled again, an image that is there shows no series and counts no byte."""
    image = images.image(*images.plans(1, 0.2, seed="there"))
    size_bytes = sum(layer.size_bytes for layer in image.layers)
    await hub.push(image, repository="team/there")
    await kubelet.pull(f"{REGISTRY}/team/there:1")
    await eventually(lambda: agent.has_fetched(size_bytes))
    await eventually(agent.has_no_series)

    async with kubelet.pulling(f"{REGISTRY}/team/there:1") as pull:
        while not pull.done():
            assert agent.running() == ()
            await asyncio.sleep(0.002)

    await agent.looked_again()
    assert await agent.has_no_series()
    assert await agent.has_fetched(size_bytes)


async def test_layers_that_were_collected_are_pulled_again(hub: Registry, kubelet: Kubelet, agent: Watched) -> None:
    """Bytes of an image that was removed and comes back are counted as such."""
    image = images.image(*images.plans(1, 0.2, seed="again"))
    size_bytes = sum(layer.size_bytes for layer in image.layers)
    name = f"{REGISTRY}/team/again:1"
    await hub.push(image, repository="team/again")
    await kubelet.pull(name)
    await eventually(lambda: agent.has_fetched(size_bytes))
    await seen(lambda: image.manifest.digest in agent.agent.held.tables)
    await kubelet.remove(name)
    await seen(lambda: not agent.agent.held.tables)

    await kubelet.pull(name)

    await eventually(lambda: agent.has_fetched(2 * size_bytes))
    assert (await agent.figures())["layer_repulled_bytes_total"][()] == size_bytes


async def test_layers_that_are_discarded_once_unpacked(generation: Generation, hub: Registry, way: Relay, tmp_path: Path) -> None:
    """Where containerd keeps no layer that it has unpacked, sizes are the manifest's, and a pull is told as any other."""
    image = images.image(*images.plans(2, 0.5, seed="discarded"))
    await hub.push(image, repository="team/discarded")
    async with (
        daemon.running(generation, tmp_path / "c", mirrors={REGISTRY: way.address}, discard_layers=True) as containerd,
        watched.watching(containerd.socket) as agent,
        cri.kubelet(containerd.socket) as kubelet,
    ):
        await kubelet.pull(f"{REGISTRY}/team/discarded:1")

        await seen(lambda: image.manifest.digest in agent.agent.held.tables)
        await eventually(agent.has_no_series)
        (table,) = agent.agent.held.tables.values()

    assert [layer.size_bytes for layer in table.layers] == [layer.size_bytes for layer in image.layers]


async def test_content_that_is_collected_between_two_calls(hub: Registry, containerd: Containerd, kubelet: Kubelet) -> None:
    """A manifest that was there and is gone when it is to be read costs one count, and no more."""
    image = images.image(*images.plans(0.2, seed="collected"))
    name = f"{REGISTRY}/team/collected:1"
    await hub.push(image, repository="team/collected")
    await kubelet.pull(name)
    trouble: list[str] = []
    async with Connection(containerd.socket) as connection:
        client = Collected(connection, kubelet, name)
        manifests = Manifests(client, architecture=images.NODE_ARCHITECTURE, trouble=trouble.append)

        found = await manifests.of_image(image.manifest.digest)

    assert found is None
    assert trouble == ["gone"]


class Collected(Client):
    """A client under whose hands an image is removed, and collected, once it was asked for something."""

    def __init__(self, connection: Connection, kubelet: Kubelet, name: str) -> None:
        super().__init__(connection)
        self._kubelet = kubelet
        self._name = name

    async def blob(self, digest: str) -> Blob:
        found = await super().blob(digest)
        await self._kubelet.remove(self._name)
        while digest:
            try:
                await super().read(digest)
            except errors.NotFound:
                break
        return found


def of(agent: Watched, repository: str) -> RunningPull | None:
    return next((pull for pull in agent.running() if pull.repository == repository), None)

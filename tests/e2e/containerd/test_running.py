"""A pull that runs, as the agent's metrics show it, held against the registry, the way to it and containerd's own log."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from pullwatch.pulls.reported import LayerState
from tests.e2e.containerd import cri, daemon, images, logged, watched
from tests.e2e.containerd.conftest import REGISTRY
from tests.e2e.containerd.generations import Generation
from tests.e2e.containerd.images import MEGABYTE, LayerPlan
from tests.e2e.containerd.polled import eventually, seen

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.containerd.cri import Kubelet
    from tests.e2e.containerd.daemon import Containerd
    from tests.e2e.containerd.registry import Registry
    from tests.e2e.containerd.relay import Relay
    from tests.e2e.containerd.watched import Watched

MEBIBYTE = 1024 * 1024

SIZES = (6, 3, 2, 1.2, 0.3)
"""Megabytes of layers; containerd fetches three at a time."""


async def test_tells_each_layer_as_the_registry_does(hub: Registry, way: Relay, kubelet: Kubelet, agent: Watched) -> None:
    """Size and bytes of each layer of a running pull are those of the registry's blobs, to the byte, and so is what was fetched."""
    image = images.image(*images.plans(*SIZES, seed="sizes"))
    await hub.push(image, repository="team/sizes")
    held = way.hold(image.layers[0].digest, after_bytes=5 * MEBIBYTE + 100_000)
    sizes = {number: await hub.size_bytes(layer.digest, repository="team/sizes") for number, layer in enumerate(image.layers)}
    async with kubelet.pulling(f"{REGISTRY}/team/sizes:1") as pull:
        await held.until_reached()
        await eventually(lambda: agent.shows(sizes | {0: 5 * MEBIBYTE}))
        figures = await agent.figures()
        ours = (REGISTRY, "team/sizes", image.manifest.digest)
        assert figures["layer_size_bytes"] == {(*ours, str(number)): size for number, size in sizes.items()}
        # A layer whose last byte came is still to be checked and stored.
        states = [LayerState.DOWNLOADING, *[LayerState.DOWNLOADED] * 4]
        await seen(lambda: [[layer.state for layer in pull.layers] for pull in agent.running()] == [states])
        way.release()
        await pull

    await eventually(agent.has_no_series)
    await eventually(lambda: agent.has_fetched(sum(sizes.values())))
    assert {name: value for name, value in (await agent.figures())["agent_trouble_total"].items() if value} == {}


async def test_tells_rate_and_time_left(hub: Registry, way: Relay, kubelet: Kubelet, agent: Watched) -> None:
    """On a steady link the rate is the link's, and the time left what it then takes."""
    image = images.image(*images.plans(8, 4, 3, seed="rate"))
    await hub.push(image, repository="team/rate")
    way.bytes_per_second = 8 * MEGABYTE
    told: list[tuple[float, float, float]] = []
    shown: list[dict[int, float]] = []

    async with kubelet.pulling(f"{REGISTRY}/team/rate:1") as pull:
        while not pull.done():
            now = time.time()
            told += [(now, one.bytes_per_second, one.eta_seconds) for one in agent.running() if one.bytes_per_second and one.eta_seconds]
            shown.append(await agent.layers("downloaded_bytes"))
            await asyncio.sleep(0.05)
        await pull
        ended_at = max(transfer.ended_at for layer in image.layers for transfer in way.blob(layer.digest))

    for at, rate, eta in told:
        left = ended_at - at
        assert rate == pytest.approx(way.bytes_per_second, rel=0.25)
        # It looks once a second, so that what it knows is up to a second old.
        assert left * 0.8 - 0.3 < eta < left * 1.2 + 1.3
    assert told
    for number in range(3):
        steps = [layers[number] for layers in shown if number in layers]
        assert steps == sorted(steps)
        assert steps[-1] <= image.layers[number].size_bytes


async def test_times_downloads_where_more_run_at_a_time(hub: Registry, way: Relay, generation: Generation, tmp_path: Path) -> None:
    """Where a runtime is set up to fetch more layers at a time than by default, none is told to have waited."""
    image = images.image(*images.plans(4, 2, 2, 2, 2, seed="at-a-time"))
    await hub.push(image, repository="team/at-a-time")
    holds = [way.hold(layer.digest, after_bytes=MEBIBYTE + MEBIBYTE // 2) for layer in image.layers]
    async with (
        daemon.running(generation, tmp_path / "c", mirrors={REGISTRY: way.address}, downloads=5) as containerd,
        watched.watching(containerd.socket) as agent,
        cri.kubelet(containerd.socket) as kubelet,
    ):
        async with kubelet.pulling(f"{REGISTRY}/team/at-a-time:1") as pull:
            for hold in holds:
                await hold.until_reached()
            # All are seen to move before any of them ends.
            await eventually(lambda: agent.shows(dict.fromkeys(range(5), MEBIBYTE)))
            way.bytes_per_second = 8 * MEGABYTE
            way.release()
            await pull
        ended = await seen(lambda: agent.ended().get(image.manifest.digest))

    truth = [true.download_seconds for true in logged.layers(containerd.log, image, way)]
    assert [layer.download_seconds for layer in ended] == pytest.approx(truth, rel=0.1, abs=0.05)


async def test_splits_download_and_unpack(
    hub: Registry, way: Relay, kubelet: Kubelet, agent: Watched, containerd: Containerd, generation: Generation
) -> None:
    """Seconds of download and unpack are within a tenth of what relay and containerd's log tell, of a short phase within 50 ms.

    So they are of the log's own duration, where it has one and that is not mixed with a wait for bytes (1.6 logs none: there the
    moment of the commit stands for the end). Where a phase begins or ends with the last byte, a busy disk may add 150 ms.
    """
    # The last one waits for a slot, and then takes longer than the second between two looks, or nobody saw it begin.
    plans = [LayerPlan(round(size * MEGABYTE), f"split-{number}", zeros_bytes=150 * MEGABYTE) for number, size in enumerate((5, 3, 3, 7))]
    image = images.image(*plans)
    await hub.push(image, repository="team/split")
    way.bytes_per_second = 8 * MEGABYTE

    await kubelet.pull(f"{REGISTRY}/team/split:1")

    ended = await seen(lambda: agent.ended().get(image.manifest.digest))
    truth = logged.layers(containerd.log, image, way)
    # Between the last byte that the relay sent and its being stored lies a disk that others use as well.
    stored = pytest.approx([true.download_seconds for true in truth], rel=0.1, abs=0.15)
    assert [layer.download_seconds for layer in ended] == stored
    waited = [(layer, true) for layer, true in zip(ended, truth, strict=True) if true.was_waited_for]
    ours = [layer.unpack_seconds for layer, _ in waited]
    assert waited
    assert ours == pytest.approx([true.unpack_seconds for _, true in waited], rel=0.1, abs=0.05)
    if generation is not Generation.V1_6:
        assert ours == pytest.approx([true.logged_seconds for _, true in waited], rel=0.1, abs=0.05)
    assert [layer.unpack_seconds for layer in ended] == pytest.approx([true.unpack_seconds for true in truth], rel=0.1, abs=0.15)

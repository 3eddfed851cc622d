"""Pulls that end half-way: cancelled, or with the containerd that ran them. Nothing is left of them in the metrics."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from grpclib.exceptions import GRPCError

from tests.e2e.containerd import images, watched
from tests.e2e.containerd.conftest import REGISTRY
from tests.e2e.containerd.polled import eventually, seen

if TYPE_CHECKING:
    from tests.e2e.containerd.cri import Kubelet
    from tests.e2e.containerd.daemon import Containerd
    from tests.e2e.containerd.images import Image
    from tests.e2e.containerd.registry import Registry
    from tests.e2e.containerd.relay import Hold, Relay
    from tests.e2e.containerd.watched import Watched

MEBIBYTE = 1024 * 1024
HALF = 3 * MEBIBYTE


@pytest.fixture
async def image(hub: Registry) -> Image:
    """Return an image whose lowest layer is the largest; it is `team/broken:1`."""
    made = images.image(*images.plans(6, 2, 0.5, seed="broken"))
    await hub.push(made, repository="team/broken")
    return made


@pytest.fixture
def held(image: Image, way: Relay) -> Hold:
    """Hold that layer half-way."""
    return way.hold(image.layers[0].digest, after_bytes=HALF + MEBIBYTE // 2)


NAME = f"{REGISTRY}/team/broken:1"


async def test_cancelled_pull_leaves_no_series(kubelet: Kubelet, agent: Watched, image: Image, held: Hold) -> None:
    """What the kubelet gives up is gone from the metrics, and counts as no pull that ended."""
    async with kubelet.pulling(NAME) as pull:
        await held.until_reached()
        await eventually(lambda: half_is_shown(agent))
        pull.cancel()

    await eventually(agent.has_no_series)
    await agent.looked_again()
    assert await agent.has_no_series()
    assert image.manifest.digest not in agent.ended()


async def test_failed_pull_leaves_no_series(kubelet: Kubelet, agent: Watched, way: Relay, held: Hold) -> None:
    """A pull that its registry ends for ever is gone as well."""
    async with kubelet.pulling(NAME) as pull:
        await held.until_reached()
        await eventually(lambda: half_is_shown(agent))
        way.refuse()
        with pytest.raises(GRPCError):
            await pull

    await eventually(agent.has_no_series)


async def test_killed_containerd_leaves_no_series(
    kubelet: Kubelet, agent: Watched, containerd: Containerd, image: Image, held: Hold
) -> None:
    """Nothing runs once nobody is heard, and the ingests that a crash left are not taken for pulls when containerd is back."""
    async with kubelet.pulling(NAME):
        await held.until_reached()
        await eventually(lambda: half_is_shown(agent))
        await containerd.kill()
    await eventually(agent.has_no_series)
    assert not await agent.is_connected()

    await containerd.start()
    await eventually(agent.is_connected)
    await agent.looked_again()

    assert await agent.has_no_series()
    assert agent.running() == ()
    assert image.manifest.digest not in agent.ended()


async def test_resumed_pull_counts_what_it_moves(
    kubelet: Kubelet, agent: Watched, containerd: Containerd, way: Relay, image: Image, held: Hold
) -> None:
    """The next pull after a crash shows what was there, and counts and times only what it fetches itself."""
    first, *others = image.layers
    before = sum(layer.size_bytes for layer in others)
    async with kubelet.pulling(NAME):
        await held.until_reached()
        await eventually(lambda: half_is_shown(agent))
        await eventually(lambda: agent.has_fetched(before))
        await containerd.kill()
    way.release()
    again = way.hold(first.digest, after_bytes=HALF + MEBIBYTE // 2)
    await containerd.start()
    await eventually(agent.is_connected)
    asked_at = time.time()

    async with kubelet.pulling(NAME) as pull:
        await again.until_reached()
        await eventually(lambda: half_is_shown(agent))
        assert (await agent.layers("size_bytes"))[0] == first.size_bytes
        way.release()
        await pull

    *_, resumed = way.blob(first.digest)
    assert resumed.first_byte == HALF
    ended = await seen(lambda: agent.ended().get(image.manifest.digest))
    # Nothing tells when it went on with what was there: it counts from when the pull was asked for.
    assert ended[0].download_seconds is not None
    assert resumed.ended_at - resumed.asked_at - 0.1 < ended[0].download_seconds < resumed.ended_at - asked_at + 0.1
    assert all(layer.download_seconds is None for layer in ended[1:])
    await eventually(lambda: agent.has_fetched(before + first.size_bytes - HALF))


async def test_pull_that_runs_when_the_agent_starts(containerd: Containerd, kubelet: Kubelet, image: Image, held: Hold, way: Relay) -> None:
    """An agent that comes in the middle of a pull shows it whole as soon as it moves."""
    first, *others = image.layers
    async with kubelet.pulling(NAME) as pull:
        await held.until_reached()
        async with watched.watching(containerd.socket) as agent:
            way.release()
            way.hold(first.digest, after_bytes=5 * MEBIBYTE + MEBIBYTE // 2)
            shown = {0: 5 * MEBIBYTE} | {number: layer.size_bytes for number, layer in enumerate(others, 1)}
            await eventually(lambda: agent.shows(shown))
            way.release()
            await pull
            ended = await seen(lambda: agent.ended().get(image.manifest.digest))
            await eventually(agent.has_no_series)

    assert [layer.size_bytes for layer in ended] == [layer.size_bytes for layer in image.layers]


async def half_is_shown(agent: Watched) -> bool:
    return (await agent.layers("downloaded_bytes")).get(0) == HALF

"""What the agent takes for granted of containerd, so that a generation that changes it is found here and not on a node."""

from __future__ import annotations

import asyncio
import contextlib
import random
from typing import TYPE_CHECKING

import pytest

from pullwatch.pulls import manifest, runtime
from pullwatch.pulls.runtime import ContentCreated, ImagesChanged, SnapshotEvent, SnapshotKind
from pullwatch.sources.containerd import errors, subscription
from pullwatch.sources.containerd.client import Containerd as Client
from pullwatch.sources.containerd.connection import Connection
from pullwatch.sources.pace import Backoff
from tests.e2e.containerd import images
from tests.e2e.containerd.conftest import REGISTRY
from tests.e2e.containerd.generations import Generation
from tests.e2e.containerd.polled import eventually, seen
from tests.e2e.started import DEADLINE_SECONDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from pullwatch.pulls.runtime import RuntimeEvent
    from tests.e2e.containerd.cri import Kubelet
    from tests.e2e.containerd.daemon import Containerd
    from tests.e2e.containerd.registry import Registry
    from tests.e2e.containerd.relay import Relay
    from tests.e2e.started import Found

MEBIBYTE = 1024 * 1024


@pytest.fixture
async def connection(containerd: Containerd) -> AsyncIterator[Connection]:
    async with Connection(containerd.socket) as connected:
        yield connected


@pytest.fixture
def client(connection: Connection) -> Client:
    return Client(connection)


@pytest.fixture
async def heard(connection: Connection, client: Client) -> AsyncIterator[list[RuntimeEvent]]:
    """Return all events from now on, in a list that grows."""
    events: list[RuntimeEvent] = []
    is_open = asyncio.Event()

    async def listen() -> None:
        async for event in subscription.follow(connection, backoff=Backoff(random.Random(1)), probe=client.version):
            if isinstance(event, subscription.Subscribed):
                is_open.set()
            elif not isinstance(event, subscription.Lost):
                events.append(event)

    listening = asyncio.create_task(listen(), name="events")
    async with asyncio.timeout(DEADLINE_SECONDS):
        await is_open.wait()
    yield events
    listening.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await listening


async def test_tells_its_generation(client: Client, generation: Generation) -> None:
    """The version is the one by which generations are told apart."""
    assert (await client.version()).removeprefix("v").startswith(f"{generation}.")


async def test_shows_what_is_on_its_way_and_whose_it_is(hub: Registry, way: Relay, kubelet: Kubelet, client: Client) -> None:
    """An ingest has the blob's digest and size and the bytes so far in steps of 1 MiB; its lease leads to manifest and repository."""
    image = images.image(*images.plans(3, seed="way"))
    await hub.push(image, repository="team/way")
    held = way.hold(image.layers[0].digest, after_bytes=2 * MEBIBYTE + MEBIBYTE // 2)
    async with kubelet.pulling(f"{REGISTRY}/team/way:1"):
        await held.until_reached()

        ingest = await eventually(lambda: one_ingest(client, offset=2 * MEBIBYTE))

        assert ingest.ref == f"layer-{image.layers[0].digest}"
        assert ingest.total == await hub.size_bytes(image.layers[0].digest, repository="team/way")
        assert ingest.started_at < ingest.updated_at
        (lease,) = await client.leases()
        resources = await client.resources(lease.id)
        assert ingest.ref in {resource.id for resource in resources if resource.type == "ingests"}
        assert image.manifest.digest in {resource.id for resource in resources if resource.type == "content"}
        stored = await client.blob(image.manifest.digest)
        assert runtime.names_children(stored)
        assert runtime.sources(stored.labels) == ((REGISTRY, "team/way"),)
        assert await client.read(image.manifest.digest) == image.manifest.content
        way.release()


async def test_tells_what_it_does_while_it_does_it(
    hub: Registry, kubelet: Kubelet, client: Client, heard: list[RuntimeEvent], generation: Generation
) -> None:
    """Each layer is prepared and committed under its chain ID, and names come last; since 2 also each blob is told of."""
    image = images.image(*images.plans(0.3, 0.2, seed="told"))
    await hub.push(image, repository="team/told")

    await kubelet.pull(f"{REGISTRY}/team/told:1")

    names = {f"{REGISTRY}/team/told:1", f"{REGISTRY}/team/told@{image.manifest.digest}", image.config.digest}
    await seen(lambda: names <= {event.name for event in heard if isinstance(event, ImagesChanged)})
    unpacked = [event for event in heard if isinstance(event, SnapshotEvent)]
    assert [(event.kind, event.chain_id) for event in unpacked] == [
        (kind, chain_id) for chain_id in image.chain_ids for kind in (SnapshotKind.PREPARED, SnapshotKind.COMMITTED)
    ]
    assert [event.parent for event in unpacked if event.kind is SnapshotKind.PREPARED] == ["", image.chain_ids[0]]
    created = {event.digest for event in heard if isinstance(event, ContentCreated)}
    blobs = {blob.digest for blob in (image.manifest, image.config, *image.layers)}
    assert created == (blobs if generation is Generation.V2 else set())
    assert await client.ingests() == []
    assert {stored.digest for stored in await client.images()} == {image.manifest.digest}
    document = manifest.read(await client.read(image.manifest.digest), digest=image.manifest.digest)
    assert isinstance(document, manifest.Manifest)
    assert runtime.snapshotter((await client.blob(image.config.digest)).labels)


async def test_forgets_what_was_cancelled(
    hub: Registry, way: Relay, kubelet: Kubelet, client: Client, heard: list[RuntimeEvent], generation: Generation
) -> None:
    """Ingest and lease of a pull that is cancelled go by themselves; only 1.6 says nothing of its snapshot."""
    image = images.image(*images.plans(3, seed="cancelled"))
    await hub.push(image, repository="team/cancelled")
    held = way.hold(image.layers[0].digest, after_bytes=MEBIBYTE)
    async with kubelet.pulling(f"{REGISTRY}/team/cancelled:1") as pull:
        await held.until_reached()
        pull.cancel()

    await eventually(lambda: nothing(client.ingests))
    await eventually(lambda: nothing(client.leases))
    with pytest.raises(errors.NotFound):
        await client.blob(image.layers[0].digest)
    removed = [event for event in heard if isinstance(event, SnapshotEvent) and event.kind is SnapshotKind.REMOVED]
    assert bool(removed) is (generation is not Generation.V1_6)


async def test_keeps_what_a_crash_left(hub: Registry, way: Relay, containerd: Containerd, kubelet: Kubelet, client: Client) -> None:
    """After a crash the ingest is still listed and does not move, and the next pull goes on with it where it stood."""
    image = images.image(*images.plans(4, seed="crash:1"))
    await hub.push(image, repository="team/crash")
    held = way.hold(image.layers[0].digest, after_bytes=2 * MEBIBYTE + MEBIBYTE // 2)
    async with kubelet.pulling(f"{REGISTRY}/team/crash:1"):
        await held.until_reached()
        before = await eventually(lambda: one_ingest(client, offset=2 * MEBIBYTE))
        await containerd.kill()
    with pytest.raises(errors.RuntimeTrouble):
        await client.version()
    await containerd.start()

    (left,) = await client.ingests()
    assert (left.ref, left.started_at) == (before.ref, before.started_at)
    assert left.offset >= before.offset
    way.release()
    await kubelet.pull(f"{REGISTRY}/team/crash:1")
    assert [transfer.first_byte for transfer in way.blob(image.layers[0].digest)] == [0, left.offset]


async def one_ingest(client: Client, *, offset: int) -> runtime.Ingest | None:
    return next((ingest for ingest in await client.ingests() if ingest.offset == offset), None)


async def nothing(ask: Callable[[], Awaitable[list[Found]]]) -> bool:
    return not await ask()

"""A registry for all tests, a way to it that each test slows down, and a containerd of each generation behind that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.containerd import cri, daemon, registry, relay, watched
from tests.e2e.containerd.generations import Generation

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.e2e.containerd.cri import Kubelet
    from tests.e2e.containerd.daemon import Containerd
    from tests.e2e.containerd.registry import Registry
    from tests.e2e.containerd.relay import Relay
    from tests.e2e.containerd.watched import Watched

REGISTRY = "registry.example.com"
"""What images are called after; containerd looks for it at the relay."""


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """Run a registry for the whole session; tests keep apart by their repositories and layers."""
    with registry.running(tmp_path_factory.mktemp("registry")) as running:
        yield running


@pytest.fixture
async def way(hub: Registry) -> AsyncIterator[Relay]:
    """Relay to the registry, as fast as it goes until the test says otherwise."""
    async with relay.relaying(to=hub.address) as running:
        yield running


@pytest.fixture(params=list(Generation), ids=str)
def generation(request: pytest.FixtureRequest) -> Generation:
    chosen: Generation = request.param
    return chosen


@pytest.fixture
async def containerd(generation: Generation, way: Relay, tmp_path: Path) -> AsyncIterator[Containerd]:
    """Run a containerd that has no image yet."""
    async with daemon.running(generation, tmp_path / "c", mirrors={REGISTRY: way.address}) as running:
        yield running


@pytest.fixture
async def kubelet(containerd: Containerd) -> AsyncIterator[Kubelet]:
    async with cri.kubelet(containerd.socket) as connected:
        yield connected


@pytest.fixture
async def agent(containerd: Containerd) -> AsyncIterator[Watched]:
    """Run an agent beside the containerd."""
    async with watched.watching(containerd.socket) as running:
        yield running

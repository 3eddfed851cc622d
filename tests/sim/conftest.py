"""One running API server per test, and a client of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.store import Store
from tests.sim.given import Client


@pytest.fixture
def store() -> Store:
    """Gives an empty store."""
    return Store(first_version=100)


@pytest_asyncio.fixture
async def server(store: Store) -> AsyncIterator[ApiServer]:
    """Gives a server with quick bookmarks."""
    async with ApiServer(store, bookmark_seconds=0.02) as running:
        yield running


@pytest_asyncio.fixture
async def client(server: ApiServer) -> AsyncIterator[Client]:
    """Gives a client of the server."""
    async with aiohttp.ClientSession() as session:
        yield Client(session, server)

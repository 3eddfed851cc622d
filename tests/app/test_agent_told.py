"""The whole way from a node's containerd to what the exporter shows: agent, token, review, store of layers, documents."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from pullwatch import settings
from pullwatch.app import node, node_pulls
from pullwatch.app.serve import serving as serving_exporter
from pullwatch.publish.delivery import Delivery
from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.store import Store as Cluster
from pullwatch.sim.tokenreviews import Issued
from pullwatch.sources.access import ClusterAccess, NoCredentials
from tests.app.test_agent import pulled, until
from tests.containerd.images import MIB, image
from tests.containerd.server import Containerd, serving
from tests.containerd.store import Store

TOKEN = "a-projected-token"


@pytest.fixture(autouse=True)
def _quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_pulls, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(node_pulls, "SETTLE_SECONDS", 0.0)


@dataclass
class Chain:
    """An agent of node-1 whose containerd is `store`, and the exporter that it reports to."""

    store: Store
    agent: node.Agent
    url: str

    async def get(self, path: str) -> dict[str, Any]:
        async with aiohttp.ClientSession() as client, client.get(f"{self.url}{path}") as answer:
            document: dict[str, Any] = await answer.json()
            return document

    async def until(self, path: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the first document of which this holds."""
        async with asyncio.timeout(20):
            while not holds(document := await self.get(path)):  # noqa: ASYNC110 - of another process, as it were
                await asyncio.sleep(0.02)
        return document


@contextlib.asynccontextmanager
async def chain(folder: Path) -> AsyncIterator[Chain]:
    (folder / "token").write_text(TOKEN)
    store = Store()
    async with contextlib.AsyncExitStack() as opened:
        api = await opened.enter_async_context(ApiServer(Cluster()))
        api.issued[TOKEN] = Issued(node="node-1")
        access = ClusterAccess(url=api.url, credentials=NoCredentials(), origin="a test")
        exporter = serving_exporter(access, host="127.0.0.1", port=0, agents=settings.Agents(agents=True))
        _, server = await opened.enter_async_context(exporter)
        await opened.enter_async_context(serving(Containerd(store), folder / "c.sock"))
        delivery = Delivery(server.url.rstrip("/"), token=folder / "token")
        running = node.serving(folder / "c.sock", node="node-1", host="127.0.0.1", port=0, delivery=delivery, clock=lambda: store.now)
        agent, _ = await opened.enter_async_context(running)
        yield Chain(store, agent, server.url)


async def test_a_node_without_images_is_heard(tmp_path: Path) -> None:
    """Its agent tells that it holds nothing, so that both sides know that the way is open."""
    async with chain(tmp_path) as given:
        await until(lambda: given.agent.readiness()[1][-1] == "server: ok")


async def test_layers_and_running_pulls_reach_the_exporter(tmp_path: Path) -> None:
    """While it runs a pull is shown with its bytes; once it ended the image is shown with its layers and their lines."""
    app = image("team/app", base=8 * MIB, top=2 * MIB)
    async with chain(tmp_path) as given:
        await until(lambda: given.agent.readiness()[1][-1] == "server: ok")
        pulled(given.store, app)
        unmatched = (await given.until("api/v1/running", lambda document: bool(document["unmatched"])))["unmatched"]

        assert [(row["node"], row["repository"], row["digest"]) for row in unmatched] == [("node-1", "team/app", app.manifest)]
        assert [(layer["size_bytes"], layer["instruction"]) for layer in unmatched[0]["layers"]] == [
            (8 * MIB, "RUN make base"),
            (2 * MIB, "RUN make top"),
        ]

        given.store.finish(app, 0)
        given.store.commit(app, 0)
        given.store.finish(app, 1)
        given.store.unpack(app, 1)
        given.store.end(app)
        path = "api/v1/images?image=registry.example/team/app:1"
        images = (await given.until(path, lambda document: any(image["layers"] for image in document["images"])))["images"]

        assert images[0]["digest"] == app.manifest
        assert [(layer["size_bytes"], layer["instruction"]) for layer in images[0]["layers"]] == [
            (8 * MIB, "RUN make base"),
            (2 * MIB, "RUN make top"),
        ]
        await given.until("api/v1/running", lambda document: not document["unmatched"])

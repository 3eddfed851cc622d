"""The whole way: a node's status, the question to the registry process, the registry, and what the exporter then shows."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import aiohttp

from pullwatch import settings
from pullwatch.app import registry
from pullwatch.app.serve import serving
from pullwatch.app.shared_token import SharedToken
from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.resources import Object
from pullwatch.sim.store import Store
from pullwatch.sources.access import ClusterAccess, NoCredentials
from pullwatch.sources.registry.kept import MemoryStore
from tests.app.test_serve import until
from tests.pulls import made_manifests as made
from tests.sources.registry import fakeregistry

TOKEN = "a-token-of-20-letters"


def node(name: str, architecture: str, *images: tuple[str, str]) -> Object:
    """Return a node that holds images, given as the two names that a kubelet tells."""
    return {
        "metadata": {"name": name, "uid": str(uuid.uuid4())},
        "status": {
            "nodeInfo": {"operatingSystem": "linux", "architecture": architecture, "containerRuntimeVersion": "containerd://2.1.9"},
            "images": [{"names": list(names), "sizeBytes": 500} for names in images],
        },
    }


async def test_layers_come_from_the_registry_where_there_is_no_agent(tmp_path: Path) -> None:
    """Each node shows the layers of its own platform under the name that it knows; the index is asked for once."""
    (tmp_path / "token").write_text(TOKEN)
    async with fakeregistry.serving() as fake, aiohttp.ClientSession() as client:
        amd, arm = fake.put(made.image()), fake.put(made.image(made.layer("arm", 77), platform="linux/arm64"))
        index = fake.name(
            made.index(amd.manifest.descriptor(**made.on("linux/amd64")), arm.manifest.descriptor(**made.on("linux/arm64"))), "1"
        )
        names = (f"{fake.host}/team/app@{index.digest}", f"{fake.host}/team/app:1")
        options = settings.Registry(access=settings.RegistryAccess(private_host=(fake.host,), plain_http_host=(fake.host,), loopback=True))
        token = SharedToken(tmp_path / "token", setting="--token")
        store = Store()
        for name, architecture in (("node-a", "amd64"), ("node-b", "amd64"), ("node-c", "arm64")):
            store.apply("nodes", node(name, architecture, names))

        async with (
            ApiServer(store) as api,
            registry.answering(
                options, registry._policy(options.access), store=MemoryStore(), token=token, host="127.0.0.1", port=0
            ) as answering,
            serving(
                ClusterAccess(url=api.url, credentials=NoCredentials(), origin="a test"),
                host="127.0.0.1",
                port=0,
                layers=settings.Layers(layers_from=answering.url.rstrip("/"), layers_token=tmp_path / "token"),
            ) as (exporter, server),
        ):

            async def told() -> bool:
                return len(exporter.images.layers) == 2

            async def shown() -> dict[str, Any]:
                async with client.get(f"{server.url}api/v1/images", params={"image": names[1]}) as answer:
                    found: dict[str, Any] = json.loads(await answer.read())
                    return found

            await until(told, what="the layers of both platforms")
            # A kubelet tells of its node at least every five minutes.
            for name, architecture in (("node-a", "amd64"), ("node-b", "amd64"), ("node-c", "arm64")):
                store.apply("nodes", node(name, architecture, names))

            async def known() -> bool:
                return all(image["layers"] for image in (await shown())["images"])

            await until(known, what="the layers of what nodes hold")
            images = (await shown())["images"]

    assert {(image["digest"], image["index_digest"], image["nodes"]) for image in images} == {
        (amd.manifest.digest, index.digest, 2),
        (arm.manifest.digest, index.digest, 1),
    }
    assert {image["layers_from"] for image in images} == {"registry"}
    assert sorted(sum(layer["size_bytes"] for layer in image["layers"]) for image in images) == [77, 3_000_250]
    assert fake.counts()[f"GET {index.digest}"] == 1
    assert not [asked for asked in fake.asked if asked.method == "HEAD"]

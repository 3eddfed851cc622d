"""A real registry, Docker's, on loopback: started, filled over HTTP, and asked for what it holds."""

from __future__ import annotations

import contextlib
import io
import json
from typing import TYPE_CHECKING

import aiohttp

from pullwatch.monitoring import process
from tests.e2e.containerd import generations, images
from tests.e2e.started import fetched, started, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Registry:
    """A registry that runs."""

    def __init__(self, address: str) -> None:
        self.address = address
        """HOST:PORT."""

    async def push(self, image: images.Image | images.Index, *, repository: str, tag: str = "1") -> None:
        """Store an image under a name, and all that it is made of."""
        async with aiohttp.ClientSession(f"http://{self.address}/v2/{repository}/") as session:
            for one in image.images if isinstance(image, images.Index) else (image,):
                for blob in (*one.layers, one.config):
                    await _upload(session, blob)
                await _put(session, one.manifest, name=tag if one is image else one.manifest.digest)
            if isinstance(image, images.Index):
                await _put(session, image.document, name=tag)

    async def size_bytes(self, digest: str, *, repository: str) -> int:
        """Return the size of a blob as the registry tells it."""
        async with (
            aiohttp.ClientSession(raise_for_status=True) as session,
            session.head(f"http://{self.address}/v2/{repository}/blobs/{digest}") as answer,
        ):
            return int(answer.headers["Content-Length"])


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Registry]:
    """Run a registry as long as the context is open, or skip the test."""
    program = generations.registry()
    address = process.free_address()
    configuration = {
        "version": 0.1,
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(folder / "blobs")}},
        "http": {"addr": address},
    }
    # JSON is YAML.
    (folder / "registry.yaml").write_text(json.dumps(configuration))
    with started((program, "serve", folder / "registry.yaml"), output=folder / "registry.log"):
        until(lambda: fetched(f"http://{address}/v2/"), what="the registry to answer")
        yield Registry(address)


async def _upload(session: aiohttp.ClientSession, blob: images.Document) -> None:
    async with session.head(f"blobs/{blob.digest}") as answer:
        if answer.ok:
            return
    async with session.post("blobs/uploads/", raise_for_status=True) as answer:
        location = answer.headers["Location"]
    url = f"{location}{'&' if '?' in location else '?'}digest={blob.digest}"
    async with session.put(url, data=io.BytesIO(blob.content), headers={"Content-Type": "application/octet-stream"}, raise_for_status=True):
        pass


async def _put(session: aiohttp.ClientSession, document: images.Document, *, name: str) -> None:
    headers = {"Content-Type": document.media_type}
    async with session.put(f"manifests/{name}", data=document.content, headers=headers, raise_for_status=True):
        pass

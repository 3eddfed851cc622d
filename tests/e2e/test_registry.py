"""The registry process beside a real registry, Docker's: what it tells is what was pushed, with and without a password."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import socket
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from pullwatch.monitoring import process
from pullwatch.pulls.registered import LayersAnswer
from tests.e2e.containerd import generations, images, registry
from tests.e2e.containerd.images import Compression, Form
from tests.e2e.started import PULLWATCH, fetched, started, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.containerd.registry import Registry
    from tests.e2e.started import Started

HTPASSWD = "reader:$2b$04$qlYlMOBHJHiyPXBqUvOQruGswYfkKQZQ4b6Eeaj.bHfsZteaCzXpy\n"
"""User reader, password secret; Docker's registry takes bcrypt only."""


@dataclass(frozen=True)
class Told:
    """A running registry process."""

    process: Started
    url: str

    def ask(self, image: str, platform: str = f"linux/{images.NODE_ARCHITECTURE}") -> tuple[int, dict[str, Any]]:
        """Return status and document."""
        query = urllib.parse.urlencode({"image": image, "platform": platform})
        try:
            with urllib.request.urlopen(f"{self.url}/v1/layers?{query}", timeout=20) as answer:  # noqa: S310 - of this machine
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    def metrics(self) -> str:
        return fetched(f"{self.url}/metrics") or ""


@contextlib.contextmanager
def telling(folder: Path, *hosts: str, more: tuple[str | Path, ...] = ()) -> Iterator[Told]:
    """Run the registry process for registries on this machine."""
    address = process.free_address()
    allowed = [flag for host in hosts for flag in ("--private-host", host, "--plain-http-host", host)]
    command = (*PULLWATCH, "registry", "--listen", address, "--loopback", *allowed, *more)
    with started(command, output=folder / "pullwatch.log") as running:
        until(lambda: fetched(f"http://{address}/-/ready"), what="the registry process to answer")
        yield Told(running, f"http://{address}")


@contextlib.contextmanager
def guarded(folder: Path, blobs: Path) -> Iterator[str]:
    """Run a registry over the same blobs that wants a password; gives its address."""
    address = process.free_address()
    (folder / "htpasswd").write_text(HTPASSWD)
    configuration = {
        "version": 0.1,
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(blobs)}},
        "http": {"addr": address},
        "auth": {"htpasswd": {"realm": "pullwatch", "path": str(folder / "htpasswd")}},
    }
    (folder / "guarded.yaml").write_text(json.dumps(configuration))
    host, port = address.split(":")

    def listens() -> bool:
        with contextlib.suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
            return True
        return False

    with started((generations.registry(), "serve", folder / "guarded.yaml"), output=folder / "guarded.log"):
        until(listens, what="the registry with a password to listen")
        yield address


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("hub")
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def hub(folder: Path) -> Iterator[Registry]:
    """Gives a registry that everybody may read."""
    with registry.running(folder) as running:
        yield running


@pytest.mark.parametrize("compression", Compression)
@pytest.mark.parametrize("form", Form)
async def test_tells_what_a_real_registry_holds(hub: Registry, tmp_path: Path, form: Form, compression: Compression) -> None:
    """Digests, sizes and lines of each form of image are those that were pushed, and the sizes those of the blobs."""
    image = images.image(*images.plans(0.03, 0.02, 0.0001, seed="told", compression=compression), form=form)
    tag = f"{form.name}-{compression.name}".lower()
    await hub.push(image, repository="team/told", tag=tag)

    with telling(tmp_path, hub.address) as told:
        status, document = told.ask(f"{hub.address}/team/told:{tag}")

    answer = msgspec.convert(document, LayersAnswer)
    sizes = [await hub.size_bytes(layer.digest, repository="team/told") for layer in answer.table.layers]
    assert status == 200
    assert (answer.table.digest, answer.index_digest) == (image.manifest.digest, None)
    assert [(layer.digest, layer.size_bytes) for layer in answer.table.layers] == [
        (layer.digest, layer.size_bytes) for layer in image.layers
    ]
    assert [layer.size_bytes for layer in answer.table.layers] == sizes
    assert [layer.instruction for layer in answer.table.layers] == [f"RUN make part-{number}" for number in range(3)]
    assert answer.table.platform == f"linux/{images.NODE_ARCHITECTURE}"


async def test_tells_each_platform_of_an_index(hub: Registry, tmp_path: Path) -> None:
    """By tag and by digest; what is not there is not found."""
    ours = images.image(*images.plans(0.01, seed="ours"))
    theirs = images.image(*images.plans(0.01, seed="theirs"), architecture=images.OTHER_ARCHITECTURE)
    index = images.index(theirs, ours)
    await hub.push(index, repository="team/index")

    with telling(tmp_path, hub.address) as told:
        found = [
            told.ask(f"{hub.address}/team/index{name}", f"linux/{architecture}")[1]
            for name in (":1", f"@{index.document.digest}")
            for architecture in (images.NODE_ARCHITECTURE, images.OTHER_ARCHITECTURE)
        ]
        missing = [told.ask(f"{hub.address}/team/{name}")[1]["reason"] for name in ("index:2", "none:1")]

    assert [document["table"]["digest"] for document in found] == [ours.manifest.digest, theirs.manifest.digest] * 2
    assert {document["index_digest"] for document in found} == {index.document.digest}
    assert missing == ["not_found"] * 2


async def test_reads_with_a_password(hub: Registry, folder: Path, tmp_path: Path) -> None:
    """From the mounted Docker config; without it, and with a wrong one, the registry gives nothing."""
    image = images.image(*images.plans(0.01, seed="guarded"))
    await hub.push(image, repository="team/guarded")

    answers = []
    with guarded(tmp_path, folder / "blobs") as address:
        for password in (None, "wrong", "secret"):
            config = tmp_path / "config.json"
            config.write_text(json.dumps({"auths": {address: {"username": "reader", "password": password}} if password else {}}))
            with telling(tmp_path, address, more=("--docker-config", config)) as told:
                status, document = told.ask(f"{address}/team/guarded:1")
                answers.append((status, document.get("reason"), document.get("table", {}).get("digest")))
                assert "secret" not in told.process.said() + told.metrics()

    assert answers == [(502, "unauthorized", None)] * 2 + [(200, None, image.manifest.digest)]


async def test_goes_on_from_its_store_without_the_registry(tmp_path: Path) -> None:
    """Killed and started again, it tells what it fetched once, also of a registry that is down; what it never had may come later."""
    own = tmp_path / "registry"
    own.mkdir()
    store = ("--store", tmp_path / "store.db")
    with registry.running(own) as hub:
        await hub.push(images.image(*images.plans(0.01, seed="kept")), repository="team/kept")
        name = f"{hub.address}/team/kept:1"
        with telling(tmp_path, hub.address, more=store) as told:
            before = told.ask(name)
            told.process.process.send_signal(signal.SIGKILL)
            told.process.process.wait()

    with telling(tmp_path, hub.address, more=store) as told:
        after = told.ask(name)
        status, document = told.ask(f"{hub.address}/team/other:1")
        code, seconds = told.process.stop()

    assert before == after
    assert after[0] == 200
    assert (status, document["reason"]) == (503, "unreachable")
    assert (code, seconds < 5) == (0, True)

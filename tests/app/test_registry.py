"""The registry process: what it answers to whom, and what it says when it cannot start."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
import pytest_asyncio
import yarl
from aiohttp import web

from pullwatch.app import log, registry
from pullwatch.app.shared_token import SharedToken
from pullwatch.app.wrong import Wrong
from pullwatch.checkpoint.documents import Documents
from pullwatch.pulls import platforms
from pullwatch.pulls.registered import LayersAnswer
from pullwatch.settings import Registry, RegistryAccess
from pullwatch.sources.registry.kept import MemoryStore, Store
from tests.app.given import exit_code
from tests.pulls import made_manifests as made
from tests.sources.registry.fakeregistry import FakeRegistry, serving

TOKEN = "a-token-of-20-letters"


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the environment of whoever runs the tests out, and their logging as it is."""
    for name in [name for name in os.environ if name.startswith("PULLWATCH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(log, "configure", lambda _: None)


@pytest_asyncio.fixture
async def fake() -> AsyncIterator[FakeRegistry]:
    """Gives an empty registry."""
    async with serving() as running:
        yield running


def access(fake: FakeRegistry) -> RegistryAccess:
    return RegistryAccess(private_host=(fake.host,), plain_http_host=(fake.host,), loopback=True)


@contextlib.asynccontextmanager
async def answering(
    fake: FakeRegistry, *, store: Store | None = None, token: SharedToken | None = None
) -> AsyncIterator[aiohttp.ClientSession]:
    """Run the process' server, and give a client of it."""
    options = Registry(access=access(fake))
    allowed = registry._policy(options.access)
    async with (
        registry.answering(options, allowed, store=store or MemoryStore(), token=token, host="127.0.0.1", port=0) as server,
        aiohttp.ClientSession(server.url) as client,
    ):
        yield client


async def asked(client: aiohttp.ClientSession, image: str, **more: str) -> tuple[int, Any]:
    async with client.get("/v1/layers", params={"image": image, **more}) as response:
        return response.status, json.loads(await response.read())


async def test_tells_the_layers_of_an_image(fake: FakeRegistry) -> None:
    """The document has schema, canonical reference, the index's digest and the table."""
    image = fake.put(made.image())
    index = fake.name(made.index(image.manifest.descriptor(**made.on("linux/amd64"))), "1")

    async with answering(fake) as client:
        status, document = await asked(client, f"{fake.host}/app:1", platform="linux/amd64")
        async with client.get("/metrics") as response:
            metrics = await response.text()

    answer = msgspec.convert(document, LayersAnswer)
    assert (status, document["schema"], answer.image, answer.index_digest) == (200, 1, f"{fake.host}/app:1", index.digest)
    assert [layer.size_bytes for layer in answer.table.layers] == [3_000_000, 250]
    assert "pullwatch_registry_images_told_total 1.0\n" in metrics
    assert f'pullwatch_registry_requests_total{{host="{fake.host}",outcome="ok"}} 4.0\n' in metrics


@pytest.mark.parametrize(
    ("image", "platform", "status", "reason"),
    [
        ("{host}/app:none", "linux/amd64", 404, "not_found"),
        ("{host}/app:1", "linux/s390x", 404, "no_platform"),
        ("{host}/app:1", "linux", 400, "invalid_reference"),
        ("{host}/app:broken", "linux/amd64", 502, "not_json"),
        ("evil.example/app:1", "linux/amd64", 403, "host"),
        ("", "linux/amd64", 400, "invalid_reference"),
        ("\ud800/\n", "linux/amd64", 400, "invalid_reference"),
    ],
)
async def test_says_why_there_are_no_layers(fake: FakeRegistry, image: str, platform: str, status: int, reason: str) -> None:
    """One reason and one line, whatever was asked; the status tells whose fault it is."""
    fake.name(made.index(fake.put(made.image()).manifest.descriptor(**made.on("linux/amd64"))), "1")
    fake.name(made.Document(b"<html>", "application/json"), "broken")

    async with answering(fake) as client:
        found, document = await asked(client, image.format(host=fake.host).encode("utf-8", "replace").decode(), platform=platform)
        async with client.get("/metrics") as response:
            metrics = await response.text()

    assert (found, document["reason"]) == (status, reason)
    assert document["message"].isprintable()
    assert f'pullwatch_registry_refused_total{{reason="{reason}"}} 1.0\n' in metrics


@pytest.mark.parametrize(
    "query", ["image=%ff%fe", "image=%ed%a0%80", "image=%00", "image=a&image=b", "platform=%ff", "%ff=%ff", "image=" + "x" * 5000, ""]
)
async def test_any_question_has_an_answer(fake: FakeRegistry, query: str) -> None:
    """Bytes that are no text, and texts that are no reference."""
    async with answering(fake) as client, client.get(yarl.URL(f"/v1/layers?{query}", encoded=True)) as response:
        document = json.loads(await response.read())

    assert response.status in {400, 403}
    assert document["reason"] in {"invalid_reference", "host"}
    assert len(document["message"]) < 1000


async def test_says_when_to_ask_again(fake: FakeRegistry) -> None:
    """A registry that is overloaded or down is trouble that passes."""

    async def limited(_: web.Request) -> web.StreamResponse:
        return web.Response(status=429, headers={"Retry-After": "77"})

    fake.instead[""] = limited
    async with answering(fake) as client, client.get("/v1/layers", params={"image": f"{fake.host}/app:1"}) as response:
        assert (response.status, response.headers["Retry-After"]) == (503, "77")


async def test_a_restart_fetches_nothing_again(fake: FakeRegistry, tmp_path: Path) -> None:
    """With a store, also the tag is not looked at anew within the hour."""
    fake.put(made.image(), "1")
    tables = []
    for _ in range(2):
        with contextlib.closing(Documents(tmp_path / "store.db")) as store:
            async with answering(fake, store=store) as client:
                tables.append(await asked(client, f"{fake.host}/app:1"))

    assert tables[0] == tables[1]
    assert len(fake.asked) == 3


@pytest.mark.parametrize(
    ("header", "status"),
    [(f"Bearer {TOKEN}", 200), (f"bearer {TOKEN} ", 200), ("", 401), ("Bearer", 401), (f"Basic {TOKEN}", 401), (f"Bearer {TOKEN}x", 401), ("Bearer \u00e9", 401)],
)  # fmt: skip
async def test_asks_for_its_token(fake: FakeRegistry, tmp_path: Path, header: str, status: int) -> None:
    """Who does not send it learns nothing, and no registry is asked; metrics and probes are open."""
    fake.put(made.image(), "1")
    (tmp_path / "token").write_text(f"{TOKEN}\n")

    async with answering(fake, token=SharedToken(tmp_path / "token", setting="--token")) as client:
        async with client.get("/v1/layers", params={"image": f"{fake.host}/app:1"}, headers={"Authorization": header}) as response:
            assert response.status == status
        for path in ("/metrics", "/-/healthy", "/-/ready", "/"):
            async with client.get(path) as response:
                assert response.status == 200

    assert bool(fake.asked) == (status == 200)


def test_a_token_that_is_replaced_counts_at_once(tmp_path: Path) -> None:
    """Half-written ones do not."""
    file = tmp_path / "token"
    file.write_text(TOKEN)
    token = SharedToken(file, setting="--token")
    file.write_text("half")
    during = token.authorization
    file.write_text(TOKEN * 2)

    assert (during, token.authorization) == (f"Bearer {TOKEN}", f"Bearer {TOKEN * 2}")
    assert not token.matches(f"Bearer {TOKEN}")


async def test_answers_nothing_else(fake: FakeRegistry) -> None:
    """Other paths and methods are refused in a line, and all answers forbid to be cached or embedded."""
    async with answering(fake) as client:
        async with client.get("/etc/passwd") as response:
            assert (response.status, response.headers["Server"]) == (404, "pullwatch")
        async with client.post("/v1/layers") as response:
            assert response.status == 405


async def test_tells_the_layers_of_one_image_to_a_verb(fake: FakeRegistry) -> None:
    """Whoever names an image on a command line need not allow its registry; of another kind of host he must."""
    image = fake.put(made.image(), "1")

    table, index_digest = await registry.layers_of(f"{fake.host}/app:1", platforms.DEFAULT, access(fake))

    assert (table.digest, index_digest) == (image.manifest.digest, None)
    with pytest.raises(
        Wrong,
        match=r"is no address of a registry; for a registry in a private network see --private-host, on this machine --loopback, too$",
    ):
        await registry.layers_of(f"{fake.host}/app:1", platforms.DEFAULT, RegistryAccess())


WRONG: dict[str, tuple[list[str], str]] = {
    "no host": ([], "no registry may be asked: name each with --host, as it stands in images, such as --host ghcr.io"),
    "no host's name": (["--host", "https://ghcr.io"], "'https://ghcr.io' is no registry: write it as in images, such as ghcr.io or registry.internal:5000"),
    "no file": (["--host", "ghcr.io", "--docker-config", "{tmp}/a/b"], "{tmp}/a/b: No such file or directory: --docker-config names a Docker config file"),
    "helpers": (["--host", "ghcr.io", "--docker-config", "{tmp}/helpers"], "{tmp}/helpers: credsStore and credHelpers run programs, which pullwatch does not: write auths with user and password"),
    "no token": (["--host", "ghcr.io", "--token", "{tmp}/short"], "{tmp}/short: no token: --token names a file with at least 16 characters in one line"),
    "token that is not there": (["--host", "ghcr.io", "--token", "{tmp}/none"], "{tmp}/none: No such file or directory: --token names a file with a token"),
    "no address": (["--host", "ghcr.io", "--listen", "x"], "listen address 'x' is not HOST:PORT, such as 127.0.0.1:9436 or [::]:9436"),
    "no store": (["--host", "ghcr.io", "--store", "{tmp}"], "store {tmp}: a directory: name a file in it"),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_says_in_one_line_why_it_cannot_start(wrong: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What, where, and what to do; the exit code is 2."""
    (tmp_path / "helpers").write_text('{"credsStore":"desktop"}')
    (tmp_path / "short").write_text("short")
    arguments, says = WRONG[wrong]

    code = exit_code("registry", *(argument.replace("{tmp}", str(tmp_path)) for argument in arguments))

    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert printed.err == f"pullwatch: {says.replace('{tmp}', str(tmp_path))}\n"


async def test_identical_questions_are_one(fake: FakeRegistry) -> None:
    """However many ask at a time."""
    fake.put(made.image(), "1")

    async with answering(fake) as client:
        answers = await asyncio.gather(*(asked(client, f"{fake.host}/app:1") for _ in range(30)))

    assert {status for status, _ in answers} == {200}
    assert len(fake.asked) == 3

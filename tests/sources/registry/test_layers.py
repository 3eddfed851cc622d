"""From a reference to the layers of an image, asked of a registry on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
import pytest_asyncio
from aiohttp import web

from pullwatch.pulls import manifest, platforms
from pullwatch.sources.registry import tally
from pullwatch.sources.registry.kept import MemoryStore
from pullwatch.sources.registry.layers import Layers
from pullwatch.sources.registry.refused import RegistryError
from tests.pulls import made_manifests as made
from tests.pulls.made_images import digest
from tests.sources.registry.asking import asking, docker_config, internal
from tests.sources.registry.fakeregistry import TOKEN, FakeRegistry, basic, serving

if TYPE_CHECKING:
    from pullwatch.pulls.image import Image


@pytest_asyncio.fixture
async def registry() -> AsyncIterator[FakeRegistry]:
    """Gives an empty registry without TLS."""
    async with serving() as fake:
        yield fake


@pytest.mark.parametrize("media_type", manifest.MANIFEST_TYPES)
async def test_tells_the_layers_of_a_tag(registry: FakeRegistry, media_type: str) -> None:
    """Digest, sizes and Dockerfile lines are those that were pushed, in both formats."""
    image = registry.put(made.image(media_type=media_type), "1.0")

    async with asking(internal(registry.host)) as asker:
        told = await asker.of(f"{registry.host}/team/app:1.0")

    assert told.image == f"{registry.host}/team/app:1.0"
    assert told.index_digest is None
    assert told.table.digest == image.manifest.digest
    assert [(layer.size_bytes, layer.instruction) for layer in told.table.layers] == [(3_000_000, "RUN step 0"), (250, "RUN step 1")]
    assert told.table.platform == "linux/amd64"


@pytest.mark.parametrize(
    "layer_type",
    [
        "application/vnd.oci.image.layer.v1.tar+zstd",
        "application/vnd.oci.image.layer.v1.tar",
        "application/vnd.docker.image.rootfs.diff.tar.gzip",
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
    ],
)
async def test_tells_layers_however_they_are_packed(registry: FakeRegistry, layer_type: str) -> None:
    """zstd, plain tar and foreign layers have a size like all others; where a foreign one is to be fetched from is not asked."""
    registry.put(made.image(made.layer("only", 77, mediaType=layer_type, urls=["http://169.254.169.254/layer"])), "1")

    async with asking(internal(registry.host)) as asker:
        told = await asker.of(f"{registry.host}/app:1")

    assert [(layer.size_bytes, layer.media_type) for layer in told.table.layers] == [(77, layer_type)]
    assert all("/app/" in asked.path for asked in registry.asked)


async def test_tells_the_layers_of_an_estargz_image(registry: FakeRegistry) -> None:
    """Its layers are gzip with annotations, and count like others."""
    toc = {"annotations": {"containerd.io/snapshot/stargz/toc.digest": digest(b"toc")}}
    registry.put(made.image(made.layer("lazy", 99, **toc)), "1")

    async with asking(internal(registry.host)) as asker:
        assert (await asker.of(f"{registry.host}/app:1")).table.size_bytes == 99


async def test_takes_the_entry_that_a_node_takes(registry: FakeRegistry) -> None:
    """Each platform gets its own manifest, and the index is named beside it; attestations are nobody's."""
    amd = registry.put(made.image(made.layer("amd", 1)))
    arm = registry.put(made.image(made.layer("arm", 2), platform="linux/arm64/v8"))
    note = registry.put(made.image(made.layer("note", 3)))
    index = registry.name(
        made.index(
            note.manifest.descriptor(**made.on("unknown/unknown")),
            amd.manifest.descriptor(**made.on("linux/amd64")),
            arm.manifest.descriptor(**made.on("linux/arm64/v8")),
        ),
        "1",
    )

    async with asking(internal(registry.host)) as asker:
        tables = [await asker.of(f"{registry.host}/app:1", platform) for platform in ("linux/amd64", "linux/arm64")]
        refused = await asker.refused(f"{registry.host}/app:1", "windows/amd64")

    assert [told.table.digest for told in tables] == [amd.manifest.digest, arm.manifest.digest]
    assert {told.index_digest for told in tables} == {index.digest}
    assert refused == "no_platform"


async def test_finds_a_platform_in_an_index_within_an_index(registry: FakeRegistry) -> None:
    """Somebody put an index around one: the digest told is that of the outer one."""
    image = registry.put(made.image())
    inner = registry.name(made.index(image.manifest.descriptor(**made.on("linux/amd64"))))
    outer = registry.name(made.index(inner.descriptor()), "1")

    async with asking(internal(registry.host)) as asker:
        told = await asker.of(f"{registry.host}/app:1")

    assert (told.table.digest, told.index_digest) == (image.manifest.digest, outer.digest)


async def test_looks_into_the_config_where_an_index_tells_no_platform(registry: FakeRegistry) -> None:
    """As containerd does: the image's own config says for what it was built."""
    arm = registry.put(made.image(made.layer("arm", 2), platform="linux/arm64"))
    amd = registry.put(made.image(made.layer("amd", 1)))
    registry.name(made.index(arm.manifest.descriptor(), amd.manifest.descriptor()), "1")

    async with asking(internal(registry.host)) as asker:
        assert (await asker.of(f"{registry.host}/app:1")).table.digest == amd.manifest.digest


async def test_fetches_each_document_once(registry: FakeRegistry) -> None:
    """Many questions at a time, other tags and other platforms of the same digests: one request each."""
    amd, arm = registry.put(made.image()), registry.put(made.image(made.layer("arm", 2), platform="linux/arm64"))
    index = registry.name(
        made.index(amd.manifest.descriptor(**made.on("linux/amd64")), arm.manifest.descriptor(**made.on("linux/arm64"))), "1", "2"
    )

    async with asking(internal(registry.host)) as asker:
        names = [f"{registry.host}/app:1", f"{registry.host}/app:2", f"{registry.host}/app@{index.digest}"] * 5
        await asyncio.gather(*(asker.of(name, platform) for name in names for platform in ("linux/amd64", "linux/arm64")))
        fetched = dict(asker.tally.fetched)

    documents = [f"GET {one.digest}" for one in (index, amd.manifest, arm.manifest, amd.config, arm.config)]
    assert registry.counts() == dict.fromkeys([*documents, "HEAD 1", "HEAD 2"], 1)
    assert fetched == {"manifest": 3, "config": 2, "tag": 2}


async def test_looks_at_a_tag_once_an_hour_and_at_a_digest_never_again(registry: FakeRegistry) -> None:
    """A tag that moved is seen after an hour, by one HEAD and the new documents alone."""
    registry.put(made.image(), "1")

    async with asking(internal(registry.host)) as asker:
        before = await asker.of(f"{registry.host}/app:1")
        moved = registry.put(made.image(made.layer("new", 7)), "1")
        asker.pass_seconds(3599)
        within = await asker.of(f"{registry.host}/app:1")
        asker.pass_seconds(2)
        after = await asker.of(f"{registry.host}/app:1")

    assert before == within
    assert after.table.digest == moved.manifest.digest
    assert set(registry.counts().values()) - {2} == {1}
    assert registry.counts()["HEAD 1"] == 2


async def test_goes_without_head(registry: FakeRegistry) -> None:
    """A registry that refuses HEAD is asked for the tag itself, whose bytes name the digest."""
    registry.knows_head = False
    image = registry.put(made.image(), "1")

    async with asking(internal(registry.host)) as asker:
        told = await asker.of(f"{registry.host}/app:1")

    assert told.table.digest == image.manifest.digest
    assert registry.counts()[f"GET {image.manifest.digest}"] == 0


async def test_trusts_no_store(registry: FakeRegistry) -> None:
    """A document that does not hold what its digest says is fetched again."""
    image = registry.put(made.image(), "1")
    store = MemoryStore()
    store.keep(image.manifest.digest, b'{"schemaVersion":2}')

    async with asking(internal(registry.host), store=store) as asker:
        assert (await asker.of(f"{registry.host}/app:1")).table.size_bytes == 3_000_250


async def test_reads_with_a_token(registry: FakeRegistry, tmp_path: Path) -> None:
    """User and password go for a token of that one repository, to be pulled and nothing else; then the token goes along."""
    registry.users, registry.bearer = {"reader": "secret"}, True
    registry.put(made.image(), "1")

    async with asking(internal(registry.host), config=docker_config(tmp_path, **{registry.host: "reader:secret"})) as asker:
        await asker.of(f"{registry.host}/team/app:1")

    (token,) = [asked for asked in registry.asked if asked.path == "/token"]
    assert token.query == {"scope": "repository:team/app:pull", "service": "fake"}
    assert token.authorization == basic("reader", "secret")
    assert {asked.authorization for asked in registry.asked} == {None, basic("reader", "secret"), f"Bearer {TOKEN}"}


async def test_reads_with_a_token_that_everybody_gets(registry: FakeRegistry) -> None:
    """As Docker Hub does for public images."""
    registry.bearer = True
    registry.put(made.image(), "1")

    async with asking(internal(registry.host)) as asker:
        await asker.of(f"{registry.host}/team/app:1")

    assert {asked.authorization for asked in registry.asked} == {None, f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    "given", [{"access_token": TOKEN}, {"token": None, "access_token": TOKEN, "expires_in": None}, {"token": TOKEN, "expires_in": -1}]
)
async def test_takes_a_token_in_every_form(registry: FakeRegistry, given: dict[str, Any]) -> None:
    """Givers of tokens differ in which of the two names they use, and in what they say of its life."""

    async def give(_: web.Request) -> web.StreamResponse:
        return web.json_response(given)

    registry.bearer, registry.instead["/token"] = True, give
    registry.put(made.image(), "1")

    async with asking(internal(registry.host)) as asker:
        assert (await asker.of(f"{registry.host}/app:1")).table.size_bytes == 3_000_250


async def test_reads_with_a_password(registry: FakeRegistry, tmp_path: Path) -> None:
    """User and password of the host, after it asked for them."""
    registry.users = {"reader": "secret"}
    registry.put(made.image(), "1")

    async with asking(internal(registry.host), config=docker_config(tmp_path, **{registry.host: "reader:secret"})) as asker:
        await asker.of(f"{registry.host}/app:1")

    assert registry.asked[0].authorization is None


async def test_renews_a_token_that_expired(registry: FakeRegistry) -> None:
    """Of an image asked for later each request goes with a token that is good."""
    registry.bearer = True
    registry.put(made.image(), "1")
    registry.put(made.image(made.layer("other", 5)), "2")

    async with asking(internal(registry.host)) as asker:
        await asker.of(f"{registry.host}/app:1")
        asker.pass_seconds(299)
        await asker.of(f"{registry.host}/app:2")

    assert registry.counts()["GET token"] == 2


async def test_goes_without_lines_where_the_config_is_none(registry: FakeRegistry) -> None:
    """Its digest is right and its content is not."""
    config = made.Document(b"<html>", made.CONFIG)
    body = {"schemaVersion": 2, "mediaType": manifest.OCI_MANIFEST, "config": config.descriptor(), "layers": [made.layer("a", 5)]}
    registry.put(made.Image(made.document(body, manifest.OCI_MANIFEST), config), "1")

    async with asking(internal(registry.host)) as asker:
        told = await asker.of(f"{registry.host}/app:1")
        refused = dict(asker.tally.refused)

    assert (told.table.layers[0].size_bytes, told.table.layers[0].instruction, refused) == (5, None, {"not_json": 1})


async def test_goes_without_lines_where_there_is_no_config(registry: FakeRegistry) -> None:
    """Sizes stand in the manifest: a config that is gone costs the lines, and is counted."""
    image = registry.put(made.image(), "1")
    del registry.documents[image.config.digest]

    async with asking(internal(registry.host)) as asker:
        told = await asker.of(f"{registry.host}/app:1")
        refused = dict(asker.tally.refused)

    assert [(layer.size_bytes, layer.instruction) for layer in told.table.layers] == [(3_000_000, None), (250, None)]
    assert refused == {"not_found": 1}


@dataclass
class Ring:
    """A registry whose indexes lead back to each other, which digests forbid to real ones."""

    documents: dict[str, manifest.Index]
    asked: list[str] = field(default_factory=list)

    def check(self, image: Image) -> None:
        assert image.registry

    async def digest_of(self, _: Image) -> str:
        return "a"

    async def read(self, _: Image, digest: str, *, size_bytes: int | None = None) -> manifest.Index:
        assert size_bytes in {None, 1}
        self.asked.append(digest)
        return self.documents[digest]


@pytest.mark.parametrize(("back", "reason"), [("a", "cycle"), ("b", "cycle"), ("c", "depth")])
async def test_a_ring_of_indexes_has_an_end(back: str, reason: str) -> None:
    """Were there two documents that name each other, they would be asked for once."""
    entries = {"a": "b", "b": back, "c": "a"}
    ring = Ring({name: manifest.Index([manifest.Descriptor(to, 1)], 2) for name, to in entries.items()})
    counts = tally.Tally()

    with pytest.raises(RegistryError) as refused:
        await Layers(cast("Any", ring), tally=counts, monotonic=lambda: 0.0).of("ghcr.io/app:1", platforms.DEFAULT)

    assert refused.value.reason == reason
    assert len(ring.asked) == len(set(ring.asked))
    assert counts.refused == {reason: 1}

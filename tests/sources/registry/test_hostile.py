"""What a registry, an image or a name can do to harm whoever asks: nothing happens, no number comes of it, and one counter tells."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from pullwatch.pulls import manifest
from pullwatch.sim import certificates
from pullwatch.sources.registry.connection import Limits
from pullwatch.sources.registry.refused import RegistryError
from tests.pulls import made_manifests as made
from tests.pulls.made_images import digest
from tests.sources import rawserver
from tests.sources.registry.asking import asking, docker_config, internal
from tests.sources.registry.fakeregistry import FakeRegistry, Handler, serving


@pytest_asyncio.fixture
async def registry() -> AsyncIterator[FakeRegistry]:
    """Gives an empty registry without TLS."""
    async with serving() as fake:
        yield fake


def always(status: int, body: bytes = b"", **headers: str) -> Handler:
    """Return an answer."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=body, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return answer


DEEP = b'{"schemaVersion":2,"layers":' + b"[" * 100_000 + b"]" * 100_000 + b"}"

DOCUMENTS: dict[str, tuple[bytes, str, str]] = {
    # What it is: content, media type, reason.
    "HTML": (b"<!doctype html><title>Sign in</title>", "text/html; charset=utf-8", "html"),
    "HTML that says it is JSON": (b"<!doctype html>", manifest.OCI_MANIFEST, "not_json"),
    "empty": (b"", manifest.OCI_MANIFEST, "not_json"),
    "deep JSON": (DEEP, manifest.OCI_MANIFEST, "not_json"),
    "a list": (b"[]", manifest.OCI_MANIFEST, "not_a_manifest"),
    "no layers": (b'{"schemaVersion":2}', manifest.OCI_MANIFEST, "not_a_manifest"),
    "lone surrogates": (b'{"mediaType":"\\ud800"}', manifest.OCI_MANIFEST, "not_json"),
    "schema 1": (b'{"schemaVersion":1,"fsLayers":[]}', "application/vnd.docker.distribution.manifest.v1+prettyjws", "schema_1"),
    "schema 1 that says it is JSON": (b'{"schemaVersion":1,"fsLayers":[]}', "application/json", "schema_1"),
    "10,000 layers": (made.image(*[made.layer(str(n), n) for n in range(10_000)]).manifest.content, manifest.OCI_MANIFEST, "too_many"),
    "negative size": (made.image(made.layer("a", -1)).manifest.content, manifest.OCI_MANIFEST, "bad_size"),
    "size past all": (made.image(made.layer("a", 1 << 60)).manifest.content, manifest.OCI_MANIFEST, "bad_size"),
    "size that is no number": (made.image(made.layer("a", 1) | {"size": "9e99"}).manifest.content, manifest.OCI_MANIFEST, "not_a_manifest"),
    "two sizes for one layer": (made.image(made.layer("a", 1), made.layer("a", 2)).manifest.content, manifest.OCI_MANIFEST, "bad_size"),
    "digest with a path": (made.image(made.layer("a", 1, digest="sha256:../../x")).manifest.content, manifest.OCI_MANIFEST, "bad_digest"),
    "an artifact": (made.image(made.layer("a", 1, mediaType="application/x")).manifest.content, manifest.OCI_MANIFEST, "not_a_manifest"),
    "too large": (b" " * (manifest.MAX_BYTES + 1), manifest.OCI_MANIFEST, "too_large"),
}  # fmt: skip


@pytest.mark.parametrize("bad", DOCUMENTS)
async def test_a_bad_document_is_refused(registry: FakeRegistry, bad: str) -> None:
    """Each kind has its reason, whether a tag or a digest leads to it, and is asked for once in an hour."""
    content, media_type, reason = DOCUMENTS[bad]
    document = registry.name(made.Document(content, media_type), "bad")

    async with asking(internal(registry.host)) as asker:
        reasons = {await asker.refused(f"{registry.host}/app{name}") for name in (":bad", f"@{document.digest}")}
        asked = len(registry.asked)
        with pytest.raises(RegistryError) as again:
            await asker.of(f"{registry.host}/app:bad")

    assert reasons == {reason}
    assert again.value.reason == reason
    assert len(registry.asked) == asked


async def test_a_document_of_another_digest_is_refused(registry: FakeRegistry) -> None:
    """What a digest names is held against it, be it a manifest or an entry of an index."""
    image, other = registry.put(made.image()), made.image(made.layer("evil", 1))
    registry.name(made.index(image.manifest.descriptor(**made.on("linux/amd64"))), "1")
    registry.documents[image.manifest.digest] = other.manifest

    async with asking(internal(registry.host)) as asker:
        assert await asker.refused(f"{registry.host}/app@{image.manifest.digest}") == "digest_mismatch"
        assert await asker.refused(f"{registry.host}/app:1") == "digest_mismatch"


async def test_a_config_of_another_digest_costs_the_lines(registry: FakeRegistry) -> None:
    """Its lines would be somebody else's; the sizes are the manifest's, which is right."""
    image = registry.put(made.image(), "1")
    registry.documents[image.config.digest] = made.image(lines=("RUN evil", "RUN evil")).config

    async with asking(internal(registry.host)) as asker:
        told = await asker.of(f"{registry.host}/app:1")
        refused = dict(asker.tally.refused)

    assert [layer.instruction for layer in told.table.layers] == [None, None]
    assert refused == {"digest_mismatch": 1}


async def test_an_entry_that_lies_about_its_size_is_refused(registry: FakeRegistry) -> None:
    """An index tells how long each of its documents is."""
    image = registry.put(made.image())
    registry.name(made.index(image.manifest.descriptor(**made.on("linux/amd64")) | {"size": 7}), "1")

    async with asking(internal(registry.host)) as asker:
        assert await asker.refused(f"{registry.host}/app:1") == "size_mismatch"


async def test_indexes_are_followed_two_deep(registry: FakeRegistry) -> None:
    """A tower of indexes ends at the third."""
    floor = registry.put(made.image()).manifest.descriptor()
    for _ in range(3):
        floor = registry.name(made.index(floor), "tower").descriptor()

    async with asking(internal(registry.host)) as asker:
        assert await asker.refused(f"{registry.host}/app:tower") == "depth"


async def test_an_index_cannot_lead_back_to_itself(registry: FakeRegistry) -> None:
    """A ring would need two documents that name each other by their hash: one of them is not what its digest says."""
    inner = made.index({"mediaType": manifest.OCI_INDEX, "digest": digest(b"outer"), "size": 5})
    outer = registry.name(made.index(inner.descriptor()), "ring")
    registry.documents[inner.digest] = outer
    registry.documents[digest(b"outer")] = outer

    async with asking(internal(registry.host)) as asker:
        assert await asker.refused(f"{registry.host}/app:ring") == "digest_mismatch"

    assert len(registry.asked) == 3


async def test_a_gzip_bomb_is_not_unpacked(registry: FakeRegistry) -> None:
    """400 MB in 400 KB are read up to the limit of a document."""
    bomb = gzip.compress(b" " * (64 << 20))
    registry.instead["/manifests/bomb"] = always(200, bomb, Content_Encoding="gzip", Content_Type=manifest.OCI_MANIFEST)

    async with asking(internal(registry.host)) as asker:
        assert await asker.refused(f"{registry.host}/app:bomb") == "bomb"


async def test_a_packed_answer_is_unpacked(registry: FakeRegistry) -> None:
    """Nobody asks for gzip, and some send it: the digest is that of what was packed."""
    image = registry.put(made.image())
    packed = gzip.compress(image.manifest.content)
    registry.instead[image.manifest.digest] = always(200, packed, Content_Encoding="gzip", Content_Type=manifest.OCI_MANIFEST)

    async with asking(internal(registry.host)) as asker:
        assert (await asker.of(f"{registry.host}/app@{image.manifest.digest}")).table.size_bytes == 3_000_250


@pytest.mark.parametrize(("encoding", "body"), [("gzip", b"no gzip"), ("gzip", gzip.compress(b"{}" * 999, mtime=0)[:-9]), ("br", b"x")])
async def test_a_damaged_packed_answer_is_refused(registry: FakeRegistry, encoding: str, body: bytes) -> None:
    """Nothing of it is taken."""
    registry.instead["/manifests/1"] = always(200, body, Content_Encoding=encoding)

    async with asking(internal(registry.host)) as asker:
        assert await asker.refused(f"{registry.host}/app:1") == "broken"


async def test_a_slow_drip_ends_at_the_limit(registry: FakeRegistry) -> None:
    """A byte now and then does not extend the time that an answer has."""

    async def drip(request: web.Request) -> web.StreamResponse:
        if request.method == "HEAD":
            return web.Response(status=405)
        response = web.StreamResponse(headers={"Content-Type": manifest.OCI_MANIFEST})
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await response.write(b" ")
                await asyncio.sleep(0.01)
        return response

    registry.instead["/manifests/slow"] = drip

    async with asking(internal(registry.host), limits=Limits(seconds=0.2)) as asker:
        assert await asker.refused(f"{registry.host}/app:slow") == "timeout"


async def test_a_silent_registry_ends_at_the_limit() -> None:
    """It took the connection and says nothing."""

    async def silent(_: rawserver.Asked, __: object) -> None:
        await asyncio.Event().wait()

    async with rawserver.serving(silent) as server:
        host = server.url.removeprefix("http://")
        async with asking(internal(host), limits=Limits(seconds=0.2)) as asker:
            assert await asker.refused(f"{host}/app:1") == "timeout"


async def test_a_question_has_an_end(registry: FakeRegistry) -> None:
    """However many requests it needs; what was fetched by then is kept, so that the next question goes on from there."""
    image = registry.put(made.image(), "1")
    go = asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        await go.wait()
        return registry._document(request)

    registry.instead[image.config.digest] = slow
    async with asking(internal(registry.host), seconds=0.2) as asker:
        first = await asker.refused(f"{registry.host}/app:1")
        go.set()
        told = await asker.of(f"{registry.host}/app:1")

    assert (first, told.table.layers[0].instruction) == ("timeout", "RUN step 0")
    assert set(registry.counts().values()) == {1}


def raw(head: bytes, body: bytes = b"") -> rawserver.Answer:
    """Return an answer of exactly these bytes, after which the connection ends."""

    async def answer(_: rawserver.Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head + body)
        await writer.drain()
        writer.close()

    return answer


RAW: dict[str, tuple[rawserver.Answer, str]] = {
    "more promised than sent": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b"{}"), "broken"),
    "less promised than sent": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", b"{}" * 99), "broken not_a_manifest"),
    "promise of a terabyte": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n", b"{}"), "too_large"),
    "a length that is none": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", b"{}"), "broken"),
    "chunks that are none": (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"zz\r\n{}\r\n"), "broken"),
    "a huge header": (raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n"), "broken"),
    "many headers": (raw(b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 5_000 + b"\r\n"), "broken"),
    "no HTTP": (raw(b"SSH-2.0-OpenSSH_9.2\r\n"), "broken"),
    "nothing": (raw(b""), "broken"),
}


@pytest.mark.parametrize("bad", RAW)
async def test_a_broken_answer_is_refused(bad: str) -> None:
    """Framing that lies, heads without end, other protocols."""
    answer, reason = RAW[bad]
    no_head = rawserver.whole("405 Method Not Allowed", b"")
    async with rawserver.serving(no_head, answer) as server:
        host = server.url.removeprefix("http://")
        async with asking(internal(host)) as asker:
            assert await asker.refused(f"{host}/app:1") in reason.split()


@pytest.mark.parametrize(
    ("status", "reason"), [(403, "unauthorized"), (404, "not_found"), (418, "server"), (500, "server"), (503, "server")]
)
async def test_a_refusal_of_the_registry_has_its_reason(registry: FakeRegistry, status: int, reason: str) -> None:
    """Gone, forbidden and broken are told apart."""
    registry.instead["/manifests/1"] = always(status, b"<html>", Content_Type="text/html")

    async with asking(internal(registry.host)) as asker:
        assert await asker.refused(f"{registry.host}/app:1") == reason


@pytest.mark.parametrize("wait", ["120", "Tue, 14 Nov 2023 22:15:20 GMT"])
async def test_a_registry_that_wants_fewer_requests_is_left_alone(registry: FakeRegistry, wait: str) -> None:
    """For as long as it says, in seconds or as a date, and for all of its images."""
    registry.put(made.image(), "1")
    registry.instead["/manifests/limited"] = always(429, Retry_After=wait)

    async with asking(internal(registry.host)) as asker:
        first = await asker.refused(f"{registry.host}/app:limited")
        asked = len(registry.asked)
        asker.pass_seconds(119)
        others = [await asker.refused(f"{registry.host}/app:1"), await asker.refused(f"{registry.host}/b:2")]
        asked_meanwhile = len(registry.asked) - asked
        asker.pass_seconds(2)
        told = await asker.of(f"{registry.host}/app:1")

    assert (first, others, asked_meanwhile) == ("rate_limited", ["rate_limited"] * 2, 0)
    assert told.table.size_bytes == 3_000_250


async def test_a_registry_in_trouble_is_asked_less_and_less(registry: FakeRegistry) -> None:
    """Each failure in a row doubles the pause, up to an hour."""
    registry.instead["/manifests/1"] = always(500)
    asked_at = []

    async with asking(internal(registry.host)) as asker:
        for second in range(0, 4 * 3600, 5):
            asked = len(registry.asked)
            await asker.refused(f"{registry.host}/app:1")
            asked_at += [second] * (len(registry.asked) - asked)
            asker.pass_seconds(5)

    assert 10 <= len(asked_at) <= 14


@pytest.mark.parametrize("to", ["other", "same"])
async def test_no_redirect_of_a_manifest_is_followed(registry: FakeRegistry, to: str) -> None:
    """Neither to another host, nor to another path."""
    async with serving() as other:
        location = f"{other.url if to == 'other' else registry.url}/v2/app/manifests/2"
        registry.instead["/manifests/1"] = always(307, Location=location)
        async with asking(internal(registry.host, other.host)) as asker:
            assert await asker.refused(f"{registry.host}/app:1") == "redirect"

    assert (len(registry.asked), other.asked) == (1, [])


REALMS = [
    "http://169.254.169.254/latest/meta-data/iam/security-credentials/",
    "https://169.254.169.254/token",
    "https://[fd00:ec2::254]/token",
    "https://user:password@{host}/token",
    "http://{host}@evil.example/token",
    "https://evil.example/token",
    "//evil.example/token",
    "/token",
    "file:///etc/passwd",
    "gopher://{host}/",
    "http://{host}:x/",
    "javascript:alert(1)",
    "http://[::1",
    "",
    "http://{host}.evil.example/",
    "http://localhost:1/token",
    "x" * 3000,
]


@pytest.mark.parametrize("realm", REALMS)
async def test_no_realm_leads_elsewhere(registry: FakeRegistry, tmp_path: Path, realm: str) -> None:
    """A registry cannot make us ask a host that no setting names, nor send it a password."""
    registry.bearer, registry.realm = True, realm.format(host=registry.host) or " "
    registry.put(made.image(), "1")

    config = docker_config(tmp_path, **{registry.host: "reader:secret"})
    async with asking(internal(registry.host), config=config) as asker:
        assert await asker.refused(f"{registry.host}/app:1") == "realm"
        hosts = {host for host, _ in asker.tally.requests}

    assert hosts == {registry.host}
    assert [asked.authorization for asked in registry.asked] == [None]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> certificates.Certificate:
    """Gives a certificate of 127.0.0.1."""
    try:
        return certificates.make(tmp_path_factory.mktemp("tls"))
    except certificates.NoOpenssl:
        pytest.skip("no openssl: a registry with TLS needs a certificate")


def trust(certificate: certificates.Certificate) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate.file)


async def test_a_registry_without_tls_is_told(registry: FakeRegistry) -> None:
    """The line leads to the setting, not to certificates."""
    registry.put(made.image(), "1")
    async with asking(internal(registry.host, plain=False)) as asker:
        with pytest.raises(RegistryError, match="answers without TLS; if that is meant, see --plain-http-host") as refused:
            await asker.of(f"{registry.host}/app:1")

    assert refused.value.reason == "tls"


async def test_no_realm_takes_tls_away(certificate: certificates.Certificate, tmp_path: Path) -> None:
    """A registry with TLS that sends for a token without it gets none, also where its own host is to be asked."""
    async with serving(tls=certificate.server_context()) as registry:
        registry.put(made.image(), "1")
        registry.bearer, registry.realm = True, f"http://{registry.host}/token"
        config = docker_config(tmp_path, **{registry.host: "reader:secret"})
        async with asking(internal(registry.host, plain=False), config=config, trust=trust(certificate)) as asker:
            refused = await asker.refused(f"{registry.host}/app:1")
        registry.realm = ""
        async with asking(internal(registry.host, plain=False), config=config, trust=trust(certificate)) as asker:
            told = await asker.of(f"{registry.host}/app:1")

    assert refused == "realm"
    assert told.table.size_bytes == 3_000_250


async def test_a_certificate_that_nobody_trusts_is_refused(certificate: certificates.Certificate) -> None:
    """No switch turns that off."""
    async with serving(tls=certificate.server_context()) as registry, asking(internal(registry.host, plain=False)) as asker:
        assert await asker.refused(f"{registry.host}/app:1") == "tls"
        assert registry.asked == []


async def test_a_token_comes_from_a_listed_host(registry: FakeRegistry, tmp_path: Path) -> None:
    """A registry whose tokens are elsewhere names that host in a setting; others may not send us there."""
    async with serving() as giver, serving() as stranger:
        for one in (registry, stranger):
            one.put(made.image(), "1")
            one.bearer, one.realm = True, f"{giver.url}/token"
        config = docker_config(tmp_path, **{registry.host: "reader:secret", stranger.host: "other:secret"})
        allowed = internal(registry.host, stranger.host, auth_hosts=[f"{registry.host}={giver.host}"])
        async with asking(allowed, config=config) as asker:
            told = await asker.of(f"{registry.host}/app:1")
            refused = await asker.refused(f"{stranger.host}/app:1")

    assert (told.table.size_bytes, refused) == (3_000_250, "realm")
    assert [asked.path for asked in giver.asked] == ["/token"]


async def test_no_redirect_of_a_token_is_followed(registry: FakeRegistry, tmp_path: Path) -> None:
    """The password went to the host that it is for; the next one would be anybody's."""
    async with serving() as other:
        registry.bearer = True
        registry.instead["/token"] = always(302, Location=f"{other.url}/token")
        config = docker_config(tmp_path, **{registry.host: "reader:secret"})
        async with asking(internal(registry.host, other.host), config=config) as asker:
            assert await asker.refused(f"{registry.host}/app:1") == "redirect"

    assert other.asked == []


TOKENS: dict[str, Any] = {
    "HTML": b"<html>",
    "none": b"{}",
    "a header of its own": json.dumps({"token": "a\r\nX-Evil: 1"}).encode(),
    "a surrogate": b'{"token":"\\ud800"}',
    "endless": json.dumps({"token": "x" * 20_000}).encode(),
    "a list": b"[]",
}


@pytest.mark.parametrize("token", TOKENS)
async def test_a_bad_token_is_refused(registry: FakeRegistry, token: str) -> None:
    """What is no token is sent to nobody."""
    registry.bearer = True
    registry.instead["/token"] = always(200, TOKENS[token])

    async with asking(internal(registry.host)) as asker:
        assert await asker.refused(f"{registry.host}/app:1") == "bad_token"


@pytest.mark.parametrize("bearer", [True, False])
async def test_wrong_credentials_are_tried_once(registry: FakeRegistry, tmp_path: Path, *, bearer: bool) -> None:
    """A registry that goes on asking is not answered again and again."""
    registry.bearer, registry.users = bearer, {"reader": "other"}

    config = docker_config(tmp_path, **{registry.host: "reader:secret"})
    async with asking(internal(registry.host), config=config) as asker:
        assert await asker.refused(f"{registry.host}/app:1") == "unauthorized"

    assert len(registry.asked) == 2


async def test_credentials_go_to_their_own_host_only(registry: FakeRegistry, tmp_path: Path) -> None:
    """Another registry that asks for a password gets none, and no token of the first one."""
    async with serving() as other:
        registry.users, other.users = {"reader": "secret"}, {"reader": "secret"}
        registry.put(made.image(), "1")
        other.put(made.image(), "1")
        config = docker_config(tmp_path, **{registry.host: "reader:secret"})
        async with asking(internal(registry.host, other.host), config=config) as asker:
            await asker.of(f"{registry.host}/app:1")
            assert await asker.refused(f"{other.host}/app:1") == "unauthorized"

    assert {asked.authorization for asked in other.asked} == {None}


async def test_a_config_may_be_elsewhere_where_a_setting_says_so(certificate: certificates.Certificate, tmp_path: Path) -> None:
    """Hubs keep blobs at another host: it is asked with TLS, once, and without credentials."""
    async with serving(tls=certificate.server_context()) as registry, serving(tls=certificate.server_context()) as blobs:
        registry.users = {"reader": "secret"}
        image = registry.put(made.image(), "1")
        blobs.put(image)
        registry.instead[f"/blobs/{image.config.digest}"] = always(
            307, Location=f"{blobs.url}/v2/x/blobs/{image.config.digest}?signature=x"
        )
        config = docker_config(tmp_path, **{registry.host: "reader:secret"})
        instructions = []
        for listed in ([], [blobs.host]):
            allowed = internal(registry.host, plain=False, blob_hosts=listed)
            async with asking(allowed, config=config, trust=trust(certificate)) as asker:
                told = await asker.of(f"{registry.host}/app:1")
                instructions.append([layer.instruction for layer in told.table.layers])
                refused = dict(asker.tally.refused)
            assert refused == ({} if listed else {"redirect": 1})

    assert instructions == [[None, None], ["RUN step 0", "RUN step 1"]]
    assert [asked.authorization for asked in blobs.asked] == [None]


async def test_a_second_redirect_of_a_config_is_not_followed(registry: FakeRegistry) -> None:
    """Whoever is led twice is being led around."""
    image = registry.put(made.image(), "1")
    registry.instead[f"/v2/app/blobs/{image.config.digest}"] = always(307, Location="/there")
    registry.instead["/there"] = always(307, Location="/and-back")

    async with asking(internal(registry.host)) as asker:
        told = await asker.of(f"{registry.host}/app:1")
        refused = dict(asker.tally.refused)

    assert [layer.instruction for layer in told.table.layers] == [None, None]
    assert refused == {"redirect": 1}


BLOB_LOCATIONS = ["http://169.254.169.254/", "https://evil.example/", "file:///etc/passwd", "", "http://[::1", "https://u:p@{host}/"]


@pytest.mark.parametrize("location", BLOB_LOCATIONS)
async def test_a_config_is_not_looked_for_elsewhere(registry: FakeRegistry, location: str) -> None:
    """The layers are told without their lines."""
    image = registry.put(made.image(), "1")
    registry.instead[f"/blobs/{image.config.digest}"] = always(307, Location=location.format(host=registry.host))

    async with asking(internal(registry.host)) as asker:
        assert (await asker.of(f"{registry.host}/app:1")).table.layers[0].instruction is None
        assert {host for host, _ in asker.tally.requests} == {registry.host}


REFERENCES = [
    "",
    "sha256:" + "0" * 64,
    "UPPER/Case",
    "a b",
    "http://registry.example/x",
    "user:password@registry.example/x",
    "x/../y",
    "🚀",
]


@pytest.mark.parametrize("reference", REFERENCES)
async def test_what_is_no_reference_is_asked_of_nobody(registry: FakeRegistry, reference: str) -> None:
    """The text is any tenant's."""
    async with asking(internal(registry.host)) as asker:
        assert await asker.refused(reference) in {"invalid_reference", "host"}
        assert asker.tally.requests.total() == 0


async def test_what_one_wrote_is_not_told_to_another(registry: FakeRegistry) -> None:
    """All that is no reference is the same to a metric, and not to who asks."""
    async with asking(internal(registry.host)) as asker:
        messages = []
        for reference in ("first tenant", "second tenant"):
            with pytest.raises(RegistryError) as refused:
                await asker.of(reference)
            messages.append(str(refused.value))

    assert messages == [f"{name} tenant is no reference of an image in a registry" for name in ("first", "second")]


async def test_a_config_that_says_it_is_huge_is_not_fetched(registry: FakeRegistry) -> None:
    """Its lines are worth no gigabyte."""
    image = made.image()
    body = json.loads(image.manifest.content)
    body["config"]["size"] = 1 << 30
    registry.put(made.Image(made.document(body, manifest.OCI_MANIFEST), image.config), "1")

    async with asking(internal(registry.host)) as asker:
        told = await asker.of(f"{registry.host}/app:1")
        refused = dict(asker.tally.refused)

    assert (told.table.layers[0].instruction, refused) == (None, {"too_large": 1})
    assert registry.counts()[f"GET {image.config.digest}"] == 0


async def test_a_host_that_no_setting_names_is_not_asked(registry: FakeRegistry) -> None:
    """Neither with another port, nor as a part of another name."""
    async with asking(internal(registry.host)) as asker:
        for name in ("registry.example", "127.0.0.1", "127.0.0.1:1", f"{registry.host}1", "localhost:" + registry.host.split(":")[1]):
            assert await asker.refused(f"{name}/app:1") == "host"

    assert registry.asked == []


async def test_a_host_has_two_requests_in_flight(registry: FakeRegistry) -> None:
    """However many images are asked for at a time; those that wait have an end too."""
    most = under_way = 0
    both, go = asyncio.Event(), asyncio.Event()

    async def slow(_: web.Request) -> web.StreamResponse:
        nonlocal most, under_way
        under_way += 1
        most = max(most, under_way)
        if under_way == 2:
            both.set()
        await go.wait()
        under_way -= 1
        return web.Response(status=404)

    registry.instead[""] = slow
    async with asking(internal(registry.host), limits=Limits(waiting=10)) as asker:
        questions = [asyncio.create_task(ask_for(asker.of, f"{registry.host}/app:{number}")) for number in range(20)]
        await both.wait()
        go.set()
        reasons = await asyncio.gather(*questions)

    assert most == 2
    assert sorted(reasons) == ["busy"] * 10 + ["not_found"] * 10


async def ask_for(of: Callable[[str], Awaitable[object]], reference: str) -> str:
    """Return the reason of a refusal."""
    try:
        return str(await of(reference))
    except RegistryError as error:
        return error.reason


async def test_what_one_repository_refuses_is_no_answer_about_another(registry: FakeRegistry) -> None:
    """Whoever asks for another's image under a name of his own, at the same moment, does not keep it from being told."""
    image = registry.put(made.image(), "1")
    asked, end = asyncio.Event(), asyncio.Event()

    async def not_here(_: web.Request) -> web.StreamResponse:
        asked.set()
        await end.wait()
        return web.Response(status=404)

    registry.instead[f"/v2/mine/manifests/{image.manifest.digest}"] = not_here
    async with asking(internal(registry.host)) as asker:
        first = asyncio.create_task(asker.of(f"{registry.host}/mine@{image.manifest.digest}"))
        await asked.wait()
        told = await asker.of(f"{registry.host}/app@{image.manifest.digest}")
        end.set()
        with pytest.raises(RegistryError, match="has no such image"):
            await first

    assert told.table.digest == image.manifest.digest

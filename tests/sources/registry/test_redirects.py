"""A registry that leads to another one for a manifest, as registry.k8s.io does."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from pullwatch.pulls import manifest
from pullwatch.sim import certificates
from pullwatch.sources.registry.policy import Policy, policy
from tests.pulls import made_manifests as made
from tests.sources.registry.asking import asking, docker_config, internal
from tests.sources.registry.fakeregistry import FakeRegistry, serving


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> certificates.Certificate:
    """Gives a certificate of 127.0.0.1."""
    try:
        return certificates.make(tmp_path_factory.mktemp("tls"))
    except certificates.NoOpenssl:
        pytest.skip("no openssl: a registry with TLS needs a certificate")


@dataclass
class Pair:
    """A registry that leads to another one under its `moved/`, and how both are trusted."""

    front: FakeRegistry
    behind: FakeRegistry
    trust: ssl.SSLContext

    def lead(self, to: str | None = None) -> None:
        """Let the first one lead to the same name at the other one, or elsewhere."""

        async def moved(request: web.Request) -> web.StreamResponse:
            location = self.behind.url + request.path.replace("/v2/", "/v2/moved/") if to is None else to
            return web.Response(status=307, headers={"Location": location})

        for name in ("1", made.image().manifest.digest):
            self.front.instead[f"/manifests/{name}"] = moved

    def allowed(self, *more: str, blob_hosts: Iterable[str] = ()) -> Policy:
        return internal(self.front.host, *more, plain=False, blob_hosts=blob_hosts)


@pytest_asyncio.fixture
async def pair(certificate: certificates.Certificate) -> AsyncIterator[Pair]:
    """Gives two registries with TLS, of which the second holds an image."""
    async with serving(tls=certificate.server_context()) as front, serving(tls=certificate.server_context()) as behind:
        behind.put(made.image(), "1")
        front.put(made.image())
        yield Pair(front, behind, ssl.create_default_context(cafile=certificate.file))


@pytest.mark.parametrize("wanted", [":1", f"@{made.image().manifest.digest}"])
async def test_a_listed_registry_is_followed_to(pair: Pair, tmp_path: Path, wanted: str) -> None:
    """By tag and by digest; without any credentials, also where there are some for it, so that none is asked for."""
    pair.lead()
    pair.front.users = {"reader": "secret"}
    config = docker_config(tmp_path, **{pair.front.host: "reader:secret", pair.behind.host: "other:hidden"})
    async with asking(pair.allowed(pair.behind.host), trust=pair.trust, config=config) as asker:
        told = await asker.of(f"{pair.front.host}/app{wanted}")

    assert told.image == f"{pair.front.host}/app{wanted}"
    assert told.table.digest == made.image().manifest.digest
    assert {asked.authorization for asked in pair.behind.asked} == {None}
    assert all(asked.path.startswith("/v2/moved/app/manifests/") for asked in pair.behind.asked)


async def test_a_registry_that_is_not_listed_is_not_followed_to(pair: Pair) -> None:
    """Nor one that may only hold configs: it is not even connected to."""
    pair.lead()
    async with asking(pair.allowed(blob_hosts=[pair.behind.host]), trust=pair.trust) as asker:
        assert await asker.refused(f"{pair.front.host}/app:1") == "redirect"

    assert pair.behind.asked == []


async def test_a_second_redirect_is_not_followed(pair: Pair) -> None:
    """Whoever is led twice is being led around."""
    pair.lead()
    pair.behind.instead["/manifests/1"] = pair.front.instead["/manifests/1"]
    async with asking(pair.allowed(pair.behind.host), trust=pair.trust) as asker:
        assert await asker.refused(f"{pair.front.host}/app:1") == "redirect"

    assert (len(pair.front.asked), len(pair.behind.asked)) == (1, 1)


async def test_one_that_wants_credentials_gets_none(pair: Pair, tmp_path: Path) -> None:
    """Its own password is for those who ask it by its own name."""
    pair.lead()
    pair.behind.users = {"reader": "secret"}
    config = docker_config(tmp_path, **{pair.behind.host: "reader:secret"})
    async with asking(pair.allowed(pair.behind.host), trust=pair.trust, config=config) as asker:
        assert await asker.refused(f"{pair.front.host}/app:1") == "unauthorized"

    assert [asked.authorization for asked in pair.behind.asked] == [None]


async def test_what_is_found_there_is_held_against_the_digest(pair: Pair) -> None:
    """Another manifest is no answer, however it was come by."""
    pair.lead()
    other = made.image(made.layer("another", 7)).manifest
    pair.behind.documents[made.image().manifest.digest] = made.Document(other.content, manifest.OCI_MANIFEST)
    async with asking(pair.allowed(pair.behind.host), trust=pair.trust) as asker:
        assert await asker.refused(f"{pair.front.host}/app@{made.image().manifest.digest}") == "digest_mismatch"


LOCATIONS = [
    "http://{host}/v2/app/manifests/1",
    "https://u:p@{host}/v2/app/manifests/1",
    "https://169.254.169.254/latest/meta-data/",
    "https://{host}.evil.example/v2/app/manifests/1",
    "https://evil.example@{host}:1/",
    "//{host}/v2/app/manifests/1",
    "file:///etc/passwd",
    "https://[::1",
    "",
    "x" * 5000,
]


@pytest.mark.parametrize("location", LOCATIONS)
async def test_nothing_else_is_followed(pair: Pair, location: str) -> None:
    """No address without TLS, with a user, of another host, or that is none."""
    pair.lead(location.format(host=pair.behind.host))
    async with asking(pair.allowed(pair.behind.host), trust=pair.trust) as asker:
        assert await asker.refused(f"{pair.front.host}/app:1") == "redirect"

    assert pair.behind.asked == []


async def test_the_address_is_looked_at_when_it_is_connected_to(pair: Pair) -> None:
    """A listed registry is followed to only where it may be: here it may not be on this machine."""
    pair.lead()
    front = pair.allowed().hosts
    there = policy((), private=[pair.behind.host]).hosts
    async with asking(Policy({**front, **there}, {}, frozenset()), trust=pair.trust) as asker:
        assert await asker.refused(f"{pair.front.host}/app:1") == "address"

    assert pair.behind.asked == []

"""Tokens, CAs and certificates that are replaced while a watch goes on, as a kubelet and an API server do it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from pullwatch.sim import certificates
from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.store import Store
from pullwatch.sources import access, errors, kubeconfig, resources
from pullwatch.sources.kube import Session
from tests.sim.given import event
from tests.sources.followed import following, until
from tests.sources.rawserver import access_to
from tests.sources.test_kubeconfig import config, write

EVENTS = resources.events()
PODS = resources.pods()


def certificate(directory: Path, name: str = "ca.crt") -> certificates.Certificate:
    """Make a certificate, or leave the test out where that cannot be."""
    try:
        return certificates.make(directory, name=name)
    except certificates.NoOpenssl as error:
        pytest.skip(str(error))


@pytest.fixture
def account(tmp_path: Path) -> Path:
    """Give the directory of a service account that trusts the certificate in it."""
    certificate(tmp_path)
    (tmp_path / "token").write_text("first\n")
    return tmp_path


@pytest_asyncio.fixture
async def api(account: Path) -> AsyncIterator[ApiServer]:
    """Give a server with TLS."""
    tls = certificates.Certificate(account / "ca.crt", account / "ca.crt.key").server_context()
    async with ApiServer(Store(first_version=100), token="first", ssl_context=tls) as running:
        yield running


async def test_it_goes_on_with_a_new_token_at_once(api: ApiServer, account: Path) -> None:
    """Where the old token is refused before its minute is over, both watches read the file again and are not interrupted by that."""
    async with following(api, EVENTS, PODS, credentials=access.ServiceAccount(account)) as followed:
        await until(lambda: api.open_watches == {"events": 1, "pods": 1})
        (account / "token").write_text("second\n")
        api.token = "second"
        api.drop_watches()
        api.store.create("events", event("after"))
        await followed.saw("after")
        await until(lambda: api.open_watches == {"events": 1, "pods": 1})
    tokens = [asked.headers.get("authorization") for asked in api.asked]

    assert set(followed.reasons) == {"closed"}
    assert set(tokens) == {"Bearer first", "Bearer second"}
    assert tokens[-1] == "Bearer second"
    assert api.requests["list", "events"] == api.requests["list", "pods"] == 1


async def test_it_tries_again_where_another_request_renewed_the_token(api: ApiServer, account: Path) -> None:
    """Of two requests with the old token that are refused together, the second finds the fresh token already read."""
    account_ = access.ServiceAccount(account)
    async with Session(access_to(api.url, account_)) as session:
        await session.get_json(EVENTS.path)
        (account / "token").write_text("second\n")
        api.token = "second"
        bodies = await asyncio.gather(*(session.get_json(EVENTS.path) for _ in range(5)))

    assert len(bodies) == 5


async def test_it_waits_for_a_token_that_comes_late(api: ApiServer, account: Path) -> None:
    """A server that refuses before the file has changed is asked again, ever later, and the new token is used when it is there."""
    async with following(api, credentials=access.ServiceAccount(account)) as followed:
        await until(lambda: api.open_watches["events"])
        api.token = "second"
        api.drop_watches()
        await until(lambda: followed.reasons.count("unauthorized") >= 3)
        (account / "token").write_text("second\n")
        api.store.create("events", event("after"))
        await followed.saw("after")

    assert api.requests["list", "events"] == 1


@pytest.mark.parametrize("file_first", [True, False])
async def test_it_goes_on_with_a_new_ca(
    api: ApiServer, account: Path, tmp_path_factory: pytest.TempPathFactory, *, file_first: bool
) -> None:
    """Without a restart, whichever changes first: the server's certificate or the CA file that trusts it."""
    new = certificate(tmp_path_factory.mktemp("new"))
    async with following(api, credentials=access.ServiceAccount(account)) as followed:
        await until(lambda: api.open_watches["events"])
        if file_first:
            (account / "ca.crt").write_bytes(new.file.read_bytes())
        api.rotate_certificate(new.file, new.key)
        api.drop_connections()
        if not file_first:
            await until(lambda: "unreachable" in followed.reasons)
            (account / "ca.crt").write_bytes(new.file.read_bytes())
        api.store.create("events", event("after"))
        await followed.saw("after")

    assert set(followed.reasons) == ({"closed"} if file_first else {"closed", "unreachable"})
    assert api.requests["list", "events"] == 1


async def test_it_keeps_its_trust_while_the_ca_is_being_replaced(api: ApiServer, account: Path) -> None:
    """A file that is half written or gone for a moment stops nothing."""
    async with following(api, credentials=access.ServiceAccount(account)) as followed:
        await until(lambda: api.open_watches["events"])
        (account / "ca.crt").write_text("-----BEGIN CERTIFICATE-----\nhalf")
        api.drop_connections()
        await until(lambda: api.requests["watch", "events"] == 2)
        (account / "ca.crt").unlink()
        api.drop_connections()
        api.store.create("events", event("after"))
        await followed.saw("after")

    assert set(followed.reasons) == {"closed"}


async def test_it_goes_on_with_a_new_ca_of_a_kubeconfig(
    api: ApiServer, account: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The file that `certificate-authority` names is read again when it changes, as the service account's is."""
    new = certificate(tmp_path_factory.mktemp("new"))
    cluster = {"server": api.url, "certificate-authority": str(account / "ca.crt")}
    path = write(tmp_path, config(user={"token": "first"}, **cluster))
    async with following(api, credentials=kubeconfig.load(path).credentials) as followed:
        await until(lambda: api.open_watches["events"])
        (account / "ca.crt").write_bytes(new.file.read_bytes())
        api.rotate_certificate(new.file, new.key)
        api.drop_connections()
        api.store.create("events", event("after"))
        await followed.saw("after")

    assert set(followed.reasons) == {"closed"}


async def test_it_sends_no_token_to_a_server_it_does_not_trust(account: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A server with a certificate of another CA gets not one request."""
    other = certificate(tmp_path_factory.mktemp("other"))
    async with ApiServer(Store(), ssl_context=other.server_context()) as api:
        async with following(api, credentials=access.ServiceAccount(account)) as followed:
            await until(lambda: len(followed.troubles) == 3)

        assert set(followed.reasons) == {"unreachable"}
        assert not api.asked


async def test_it_finds_a_peer_silent_during_the_handshake(account: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that accepts connections and says nothing costs as long as a connection may take, and no longer."""
    monkeypatch.setattr("pullwatch.sources.kube.CONNECT_SECONDS", 0.1)
    async with _mute() as url, Session(access_to(url, access.ServiceAccount(account))) as session, asyncio.timeout(5):
        with pytest.raises(errors.Unreachable, match="no connection"):
            async with session.stream(EVENTS.path, {}, read_timeout=None, total_timeout=300):
                pass


@contextlib.asynccontextmanager
async def _mute() -> AsyncIterator[str]:
    """Listen, accept, and say nothing."""
    writers: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: writers.append(writer), "127.0.0.1", 0)
    try:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
        await server.wait_closed()

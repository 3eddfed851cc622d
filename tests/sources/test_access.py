"""The way to the API server from within a pod."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from pullwatch.sim import certificates
from pullwatch.sources import access
from pullwatch.sources.errors import AccessError

POD = {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "6443"}


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def certificate(directory: Path, name: str = "ca.crt") -> Path:
    """Make a CA that nobody else trusts."""
    try:
        return certificates.make(directory, name=name).file
    except certificates.NoOpenssl as error:
        pytest.skip(str(error))


@pytest.fixture
def account(tmp_path: Path) -> Path:
    """Return the directory of a service account."""
    certificate(tmp_path)
    (tmp_path / "token").write_text("first\n")
    return tmp_path


@pytest.mark.parametrize(("host", "url"), [("10.0.0.1", "https://10.0.0.1:6443"), ("fd00::1", "https://[fd00::1]:6443")])
def test_it_finds_the_server_of_its_pod(host: str, url: str, account: Path) -> None:
    """Address and port come from the environment, IPv6 in brackets."""
    assert access.in_cluster(environ=POD | {"KUBERNETES_SERVICE_HOST": host}, directory=account).url == url


async def test_it_reads_the_token_again_each_minute(account: Path) -> None:
    """A rotated token is used at most a minute later, without its line end."""
    clock = Clock()
    credentials = access.in_cluster(environ=POD, directory=account, monotonic=clock).credentials
    (account / "token").write_text("second\n")
    before = await credentials.authorization()
    clock.now += access.TOKEN_SECONDS

    assert (before, await credentials.authorization()) == ("Bearer first", "Bearer second")


async def test_it_reads_the_token_at_once_after_a_refusal(account: Path) -> None:
    """A 401 does not wait for the minute, and says whether there is anything new to try."""
    credentials = access.in_cluster(environ=POD, directory=account).credentials
    unchanged = await credentials.renew()
    (account / "token").write_text("second")

    assert (unchanged, await credentials.renew(), await credentials.authorization()) == (False, True, "Bearer second")


async def test_it_keeps_the_token_while_the_file_is_being_replaced(account: Path) -> None:
    """A file that is gone for a moment stops nothing."""
    credentials = access.in_cluster(environ=POD, directory=account).credentials
    (account / "token").unlink()

    assert (await credentials.renew(), await credentials.authorization()) == (False, "Bearer first")


def test_it_trusts_a_new_ca_without_a_restart(account: Path) -> None:
    """The context is kept until the file changes."""
    credentials = access.in_cluster(environ=POD, directory=account).credentials
    first = credentials.trust()
    same = credentials.trust()
    certificate(account)

    assert first is same
    assert credentials.trust() is not first


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda directory: (directory / "token").unlink(), "no token"),
        (lambda directory: (directory / "token").write_text(""), "expected one line of text"),
        (lambda directory: (directory / "token").write_text("a\nb"), "expected one line of text"),
        (lambda directory: (directory / "token").write_bytes(b"\xff\xfe"), "no token"),
        (lambda directory: (directory / "ca.crt").unlink(), "no CA certificate"),
        (lambda directory: (directory / "ca.crt").write_text("nothing"), "no CA certificate"),
    ],
)
def test_it_says_what_is_wrong_with_the_account(broken: object, said: str, account: Path) -> None:
    """One line that names the file."""
    assert callable(broken)
    broken(account)

    with pytest.raises(AccessError, match=said) as caught:
        access.in_cluster(environ=POD, directory=account)
    assert str(account) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_it_says_that_this_is_no_pod(tmp_path: Path) -> None:
    """Outside of a cluster the way out is a kubeconfig."""
    with pytest.raises(AccessError, match="--kubeconfig"):
        access.in_cluster(environ={}, directory=tmp_path)


def test_it_prefers_what_was_asked_for(account: Path) -> None:
    """In a pod the service account is used, unless a kubeconfig is named."""
    assert access.find(environ=POD, directory=account).url == "https://10.0.0.1:6443"
    with pytest.raises(AccessError, match="no such file"):
        access.find(kubeconfig=account / "none", environ=POD, directory=account)


def test_it_accepts_the_cas_of_older_installers(account: Path) -> None:
    """Python 3.13 would refuse CAs without an extension that kubectl does not ask for."""
    strict = getattr(ssl, "VERIFY_X509_STRICT", ssl.VerifyFlags(0))

    assert not access.context(account / "ca.crt").verify_flags & strict

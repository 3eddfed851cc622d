"""Kubelets over the network: who gets our token, and who is never asked."""

from __future__ import annotations

import asyncio
import os
import ssl
import subprocess
from pathlib import Path

import pytest

from pullwatch.sim import certificates
from pullwatch.sources import access, errors, kubelet
from pullwatch.sources.metric_text import MetricsError, Reason
from tests.sources import rawserver

ANSWER = rawserver.whole("200 OK", b'kubelet_runtime_operations_total{operation_type="pull_image"} 7\n', "Content-Type: text/plain")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> certificates.Certificate:
    """Return the certificate of a kubelet at 127.0.0.1, which does not bear its node's name."""
    return certificates.make(tmp_path_factory.mktemp("kubelet"))


def asking(trust: kubelet.Authority | None = None) -> kubelet.Kubelets:
    return kubelet.Kubelets(rawserver.Token("secret"), trust=trust or kubelet.unchecked(), loopback=True)


async def why(kubelets: kubelet.Kubelets, address: str, *, node: str = "node-a") -> Reason:
    async with kubelets:
        with pytest.raises(MetricsError) as refused:
            await kubelets.read(node, address)
    return refused.value.reason


async def test_a_kubelet_whose_certificate_bears_its_address_is_read(certificate: certificates.Certificate) -> None:
    """It gets our token; that the name is not in the certificate is found out once."""
    async with (
        rawserver.serving(ANSWER, tls=certificate.server_context()) as server,
        asking(kubelet.Authority(certificate.file)) as kubelets,
    ):
        address = server.url.removeprefix("https://")
        answers = [await kubelets.read("node-a", address) for _ in range(2)]

    assert [answer.samples[0].value for answer in answers] == [7.0, 7.0]
    assert [asked.headers["authorization"] for asked in server.asked] == ["Bearer secret"] * 2
    assert {asked.target for asked in server.asked} == {"/metrics"}


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> certificates.Certificate:
    """Return the certificate of node-a, which bears no address."""
    made = certificates.make(tmp_path_factory.mktemp("named"))
    options = f"-key {made.key} -out {made.file} -days 9 -subj /CN=node-a -addext subjectAltName=DNS:node-a"
    subprocess.run(["openssl", "req", "-x509", *options.split()], check=True, capture_output=True)
    return made


async def test_a_kubelet_whose_certificate_bears_its_name_is_read(named: certificates.Certificate) -> None:
    """Certificates that installers make hold the node's name and no address."""
    async with rawserver.serving(ANSWER, tls=named.server_context()) as server, asking(kubelet.Authority(named.file)) as kubelets:
        address = server.url.removeprefix("https://")
        answer = await kubelets.read("node-a", address)
        with pytest.raises(MetricsError) as refused:
            await kubelets.read("node-b", address)

    assert answer.samples
    # Another node that claims this address gets nothing read, and nobody our token.
    assert refused.value.reason is Reason.UNTRUSTED
    assert len(server.asked) == 1


async def test_a_peer_that_is_not_trusted_never_sees_our_token(certificate: certificates.Certificate, tmp_path: Path) -> None:
    """Whoever answers at an address that a node claims must show a certificate first."""
    other = certificates.make(tmp_path, name="other.crt")
    async with rawserver.serving(ANSWER, tls=other.server_context()) as server:
        address = server.url.removeprefix("https://")
        assert await why(asking(kubelet.Authority(certificate.file)), address) is Reason.UNTRUSTED

    assert server.asked == []


async def test_a_peer_without_tls_never_sees_our_token() -> None:
    """There is no way back to plain HTTP, not even where certificates are not looked at."""
    received = b""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal received
        received += await reader.read(1000)
        writer.write(b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent no HTTP request.\n")
        writer.close()

    async with await asyncio.start_server(connected, "127.0.0.1", 0) as server:
        assert await why(asking(), f"127.0.0.1:{server.sockets[0].getsockname()[1]}") is Reason.UNTRUSTED

    assert received
    assert b"secret" not in received


async def test_what_is_not_verified_is_so_by_name(certificate: certificates.Certificate) -> None:
    """The setting that says so reads any kubelet."""
    async with rawserver.serving(ANSWER, tls=certificate.server_context()) as server, asking() as kubelets:
        assert (await kubelets.read("node-a", server.url.removeprefix("https://"))).samples


async def test_a_redirect_takes_our_token_nowhere(certificate: certificates.Certificate) -> None:
    """A kubelet does not send its readers elsewhere."""
    async with rawserver.serving(ANSWER) as elsewhere:
        leading = rawserver.whole("302 Found", b"", f"Location: {elsewhere.url}/metrics")
        async with rawserver.serving(leading, tls=certificate.server_context()) as server:
            assert await why(asking(), server.url.removeprefix("https://")) is Reason.REDIRECT

    assert elsewhere.asked == []


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("10.0.0.7:10250", True),
        ("100.64.3.4:10250", True),
        ("[fd12::7]:10250", True),
        ("203.0.113.9:443", True),
        ("", False),
        ("10.0.0.7", False),
        ("10.0.0.7:0", False),
        ("10.0.0.7:99999", False),
        ("10.0.0.7:x", False),
        ("10.0.0.7:" + 5000 * "9", False),
        ("10.0.0.7:\u0661", False),
        ("kubelet.example.com:10250", False),
        ("user@10.0.0.7:10250", False),
        ("10.0.0.7/x:10250", False),
        ("127.0.0.1:10250", False),
        ("127.9.9.9:10250", False),
        ("[::1]:10250", False),
        ("[::ffff:127.0.0.1]:10250", False),
        ("[::ffff:169.254.169.254]:80", False),
        ("169.254.169.254:80", False),
        ("100.100.100.200:80", False),
        ("168.63.129.16:80", False),
        ("192.0.0.192:80", False),
        ("[fd00:ec2::254]:80", False),
        ("[fe80::1]:10250", False),
        ("[fd20:ce::254]:80", False),
        ("[::127.0.0.1]:10250", False),
        ("[::ffff:0:a9fe:a9fe]:80", False),
        ("[fe80::1%eth0]:10250", False),
        ("[64:ff9b::a9fe:a9fe]:80", False),
        ("[2002:a9fe:a9fe::]:80", False),
        ("0.0.0.0:10250", False),
        ("[::]:10250", False),
        ("224.0.0.1:10250", False),
        ("255.255.255.255:10250", False),
        ("0x7f000001:10250", False),
        ("2130706433:10250", False),
    ],
)
def test_only_an_address_of_a_node_is_asked(address: str, allowed: bool) -> None:  # noqa: FBT001 - the case's own words
    """A node may claim any address; those of nobody, of this machine and of metadata services are none."""
    assert kubelet.may_be_asked(address) is allowed


async def test_an_address_that_may_not_be_asked_is_not_connected_to() -> None:
    """Not even to look at its certificate."""
    kubelets = kubelet.Kubelets(rawserver.Token("secret"), trust=kubelet.unchecked())

    async with rawserver.serving(ANSWER) as server:
        assert await why(kubelets, server.url.removeprefix("http://")) is Reason.NO_ADDRESS


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("https://127.0.0.1:6443", True),
        ("https://[::1]:6443", True),
        ("https://localhost:6443", True),
        ("https://10.0.0.1", False),
        ("x", False),
    ],
)
def test_a_cluster_on_loopback_is_known_by_its_api_server(url: str, here: bool) -> None:  # noqa: FBT001 - the case's own words
    """Only then are nodes at 127.0.0.1 what they claim."""
    assert kubelet.is_on_loopback(url) is here


def test_the_authority_of_the_api_server_is_taken_where_it_is_verified(certificate: certificates.Certificate) -> None:
    """Where the API server itself is not verified there is no default to trust."""
    lax = ssl.create_default_context()
    lax.check_hostname = False
    lax.verify_mode = ssl.CERT_NONE
    strict = access.context(certificate.file)

    assert kubelet.as_the_api_server(rawserver.Token(trust=strict))() is strict
    for trust in (lax, None):
        with pytest.raises(errors.AccessError, match="--kubelet-ca"):
            kubelet.as_the_api_server(rawserver.Token(trust=trust))


def test_a_missing_authority_is_one_line(tmp_path: Path) -> None:
    """Whoever named the file reads what is wrong with it."""
    with pytest.raises(
        errors.AccessError, match=r"no\.crt: no CA certificate \(No such file or directory\): --kubelet-ca names a PEM file"
    ):
        kubelet.Authority(tmp_path / "no.crt")


def test_a_new_authority_is_read_when_its_file_changes(certificate: certificates.Certificate, tmp_path: Path) -> None:
    """Certificates are renewed while we run; a file in the middle of that changes nothing."""
    file = tmp_path / "ca.crt"
    file.write_bytes(certificate.file.read_bytes())
    authority = kubelet.Authority(file)
    before = authority()
    file.write_text("half")
    os.utime(file, ns=(1, 1))
    during = authority()
    file.write_bytes(certificates.make(tmp_path, name="new.crt").file.read_bytes())
    os.utime(file, ns=(2, 2))

    assert during is before
    assert authority() is not before

"""Kubelets' own metrics, over the network: where a kubelet listens, whether that address may be asked, and as who.

A node writes its own address into its Node object, so whoever owns a node chooses where we connect. Our token goes only
to a peer whose certificate was verified for that node's name or address, unless the user renounced that by name; and no
address is asked that is no node's: loopback, link-local and the metadata services of clouds.
"""

from __future__ import annotations

import ipaddress
import ssl
from typing import TYPE_CHECKING, Protocol, Self
from urllib.parse import urlsplit

import aiohttp

from pullwatch.pulls import kubelet_counts
from pullwatch.sources import access, errors, metric_answer
from pullwatch.sources.metric_text import MetricsError, Reason

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from pullwatch.sources.metric_answer import Answer

READ_SECONDS = 10.0
"""For one kubelet's answer, which comes in tens of milliseconds."""

_NEVER = tuple(
    ipaddress.ip_network(text)
    for text in (
        "169.254.0.0/16", "fe80::/10",  # link-local, the clouds' metadata among it
        "fd00:ec2::254/128", "fd20:ce::254/128",  # metadata services over IPv6
        "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32",  # metadata services of other clouds
        "0.0.0.0/8", "224.0.0.0/3", "ff00::/8",  # nobody, many
        "::/3", "2002::/16", "2001::/32",  # addresses that carry another one, or are not given out
    )
)  # fmt: skip


class Credentials(Protocol):
    """Who we are to a kubelet, as of now."""

    async def authorization(self) -> str | None:
        """Return the value of the Authorization header; None to send none."""


class Kubelets:
    """Asks kubelets; use as an async context manager."""

    def __init__(
        self,
        credentials: Credentials,
        *,
        trust: Callable[[], ssl.SSLContext],
        loopback: bool = False,
        names: tuple[str, ...] = kubelet_counts.NAMES,
    ) -> None:
        self._credentials = credentials
        self._trust = trust
        self._loopback = loopback
        self._names = names
        self._client: aiohttp.ClientSession | None = None
        self._by_address: set[str] = set()
        """Nodes whose certificate bears their address and not their name."""

    async def __aenter__(self) -> Self:
        self._client = metric_answer.client()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._client is not None:
            await self._client.close()

    async def read(self, node: str, address: str) -> Answer:
        """Return what the kubelet at `HOST:PORT` says. Raises MetricsError."""
        if not may_be_asked(address, loopback=self._loopback):
            raise MetricsError(f"node {node}: {address or 'no address'} is not asked for metrics", reason=Reason.NO_ADDRESS)
        if node in self._by_address:
            return await self._ask(address, server_name=None)
        try:
            # A certificate for the node's name cannot be another node's, whatever address the node claims.
            return await self._ask(address, server_name=node)
        except MetricsError as error:
            if not _is_of_another_name(error):
                raise
        answer = await self._ask(address, server_name=None)
        self._by_address.add(node)
        return answer

    def forget(self, node: str) -> None:
        self._by_address.discard(node)

    async def _ask(self, address: str, *, server_name: str | None) -> Answer:
        if self._client is None:
            raise RuntimeError("the session has not been entered")
        authorization = await self._credentials.authorization()
        return await metric_answer.read(
            self._client,
            f"https://{address}/metrics",
            names=self._names,
            seconds=READ_SECONDS,
            headers={"Authorization": authorization} if authorization else None,
            trust=self._trust(),
            server_name=server_name,
        )


def may_be_asked(address: str, *, loopback: bool = False) -> bool:
    """Tell whether `HOST:PORT` may be a kubelet's. A host that is no IP address is none: names lead anywhere."""
    host, _, port = address.rpartition(":")
    try:
        number = ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    if isinstance(number, ipaddress.IPv6Address) and number.ipv4_mapped is not None:
        number = number.ipv4_mapped
    if not (port.isascii() and port.isdecimal() and len(port) <= 5 and 0 < int(port) < 65536):
        return False
    if number.is_loopback:
        return loopback
    return not any(number in network for network in _NEVER)


def is_on_loopback(url: str) -> bool:
    """Tell whether a URL's host is this machine: then a cluster's nodes may be there, too."""
    try:
        return ipaddress.ip_address(urlsplit(url).hostname or "").is_loopback
    except ValueError:
        return urlsplit(url).hostname == "localhost"


class TokenFile:
    """Who an agent is to its node's kubelet: what stands in a file that is replaced while we run; nobody without a file."""

    def __init__(self, file: Path | None) -> None:
        self._file = file

    async def authorization(self) -> str | None:
        """Return the value of the Authorization header. Raises MetricsError where the file holds no token."""
        if self._file is None:
            return None
        try:
            token = self._file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise MetricsError(f"{self._file}: no token", reason=Reason.UNAUTHORIZED) from error
        if not token.isascii() or not token.isprintable() or not token:
            raise MetricsError(f"{self._file}: not a token: expected one line of text", reason=Reason.UNAUTHORIZED)
        return f"Bearer {token}"


class Authority:
    """The CA of the kubelets, read again when its file changes."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._changed_at = 0
        self._trust: ssl.SSLContext | None = None
        self()

    def __call__(self) -> ssl.SSLContext:
        """Return how to check a kubelet. Raises AccessError where the file never could be read."""
        try:
            changed_at = self._file.stat().st_mtime_ns
            if self._trust is None or changed_at != self._changed_at:
                self._trust, self._changed_at = access.context(self._file), changed_at
        except (OSError, ssl.SSLError) as error:
            if self._trust is None:
                why = error.strerror or str(error)
                raise errors.AccessError(f"{self._file}: no CA certificate ({why}): --kubelet-ca names a PEM file") from error
        return self._trust


def as_the_api_server(credentials: access.Credentials) -> Callable[[], ssl.SSLContext]:
    """Return how to check kubelets whose certificates are of the API server's CA. Raises AccessError where that is not checked."""

    def trust() -> ssl.SSLContext:
        context = credentials.trust()
        if context is None or context.verify_mode is not ssl.CERT_REQUIRED or not context.check_hostname:
            raise errors.AccessError(
                "the API server's certificate is not verified, so no CA of kubelets is known: name it with --kubelet-ca"
            )
        return context

    trust()
    return trust


def unchecked() -> Callable[[], ssl.SSLContext]:
    """Return how to believe any peer: for users who say so by name."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return lambda: context


def _is_of_another_name(error: MetricsError) -> bool:
    cause = error.__cause__
    if not isinstance(cause, aiohttp.ClientConnectorCertificateError):
        return False
    found = cause.certificate_error
    # 62 and 64: X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH.
    return isinstance(found, ssl.SSLCertVerificationError) and found.verify_code in (62, 64)

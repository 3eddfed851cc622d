"""Where the API server is, how it is trusted, and who we are to it: from the service account of the pod we run in.

A kubeconfig is read by `kubeconfig`, which costs the `kubernetes` package; this module costs nothing.
"""

from __future__ import annotations

import os
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pullwatch.sources import errors

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where a kubelet mounts the token and the CA."""

TOKEN_SECONDS = 60.0
"""Time for which a token is used before its file is read again; kubelets replace it hours before it expires."""


class Credentials(Protocol):
    """Who we are and whom we trust, as of now."""

    async def authorization(self) -> str | None:
        """Return the value of the Authorization header; None to send none."""

    async def renew(self) -> bool:
        """Fetch the credentials anew after a 401; False where they are still the same."""
        ...

    def trust(self) -> ssl.SSLContext | None:
        """Return how to check the server, None for plain HTTP; raises `AccessError`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterAccess:
    """The way to one API server."""

    url: str
    """Without a slash at its end."""
    credentials: Credentials
    origin: str
    """Where all this was read, for people."""
    proxy: str | None = None
    server_name: str | None = None
    """Name in the server's certificate where it is not the host of the URL."""


def find(
    *,
    kubeconfig: Path | None = None,
    context: str | None = None,
    environ: Mapping[str, str] = os.environ,
    directory: Path = SERVICE_ACCOUNT,
) -> ClusterAccess:
    """Return the access that is asked for, else that of the pod we run in, else that of the user's kubeconfig."""
    if kubeconfig is None and context is None and environ.get("KUBERNETES_SERVICE_HOST") and (directory / "token").exists():
        return in_cluster(environ=environ, directory=directory)
    from pullwatch.sources import kubeconfig as kubeconfig_file

    return kubeconfig_file.load(kubeconfig, context=context)


def in_cluster(
    *, environ: Mapping[str, str] = os.environ, directory: Path = SERVICE_ACCOUNT, monotonic: Callable[[], float] = time.monotonic
) -> ClusterAccess:
    """Return the access of the service account; raises `AccessError` outside of a pod or where it has no token."""
    host, port = environ.get("KUBERNETES_SERVICE_HOST", ""), environ.get("KUBERNETES_SERVICE_PORT", "443")
    if not host:
        raise errors.AccessError("KUBERNETES_SERVICE_HOST is not set, so this is no pod: name a kubeconfig with --kubeconfig")
    account = ServiceAccount(directory, monotonic=monotonic)
    account.read()
    account.trust()
    return ClusterAccess(
        url=f"https://{f'[{host}]' if ':' in host else host}:{port}", credentials=account, origin=f"service account in {directory}"
    )


class NoCredentials:
    """Nobody: for an API server on loopback that asks for nothing and speaks plain HTTP."""

    async def authorization(self) -> None:
        return None

    async def renew(self) -> bool:
        return False

    def trust(self) -> None:
        return None


class ServiceAccount:
    """Token and CA from files that the kubelet replaces while we run."""

    def __init__(self, directory: Path, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._token_file = directory / "token"
        self._ca_file = directory / "ca.crt"
        self._monotonic = monotonic
        self._token = ""
        self._read_at = 0.0
        self._trust: ssl.SSLContext | None = None
        self._ca_changed_at = 0

    async def authorization(self) -> str:
        if not self._token or self._monotonic() - self._read_at >= TOKEN_SECONDS:
            self._read_again()
        return f"Bearer {self._token}"

    async def renew(self) -> bool:
        before = self._token
        self._read_again()
        return self._token != before

    def read(self) -> None:
        """Read the token; raises `AccessError`."""
        try:
            token = self._token_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise errors.AccessError(
                f"{self._token_file}: no token ({_why(error)}): set automountServiceAccountToken of the pod"
            ) from error
        if not token.isascii() or not token.isprintable() or not token:
            raise errors.AccessError(f"{self._token_file}: not a token: expected one line of text")
        self._token, self._read_at = token, self._monotonic()

    def trust(self) -> ssl.SSLContext:
        """Return a context of the CA as it is now."""
        try:
            changed_at = self._ca_file.stat().st_mtime_ns
            if self._trust is None or changed_at != self._ca_changed_at:
                self._trust, self._ca_changed_at = context(self._ca_file), changed_at
        except (OSError, ssl.SSLError) as error:
            if self._trust is None:
                raise errors.AccessError(f"{self._ca_file}: no CA certificate ({_why(error)})") from error
        return self._trust

    def _read_again(self) -> None:
        try:
            self.read()
        except errors.AccessError:
            # In the middle of being replaced; the old one may hold for a while.
            self._read_at = self._monotonic()


def context(ca_file: Path | None) -> ssl.SSLContext:
    """Return a context that trusts this CA, or the system's; raises OSError."""
    trusted = ssl.create_default_context(cafile=ca_file)
    # CAs made by older installers lack extensions that Python 3.13 demands; kubectl does not.
    trusted.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", ssl.VerifyFlags(0))
    return trusted


def _why(error: Exception) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)

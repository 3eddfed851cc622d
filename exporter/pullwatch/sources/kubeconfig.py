"""Access from a kubeconfig, through the `kubernetes` package: contexts, exec plugins and OIDC are its work.

That package is imported when a kubeconfig is read and not before: it costs 20 MiB. What it may run are the commands that
the kubeconfig names, so a kubeconfig must be trusted.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pullwatch.pulls import observed
from pullwatch.sources import access, errors

if TYPE_CHECKING:
    from kubernetes.client import Configuration


def load(path: Path | None = None, *, context: str | None = None) -> access.ClusterAccess:
    """Return the access of a context, by default the current one; raises `AccessError`.

    Without a path it is $KUBECONFIG, else ~/.kube/config. This blocks: exec plugins run now.
    """
    user = User(path, context)
    configuration = user.configuration
    proxy = configuration.proxy or None
    if proxy and not proxy.startswith(("http://", "https://")):
        raise errors.AccessError(f"{user.origin}: proxy-url {proxy} is neither http nor https: set another one")
    return access.ClusterAccess(
        url=str(configuration.host).rstrip("/"),
        credentials=user,
        origin=user.origin,
        proxy=proxy,
        server_name=configuration.tls_server_name or None,
    )


class User:
    """The user of a context. The package renews an expiring token by itself; after a 401 all is read anew."""

    def __init__(self, path: Path | None, context: str | None) -> None:
        self._path = path
        self._context = context
        self.origin = f"kubeconfig {path or _default_location()}" + (f", context {context}" if context else "")
        self.configuration = self._load()
        self._trust = self._load_trust()
        self._trust_changed_at = self._certificates_changed_at()

    async def authorization(self) -> str | None:
        # Renewing runs a program or asks another server, and blocks meanwhile.
        try:
            return await asyncio.to_thread(self._authorization)
        except Exception as error:  # Whatever a credential plugin's answer leads to.
            raise errors.Unauthorized(f"{self.origin}: no credentials ({_line(error)}): log in again") from error

    async def renew(self) -> bool:
        try:
            return await asyncio.to_thread(self._renewed)
        except errors.AccessError as error:
            raise errors.Unauthorized(str(error)) from error

    def trust(self) -> ssl.SSLContext | None:
        changed_at = self._certificates_changed_at()
        if changed_at != self._trust_changed_at:
            # Files in the middle of being replaced are read again with the next request.
            with contextlib.suppress(errors.AccessError):
                self._trust, self._trust_changed_at = self._load_trust(), changed_at
        return self._trust

    def _authorization(self) -> str | None:
        key = self.configuration.get_api_key_with_prefix("BearerToken", alias="authorization")
        return key.strip() if key else None

    def _renewed(self) -> bool:
        before = self._authorization(), self.configuration.cert_file
        self.configuration = self._load()
        self._trust, self._trust_changed_at = self._load_trust(), self._certificates_changed_at()
        return before != (self._authorization(), self.configuration.cert_file)

    def _load(self) -> Configuration:
        if self._path is not None and not self._path.exists():
            raise errors.AccessError(f"kubeconfig {self._path}: no such file: check --kubeconfig")
        from kubernetes import client, config

        # An empty proxy keeps those of the environment out: the kubeconfig's own is the one that counts.
        configuration = client.Configuration(proxy="", no_proxy="")
        try:
            config.load_kube_config(str(self._path) if self._path else None, self._context, configuration)  # type: ignore[no-untyped-call]  # not typed there
        except Exception as error:  # The package raises what its YAML, dict and file accesses raise.
            raise errors.AccessError(self._explained(error)) from error
        return configuration

    def _explained(self, error: Exception) -> str:
        if self._path is None and "No configuration found" in str(error):
            return f"no cluster to read: {_default_location()} does not exist; name one with --kubeconfig, or give a file to read"
        contexts = self._contexts()
        if self._context and contexts and self._context not in contexts:
            return f"{self.origin}: no such context; it has {', '.join(contexts)}"
        return f"{self.origin}: not a usable kubeconfig ({_line(error)}): check it with kubectl config view"

    def _contexts(self) -> list[str]:
        from kubernetes.config import kube_config

        try:
            contexts: Any
            contexts, _ = kube_config.list_kube_config_contexts(str(self._path) if self._path else None)  # type: ignore[no-untyped-call]  # not typed there
            return [observed.clean(str(context["name"])) for context in contexts]
        except Exception:  # noqa: BLE001  # Only makes an error's text better.
            return []

    def _certificates_changed_at(self) -> tuple[int, ...]:
        """Return when CA, certificate and key were written, in ns; 0 for one that is not there."""
        configuration = self.configuration
        files = (configuration.ssl_ca_cert, configuration.cert_file, configuration.key_file)
        return tuple(_changed_at(Path(file)) for file in files if file)

    def _load_trust(self) -> ssl.SSLContext | None:
        configuration = self.configuration
        if not str(configuration.host).startswith("https://"):
            return None
        try:
            trusted = access.context(Path(configuration.ssl_ca_cert) if configuration.ssl_ca_cert else None)
            if configuration.cert_file:
                trusted.load_cert_chain(configuration.cert_file, configuration.key_file)
        except (OSError, ssl.SSLError) as error:
            raise errors.AccessError(f"{self.origin}: certificate or key cannot be used ({_line(error)})") from error
        if not configuration.verify_ssl:
            trusted.check_hostname = False
            trusted.verify_mode = ssl.CERT_NONE
        return trusted


def _default_location() -> str:
    from kubernetes.config.kube_config import KUBE_CONFIG_DEFAULT_LOCATION

    return str(KUBE_CONFIG_DEFAULT_LOCATION)


def _changed_at(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


def _line(error: Exception) -> str:
    return observed.clean(" ".join(str(error).split())[:300]) or type(error).__name__

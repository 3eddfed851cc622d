"""Which hosts may be asked, and how: exact names that an operator wrote down. All others are nobody's registry.

A host is written as in images, with its port where it has one. Docker's registry has other names on the wire.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import yarl

from pullwatch.pulls import image, observed
from pullwatch.sources.registry.refused import Refusal, RegistryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_WIRE_NAMES = {"docker.io": "registry-1.docker.io"}
_AUTH_HOSTS = {"docker.io": frozenset({"auth.docker.io"})}
"""Where Docker's own registry has its tokens."""


class PolicyError(ValueError):
    """A setting names no host; the text says which."""


@dataclass(frozen=True, slots=True)
class Host:
    """A host that may be asked, and the networks in which it may be."""

    name: str
    """As in images, in lower case."""
    plain_http: bool = False
    private: bool = False
    loopback: bool = False

    @property
    def url(self) -> yarl.URL:
        """Where it is asked."""
        return yarl.URL(f"{'http' if self.plain_http else 'https'}://{_WIRE_NAMES.get(self.name, self.name)}")


@dataclass(frozen=True, slots=True)
class Policy:
    """All that may be asked."""

    hosts: Mapping[str, Host]
    auth_hosts: Mapping[str, frozenset[str]]
    """Names of hosts that give tokens for a registry, besides itself."""
    blob_hosts: frozenset[str]
    """Names of hosts to which a registry may lead for an image's config."""

    def host(self, registry: str) -> Host:
        """Return how a registry is asked. Raises RegistryError where it may not be."""
        found = self.hosts.get(registry.lower())
        if found is None:
            raise RegistryError(
                Refusal.HOST, f"{observed.clean(registry)[:255]} is not on the list of registries that may be asked: see --host"
            )
        return found

    def auth_host(self, registry: Host, realm: str) -> tuple[Host, yarl.URL]:
        """Return whom to ask for a token, and where. Raises RegistryError where a registry sends us elsewhere."""
        url = _url(realm)
        if url is None or url.host is None or url.user is not None or url.password is not None or url.fragment:
            raise self._strange(registry, realm)
        name = authority(url)
        if name == authority(registry.url) and url.scheme == registry.url.scheme:
            return registry, url
        listed = name in self.auth_hosts.get(registry.name, frozenset())
        if not listed or (url.scheme != "https" and not registry.plain_http):
            raise self._strange(registry, realm)
        return Host(name, plain_http=url.scheme == "http", private=registry.private, loopback=registry.loopback), url

    def blob_host(self, registry: Host, location: str) -> tuple[Host, yarl.URL]:
        """Return where a registry leads us for a config. Raises RegistryError where it may not."""
        url = _url(location)
        if url is not None and not url.absolute:
            url = registry.url.join(url)
        if url is None or url.host is None or url.user is not None or url.password is not None:
            raise RegistryError(Refusal.REDIRECT, f"{registry.name} leads to something that is no address for an image's config")
        name = authority(url)
        if name == authority(registry.url) and url.scheme == registry.url.scheme:
            return registry, url
        if name not in self.blob_hosts or url.scheme != "https":
            raise RegistryError(Refusal.REDIRECT, f"{registry.name} leads to {name[:255]} for an image's config: see --blob-host")
        # An internal registry has its store in the same network.
        return Host(name, private=registry.private, loopback=registry.loopback), url

    def manifest_host(self, registry: Host, location: str) -> tuple[Host, yarl.URL]:
        """Return where a registry leads us for a manifest. Raises RegistryError where it may not.

        Both have to be registries of the list, and both asked with TLS: of a tag nothing but that tells whose answer it is.
        """
        url = _url(location) if location else None
        if url is not None and not url.absolute:
            url = registry.url.join(url)
        if url is None or url.host is None or url.user is not None or url.password is not None:
            raise RegistryError(Refusal.REDIRECT, f"{registry.name} leads to something that is no address for a manifest")
        found = next((host for host in self.hosts.values() if authority(host.url) == authority(url)), None)
        if found is None:
            raise RegistryError(Refusal.REDIRECT, f"{registry.name} leads to {authority(url)[:255]} for a manifest: see --host")
        if registry.plain_http or found.plain_http or url.scheme != "https":
            raise RegistryError(Refusal.REDIRECT, f"{registry.name} leads to {found.name} for a manifest, which is for both with TLS only")
        if found.private and not registry.private:
            raise RegistryError(Refusal.REDIRECT, f"{registry.name} leads into a private network, to {found.name}, from outside of it")
        return found, url

    @staticmethod
    def _strange(registry: Host, realm: str) -> RegistryError:
        shown = observed.clean(image.redact(realm))[:200]
        return RegistryError(
            Refusal.REALM, f"{registry.name} wants a token of {shown}: only https, and its own host or an --auth-host of it"
        )


def policy(
    hosts: Iterable[str],
    *,
    private: Iterable[str] = (),
    plain_http: Iterable[str] = (),
    auth_hosts: Iterable[str] = (),
    blob_hosts: Iterable[str] = (),
    loopback: bool = False,
) -> Policy:
    """Return what these settings allow. Raises PolicyError.

    `private` are registries in private networks, `plain_http` those of either list without TLS, `auth_hosts` are written
    REGISTRY=HOST. With `loopback`, private ones may be on this machine.
    """
    internal = {_name(text) for text in private}
    names = {_name(text) for text in hosts} | internal
    plain = {_name(text) for text in plain_http}
    if plain - names:
        raise PolicyError(f"{min(plain - names)} is to be asked without TLS, and is on no list of registries: name it with --host too")
    tokens = {name: set(_AUTH_HOSTS.get(name, ())) for name in names}
    for text in auth_hosts:
        registry, equals, host = text.partition("=")
        if not equals or _name(registry) not in names:
            raise PolicyError(f"{observed.clean(text)[:255]} is no auth host: write REGISTRY=HOST, with a registry that may be asked")
        tokens[_name(registry)].add(_name(host))
    found = {name: Host(name, plain_http=name in plain, private=name in internal, loopback=loopback and name in internal) for name in names}
    return Policy(found, {name: frozenset(of) for name, of in tokens.items()}, frozenset(_name(text) for text in blob_hosts))


def authority(url: yarl.URL) -> str:
    """Return host and port, without a port that the scheme implies."""
    name = (url.host_port_subcomponent or "").lower()
    # yarl leaves out the dot at the end of a host, which lists do not name.
    return f"{name}." if (url.host or "").endswith(".") else name


def _name(text: str) -> str:
    """Return a host as images name it; raises PolicyError."""
    name = text.strip().lower()
    if image.parse(f"{name}/name").registry != ("docker.io" if name in {"index.docker.io", "registry-1.docker.io"} else name):
        raise PolicyError(
            f"{observed.clean(text)[:255]!r} is no registry: write it as in images, such as ghcr.io or registry.internal:5000"
        )
    return "docker.io" if name in {"index.docker.io", "registry-1.docker.io"} else name


def _url(text: str) -> yarl.URL | None:
    if len(text) > 4096:
        return None
    try:
        url = yarl.URL(text)
    except ValueError:
        return None
    return url if not url.absolute or url.scheme in {"http", "https"} else None

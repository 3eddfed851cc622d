"""Tags, manifests and configs of one registry's repositories, with the credentials that it wants.

Each answer is held against its digest before anybody sees it. The protocol is that of the OCI distribution
specification 1.1. What an index or manifest says of other addresses (`urls`) is never read.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

import msgspec

from pullwatch.pulls import manifest, observed
from pullwatch.sources.registry import challenge, tokens
from pullwatch.sources.registry.connection import Answer, Connection, Surroundings
from pullwatch.sources.registry.flights import Flights
from pullwatch.sources.registry.refused import Refusal, RegistryError

if TYPE_CHECKING:
    from pullwatch.pulls.image import Image
    from pullwatch.sources.registry.credentials import Credentials
    from pullwatch.sources.registry.kept import Store
    from pullwatch.sources.registry.policy import Host, Policy
    from pullwatch.sources.registry.tally import Tally

TAG_SECONDS = 3600.0
"""A tag is looked at anew after this time; what a digest names never changes."""

_MANIFESTS = {"Accept": ", ".join((*manifest.INDEX_TYPES, *manifest.MANIFEST_TYPES))}
_NOT_TOLD = frozenset({400, 405})
"""Statuses by which a registry says that it knows no HEAD; some answer 200 without a digest instead."""

_DIGEST = re.compile(r"sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})\Z")


class Repository(NamedTuple):
    """Where images of one name are; both parts have passed the grammar of references."""

    registry: str
    name: str

    def __str__(self) -> str:
        return f"{self.registry}/{self.name}"


class _Version(msgspec.Struct, rename="camel"):
    schema_version: int = 0


class Client:
    """Asks the registries of a policy; use as an async context manager."""

    def __init__(self, policy: Policy, credentials: Credentials, *, store: Store, tally: Tally, around: Surroundings | None = None) -> None:
        self._policy = policy
        self._credentials = credentials
        self._store = store
        self._tally = tally
        self._around = around or Surroundings()
        self._tokens = tokens.Tokens(monotonic=self._around.monotonic)
        self._connections: dict[Host, Connection] = {}
        # By the repository too: what one of them refuses is no answer about another.
        self._documents: Flights[tuple[Repository, str], bytes] = Flights()
        self._tags: Flights[str, str] = Flights()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._documents.close()
        await self._tags.close()
        for connection in self._connections.values():
            await connection.close()

    def check(self, image: Image) -> None:
        """Raise RegistryError unless this is an image of a registry that may be asked."""
        self._repository(image)

    async def digest_of(self, image: Image) -> str:
        """Return what a reference names: its digest, or that of its tag of an hour ago at most. Raises RegistryError."""
        repository = self._repository(image)
        if image.digest is not None:
            return image.digest
        reference = f"{repository}:{image.tag}"
        known = self._store.resolved(reference)
        if known is not None and 0 <= self._around.now() - known[1] < TAG_SECONDS:
            return known[0]
        return await self._tags.join(reference, lambda: self._looked_up(repository, image.tag or "latest", reference), name="look at a tag")

    async def read(self, image: Image, digest: str, *, size_bytes: int | None = None) -> manifest.Manifest | manifest.Index:
        """Return what a digest of a repository names. Raises RegistryError."""
        content = await self._document(self._repository(image), digest, size_bytes=size_bytes, is_config=False)
        try:
            return manifest.read(content, digest=digest)
        except manifest.Unusable as error:
            raise self._unusable(error, content) from error

    async def config(self, image: Image, descriptor: manifest.Descriptor) -> bytes:
        """Return the config that a manifest of a repository names. Raises RegistryError."""
        return await self._document(self._repository(image), descriptor.digest, size_bytes=descriptor.size, is_config=True)

    def _repository(self, image: Image) -> Repository:
        if image.registry is None or image.repository is None:
            shown = observed.clean(image.as_written)[:255]
            raise RegistryError(Refusal.INVALID_REFERENCE, f"{shown} is no reference of an image in a registry")
        self._policy.host(image.registry)
        return Repository(image.registry.lower(), image.repository)

    async def _looked_up(self, repository: Repository, tag: str, reference: str) -> str:
        answer = await self._manifest(repository, tag, method="HEAD")
        digest = answer.headers.get("docker-content-digest", "")
        if answer.status in _NOT_TOLD or (answer.status == 200 and not _DIGEST.match(digest)):
            answer = await self._got(repository, tag)
            digest = f"sha256:{hashlib.sha256(answer.body).hexdigest()}"
            self._keep(digest, answer.body)
            self._tally.fetched["manifest"] += 1
        else:
            self._expect_ok(repository, answer)
        self._tally.fetched["tag"] += 1
        self._store.resolve(reference, digest, at=self._around.now())
        return digest

    async def _document(self, repository: Repository, digest: str, *, size_bytes: int | None, is_config: bool) -> bytes:
        if not _DIGEST.match(digest):
            raise RegistryError(manifest.Reason.BAD_DIGEST, f"{repository}: no digest of sha256 or sha512")
        if size_bytes is not None and size_bytes > self._around.limits.bytes:
            raise RegistryError(manifest.Reason.TOO_LARGE, f"{repository}: {digest} has {size_bytes} bytes, which are not read")
        content = self._known(digest)
        if content is None:
            fetch = self._fetched_config if is_config else self._fetched_manifest
            content = await self._documents.join((repository, digest), lambda: fetch(repository, digest), name="fetch a document")
        if size_bytes is not None and size_bytes != len(content):
            raise RegistryError(Refusal.SIZE_MISMATCH, f"{repository}: {digest} has {len(content)} bytes, not {size_bytes}")
        return content

    def _known(self, digest: str) -> bytes | None:
        content = self._store.document(digest)
        if content is not None:
            # A file is no more to be trusted than a network.
            with contextlib.suppress(manifest.Unusable):
                manifest.check(content, digest=digest)
                return content
        return None

    async def _fetched_manifest(self, repository: Repository, digest: str) -> bytes:
        answer = await self._got(repository, digest)
        self._check(answer.body, digest)
        self._keep(digest, answer.body)
        self._tally.fetched["manifest"] += 1
        return answer.body

    async def _fetched_config(self, repository: Repository, digest: str) -> bytes:
        answer = await self._ask(repository, f"blobs/{digest}")
        if 300 <= answer.status < 400:
            host, url = self._policy.blob_host(self._policy.host(repository.registry), answer.headers.get("location", ""))
            # Without credentials, and to no third host.
            answer = await self._connection(host).ask(url)
        self._expect_ok(repository, answer)
        self._check(answer.body, digest)
        self._keep(digest, answer.body)
        self._tally.fetched["config"] += 1
        return answer.body

    def _keep(self, digest: str, content: bytes) -> None:
        self._tally.dropped += self._store.keep(digest, content)

    def _check(self, content: bytes, digest: str) -> None:
        try:
            manifest.check(content, digest=digest)
        except manifest.Unusable as error:
            raise self._unusable(error, content) from error

    @staticmethod
    def _unusable(error: manifest.Unusable, content: bytes) -> RegistryError:
        with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            # Its digest is that of a part of it, so it looks like a wrong one.
            if msgspec.json.decode(content, type=_Version).schema_version == 1:
                return RegistryError(Refusal.SCHEMA_1, "a manifest of schema 1, which tells no sizes: push the image anew")
        return RegistryError(error.reason, str(error))

    async def _got(self, repository: Repository, reference: str) -> Answer:
        """Return a manifest by its tag or digest. Raises RegistryError."""
        answer = await self._manifest(repository, reference)
        self._expect_ok(repository, answer)
        return answer

    async def _manifest(self, repository: Repository, reference: str, *, method: str = "GET") -> Answer:
        """Return what is answered for a manifest, by another registry where this one leads there and it may be asked as well."""
        answer = await self._ask(repository, f"manifests/{reference}", method=method, headers=_MANIFESTS)
        if not 300 <= answer.status < 400:
            return answer
        host, url = self._policy.manifest_host(self._policy.host(repository.registry), answer.headers.get("location", ""))
        # Without credentials, of either, and to no third host.
        return await self._connection(host).ask(url, method=method, headers=_MANIFESTS)

    @staticmethod
    def _expect_ok(repository: Repository, answer: Answer) -> None:
        """Raise RegistryError unless this is a document."""
        if answer.status == 404:
            raise RegistryError(Refusal.NOT_FOUND, f"{repository} has no such image")
        if answer.status in {401, 403}:
            raise RegistryError(Refusal.UNAUTHORIZED, f"{repository} may not be read with the credentials at hand: see --docker-config")
        if 300 <= answer.status < 400:
            raise RegistryError(Refusal.REDIRECT, f"{repository}: the registry leads elsewhere, where nobody follows")
        if answer.status != 200:
            raise RegistryError(Refusal.SERVER, f"{repository}: the registry answered {answer.status}")
        if answer.media_type in {"text/html", "application/xhtml+xml"}:
            raise RegistryError(Refusal.HTML, f"{repository}: a page for people instead of a document; a proxy or portal may answer")
        if answer.media_type.startswith("application/vnd.docker.distribution.manifest.v1+"):
            raise RegistryError(Refusal.SCHEMA_1, f"{repository}: a manifest of schema 1, which tells no sizes: push the image anew")

    async def _ask(self, repository: Repository, path: str, *, method: str = "GET", headers: dict[str, str] | None = None) -> Answer:
        """Return an answer, with credentials once the registry wants them."""
        host = self._policy.host(repository.registry)
        connection = self._connection(host)
        url = host.url.joinpath("v2", *repository.name.split("/"), *path.split("/"))
        sent = self._tokens.of(host.name, repository.name)
        answer = await connection.ask(url, method=method, headers={**(headers or {}), **_authorization(sent)})
        if answer.status != 401:
            return answer
        self._tokens.forget(host.name, repository.name)
        wanted = await self._authorized(host, repository, answer)
        if wanted is None:
            return answer
        return await connection.ask(url, method=method, headers={**(headers or {}), **_authorization(wanted)})

    async def _authorized(self, host: Host, repository: Repository, answer: Answer) -> str | None:
        """Return the `Authorization` for which a registry asks, None where there is none to give."""
        asked = challenge.challenge(answer.challenges)
        if asked is None:
            return None
        credentials = self._credentials.of(host.name)
        if not asked.bearer:
            return credentials
        giver, realm = self._policy.auth_host(host, asked.realm)
        url = tokens.question(realm, repository=repository.name, service=asked.service)
        given = await self._connection(giver).ask(url, headers=_authorization(credentials), most_bytes=tokens.MAX_BYTES)
        if 300 <= given.status < 400:
            raise RegistryError(Refusal.REDIRECT, f"{giver.name}: leads elsewhere for a token, where nobody follows")
        if given.status != 200:
            raise RegistryError(Refusal.UNAUTHORIZED, f"{giver.name}: gives no token for {repository}: see --docker-config")
        self._tally.fetched["token"] += 1
        return self._tokens.keep(host.name, repository.name, given)

    def _connection(self, host: Host) -> Connection:
        if host not in self._connections:
            self._connections[host] = Connection(host, counts=self._tally, around=self._around)
        return self._connections[host]


def _authorization(value: str | None) -> dict[str, str]:
    return {} if value is None else {"Authorization": value}

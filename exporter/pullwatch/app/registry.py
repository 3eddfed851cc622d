"""`registry`: a process of its own that asks registries for manifests, and tells others the layers of images.

It has no access to a cluster, so that whoever takes it over through what it reads gets no token of one; and the exporter
meets no registry.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import signal
from typing import TYPE_CHECKING

import msgspec
import structlog

import pullwatch
from pullwatch.app import log
from pullwatch.app.shared_token import SharedToken
from pullwatch.app.wrong import Wrong
from pullwatch.checkpoint.database import CheckpointError
from pullwatch.checkpoint.documents import Documents
from pullwatch.publish import layer_answers, registry_metrics
from pullwatch.publish.listening import ListenError, Server
from pullwatch.pulls import image as images
from pullwatch.pulls import platforms
from pullwatch.pulls.registered import LayersAnswer, NoLayers
from pullwatch.settings import AddressError, address
from pullwatch.sources.registry import tally as counting
from pullwatch.sources.registry.client import Client
from pullwatch.sources.registry.connection import Surroundings
from pullwatch.sources.registry.credentials import Credentials, CredentialsError
from pullwatch.sources.registry.kept import MemoryStore, Store
from pullwatch.sources.registry.layers import Layers
from pullwatch.sources.registry.policy import Policy, PolicyError, policy
from pullwatch.sources.registry.refused import Refusal, RegistryError
from pullwatch.sources.registry.tally import Tally

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from prometheus_client.registry import CollectorRegistry

    from pullwatch.pulls.layers import LayerTable
    from pullwatch.pulls.manifest import Platform
    from pullwatch.settings import Registry, RegistryAccess

logger = structlog.get_logger()

_STATUSES = {
    Refusal.INVALID_REFERENCE: 400,
    Refusal.HOST: 403,
    Refusal.NOT_FOUND: 404,
    Refusal.NO_PLATFORM: 404,
}
"""Other reasons are 503 where they may pass, and 502 where they are the registry's or the image's."""


def run(options: Registry) -> None:
    """Answer until SIGTERM or Ctrl-C. Raises Wrong with the line for the user."""
    log.configure(options.log)
    try:
        host, port = address(options.listen)
        allowed = _policy(options.access)
        if not allowed.hosts:
            raise Wrong("no registry may be asked: name each with --host, as it stands in images, such as --host ghcr.io")
        token = SharedToken(options.token, setting="--token") if options.token else None
        with _store(options.store) as store:
            asyncio.run(_until_signal(options, allowed, store=store, token=token, host=host, port=port))
    except ListenError as error:
        raise Wrong(f"{error}: name another address with --listen") from error
    except (AddressError, CredentialsError, CheckpointError) as error:
        raise Wrong(str(error)) from error


async def layers_of(image: str, platform: Platform, access: RegistryAccess) -> tuple[LayerTable, str | None]:
    """Return the layers of one image, and the digest of the index that its reference names, if it names one.

    Its own registry is asked without being allowed, since whoever runs this named it. Raises Wrong with the line for the user.
    """
    registry = images.parse(image).registry
    if registry is not None and registry.lower() not in {name.lower() for name in (*access.host, *access.private_host)}:
        access = dataclasses.replace(access, host=(*access.host, registry))
    try:
        async with asking(_policy(access), access, store=MemoryStore(), tally=Tally()) as layers:
            told = await layers.of(image, platform)
    except (CredentialsError, RegistryError) as error:
        raise Wrong(str(error)) from error
    return told.table, told.index_digest


@contextlib.asynccontextmanager
async def asking(
    allowed: Policy, access: RegistryAccess, *, store: Store, tally: Tally, around: Surroundings | None = None
) -> AsyncIterator[Layers]:
    """Ask registries as long as the context is open. Raises CredentialsError."""
    around = around or Surroundings()

    def unread() -> None:
        tally.credentials_unread += 1
        logger.warning("credentials were replaced by what cannot be read; the old ones stay", file=str(access.docker_config))

    credentials = Credentials(access.docker_config, monotonic=around.monotonic, on_unread=unread)
    if credentials.missing:
        logger.warning("no credentials yet: registries are asked anonymously", file=str(access.docker_config))
    async with Client(allowed, credentials, store=store, tally=tally, around=around) as client:
        layers = Layers(client, tally=tally, monotonic=around.monotonic)
        try:
            yield layers
        finally:
            await layers.close()


@contextlib.asynccontextmanager
async def answering(
    options: Registry, allowed: Policy, *, store: Store, token: SharedToken | None, host: str, port: int, around: Surroundings | None = None
) -> AsyncIterator[Server]:
    """Answer as long as the context is open. Raises ListenError, CredentialsError."""
    tally = Tally()
    async with asking(allowed, options.access, store=store, tally=tally, around=around) as layers:
        server = Server(layer_answers.make_app(_View(layers, tally, allowed, token)), host=host, port=port)
        await server.start()
        logger.info("answering", url=server.url, registries=sorted(allowed.hosts), token=token is not None)
        try:
            yield server
        finally:
            await server.close()


async def _until_signal(options: Registry, allowed: Policy, *, store: Store, token: SharedToken | None, host: str, port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with answering(options, allowed, store=store, token=token, host=host, port=port):
        await stop.wait()
        logger.info("stopping")


def _policy(access: RegistryAccess) -> Policy:
    try:
        return policy(
            access.host,
            private=access.private_host,
            plain_http=access.plain_http_host,
            auth_hosts=access.auth_host,
            blob_hosts=access.blob_host,
            loopback=access.loopback,
        )
    except PolicyError as error:
        raise Wrong(str(error)) from error


@contextlib.contextmanager
def _store(file: Path | None) -> Iterator[Store]:
    if file is None:
        yield MemoryStore()
        return
    with contextlib.closing(Documents(file)) as documents:
        yield documents


class _View:
    """What the server answers."""

    def __init__(self, layers: Layers, tally: Tally, allowed: Policy, token: SharedToken | None) -> None:
        self._layers = layers
        self._tally = tally
        self._token = token
        self.registry: CollectorRegistry = registry_metrics.registry(
            tally,
            version=pullwatch.__version__,
            hosts=sorted(allowed.hosts),
            outcomes=counting.OUTCOMES,
            kinds=counting.KINDS,
            reasons=counting.REASONS,
        )

    def may_ask(self, authorization: str) -> bool:
        return self._token is None or self._token.matches(authorization)

    async def layers(self, image: str, platform: str) -> layer_answers.Reply:
        wanted = platforms.parse(platform)
        if wanted is None:
            self._tally.refused[Refusal.INVALID_REFERENCE] += 1
            return _refusal(RegistryError(Refusal.INVALID_REFERENCE, "the platform is none: write OS/ARCHITECTURE, such as linux/amd64"))
        try:
            told = await self._layers.of(image, wanted)
        except RegistryError as error:
            return _refusal(error)
        answer = LayersAnswer(image=told.image, index_digest=told.index_digest, table=told.table)
        return layer_answers.Reply(200, msgspec.json.encode(answer))


def _refusal(error: RegistryError) -> layer_answers.Reply:
    # Whoever asks does so once a day; names that are not on the list are anybody's, and would fill the log.
    tell = logger.debug if error.reason in {Refusal.HOST, Refusal.INVALID_REFERENCE} else logger.info
    tell("no layers", reason=str(error.reason), error=str(error))
    status = next((status for reason, status in _STATUSES.items() if reason is error.reason), 503 if error.passing else 502)
    headers = {} if error.retry_after_seconds is None else {"Retry-After": f"{max(1, round(error.retry_after_seconds))}"}
    return layer_answers.Reply(status, msgspec.json.encode(NoLayers(str(error.reason), str(error))), headers)

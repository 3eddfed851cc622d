"""`serve`: one TaskGroup of named tasks that watch the cluster, feed the exporter and answer HTTP, until a signal."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from typing import TYPE_CHECKING

import structlog

from pullwatch import settings
from pullwatch.app import garbage, log
from pullwatch.app.agents import Agents
from pullwatch.app.checks import PodChecks
from pullwatch.app.contacts import Contacts
from pullwatch.app.exporter import Exporter
from pullwatch.app.feeds import FirstLists, feeds, follow, show_contact
from pullwatch.app.kubelets import KubeletReads, asking
from pullwatch.app.layer_requests import LayerRequests, RegistryTold
from pullwatch.app.shared_token import SharedToken
from pullwatch.app.wrong import Wrong
from pullwatch.checkpoint.database import CheckpointError
from pullwatch.checkpoint.file import Checkpoint
from pullwatch.pack import assets
from pullwatch.publish.listening import ListenError, Server
from pullwatch.publish.server import make_app
from pullwatch.sources import access, errors, resources
from pullwatch.sources.kube import Session
from pullwatch.sources.layer_service import LayerService, ServiceError
from pullwatch.sources.tokens import TokenReviews

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence
    from pathlib import Path

    from pullwatch.sources.access import ClusterAccess

TICK_SECONDS = 1.0

_NO_AGENTS = settings.Agents()
_NO_LAYERS = settings.Layers()
_NO_KUBELETS = settings.Kubelets()

logger = structlog.get_logger()


def run(options: settings.Serve) -> None:
    """Serve until SIGTERM or Ctrl-C. Raises Wrong with the line for the user."""
    log.configure(options.log)
    try:
        host, port = settings.address(options.listen)
        settings.account(options.agents.agents_account)
        cluster = access.find(kubeconfig=options.cluster.kubeconfig, context=options.cluster.context)
        with _checkpoint(options.checkpoint, cluster) as checkpoint:
            opening = serving(
                cluster,
                namespaces=options.cluster.namespace,
                host=host,
                port=port,
                checkpoint=checkpoint,
                agents=options.agents,
                layers=options.layers,
                kubelets=options.kubelets,
            )
            asyncio.run(_until_signal(opening))
    except ListenError as error:
        raise Wrong(f"{error}: name another address with --listen") from error
    except (settings.AddressError, settings.AccountError, errors.AccessError, ServiceError, CheckpointError) as error:
        raise Wrong(str(error)) from error
    except BaseExceptionGroup as group:
        # A batch that could not be saved ends the tasks in which it came.
        broken, others = group.split(CheckpointError)
        if broken is None or others is not None:
            raise
        raise Wrong(str(_first(broken))) from group


@contextlib.asynccontextmanager
async def serving(
    cluster: ClusterAccess,
    *,
    namespaces: Sequence[str] = (),
    host: str,
    port: int,
    checkpoint: Checkpoint | None = None,
    agents: settings.Agents = _NO_AGENTS,
    layers: settings.Layers = _NO_LAYERS,
    kubelets: settings.Kubelets = _NO_KUBELETS,
    monotonic: Callable[[], float] = time.monotonic,
) -> AsyncIterator[tuple[Exporter, Server]]:
    """Watch and serve as long as the context is open. Raises ListenError where the address cannot be listened on.

    What else is read is told by `agents`, `layers` and `kubelets`; raises Wrong, AccessError and ServiceError where that is
    not possible. `monotonic` is the clock of the metrics' first minute; a test makes it pass.
    """
    contacts = Contacts()
    exporter = Exporter(
        thresholds=assets.thresholds(),
        contacts=contacts,
        monotonic=monotonic,
        checkpoint=checkpoint,
        namespaces=namespaces,
        agents=agents.agents,
    )
    async with (
        Session(cluster) as session,
        _desk(agents, session, exporter) as desk,
        _requests(layers, exporter) as requests,
        _reads(kubelets, cluster, exporter, namespaces=namespaces) as reads,
    ):
        server = Server(make_app(exporter, runbooks=assets.runbooks(), desk=desk), host=host, port=port)
        await server.start()
        try:
            async with asyncio.TaskGroup() as tasks:
                logger.info("serving", url=server.url, cluster=cluster.url, access=cluster.origin)
                checks = PodChecks(session, exporter)
                running = [tasks.create_task(checks.run(), name="check pods"), tasks.create_task(_tick(exporter, checks), name="tick")]
                if requests is not None:
                    running.append(tasks.create_task(requests.run(), name="ask for layers"))
                if reads is not None:
                    running.append(tasks.create_task(reads.run(), name="read kubelets"))
                followed = feeds(exporter, checks, namespaces=namespaces)
                first_lists = FirstLists([feed.name for feed in followed if feed.resource.name != resources.EVENTS])
                for feed in followed:
                    # A role for one namespace cannot grant nodes; without them sizes have no kind and nodes no labels.
                    contacts.expect(feed.name, resource=feed.resource.name, optional=feed.resource.name == resources.NODES)
                    show_contact(feed.resource.name, exporter=exporter, contacts=contacts)
                    following = follow(feed, session, exporter=exporter, contacts=contacts, first_lists=first_lists)
                    running.append(tasks.create_task(following, name=f"watch {feed.name}"))
                try:
                    yield exporter, server
                finally:
                    for task in running:
                        task.cancel()
        finally:
            await server.close()


@contextlib.asynccontextmanager
async def _desk(agents: settings.Agents, session: Session, exporter: Exporter) -> AsyncIterator[Agents | None]:
    """Take reports of agents, if that is asked for, as long as the context is open."""
    if not agents.agents:
        yield None
        return
    reviews = TokenReviews(session, audience=agents.agents_audience, monotonic=time.monotonic)
    try:
        yield Agents(
            reviews,
            account=agents.agents_account,
            known=exporter.images,
            live=exporter.live,
            metrics=exporter.self_metrics,
            clock=time.time,
        )
    finally:
        await reviews.close()


@contextlib.asynccontextmanager
async def _requests(layers: settings.Layers, exporter: Exporter) -> AsyncIterator[LayerRequests | None]:
    """Ask a registry process for layers, if that is asked for, as long as the context is open. Raises ServiceError."""
    if layers.layers_from is None:
        yield None
        return
    token = SharedToken(layers.layers_token, setting="--layers-token") if layers.layers_token is not None else None
    known = RegistryTold(exporter.images.layers, exporter.entries, told_by_agent=exporter.images.holdings.told)
    async with LayerService(layers.layers_from, authorization=(lambda: token.authorization) if token else None) as service:
        requests = LayerRequests(service, known, count=lambda outcome: exporter.self_metrics.layer_requests.labels(outcome).inc())
        exporter.ask_layers = requests.plan
        yield requests


@contextlib.asynccontextmanager
async def _reads(
    kubelets: settings.Kubelets, cluster: ClusterAccess, exporter: Exporter, *, namespaces: Sequence[str]
) -> AsyncIterator[KubeletReads | None]:
    """Read kubelets, if that is asked for, as long as the context is open. Raises Wrong and AccessError."""
    if not kubelets.kubelet_metrics:
        yield None
        return
    async with asking(cluster, kubelets, namespaces=namespaces) as asked:
        yield KubeletReads(asked, exporter, interval_seconds=kubelets.kubelet_metrics_interval, most_nodes=kubelets.kubelet_metrics_nodes)


@contextlib.contextmanager
def _checkpoint(file: Path | None, cluster: ClusterAccess) -> Iterator[Checkpoint | None]:
    """Open the checkpoint that is asked for, as long as the context is open. Raises CheckpointError."""
    if file is None:
        yield None
        return
    with contextlib.closing(Checkpoint(file, server=cluster.url)) as checkpoint:
        yield checkpoint


def _first(group: BaseExceptionGroup[CheckpointError]) -> BaseException:
    """Return the first error of a group of groups."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def _until_signal(opening: contextlib.AbstractAsyncContextManager[tuple[Exporter, Server]]) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with opening as (exporter, _):
        settling = asyncio.create_task(_settle(exporter), name="settle")
        await stop.wait()
        settling.cancel()
        logger.info("stopping")


async def _settle(exporter: Exporter) -> None:
    """Quiet the garbage collector once the first lists are read."""
    while not exporter.readiness()[0]:  # noqa: ASYNC110 - looked at once a second until the start is over
        await asyncio.sleep(TICK_SECONDS)
    garbage.rarely_collected()


async def _tick(exporter: Exporter, checks: PodChecks) -> None:
    while True:
        await asyncio.sleep(TICK_SECONDS)
        exporter.tick()
        checks.plan(exporter.strangers())

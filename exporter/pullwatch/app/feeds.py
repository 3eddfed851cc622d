"""From watches to the exporter: one feed per watch, each carrying its kind of object."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import structlog

from pullwatch.pulls import gap
from pullwatch.sources import resources
from pullwatch.sources.reports import Frames, ListBegan, ListedPage, ListEnded, Trouble
from pullwatch.sources.watch import watch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pullwatch.app.checks import PodChecks
    from pullwatch.app.contacts import Contacts
    from pullwatch.app.exporter import Exporter
    from pullwatch.pulls import observed
    from pullwatch.sources.frames import Change
    from pullwatch.sources.resources import Resource
    from pullwatch.sources.watch import Connection

logger = structlog.get_logger()

Object = TypeVar("Object")
Taken = TypeVar("Taken")

FIRST_LISTS_SECONDS = 10.0
"""Time that pods and nodes get to be listed before Events are read without them."""


class Take(Protocol[Taken]):
    """Takes changes that arrived together."""

    def __call__(self, changes: list[tuple[Change, Taken]], /, *, arrived_at: float) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed(Generic[Object]):
    """A watch and where what it reports goes."""

    resource: Resource[Object]
    take_list: Callable[[list[Object], bool], None]
    """Gets a whole list, and whether it is the first."""
    take_page: Callable[[list[Object]], list[Object]] = lambda page: page
    """Gets each page as it comes, and returns what of it is kept for the whole list."""
    take: Take[Object]

    @property
    def name(self) -> str:
        return f"{self.resource.name} of {self.resource.namespace}" if self.resource.namespace else self.resource.name


def feeds(exporter: Exporter, checks: PodChecks, *, namespaces: Sequence[str]) -> list[Feed[Any]]:
    """Return the feeds of a cluster, or of some namespaces of it: nodes and pods, then Events."""
    named: Sequence[str | None] = namespaces or (None,)
    found: list[Feed[Any]] = [
        Feed(
            resource=resources.nodes(),
            take_list=lambda nodes, _: exporter.listed_nodes(nodes),
            take_page=exporter.node_page,
            take=exporter.nodes,
        ),
        *(_pods(exporter, checks, namespace) for namespace in named),
    ]
    return found + [events(exporter, namespace) for namespace in named]


def events(exporter: Exporter, namespace: str | None) -> Feed[observed.Event]:
    """Return the feed of the Events of all or one namespace."""
    named = namespace or gap.ALL

    def take_list(events: list[observed.Event], first: bool) -> None:  # noqa: FBT001 - as Feed says
        if first:
            exporter.first_events(events, namespace=named)
        else:
            exporter.missed_events(events, namespace=named)

    return Feed(resource=resources.events(namespace), take_list=take_list, take=functools.partial(exporter.events, namespace=named))


def _pods(exporter: Exporter, checks: PodChecks, namespace: str | None) -> Feed[observed.Pod]:
    def take_list(pods: list[observed.Pod], first: bool) -> None:  # noqa: FBT001 - as Feed says
        checks.plan(exporter.listed_pods(pods, first=first, namespace=namespace))

    return Feed(resource=resources.pods(namespace), take_list=take_list, take=exporter.pods)


class FirstLists:
    """Holds back the Events until nodes and pods were listed, or could not be.

    An Event is checked against its pod, and its size has the kind of its node's runtime.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._missing = set(names)
        self._settled = asyncio.Event()
        self.settle()

    def settle(self, name: str = "") -> None:
        self._missing.discard(name)
        if not self._missing:
            self._settled.set()

    async def wait(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_LISTS_SECONDS):
                await self._settled.wait()


async def follow(feed: Feed[Object], session: Connection, *, exporter: Exporter, contacts: Contacts, first_lists: FirstLists) -> None:
    """Carry a watch's reports to where they go, for ever."""
    resource, name = feed.resource, feed.name

    def spoke(at: float) -> None:
        contacts.spoke(name, at)
        show_contact(resource.name, exporter=exporter, contacts=contacts)

    if resource.name == resources.EVENTS:
        await first_lists.wait()
    listed: list[Object] = []
    first = True
    async with contextlib.aclosing(watch(session, resource, on_contact=spoke)) as reports:
        async for report in reports:
            match report:
                case ListBegan():
                    listed = []
                case ListedPage():
                    listed += feed.take_page(report.items)
                    exporter.undecoded(report.undecoded)
                case ListEnded():
                    feed.take_list(listed, first)
                    logger.debug("listed", resource=name, items=len(listed))
                    listed, first = [], False
                    contacts.listed(name)
                    first_lists.settle(name)
                case Frames():
                    exporter.undecoded(report.undecoded)
                    feed.take(report.items, arrived_at=report.arrived_at)
                case Trouble():
                    exporter.self_metrics.watch_restarts.labels(resource.name, report.reason).inc()
                    _tell(name, report, contacts)
                    first_lists.settle(name)


def show_contact(resource: str, *, exporter: Exporter, contacts: Contacts) -> None:
    """Show until when a resource was heard; from the start on, or one that is forbidden for ever would never look stale."""
    if (heard := contacts.heard(resource)) is not None:
        exporter.self_metrics.watch_last_contact.labels(resource).set(heard)


def _tell(name: str, trouble: Trouble[Object], contacts: Contacts) -> None:
    if trouble.reason == "gone":
        # The history of a server is short; reading the list anew is the way on and nothing to act on.
        logger.info("list anew", resource=name, reason=trouble.message)
        return
    if trouble.nothing_said:
        # The next contact tells more: where there is none, that is told.
        logger.debug("the watch said nothing and is opened again", resource=name)
        return
    contacts.troubled(name, trouble.message)
    logger.warning(
        "watch interrupted",
        resource=name,
        reason=trouble.reason,
        error=trouble.message,
        retry_in_seconds=round(trouble.retry_in_seconds, 1),
    )

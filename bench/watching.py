"""Our watch of Events alone, with the exporter and server that `serve` gives it."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator

from pullwatch import settings
from pullwatch.app import log
from pullwatch.app.contacts import Contacts
from pullwatch.app.exporter import Exporter
from pullwatch.app.feeds import FirstLists, events, follow
from pullwatch.pack import assets
from pullwatch.publish.listening import Server
from pullwatch.publish.server import make_app
from pullwatch.sources import access
from pullwatch.sources.kube import Session


class _Trusting:
    """Credentials of somebody who sends none and trusts one certificate."""

    def __init__(self, certificate: str) -> None:
        self._context = ssl.create_default_context(cafile=certificate)

    async def authorization(self) -> None:
        return None

    async def renew(self) -> bool:
        return False

    def trust(self) -> ssl.SSLContext:
        return self._context


class Watching:
    """An exporter that is served at `url`, and its watch once it follows."""

    def __init__(self, exporter: Exporter, url: str, session: Session, contacts: Contacts) -> None:
        self.exporter = exporter
        self.url = url
        self._session = session
        self._contacts = contacts
        self._task: asyncio.Task[None] | None = None

    def follow(self) -> None:
        """Begin to watch."""
        self._contacts.expect("events", resource="events")
        following = follow(
            events(self.exporter, None), self._session, exporter=self.exporter, contacts=self._contacts, first_lists=FirstLists([])
        )
        self._task = asyncio.create_task(following)

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def pulls(self) -> int:
        """Return how many pulls were counted, those of the first minute of a series too."""
        (waits,) = (text for text in self.exporter.texts if text.family.name == "pullwatch_pull_including_wait_seconds")
        return sum(sum(getattr(child, "counts", ())) for child in waits.children())


@contextlib.asynccontextmanager
async def watching(url: str, certificate: str) -> AsyncIterator[Watching]:
    """Serve as long as the context is open."""
    log.configure(settings.Log(log_level="warning"))
    contacts = Contacts()
    exporter = Exporter(thresholds=assets.thresholds(), contacts=contacts)
    server = Server(make_app(exporter), host="127.0.0.1", port=0)
    await server.start()
    cluster = access.ClusterAccess(url=url, credentials=_Trusting(certificate), origin="a benchmark")
    async with Session(cluster) as session:
        watched = Watching(exporter, server.url, session, contacts)
        try:
            yield watched
        finally:
            watched.stop()
            await server.close()

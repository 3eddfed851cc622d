"""From watches to the exporter: what is told of a watch that is interrupted."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from typing import Any

from structlog.testing import capture_logs

from pullwatch.app import feeds
from pullwatch.app.contacts import Contacts
from pullwatch.app.exporter import Exporter
from pullwatch.pack import assets
from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.store import Store
from pullwatch.sources import resources
from pullwatch.sources.kube import Session
from tests.sources.followed import until
from tests.sources.rawserver import access_to

# A silence that is to be noticed is noticed soon.
QUICK_PODS = dataclasses.replace(resources.pods(), silence_seconds=0.2)


async def test_a_cluster_in_which_no_pod_changed_is_no_trouble() -> None:
    """Its API server sends no bookmarks: the watch is opened again and again, which is counted, and nobody is told."""
    contacts = Contacts()
    contacts.expect("pods", resource="pods")
    exporter = Exporter(thresholds=assets.thresholds(), contacts=contacts)
    feed: feeds.Feed[Any] = feeds.Feed(resource=QUICK_PODS, take_list=lambda *_: None, take=lambda *_, **__: None)
    with capture_logs() as logs:
        async with ApiServer(Store(), token="secret", bookmark_seconds=3600) as api, Session(access_to(api.url)) as session:
            following = asyncio.create_task(
                feeds.follow(feed, session, exporter=exporter, contacts=contacts, first_lists=feeds.FirstLists([]))
            )
            await until(lambda: api.requests["watch", "pods"] == 3)
            quiet = [log["log_level"] for log in logs if log["log_level"] != "debug"]
            problems = contacts.problems()
            await api.stop()
            await until(contacts.problems)
            following.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await following
    restarts = exporter.self_metrics.registry.get_sample_value("pullwatch_watch_restarts_total", {"resource": "pods", "reason": "timeout"})

    assert (quiet, problems, restarts) == ([], [], 2.0)
    assert [log["event"] for log in logs if log["log_level"] == "warning"][:1] == ["watch interrupted"]

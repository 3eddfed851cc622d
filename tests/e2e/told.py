"""Alerts that are posted to a real Alertmanager with the pack's configuration, in place of a Prometheus that evaluates rules."""

from __future__ import annotations

import asyncio
import datetime
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import msgspec
import pytest
import yaml

from pullwatch.pack import alertmanager, rules
from tests.e2e.started import DEADLINE_SECONDS, POLL_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

GROUPS = rules.groups({"enabled": dict.fromkeys(rules.configuration()["enabled"], True)})
"""All rules, those that are off by default as well."""

SEVERITIES: Mapping[str, str] = {
    rule["alert"]: rule["labels"]["severity"] for group in GROUPS for rule in group["rules"] if "alert" in rule
}


def text(*, cluster: str = "cluster") -> str:
    """Return the configuration as it is rendered for all these alerts."""
    return alertmanager.configuration(GROUPS, cluster=cluster).decode()


def filled(rendered: str) -> str:
    """Return a configuration with what is proposed for its receivers switched on, as whoever removes the # would have it."""
    before, receivers = rendered.split("\nreceivers:\n")
    proposed, after = receivers.split("\ntemplates:\n")
    lines = [line for line in proposed.splitlines() if "Fill in what you have" not in line and line.strip() != "#"]
    # A comment in a proposal stays one: its # stands further in.
    return "\n".join([before, "receivers:", *(line.replace("    # ", "    ", 1) for line in lines), "templates:", after])


def hurried(configuration: str, receiver: Mapping[str, Any], *, wait: str = "1s") -> dict[str, Any]:
    """Return a configuration that waits no longer than this for the rest of a group, and this receiver in place of each of its own that is to receive something."""
    loaded: dict[str, Any] = yaml.safe_load(configuration)
    for route in _routes(loaded["route"]):
        if route is loaded["route"] or "group_wait" in route:
            route["group_wait"] = wait
        if "group_interval" in route:
            route["group_interval"] = "1s"
    named = {"name": "pullwatch", **receiver}
    loaded["receivers"] = [one if one["name"] != "pullwatch" else named for one in loaded["receivers"]]
    return loaded


def _routes(route: dict[str, Any]) -> Iterable[dict[str, Any]]:
    yield route
    for child in route.get("routes", []):
        yield from _routes(child)


def alert(name: str, labels: Mapping[str, str], *, annotations: Mapping[str, str] | None = None, resolved: bool = False) -> dict[str, Any]:
    """Return an alert as Prometheus posts it; a label that is empty is none."""
    now = datetime.datetime.now(datetime.UTC)
    ends = now - datetime.timedelta(seconds=1) if resolved else now + datetime.timedelta(hours=1)
    own = {"alertname": name, "severity": SEVERITIES.get(name, "warning"), **labels}
    return {
        "labels": {key: value for key, value in own.items() if value},
        "annotations": dict(annotations or {}),
        # One that began longer ago than its group waits is told without the others of its group.
        "startsAt": (now - datetime.timedelta(minutes=1 if resolved else 0)).isoformat(),
        "endsAt": ends.isoformat(),
    }


async def post(url: str, *alerts: Mapping[str, Any]) -> None:
    """Tell Alertmanager of alerts."""
    async with aiohttp.ClientSession() as session, session.post(f"{url}/api/v2/alerts", json=list(alerts)) as answer:
        assert answer.status == 200, await answer.text()


async def silent(url: str) -> set[tuple[str, str]]:
    """Return name and image of the alerts that are inhibited now."""
    async with aiohttp.ClientSession() as session, session.get(f"{url}/api/v2/alerts") as answer:
        found = msgspec.json.decode(await answer.read())
    return {(one["labels"]["alertname"], one["labels"].get("image", "")) for one in found if one["status"]["inhibitedBy"]}


async def until(look: Callable[[], object], *, what: str, within_seconds: float = DEADLINE_SECONDS) -> None:
    """Wait until something is seen, or fail. What is awaited to be seen may be."""
    try:
        async with asyncio.timeout(within_seconds):
            while True:
                seen = look()
                if await seen if inspect.isawaitable(seen) else seen:
                    return
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError:
        pytest.fail(f"waited {within_seconds:g} s for {what}")


def install(folder: Path, *, cluster: str = "cluster") -> None:
    """Put the message templates where Alertmanager looks for them."""
    folder.mkdir(exist_ok=True)
    (folder / alertmanager.TEMPLATES).write_bytes(alertmanager.templates(cluster=cluster))

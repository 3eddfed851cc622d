"""Prometheus: it scrapes a few targets, evaluates rules and tells an Alertmanager."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from pullwatch.monitoring import process

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from pathlib import Path

LOOK_SECONDS = 0.2
"""Between two looks at what was scraped and judged; they cost more than a scrape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is scraped and judged, how often, and who is told."""

    targets: Mapping[str, Mapping[str, str]]
    """Labels of each target by its HOST:PORT."""
    rules: Any
    """Groups of rules, in the form of a rules file."""
    alertmanager: str = ""
    """HOST:PORT; empty where nobody is told."""
    interval_seconds: float = 1.0
    """Between two scrapes of a target, and between two evaluations of a rule."""
    resend_seconds: float = 2.0
    """Between two messages about one alert. A first message within 5 s of the start is lost: Alertmanagers are not discovered yet."""
    name: str = "pullwatch"
    listen: str = field(default_factory=process.free_address)


@contextlib.asynccontextmanager
async def running(program: Path, job: Job, *, folder: Path) -> AsyncIterator[str]:
    """Run Prometheus as long as the context is open; yields its URL. What it stored in this folder before, it goes on with."""
    _configure(job, folder)
    url = f"http://{job.listen}"
    arguments = [
        f"--config.file={folder}/prometheus.yaml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address={job.listen}",
        f"--web.external-url={url}/",
        f"--rules.alert.resend-delay={_milliseconds(job.resend_seconds)}",
        "--log.level=warn",
    ]
    async with process.running(program, *arguments, url=f"{url}/-/ready", log=folder / "prometheus.log"):
        yield url


async def alerts_url(url: str) -> str:
    """Return where a browser finds the alerts: Debian's Prometheus 2.42 has the older pages only, and no way to them."""
    for path in ("/alerts", "/classic/alerts"):
        if await process.fetched(f"{url}{path}") is not None:
            return f"{url}{path}"
    return url


async def firing(url: str) -> list[dict[str, str]]:
    """Return the labels of each alert that fires now."""
    return [alert["labels"] for alert in (await _asked(url, "alerts")).get("alerts", ()) if alert["state"] == "firing"]


async def judged(url: str) -> None:
    """Wait until all that is true now was scraped from each target that is up, and then judged by each alert."""
    await _passed(lambda: _scraped(url))
    await _passed(lambda: _evaluated(url))


async def _passed(moments: Callable[[], Awaitable[list[str]]]) -> None:
    """Wait until there are moments, and all of them are later than now."""
    now = time.time()
    while True:
        seen = await moments()
        if seen and all(datetime.fromisoformat(moment).timestamp() > now for moment in seen):
            return
        await asyncio.sleep(LOOK_SECONDS)


async def _scraped(url: str) -> list[str]:
    return [target["lastScrape"] for target in (await _asked(url, "targets")).get("activeTargets", ()) if target["health"] == "up"]


async def _evaluated(url: str) -> list[str]:
    groups = (await _asked(url, "rules")).get("groups", ())
    # What is recorded for a dashboard once in an hour is nothing to wait for.
    return [group["lastEvaluation"] for group in groups if any(rule["type"] == "alerting" for rule in group["rules"])]


async def _asked(url: str, path: str) -> dict[str, Any]:
    """Return what the API knows; nothing where Prometheus does not answer."""
    body = await process.fetched(f"{url}/api/v1/{path}")
    return dict(msgspec.json.decode(body)["data"]) if body else {}


def _configure(job: Job, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    # JSON is YAML.
    (folder / "rules.yaml").write_bytes(msgspec.json.encode(job.rules))
    (folder / "prometheus.yaml").write_bytes(msgspec.json.encode(_configuration(job, folder)))


def _configuration(job: Job, folder: Path) -> dict[str, Any]:
    interval = _milliseconds(job.interval_seconds)
    managers = [{"static_configs": [{"targets": [job.alertmanager]}]}] if job.alertmanager else []
    return {
        "global": {"scrape_interval": interval, "scrape_timeout": interval, "evaluation_interval": interval},
        "rule_files": [f"{folder}/rules.yaml"],
        "alerting": {"alertmanagers": managers},
        "scrape_configs": [
            {
                "job_name": job.name,
                # The exporter's namespace, pod and node are those of the pulls, not its own.
                "honor_labels": True,
                "static_configs": [{"targets": [target], "labels": dict(labels)} for target, labels in job.targets.items()],
            }
        ],
    }


def _milliseconds(seconds: float) -> str:
    return f"{round(seconds * 1000)}ms"

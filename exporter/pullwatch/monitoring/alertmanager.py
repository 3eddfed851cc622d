"""Alertmanager: with one receiver that is notified of each alert, or as it is configured."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import msgspec

from pullwatch.monitoring import process

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

GROUP_SECONDS = 1
"""How long more about an alert is waited for. Debian's default of 5 minutes would hide for as long that one resolved."""


@contextlib.asynccontextmanager
async def running(program: Path, *, receiver: str, folder: Path) -> AsyncIterator[str]:
    """Run Alertmanager as long as the context is open; it tells the webhook at this URL. Yields its own URL."""
    async with configured(program, _configuration(receiver), folder=folder) as url:
        yield url


@contextlib.asynccontextmanager
async def configured(program: Path, configuration: Mapping[str, Any], *, folder: Path) -> AsyncIterator[str]:
    """Run Alertmanager with this configuration; templates that it names lie in the folder. Yields its URL."""
    _write(configuration, folder)
    listen = process.free_address()
    url = f"http://{listen}"
    arguments = [
        f"--config.file={folder}/alertmanager.yaml",
        f"--storage.path={folder}/data",
        f"--web.listen-address={listen}",
        f"--web.external-url={url}/",
        # Alone: without this it would look for peers on all addresses of this machine.
        "--cluster.listen-address=",
        "--log.level=warn",
    ]
    async with process.running(program, *arguments, url=f"{url}/-/ready", log=folder / "alertmanager.log"):
        yield url


def _write(configuration: Mapping[str, Any], folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    # JSON is YAML.
    (folder / "alertmanager.yaml").write_bytes(msgspec.json.encode(configuration))


def _configuration(receiver: str) -> dict[str, Any]:
    return {
        "route": {
            "receiver": "webhook",
            # Each alert by itself: its labels are what tells it from others.
            "group_by": ["..."],
            "group_wait": "0s",
            "group_interval": f"{GROUP_SECONDS}s",
            "repeat_interval": "4h",
        },
        "receivers": [{"name": "webhook", "webhook_configs": [{"url": receiver, "send_resolved": True}]}],
    }

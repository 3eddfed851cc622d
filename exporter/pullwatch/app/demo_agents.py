"""The agents of the demo: made-up reports on the way that real ones take, so that layers and live bars have something to show."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import tempfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import structlog

from pullwatch.publish.delivery import Delivery, DeliveryError
from pullwatch.pulls.reported import Again, Wanted
from pullwatch.settings import Agents
from pullwatch.sim.nodeagents import NodeAgents
from pullwatch.sim.tokenreviews import Issued

if TYPE_CHECKING:
    from pullwatch.sim.apiserver import ApiServer

logger = structlog.get_logger()

_Answer = TypeVar("_Answer")

SETTINGS = Agents(agents=True)

RUNNING_SECONDS = 1.0
IMAGES_SECONDS = 10.0


@contextlib.asynccontextmanager
async def agents(apiserver: ApiServer, server_url: str, *, speed: float) -> AsyncIterator[None]:
    """Report to the exporter as long as the context is open."""
    with tempfile.TemporaryDirectory(prefix="pullwatch-") as folder:
        token = Path(folder) / "token"
        token.write_text(secrets.token_hex(16), encoding="ascii")
        apiserver.issued[token.read_text(encoding="ascii")] = Issued()
        async with Delivery(server_url, token=token) as delivery:
            nodes = NodeAgents(apiserver.store, speed=speed)
            tasks = [
                asyncio.create_task(_images(delivery, nodes), name="images"),
                asyncio.create_task(_running(delivery, nodes), name="layers"),
            ]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)


async def _images(delivery: Delivery, nodes: NodeAgents) -> None:
    while True:
        for node in nodes.nodes():
            wanted = await _posted(delivery, "images", nodes.images(node), Wanted)
            if told := nodes.manifests(wanted.digests if wanted else ()):
                await _posted(delivery, "layers", {"schema": 1, "node": node, "manifests": told}, dict[str, Any])
        await asyncio.sleep(IMAGES_SECONDS)


async def _running(delivery: Delivery, nodes: NodeAgents) -> None:
    told: set[str] = set()
    while True:
        reports = nodes.running()
        for node in told - reports.keys():
            await _posted(delivery, "running", {"schema": 1, "node": node, "pulls": []}, Again)
        for report in reports.values():
            await _posted(delivery, "running", report, Again)
        told = set(reports)
        await asyncio.sleep(RUNNING_SECONDS)


async def _posted(delivery: Delivery, kind: str, report: Mapping[str, Any], answer: type[_Answer]) -> _Answer | None:
    try:
        return await delivery.post(f"/api/v1/agents/{kind}", msgspec.json.encode(report), answer)
    except DeliveryError as error:
        logger.debug("report not taken", kind=kind, error=str(error))
        return None

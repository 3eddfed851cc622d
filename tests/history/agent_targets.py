"""Agents of some nodes with GPUs as targets of their own: what each shows at /metrics of the pulls that run there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import prometheus_client

import pullwatch
from pullwatch.publish.agent_metrics import AgentMetrics
from pullwatch.pulls.reported import RunningPull
from tests.history.processes import MIB, Process
from tests.history.scraped import Scraped
from tests.history.site import GPU

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullwatch.sim.resources import Object
    from tests.history.remote_write import Samples

NODES = GPU[::2]
"""Each costs a millisecond for every scrape."""

_PULLS = tuple[RunningPull, ...]


class AgentTargets:
    """One target for each node."""

    def __init__(self, *, started_at: float) -> None:
        self._processes = {node: Process(started_at=started_at, empty_bytes=38 * MIB) for node in NODES}
        self._running: dict[str, _PULLS] = {}
        self._fetched = dict.fromkeys(NODES, 0)
        self._metrics = {node: self._made(node) for node in NODES}
        self._targets = {
            node: Scraped({"cluster": "made", "job": "pullwatch-agent", "instance": f"10.2.1.{number}:9438"})
            for number, node in enumerate(NODES, start=1)
        }

    def scrape(self, reports: Mapping[str, Object], samples: Samples, *, at: float) -> None:
        """Add what each agent shows at this moment, from the reports of running pulls by node."""
        for node, target in self._targets.items():
            pulls = msgspec.convert(reports[node]["pulls"], _PULLS) if node in reports else ()
            self._count(node, pulls)
            self._running[node] = pulls
            exposed = prometheus_client.generate_latest(self._metrics[node].registry)
            target.scrape(self._processes[node].shown([exposed], now=at), samples, at=at)

    def _count(self, node: str, pulls: _PULLS) -> None:
        """Count the bytes that came since the last look, of pulls that ran then as well."""
        before = {pull.digest: _bytes(pull) for pull in self._running.get(node, ())}
        self._fetched[node] += sum(max(0, _bytes(pull) - before.get(pull.digest, 0)) for pull in pulls)
        self._metrics[node].reports.labels("running", "ok").inc()
        self._metrics[node].looks.inc()

    def _made(self, node: str) -> AgentMetrics:
        metrics = AgentMetrics(
            node=node,
            version=pullwatch.__version__,
            running=lambda: self._running.get(node, ()),
            fetched=lambda: (self._fetched[node], 0),
            trouble=dict,
        )
        metrics.connected.set(1)
        return metrics


def _bytes(pull: RunningPull) -> int:
    return sum(layer.downloaded_bytes or 0 for layer in pull.layers)

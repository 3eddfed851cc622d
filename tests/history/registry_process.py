"""The process that asks registries for layers, as it would answer for the day's images, and what it counts meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import prometheus_client

import pullwatch
from pullwatch.publish import registry_metrics
from pullwatch.pulls import received
from pullwatch.pulls.registered import LayersAnswer
from pullwatch.pulls.reported import Told
from pullwatch.sources.registry import tally
from pullwatch.sources.registry.refused import Refusal
from pullwatch.sources.registry.tally import Tally
from tests.history.processes import Process

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullwatch.sim.builds import Build

HOSTS = ("registry.example.com", "ghcr.io", "quay.io", "registry.slow.example")
"""That may be asked."""


class RegistryProcess:
    """Knows builds by the digest that nodes name."""

    def __init__(self, known: Mapping[str, Build], *, started_at: float) -> None:
        self._process = Process(started_at=started_at)
        self._builds = {build.image.digest: build for build in known.values()}
        self._tally = Tally()
        self._registry = registry_metrics.registry(
            self._tally, version=pullwatch.__version__, hosts=HOSTS, outcomes=tally.OUTCOMES, kinds=tally.KINDS, reasons=tally.REASONS
        )

    def layers(self, digest: str) -> LayersAnswer | None:
        """Return the layers of an image; None where its registry may not be asked."""
        build = self._builds[digest]
        host = build.image.registry
        if host not in HOSTS:
            self._tally.refused[Refusal.HOST] += 1
            return None
        for kind in ("manifest", "manifest", "config"):
            self._tally.requests[host, "ok"] += 1
            self._tally.fetched[kind] += 1
        self._tally.told += 1
        table = received.table_of(Told(digest=build.digest, manifest=build.manifest, config=build.config))
        return LayersAnswer(image=build.image.canonical, index_digest=digest, table=table)

    def scrape(self, *, now: float) -> bytes:
        """Return what /metrics shows now."""
        return self._process.shown([prometheus_client.generate_latest(self._registry)], now=now)

"""Agents of the made cluster: what they would report of a node, made up from the objects in the store.

The words are those of the exporter's documentation (docs/json.md); who sends them stands elsewhere.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pullwatch.sim import builds, catalogue, fetching, stamps
from pullwatch.sim.builds import Build
from pullwatch.sim.resources import Object
from pullwatch.sim.store import Store

TRICKLE_AFTER_SECONDS, TRICKLE_BYTES_PER_SECOND = 240.0, 40_000.0
"""Of the pull that is stuck: it went well for four minutes."""


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull that its kubelet has begun."""

    node: str
    build: Build
    began_at: float


class NodeAgents:
    """Agents of all nodes; `speed` is how much faster than the clock pulls go since this was made.

    `known` are the builds of the cluster's images by their canonical reference, those of the catalogue where none are given.
    """

    def __init__(
        self, store: Store, *, speed: float = 1.0, clock: Callable[[], float] = time.time, known: Mapping[str, Build] | None = None
    ) -> None:
        self._known = builds.known() if known is None else known
        self._by_digest = {build.digest: build for build in self._known.values()}
        self._store = store
        self._speed = speed
        self._clock = clock
        self._since = clock()

    def nodes(self) -> list[str]:
        """Returns the names of all nodes."""
        return [name for name, _ in self._nodes()]

    def images(self, node: str) -> Object:
        """Returns the report of the images that a node holds."""
        held = [
            {
                "names": [build.image.canonical, f"{build.image.repository}@{build.image.digest}"],
                "digest": build.digest,
                "index_digest": build.image.digest,
            }
            for build in self._held(node)
        ]
        return {"schema": 1, "node": node, "images": held}

    def manifests(self, digests: Iterable[str]) -> list[Object]:
        """Returns what the report of layers tells of these manifests, as far as they are known."""
        wanted = (build for digest in digests if (build := self._by_digest.get(digest)) is not None)
        return [{"digest": build.digest, "manifest": build.manifest, "config": build.config} for build in wanted]

    def running(self) -> dict[str, Object]:
        """Returns the report of running pulls of each node that has one."""
        reports: dict[str, Object] = {}
        for pull in self._pulls():
            report = reports.setdefault(pull.node, {"schema": 1, "node": pull.node, "pulls": []})
            report["pulls"].append(self._progress(pull))
        return reports

    def _progress(self, pull: Pull) -> Object:
        image = pull.build.image
        present = {layer.digest for build in self._held(pull.node) for layer in build.layers}
        rate = catalogue.REGISTRIES[image.registry].bytes_per_second
        seconds = self._seconds_since(pull.began_at)
        stuck = image == catalogue.VISION_STUCK and seconds > TRICKLE_AFTER_SECONDS
        if stuck:
            # As many seconds at full speed as would have brought what trickled in since.
            seconds = TRICKLE_AFTER_SECONDS + (seconds - TRICKLE_AFTER_SECONDS) * TRICKLE_BYTES_PER_SECOND / rate
            rate_now = TRICKLE_BYTES_PER_SECOND
        else:
            rate_now = rate * self._speed
        layers = fetching.progress(pull.build.layers, present=present, seconds=seconds, bytes_per_second=rate)
        left = sum(layer["size_bytes"] - layer["downloaded_bytes"] for layer in layers if layer["state"] in ("queued", "downloading"))
        return {
            "registry": image.registry,
            "repository": image.repository.partition("/")[2],
            "digest": pull.build.digest,
            "started_at": pull.began_at,
            "layers": layers,
            "bytes_per_second": rate_now if left else None,
            "eta_seconds": left / rate_now if left else None,
        }

    def _seconds_since(self, began_at: float) -> float:
        now = self._clock()
        return max(0.0, min(now, self._since) - began_at) + max(0.0, now - max(began_at, self._since)) * self._speed

    def _pulls(self) -> Iterator[Pull]:
        """Yields the oldest open pull of each node: its kubelet has one at a time."""
        open_pulls: dict[str, list[tuple[float, str]]] = {}
        ended: dict[str, float] = {}
        for node, reason, reference, at in self._told():
            waiting = open_pulls.setdefault(node, [])
            if reason == "Pulling":
                waiting.append((at, reference))
            elif waiting:
                ended[node] = at
                open_pulls[node] = [one for one in waiting if one[1] != reference]
        for node, waiting in open_pulls.items():
            build = self._known.get(catalogue.Image(waiting[0][1], 0).canonical) if waiting else None
            if build is not None:
                yield Pull(node, build, max(waiting[0][0], ended.get(node, 0.0)))

    def _told(self) -> list[tuple[str, str, str, float]]:
        """Returns what events tell of pulls in their order: node, reason, reference and stamp."""
        told = []
        for _, stored in self._store.snapshot("events", self._store.version):
            event = stored.object
            named = event["message"].split('"')
            reason = event["reason"]
            if reason in ("Pulling", "Pulled", "Failed") and len(named) > 2 and "already present" not in event["message"]:
                version = int(event["metadata"]["resourceVersion"])
                told.append((version, event["source"]["host"], reason, named[1], stamps.parse(event["lastTimestamp"]) or 0.0))
        # A short pull begins and ends within one second, which is all that stamps tell.
        return [one[1:] for one in sorted(told)]

    def _held(self, node: str) -> list[Build]:
        images = dict(self._nodes()).get(node, ())
        names = (name for image in images for name in image["names"])
        return [build for name in names if (build := self._known.get(name)) is not None]

    def _nodes(self) -> Iterator[tuple[str, list[Any]]]:
        for _, stored in self._store.snapshot("nodes", self._store.version):
            yield stored.object["metadata"]["name"], stored.object["status"]["images"]

"""How attempts to pull go in the course of the day: a registry that turns slow, one that refuses, a disk that wears out."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from pullwatch.sim import catalogue, texts
from pullwatch.sim.catalogue import MB, Attempt, Image
from tests.history import shelf
from tests.history.shelf import HOUR

END = 8 * HOUR + 600
"""When the day is looked at: all goes wrong at once, and the last whole hour ended ten minutes ago."""

SLOW_FROM = 6.8 * HOUR
"""From then on `SLOW_REGISTRY` serves less than half of what the alerts expect of a healthy one."""
SLOW_REGISTRY, FAST_BYTES_PER_SECOND, SLOW_BYTES_PER_SECOND = "registry.slow.example", 62.0 * MB, 3.5 * MB

WORN_NODE, WORN_FROM, WORN_FACTOR = "node-07", 7 * HOUR, 25.0
"""A node whose disk writes this much slower from then on."""

RATE_LIMITED = ((3 * HOUR, 3.4 * HOUR), (END - 1500, END))
UNREACHABLE = ((1.5 * HOUR, 1.6 * HOUR), (6.2 * HOUR, 6.3 * HOUR))
"""When Docker Hub's name is not resolved."""
BROKEN = ((2.3 * HOUR, 2.4 * HOUR), (7.4 * HOUR, 7.6 * HOUR))
"""When it answers 503."""
CUT_OFF_NODE, CUT_OFF = "node-11", (END - 1100, END)
"""A node that does not reach quay.io then."""
FULL_NODE, FULL_FROM, FULL_BYTES = "batch-04", END - 1400, 700 * MB
"""A node whose disk has less room than this from then on."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A pull as the kubelet counts it: when it ended, how long it took, and whether it failed."""

    at: float
    node: str
    seconds: float
    failed: bool


class Weather:
    """Decides attempts, and notes them for the kubelets' own counts."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []

    def attempt(self, node: str, image: Image, *, present: bool, now: float, chance: random.Random) -> Attempt:
        """Return how an attempt goes that begins now."""
        attempt = _attempt(node, image, present=present, now=now, chance=chance)
        if math.isfinite(attempt.seconds):
            self.operations.append(Operation(now + attempt.seconds, node, attempt.seconds, bool(attempt.error)))
        return attempt


def _attempt(node: str, image: Image, *, present: bool, now: float, chance: random.Random) -> Attempt:
    registry = catalogue.REGISTRIES[image.registry]
    latency = registry.latency_seconds * chance.uniform(0.7, 1.6)
    if image == shelf.STUCK:
        return Attempt(math.inf)
    if error := _error(node, image, now=now, chance=chance):
        return Attempt(latency, error)
    if present:
        return Attempt(latency / 3)
    rate = registry.bytes_per_second
    if image.registry == SLOW_REGISTRY:
        rate = SLOW_BYTES_PER_SECOND if now >= SLOW_FROM else FAST_BYTES_PER_SECOND
    if node == WORN_NODE and now >= WORN_FROM:
        rate /= WORN_FACTOR
    return Attempt(latency + image.size_bytes / (rate * chance.uniform(0.8, 1.2)))


def _error(node: str, image: Image, *, now: float, chance: random.Random) -> str:
    """Return why an attempt fails, if it does."""
    resolving = f"failed to pull and unpack image {texts.quoted(image.canonical)}: failed to resolve image: "
    if image == shelf.TYPO:
        return texts.not_found(image.canonical)
    if image == shelf.PRIVATE:
        return f"{resolving}failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://ghcr.io/token: 401 Unauthorized"
    if image.registry == "quay.io" and node == CUT_OFF_NODE and CUT_OFF[0] <= now < CUT_OFF[1]:
        return f'{resolving}failed to do request: Head "https://quay.io/v2/": dial tcp 203.0.113.7:443: i/o timeout'
    if node == FULL_NODE and now >= FULL_FROM and image.size_bytes > FULL_BYTES:
        return (
            f"failed to pull and unpack image {texts.quoted(image.canonical)}: failed to extract layer sha256:{0:064d}: write "
            "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/912/fs/usr/lib/libtorch.so: no space left on device"
        )
    if image.registry != "docker.io":
        # Once in a long while a connection breaks.
        return f"{resolving}failed to copy: read: connection reset by peer" if chance.random() < 0.004 else ""
    repository = image.repository.removeprefix("docker.io/")
    if _within(RATE_LIMITED, now):
        return texts.rate_limited(image.canonical, repository=repository, digest=image.digest)
    if _within(UNREACHABLE, now):
        return f'{resolving}failed to do request: Head "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 10.96.0.10:53: no such host'
    if _within(BROKEN, now):
        return f"{resolving}unexpected status from HEAD request to https://registry-1.docker.io/v2/{repository}/manifests/1: 503 Service Unavailable"
    return ""


def _within(times: tuple[tuple[float, float], ...], now: float) -> bool:
    return any(begins <= now < ends for begins, ends in times)

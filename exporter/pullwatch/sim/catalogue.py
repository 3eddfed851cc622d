"""The made cluster's images and registries: sizes, speeds, and what goes wrong with them when."""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Mapping
from dataclasses import dataclass

from pullwatch.sim import texts

MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Image:
    """An image by the reference its pods write."""

    reference: str
    size_bytes: int

    @property
    def canonical(self) -> str:
        """Spells out what Docker Hub's short names leave out."""
        first = self.reference.split("/")[0]
        return self.reference if "." in first and "/" in self.reference else f"docker.io/library/{self.reference}"

    @property
    def repository(self) -> str:
        """Leaves out the tag."""
        return self.canonical.rpartition(":")[0]

    @property
    def registry(self) -> str:
        """Names where it comes from."""
        return self.canonical.split("/")[0]

    @property
    def digest(self) -> str:
        """Makes up a digest that is always the same."""
        return f"sha256:{hashlib.sha256(self.canonical.encode()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Registry:
    """How fast a registry serves one node, unpacking included, and how long it takes to answer at all."""

    bytes_per_second: float
    latency_seconds: float


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one attempt to pull will go; `math.inf` seconds never end."""

    seconds: float
    error: str = ""


REGISTRIES: Mapping[str, Registry] = {
    "registry.example.com": Registry(bytes_per_second=55 * MB, latency_seconds=0.25),
    "ghcr.io": Registry(bytes_per_second=28 * MB, latency_seconds=0.5),
    "quay.io": Registry(bytes_per_second=21 * MB, latency_seconds=0.7),
    "docker.io": Registry(bytes_per_second=24 * MB, latency_seconds=0.9),
    # Throttled to less than half of what the alerts expect of a healthy registry.
    "registry.slow.example": Registry(bytes_per_second=4.6 * MB, latency_seconds=1.2),
}

WEB_OLD = Image("registry.example.com/shop/web:2.13.1", 93 * MB + 412_907)
WEB_NEW = Image("registry.example.com/shop/web:2.14.0", 94 * MB + 120_331)
CART = Image("registry.example.com/shop/cart:5.1", 71 * MB + 880_214)
CHECKOUT_TYPO = Image("registry.example.com/shop/checkout:1.4.0-rc", 0)
CHECKOUT = Image("registry.example.com/shop/checkout:1.4.0", 88 * MB + 301_552)
LOG_AGENT = Image("registry.example.com/platform/log-agent:3.2", 48 * MB + 73_645)
GPU_METRICS = Image("registry.example.com/platform/gpu-metrics:0.9", 31 * MB + 655_120)
PROXY = Image("registry.example.com/ml/proxy:1.2", 24 * MB + 90_877)
REPORT = Image("registry.example.com/batch/report:latest", 61 * MB + 204_666)
TRAINER = Image("registry.slow.example/ml/trainer:1.8", 1_912 * MB + 551_208)
FEATURES = Image("registry.slow.example/ml/feature-store:2026.1", 1_104 * MB + 617_993)
NOTEBOOK = Image("registry.slow.example/ml/notebook:4.2", 1_048 * MB + 330_481)
VISION_STUCK = Image("registry.slow.example/ml/vision-base:cu12.8", 3_890 * MB)
REDIS = Image("redis:7.4", 46 * MB + 910_345)
NGINX = Image("nginx:1.27", 72 * MB + 195_292)

EVERYDAY = (
    Image("registry.example.com/shop/search:8.3", 142 * MB + 18_455),
    Image("registry.example.com/shop/mail:3.0", 38 * MB + 550_103),
    Image("registry.example.com/batch/import:12", 210 * MB + 77_140),
    Image("registry.example.com/platform/gateway:2.9", 57 * MB + 431_019),
    Image("ghcr.io/example/feature-flags:1.31.0", 64 * MB + 288_754),
    Image("ghcr.io/example/schema-migrate:4.18", 22 * MB + 117_902),
    Image("quay.io/example/exporter:0.28.1", 14 * MB + 903_356),
    Image("quay.io/example/etl-runner:6.2", 388 * MB + 246_810),
)
"""Images of the ordinary coming and going, most wanted first."""

RATE_LIMITED_FROM, RATE_LIMITED_UNTIL = -200.0, 330.0


def attempt(image: Image, *, present: bool, now: float, chance: random.Random) -> Attempt:
    """Decides how an attempt goes that begins now on a node that has or has not got the image."""
    registry = REGISTRIES[image.registry]
    latency = registry.latency_seconds * chance.uniform(0.7, 1.6)
    if image == VISION_STUCK:
        # Bytes trickle in, so the runtime's own progress timeout of five minutes never strikes.
        return Attempt(math.inf)
    if image == CHECKOUT_TYPO:
        return Attempt(latency, texts.not_found(image.canonical))
    if image.registry == "docker.io" and RATE_LIMITED_FROM <= now < RATE_LIMITED_UNTIL:
        repository = image.repository.removeprefix("docker.io/")
        return Attempt(latency, texts.rate_limited(image.canonical, repository=repository, digest=image.digest))
    if present:
        return Attempt(latency / 3)
    return Attempt(latency + image.size_bytes / (registry.bytes_per_second * chance.uniform(0.9, 1.2)))

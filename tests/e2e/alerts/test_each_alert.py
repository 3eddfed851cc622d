"""Each alert about pulls reaches a person, with the labels that tell it apart and the words that he needs."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest

from pullwatch.sim import texts
from tests.e2e import launched, pace
from tests.e2e.chain import Chain, chained
from tests.e2e.counting import CountingKubelet, counting
from tests.e2e.launched import deployment
from tests.e2e.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pullwatch.monitoring.receiver import Alert

    Told = list[Alert]

WEB = launched.WORKLOAD
TYPO = deployment("shop", "typo")
HEALED = deployment("shop", "healed")
LIMITED = deployment("shop", "cache", registry="docker.io")
QUEUED = [deployment("shop", f"queued-{number}", registry="quay.io") for number in range(8)]
ON_NODE = [deployment("ml", f"on-node-{number}", registry=f"registry-{number % 2}.example") for number in range(12)]
"""Too few of one registry to say something of it."""
FROM_REGISTRY = deployment("ml", "trainer", registry="registry.slow.example")
TIRED = [deployment("web", f"tired-{number}", registry="registry.tired.example") for number in range(20)]

EXPECTED: dict[str, tuple[dict[str, str], str]] = {
    "SlowImagePull": (
        {"namespace": "shop", "image": WEB.image.canonical, "registry": "registry.example.com", "severity": "warning"},
        r"Pod shop/web-\S+ \(Deployment/web\) on node node-0: the pull of \S+/shop/web:2\.14\.0 has been running for .*Too slow for this image: 1 pod",
    ),
    "ImagePullStuck": (
        {"namespace": "shop", "image": WEB.image.canonical, "registry": "registry.example.com", "severity": "warning"},
        r"Pod shop/web-\S+ \(Deployment/web\) on node node-0: the pull of \S+/shop/web:2\.14\.0 has been running for 2\d\..*Stuck on this image: 1 pod",
    ),
    "SlowImagePullsOnNode": (
        {"node": "node-slow", "severity": "warning"},
        r"100% of 12 image pulls on node node-slow in the last 30m took longer than 60 s\.",
    ),
    "SlowImagePullOnSlowNode": (
        {"namespace": "ml", "image": ON_NODE[0].image.canonical, "registry": "registry-0.example", "severity": "none"},
        r"keeps SlowImagePull of registry-0\.example/ml/on-node-0:1\.0 in namespace ml quiet",
    ),
    "SlowImagePullsFromRegistry": (
        {"registry": "registry.slow.example", "severity": "warning"},
        r"100% of 40 image pulls from registry\.slow\.example in the last 30m took longer than 60 s\..*Repositories with slow pulls: 1\.",
    ),
    "ImagePullThroughputLow": (
        {"registry": "registry.tired.example", "severity": "info"},
        r"Image pulls from registry\.tired\.example came at \d+(\.\d+)?% of their usual speed in the last 10s",
    ),
    "ImagePullQueueing": (
        {"node": "node-queue", "severity": "info"},
        r"On node node-queue image pulls of the last 30m waited about .* Pulls in its queue now: 7\.",
    ),
    "ImagePullFailing": (
        {"namespace": "shop", "image": TYPO.image.canonical, "registry": "registry.example.com", "severity": "warning"},
        r"Pod shop/typo-\S+ \(Deployment/typo\) on node node-1 has been failing to get \S+ for .*Newest error: not_found .*Failing on this image: 1 pod",
    ),
    "ImagePullRateLimited": (
        {"registry": "docker.io", "severity": "warning"},
        r"Registry docker\.io answers that too much was pulled from it\. Pod shop/cache-\S+ .*: 2 pod\(s\) with 1 image\(s\) in 1 namespace",
    ),
    "ImagePullSLOBurn": (
        {"severity": "warning"},
        r"\d+(\.\d+)?% of image pulls took longer than 300 s with their wait, or failed; 1% may\.",
    ),
    "ImagePullEventsLost": (
        {"severity": "warning"},
        r"about 2\d image pulls came without any Event, on 1 node\(s\); most on node node-dark, 2\d of 2\d\.",
    ),
}


async def tell(folder: Path) -> Told:
    """All that can be wrong with pulls is wrong in one cluster, for a minute at most; returns what was told first of each."""
    async with (
        counting("node-dark", folder / "kubelet") as kubelet,
        chained(folder, Pace(30), **pace.USUAL, **pace.PATIENT, enabled={"ImagePullSLOBurn": True}) as chain,
    ):
        launched.know_size(chain.store, WEB.image)
        kubelet.join(chain.store)
        async with chain.exporter(kubelets=kubelet.settings), chain.prometheus():
            await chain.shows('pullwatch_kubelet_reads_total{result="ok"} > 0')
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_trouble(chain, kubelet))
                for name, (labels, _) in EXPECTED.items():
                    tasks.create_task(chain.told(name, about=labels))
            return [alert for _, alert in chain.received]


async def _trouble(chain: Chain, kubelet: CountingKubelet) -> None:
    """Let it all begin; what ends does so twice for the registry that tires."""
    store = chain.store
    launched.pulls(store, WEB, "node-0")
    launched.has_failed(store, launched.pulls(store, TYPO, "node-1"), texts.not_found(TYPO.image.canonical))
    for node in ("node-2", "node-3"):
        limit = texts.rate_limited(LIMITED.image.canonical, repository="shop/cache", digest=LIMITED.image.digest)
        launched.has_failed(store, launched.pulls(store, LIMITED, node), limit)
    healed = launched.pulls(store, HEALED, "node-4")
    launched.has_failed(store, healed, texts.not_found(HEALED.image.canonical))
    for workload in QUEUED:
        launched.pulls(store, workload, "node-queue")
    # Bytes have a kind where the node's runtime is known.
    for number in range(20):
        for name in (f"tired-{number}", f"tired-again-{number}"):
            store.apply("nodes", launched.node(name))
    usual = [launched.pulls(store, workload, f"tired-{number}") for number, workload in enumerate(TIRED)]
    on_node = [launched.pulls(store, workload, "node-slow") for workload in ON_NODE]
    from_registry = [launched.pulls(store, FROM_REGISTRY, f"node-{number}") for number in range(100, 140)]
    await chain.shows('pullwatch_pull_failing_start_timestamp_seconds{image="' + HEALED.image.canonical + '"}')
    # A retry that helps: nobody has to know.
    launched.has_pulled(store, healed, 1.0)
    for pod in usual:
        launched.has_pulled(store, pod, 6.0)
    for pod in on_node + from_registry:
        launched.has_pulled(store, pod, 400.0)
    kubelet.pulled(*[5.0] * 20)
    await chain.grown()
    # What is usual is told by windows before the present one, in which no other registry may be as slow as this one will be.
    await chain.shows("registry:pullwatch_pull_bytes_per_second:rate5m")
    await chain.shows("registry:pullwatch_pull_ends:changes10s > 0", anything=False)
    for number, workload in enumerate(TIRED):
        slow = launched.pulls(store, workload, f"tired-again-{number}")
        launched.has_pulled(store, slow, 40.0)


def first(told: Told, name: str, labels: dict[str, str]) -> Alert:
    return next(alert for alert in told if alert.labels == {"alertname": name} | labels)


def subject(labels: Mapping[str, str]) -> str | None:
    """Return what an alert is about."""
    return labels.get("image") or labels.get("node") or labels.get("registry")


@pytest.mark.parametrize("name", EXPECTED)
def test_it_reaches_a_person(name: str, told: Told) -> None:
    """With exact labels, the words that name what and where, and its runbook."""
    labels, words = EXPECTED[name]

    alert = first(told, name, labels)

    assert alert.status == "firing"
    assert re.search(words, alert.annotations["description"]), alert.annotations["description"]
    assert alert.annotations["runbook_url"].endswith(f"/runbooks/{name}")


def test_a_failure_that_heals_is_silent(told: Told) -> None:
    """A pull that failed once and then went well is told of by nobody."""
    assert [alert.name for alert in told if alert.labels.get("image") == HEALED.image.canonical] == []


def test_nothing_else_is_told(told: Told) -> None:
    """What is wrong here is wrong with these alone."""
    named: dict[str, set[str | None]] = {}
    for alert in told:
        named.setdefault(alert.name, set()).add(subject(alert.labels))

    assert named.keys() == EXPECTED.keys()
    for name in (
        "ImagePullFailing",
        "ImagePullRateLimited",
        "SlowImagePullsOnNode",
        "SlowImagePullsFromRegistry",
        "ImagePullThroughputLow",
    ):
        assert named[name] == {subject(EXPECTED[name][0])}
    # The first in the queue never ends here.
    assert named["ImagePullStuck"] == {WEB.image.canonical, QUEUED[0].image.canonical}

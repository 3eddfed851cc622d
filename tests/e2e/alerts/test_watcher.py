"""The exporter itself: that it hears nothing, that it is gone, and what kubelets alone tell meanwhile."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest

from pullwatch.sim import interruptions
from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.steps import Act
from pullwatch.sim.store import Store
from tests.e2e import launched, pace
from tests.e2e.chain import chained
from tests.e2e.counting import counting
from tests.e2e.pace import Pace

if TYPE_CHECKING:
    from pathlib import Path

    from pullwatch.monitoring.receiver import Alert

    Told = list[Alert]

EXPECTED: dict[str, tuple[dict[str, str], str]] = {
    "ImagePullWatchStale": (
        {"resource": "events", "severity": "warning"},
        r"^The watch of events has been silent for \S+s\. What pullwatch shows of image pulls is that old\.$",
    ),
    "ImagePullExporterDown": (
        {"severity": "warning"},
        r"^Prometheus gets no metrics from the pullwatch exporter\. .* start with kubectl get pods --all-namespaces \| grep pullwatch\.$",
    ),
    "KubeletImagePullSlow": (
        {"node": "node-a", "severity": "info"},
        r"^1 image pull\(s\) of the last 30 minutes on node node-a took longer than about 300 s",
    ),
}


async def tell(folder: Path) -> Told:
    """A busy cluster's watches fall silent; then the exporter ends, and a kubelet counts the first slow pull of its life."""
    api = ApiServer(Store(), bookmark_seconds=1.0)
    async with (
        counting("node-a", folder / "kubelet") as kubelet,
        chained(folder, Pace(30), api=api, targets=kubelet.target, **pace.DEAF) as chain,
    ):
        async with chain.prometheus():
            async with chain.exporter():
                busy = asyncio.create_task(_busy(chain.store))
                for _ in range(10):
                    await chain.judged()
                # As long as all is well nobody is told anything, also longer than the limit.
                assert chain.received == []
                busy.cancel()
                api.faults.add(interruptions.Unanswered(verb="watch", act=Act.SILENCE))
                api.drop_watches()
                await chain.told("ImagePullWatchStale", about={"resource": "events"})
            kubelet.pulled(400.0)
            await chain.told("ImagePullExporterDown")
            await chain.told("KubeletImagePullSlow")
            for _ in range(3):
                await chain.judged()
        return [alert for _, alert in chain.received]


async def _busy(store: Store) -> None:
    """Say something each second."""
    for number in range(10_000):
        pod = launched.pulls(store, launched.WORKLOAD, f"node-{number}")
        launched.has_pulled(store, pod, 0.5)
        await asyncio.sleep(1)


@pytest.mark.parametrize("name", EXPECTED)
def test_it_reaches_a_person(name: str, told: Told) -> None:
    """With exact labels, the words that say what is known no longer, and its runbook."""
    labels, words = EXPECTED[name]

    alert = next(alert for alert in told if alert.labels == {"alertname": name} | labels)

    assert alert.status == "firing"
    assert re.search(words, alert.annotations["description"]), alert.annotations["description"]
    assert alert.annotations["runbook_url"].endswith(f"/runbooks/{name}")


def test_the_death_of_a_deaf_exporter_is_no_all_clear(told: Told) -> None:
    """What it did not hear goes on to be told when it is gone, and everything is told once."""
    assert {alert.status for alert in told} == {"firing"}
    assert len({tuple(alert.labels.items()) for alert in told}) == len(told)

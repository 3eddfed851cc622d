"""With the pack's own configuration of Alertmanager a bad rollout is a few messages, and what follows from another is silent."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pullwatch.pack.alertmanager import configuration
from tests.e2e import launched, pace
from tests.e2e import told as posted
from tests.e2e.chain import DEADLINE_SECONDS, Chain, chained
from tests.e2e.launched import deployment
from tests.e2e.pace import Pace

if TYPE_CHECKING:
    from pathlib import Path

NODES = 300
PACE = Pace(30)

ROLLED_OUT = [deployment("shop", name) for name in ("web", "sidecar", "agent")]
"""The images of each pod, from one registry."""
STUCK = deployment("ml", "vision", registry="stuck.example")
ON_NODE = [deployment("ml", f"on-node-{number}", registry=f"registry-{number % 2}.example") for number in range(12)]
"""Of two registries, so that neither has enough of them to be slow as a whole."""

SLOW_REGISTRY = {("SlowImagePull", workload.image.canonical) for workload in ROLLED_OUT}
SLOW_NODE = {("SlowImagePull", workload.image.canonical) for workload in ON_NODE}
SLOW_AND_STUCK = {("SlowImagePull", STUCK.image.canonical)}


class Told(NamedTuple):
    """What was told and what was not."""

    rollout: list[set[str]]
    """Names of the alerts of each message about the rollout."""
    silent: dict[str, set[tuple[str, str]]]
    """Name and image of the alerts that were kept silent at the end of each chapter."""
    alive: list[tuple[str, str]]
    """Name and status of each alert of each message while there was an exporter."""
    dead: list[tuple[str, str]]
    """Of those that came afterwards."""


async def tell(folder: Path) -> Told:
    """A rollout of three slow images to 300 nodes; a slow node; a pull that is stuck; at last the exporter dies."""
    place = folder / "alertmanager"
    place.mkdir(parents=True, exist_ok=True)
    posted.install(place)
    rendered = configuration(PACE.groups(), cluster="cluster").decode()
    silent = {}
    async with (
        chained(
            folder, PACE, finishedSeconds=5, stuckSeconds=10, **pace.DYING, routes=lambda webhook: PACE.routes(rendered, webhook)
        ) as chain,
        chain.prometheus(),
    ):
        async with chain.exporter():
            launched.know_size(chain.store, *(workload.image for workload in ROLLED_OUT))
            pods = [pod for number in range(NODES) for pod in launched.pulls_all(chain.store, ROLLED_OUT, f"node-{number}")]
            await chain.told("SlowImagePull")
            for pod in pods:
                launched.has_pulled(chain.store, pod, 120.0)
            await chain.grown()
            await chain.told("SlowImagePullsFromRegistry")
            silent["the registry is slow"] = await _silent(chain, SLOW_REGISTRY)
            rollout = [{alert.name for alert in notification.alerts} for _, notification in chain.notifications]

            launched.pulls(chain.store, STUCK, "node-stuck")
            for pod in [launched.pulls(chain.store, workload, "node-slow") for workload in ON_NODE]:
                launched.has_pulled(chain.store, pod, 300.0)
            await chain.grown()
            silent["a node is slow"] = await _silent(chain, SLOW_NODE)
            await chain.told("ImagePullStuck")
            silent["a pull is stuck"] = await _silent(chain, SLOW_AND_STUCK)
            alive = len(chain.received)
        await chain.told("ImagePullExporterDown")
        silent["nobody looks"] = await _silent(chain, {("ImagePullStuck", STUCK.image.canonical)})
        # Prometheus sees these as over once they went on long enough without a reason.
        await chain.shows('ALERTS{alertname=~"SlowImagePull|ImagePullStuck", alertstate="firing"}', anything=False)
        for _ in range(2):
            await chain.told_again()
        told = [(alert.name, alert.status) for _, alert in chain.received]
        return Told(rollout, silent, told[:alive], told[alive:])


async def _silent(chain: Chain, wanted: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Wait until these alerts, by name and image, are kept silent; return all that are."""

    async def seen() -> bool:
        return wanted <= await posted.silent(chain.manager)

    await posted.until(seen, what=f"{wanted} to be silent", within_seconds=DEADLINE_SECONDS)
    return await posted.silent(chain.manager)


def test_a_rollout_is_at_most_three_messages(told: Told) -> None:
    """300 nodes pull three images each, slowly and one after the other: 900 pulls."""
    assert len(told.rollout) <= 3, told.rollout
    assert {"SlowImagePull", "SlowImagePullsFromRegistry"} <= set().union(*told.rollout)


def test_a_slow_registry_explains_its_images(told: Told) -> None:
    """Each of them stays in Alertmanager, and nobody is told of it any more."""
    assert told.silent["the registry is slow"] >= SLOW_REGISTRY


def test_a_slow_node_explains_its_images(told: Told) -> None:
    """Each image that is slow on that node alone is silent, and was never told of."""
    assert told.silent["a node is slow"] >= SLOW_NODE
    assert ("SlowImagePull", STUCK.image.canonical) not in told.silent["a node is slow"]


def test_a_stuck_pull_explains_that_it_is_slow(told: Told) -> None:
    """The worse of the two is told."""
    assert told.silent["a pull is stuck"] >= SLOW_AND_STUCK
    assert ("ImagePullStuck", STUCK.image.canonical) not in told.silent["a pull is stuck"]


def test_the_death_of_the_exporter_is_no_all_clear(told: Told) -> None:
    """Once nobody looks, that is told, and never that a pull is over that only stopped being seen."""
    assert told.dead.count(("ImagePullExporterDown", "firing")) == 1
    assert told.alive.count(("ImagePullStuck", "firing")) == 1
    assert ("ImagePullStuck", "resolved") not in told.alive + told.dead

"""Kubelets' own metrics beside the watches: a task that reads each node's in its turn, a few at once.

A kubelet that does not answer costs its timeout and no more: the others are read meanwhile, and it is left out for some
turns. What its counts mean is decided in `pulls.kubelet_counts` and `pulls.coverage`.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Protocol

import structlog

from pullwatch.app.wrong import Wrong
from pullwatch.pulls import kubelet_counts, rounds
from pullwatch.pulls.sample import NotBelieved
from pullwatch.sources import errors, kubelet
from pullwatch.sources.metric_text import MetricsError, Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pullwatch.app.exporter import Exporter
    from pullwatch.settings import Kubelets
    from pullwatch.sources.access import ClusterAccess
    from pullwatch.sources.metric_answer import Answer

AT_ONCE = 16
"""Kubelets that are read at the same time: dead nodes hold some of the places for 3 s each."""

WAIT_SECONDS = 1.0
"""Until nodes are known."""

logger = structlog.get_logger()

HINTS = {
    Reason.FORBIDDEN: "grant the right to get nodes/metrics: kubectl apply -f deploy/kubelet-metrics.yaml",
    Reason.UNAUTHORIZED: "the kubelet does not know our token: it needs authentication.webhook.enabled",
    Reason.UNTRUSTED: "name the CA of the kubelets' certificates with --kubelet-ca",
}


class Asked(Protocol):
    """Asks a kubelet; `sources.kubelet.Kubelets` is the real one."""

    async def read(self, node: str, address: str) -> Answer: ...

    def forget(self, node: str) -> None: ...


def asking(access: ClusterAccess, options: Kubelets, *, namespaces: Sequence[str]) -> kubelet.Kubelets:
    """Return who asks the kubelets. Raises Wrong where the settings contradict each other, AccessError where there is no CA."""
    if namespaces:
        raise Wrong("--kubelet-metrics counts the pulls of all namespaces: leave out --namespace, or --kubelet-metrics")
    if options.kubelet_insecure_tls and options.kubelet_ca is not None:
        raise Wrong("--kubelet-insecure-tls verifies nothing: leave it out, or --kubelet-ca")
    if options.kubelet_insecure_tls:
        trust = kubelet.unchecked()
    elif options.kubelet_ca is not None:
        trust = kubelet.Authority(options.kubelet_ca)
    else:
        trust = kubelet.as_the_api_server(access.credentials)
    # A cluster whose API server is on this machine's loopback has its nodes there, too.
    return kubelet.Kubelets(access.credentials, trust=trust, loopback=kubelet.is_on_loopback(access.url))


class KubeletReads:
    """Reads the kubelets of the nodes that the exporter knows."""

    def __init__(
        self,
        asked: Asked,
        exporter: Exporter,
        *,
        interval_seconds: float,
        most_nodes: int,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._asked = asked
        self._exporter = exporter
        self._interval_seconds = interval_seconds
        self._most_nodes = most_nodes
        self._monotonic = monotonic
        self._places = asyncio.Semaphore(AT_ONCE)
        self._planned: set[str] = set()
        """Nodes of the newest plan."""
        self._reading: set[str] = set()
        self._failures: dict[str, int] = {}
        """Failures in a row, by node."""
        self._left_out: dict[str, int] = {}
        """Turns for which a node that failed is left out."""
        self._complained: set[Reason] = set()

    async def run(self) -> None:
        """Read all of them in each interval, for ever."""
        async with asyncio.TaskGroup() as reads:
            while True:
                began = self._monotonic()
                for turn in self.plan():
                    await asyncio.sleep(began + turn.phase * self._interval_seconds - self._monotonic())
                    if self._has_turn(turn.node):
                        reads.create_task(self.read(turn.node), name=f"read kubelet {turn.node}")
                known = bool(self._exporter.kubelets())
                await asyncio.sleep(began + self._interval_seconds - self._monotonic() if known else WAIT_SECONDS)

    def plan(self) -> list[rounds.Turn]:
        """Return the turns of the interval that begins, and show how many nodes have none."""
        known = self._exporter.kubelets()
        usable = [node for node, address in known.items() if address]
        planned = rounds.plan(usable, most=self._most_nodes)
        shown = self._exporter.self_metrics.kubelet_nodes
        shown.labels("read").set(len(planned))
        shown.labels("left_out").set(len(usable) - len(planned))
        shown.labels(Reason.NO_ADDRESS).set(len(known) - len(usable))
        for gone in self._planned - known.keys():
            self._failures.pop(gone, None)
            self._left_out.pop(gone, None)
            self._asked.forget(gone)
        self._planned = {turn.node for turn in planned}
        return planned

    async def read(self, node: str) -> None:
        """Read one kubelet; whatever it answers is counted and harms nothing."""
        self._reading.add(node)
        try:
            async with self._places:
                address = self._exporter.kubelet(node)
                if address is None:
                    return
                answer = await self._asked.read(node, address)
            self._exporter.self_metrics.kubelet_bytes.inc(answer.size_bytes)
            self._exporter.kubelet_read(node, kubelet_counts.read(answer.samples))
        except MetricsError as error:
            self._failed(node, error, error.reason)
        except NotBelieved as error:
            self._failed(node, error, Reason.NOT_BELIEVED)
        except errors.AccessError as error:
            self._failed(node, error, Reason.UNTRUSTED)
        except errors.SourceError as error:
            # Our own credentials could not be had.
            self._failed(node, error, Reason.UNAUTHORIZED)
        else:
            self._failures.pop(node, None)
            self._exporter.self_metrics.kubelet_reads.labels("ok").inc()
        finally:
            self._reading.discard(node)

    def _has_turn(self, node: str) -> bool:
        if node in self._reading:
            return False
        left = self._left_out.pop(node, 0)
        if left > 1:
            self._left_out[node] = left - 1
        return not left

    def _failed(self, node: str, error: Exception, reason: Reason) -> None:
        self._exporter.self_metrics.kubelet_reads.labels(reason).inc()
        failures = self._failures[node] = self._failures.get(node, 0) + 1
        if skipped := rounds.skipped(failures):
            self._left_out[node] = skipped
        # One line for each kind of trouble; the metric counts the rest.
        tell = logger.debug if reason in self._complained else logger.warning
        self._complained.add(reason)
        hint = {"hint": HINTS[reason]} if reason in HINTS else {}
        tell("kubelet not read", node=node, reason=str(reason), error=str(error), **hint)

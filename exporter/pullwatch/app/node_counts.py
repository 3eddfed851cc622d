"""The agent's second witness: reads what its node's kubelet and container runtime count themselves, now and then."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, TypeVar

import structlog

from pullwatch.app.wrong import Wrong
from pullwatch.pulls import kubelet_counts, runtime_counts
from pullwatch.pulls.sample import NotBelieved
from pullwatch.sources import kubelet, metric_answer, runtime_metrics
from pullwatch.sources.metric_text import MetricsError, Reason

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from types import TracebackType
    from typing import Self

    import aiohttp

    from pullwatch.publish.node_counts import NodeCounts
    from pullwatch.pulls.sample import Sample
    from pullwatch.settings import Witnesses
    from pullwatch.sources.metric_answer import Answer

_Counts = TypeVar("_Counts")

READ_EVERY_SECONDS = 30.0
"""As often as it is scraped."""

logger = structlog.get_logger()


class NodeReads:
    """Who is asked, by the settings; use as an async context manager."""

    def __init__(self, options: Witnesses) -> None:
        """Raises Wrong where settings contradict each other, AccessError where an address or CA is none."""
        self._runtime_url = options.runtime_metrics
        self._kubelet_address = options.kubelet_address
        self._kubelet: kubelet.Kubelets | None = None
        self._opened = contextlib.AsyncExitStack()
        self._session: aiohttp.ClientSession | None = None
        if options.runtime_metrics is not None:
            runtime_metrics.check(options.runtime_metrics)
        if options.kubelet_address is not None:
            self._kubelet = _kubelet(options)
        elif options.kubelet_token or options.kubelet_ca or options.kubelet_insecure_tls:
            raise Wrong("--kubelet-token, --kubelet-ca and --kubelet-insecure-tls are for a kubelet: name it with --kubelet-address")

    @property
    def wanted(self) -> bool:
        """Tell whether anything is to be read."""
        return self._runtime_url is not None or self._kubelet is not None

    async def __aenter__(self) -> Self:
        self._session = await self._opened.enter_async_context(metric_answer.client())
        if self._kubelet is not None:
            await self._opened.enter_async_context(self._kubelet)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._opened.aclose()

    async def run(self, node: str, counts: NodeCounts) -> None:
        """Read all that is wanted, for ever."""
        while True:
            await self.read(node, counts)
            await asyncio.sleep(READ_EVERY_SECONDS)

    async def read(self, node: str, counts: NodeCounts) -> None:
        """Read all that is wanted once; what cannot be read is absent until it can."""
        session, url = self._session, self._runtime_url
        if session is not None and url is not None:
            counts.runtime = await _read(lambda: runtime_metrics.read(session, url), runtime_counts.read, counts, source="runtime")
        asked, address = self._kubelet, self._kubelet_address
        if asked is not None and address is not None:
            counts.kubelet = await _read(lambda: asked.read(node, address), kubelet_counts.read, counts, source="kubelet")


async def _read(
    ask: Callable[[], Awaitable[Answer]], understand: Callable[[Sequence[Sample]], _Counts], counts: NodeCounts, *, source: str
) -> _Counts | None:
    try:
        found = understand((await ask()).samples)
    except (MetricsError, NotBelieved) as error:
        reason = error.reason if isinstance(error, MetricsError) else Reason.NOT_BELIEVED
        counts.reads.labels(source, reason).inc()
        logger.debug("metrics not read", source=source, reason=str(reason), error=str(error))
        return None
    counts.reads.labels(source, "ok").inc()
    return found


def _kubelet(options: Witnesses) -> kubelet.Kubelets:
    address = options.kubelet_address or ""
    if not kubelet.may_be_asked(address, loopback=True):
        raise Wrong("--kubelet-address is no address of this node's kubelet, such as 127.0.0.1:10250")
    if options.kubelet_insecure_tls == (options.kubelet_ca is not None):
        raise Wrong("the kubelet's certificate is verified with --kubelet-ca, or not at all with --kubelet-insecure-tls: name one of them")
    trust = kubelet.unchecked() if options.kubelet_ca is None else kubelet.Authority(options.kubelet_ca)
    return kubelet.Kubelets(kubelet.TokenFile(options.kubelet_token), trust=trust, loopback=True)

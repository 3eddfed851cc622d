"""The container runtime's own metrics, read on the node itself: containerd's or CRI-O's, which ask for no credentials."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pullwatch.pulls import runtime_counts
from pullwatch.sources import errors, metric_answer

if TYPE_CHECKING:
    import aiohttp

    from pullwatch.sources.metric_answer import Answer

READ_SECONDS = 10.0

EXAMPLES = "containerd's http://127.0.0.1:1338/v1/metrics or CRI-O's http://127.0.0.1:9090/metrics"


async def read(session: aiohttp.ClientSession, url: str) -> Answer:
    """Return what the runtime says. Raises MetricsError."""
    return await metric_answer.read(session, url, names=runtime_counts.NAMES, seconds=READ_SECONDS)


def check(url: str) -> None:
    """Raise AccessError where a URL does not lead to this machine's own loopback."""
    try:
        parts = urlsplit(url)
        host, local = parts.hostname or "", parts.port != 0 and "@" not in parts.netloc
        if parts.scheme == "http" and local and (host == "localhost" or ipaddress.ip_address(host).is_loopback):
            return
    except ValueError:
        pass
    raise errors.AccessError(f"--runtime-metrics is no address on this machine's loopback, such as {EXAMPLES}")

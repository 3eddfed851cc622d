"""A node whose kubelet tells how many pulls it counted: to the exporter over TLS, and to Prometheus without."""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING

from aiohttp import web

from pullwatch import settings
from pullwatch.sim import certificates
from tests.e2e import launched

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from pullwatch.sim.store import Store

EDGES_SECONDS = (1, 5, 10, 20, 30, 60, 120, 180, 240, 300, 360, 480, 600, 900, 1200, 1800, 2700, 3600)
"""Of kubelet_image_pull_duration_seconds, as 1.36 writes them."""


class CountingKubelet:
    """The metrics of one kubelet, which has not pulled yet."""

    def __init__(self, name: str, certificate: certificates.Certificate) -> None:
        self.settings = settings.Kubelets(kubelet_metrics=True, kubelet_metrics_interval=1, kubelet_ca=certificate.file)
        """With which an exporter reads it, each second."""
        self.target: dict[str, dict[str, str]] = {}
        """What Prometheus scrapes, with the labels that kube-prometheus gives it."""
        self.reads = 0
        self._name = name
        self._port = 0
        self._certificate = certificate
        self._pulls: list[float] = []

    def pulled(self, *seconds: float) -> None:
        """Count pulls that took so long."""
        self._pulls += seconds

    def join(self, store: Store) -> None:
        """Add the node to a cluster."""
        node = launched.node(self._name)
        node["status"] |= {
            "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": self._port}},
        }
        store.apply("nodes", node)

    async def serve(self, stack: contextlib.AsyncExitStack) -> None:
        """Answer as long as the stack is open."""
        app = web.Application()
        app.router.add_get("/metrics", self._metrics)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=self._certificate.server_context()).start()
        plain, self._port = (address[1] for address in runner.addresses)
        self.target = {f"127.0.0.1:{plain}": {"job": "kubelet", "metrics_path": "/metrics"}}

    async def _metrics(self, _: web.Request) -> web.Response:
        self.reads += 1
        return web.Response(text=self._text(), content_type="text/plain")

    def _text(self) -> str:
        lines = [
            f'kubelet_node_name{{node="{self._name}"}} 1',
            f'kubelet_runtime_operations_total{{operation_type="pull_image"}} {len(self._pulls)}',
        ]
        # A real kubelet shows a class of size from its first pull on.
        if self._pulls:
            name, labels = "kubelet_image_pull_duration_seconds", 'image_size_in_bytes="0.5GB-1GB"'
            edges = [*((str(edge), float(edge)) for edge in EDGES_SECONDS), ("+Inf", math.inf)]
            lines += [f'{name}_bucket{{{labels},le="{text}"}} {sum(pull <= edge for pull in self._pulls)}' for text, edge in edges]
            lines += [f"{name}_sum{{{labels}}} {sum(self._pulls)}", f"{name}_count{{{labels}}} {len(self._pulls)}"]
        return "\n".join(lines) + "\n"


@contextlib.asynccontextmanager
async def counting(name: str, folder: Path) -> AsyncIterator[CountingKubelet]:
    """Run a kubelet as long as the context is open. Raises NoOpenssl."""
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - a test's own folder
    kubelet = CountingKubelet(name, certificates.make(folder))
    async with contextlib.AsyncExitStack() as stack:
        await kubelet.serve(stack)
        yield kubelet

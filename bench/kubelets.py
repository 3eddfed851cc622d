"""What it costs to read kubelets' own metrics: the text of one, one over TLS, and a cluster's every minute.

The kubelet is a process of its own on loopback, which sends what a real one of version 1.36.3 sent.
"""

from __future__ import annotations

import asyncio
import gzip
import multiprocessing
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from bench.rows import Row
from pullwatch.pulls import kubelet_counts
from pullwatch.sim import certificates
from pullwatch.sources import kubelet
from pullwatch.sources.access import NoCredentials
from pullwatch.sources.metric_text import MetricText

RECORDED = Path(__file__).parent.parent / "tests" / "recordings" / "kubelet-1.36.3.metrics.txt.gz"

ROUNDS = 7
READS = 100
PIECE_BYTES = 64 << 10

NODES = 5_000
INTERVAL_SECONDS = 60


def measure() -> list[Row]:
    """Measure all rows, in some seconds."""
    text = gzip.decompress(RECORDED.read_bytes())
    parsed = statistics.median(_cpu_seconds(lambda: _keep(text), times=20) for _ in range(ROUNDS))
    whole = statistics.median(_cpu_seconds(lambda: list(text_string_to_metric_families(text.decode()))) for _ in range(3))
    read, size_bytes = _over_tls()
    return [
        Row(
            f"text of a kubelet ({len(text) / 1e3:.0f} KB) / parsed by prometheus-client",
            parsed * 1e3,
            "ms",
            reference=whole * 1e3,
            limit=0.1,
        ),
        Row("read of a kubelet over TLS, CPU", read * 1e3, "ms"),
        Row(f"{NODES:,} kubelets every {INTERVAL_SECONDS} s, of a core", read * NODES / INTERVAL_SECONDS * 100, "%"),
        Row(f"{NODES:,} kubelets every {INTERVAL_SECONDS} s, network", size_bytes * NODES / INTERVAL_SECONDS / 1e6, "MB/s"),
    ]


def _keep(text: bytes) -> None:
    metrics = MetricText(kubelet_counts.NAMES, where="bench")
    for start in range(0, len(text), PIECE_BYTES):
        metrics.feed(text[start : start + PIECE_BYTES])
    kubelet_counts.read(metrics.end())


def _cpu_seconds(work: Any, *, times: int = 1) -> float:
    began = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - began) / times


def _over_tls() -> tuple[float, int]:
    """Return the CPU seconds of a read and the bytes that it brought."""
    with tempfile.TemporaryDirectory() as folder:
        certificate = certificates.make(Path(folder))
        here, there = multiprocessing.Pipe()
        serving = multiprocessing.get_context("spawn").Process(target=serve, args=(certificate, there), daemon=True)
        serving.start()
        try:
            return asyncio.run(_read(f"127.0.0.1:{here.recv()}", certificate.file))
        finally:
            serving.terminate()
            serving.join()


async def _read(address: str, ca_file: Path) -> tuple[float, int]:
    async with kubelet.Kubelets(NoCredentials(), trust=kubelet.Authority(ca_file), loopback=True) as kubelets:
        answer = await kubelets.read("node-a", address)
        took: list[float] = []
        for _ in range(ROUNDS):
            began = time.process_time()
            for _ in range(READS):
                kubelet_counts.read((await kubelets.read("node-a", address)).samples)
            took.append((time.process_time() - began) / READS)
        return statistics.median(took), answer.size_bytes


def serve(certificate: certificates.Certificate, answer: Any) -> None:
    """Be a kubelet, and send the port."""
    asyncio.run(_serve(certificate, answer))


async def _serve(certificate: certificates.Certificate, answer: Any) -> None:
    body = RECORDED.read_bytes()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n".encode()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(connected, "127.0.0.1", 0, ssl=certificate.server_context()) as server:
        answer.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

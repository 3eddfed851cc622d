"""What others need for the same stream of Events: a loop that only receives, and the watches of the two Kubernetes clients.

Each runs in a process of its own and sends the CPU seconds that it took, without its start.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from typing import Any


def bare(url: str, certificate: str, count: int, answer: Any) -> None:
    """Receive and count newlines: less cannot be done."""
    context = ssl.create_default_context(cafile=certificate)
    host, port = "127.0.0.1", int(url.rpartition(":")[2])
    with socket.create_connection((host, port)) as plain, context.wrap_socket(plain, server_hostname=host) as secure:
        secure.sendall(b"GET /api/v1/events?watch=1 HTTP/1.1\r\nHost: x\r\n\r\n")
        buffer = bytearray(256 * 1024)
        began, seen = time.process_time(), 0
        while seen < count - 2:
            size = secure.recv_into(buffer)
            seen += buffer.count(b"\n{", 0, size) + (seen == 0)
        answer.send(time.process_time() - began)


def official(url: str, certificate: str, count: int, answer: Any) -> None:
    """Watch with the official client as its examples do, a thread and a model for each Event."""
    from kubernetes import client, watch

    configuration = client.Configuration(host=url)
    configuration.ssl_ca_cert = certificate
    core = client.CoreV1Api(client.ApiClient(configuration))
    began = 0.0
    events = watch.Watch().stream(core.list_event_for_all_namespaces)  # type: ignore[no-untyped-call]  # not typed there
    for seen, _ in enumerate(events, start=1):
        # The first one pays for what is imported and built once.
        began = began or time.process_time()
        if seen >= count - 1:
            break
    answer.send(time.process_time() - began)


def asynchronous(url: str, certificate: str, count: int, answer: Any) -> None:
    """Watch with kubernetes_asyncio as its examples do."""
    asyncio.run(_asynchronous(url, certificate, count, answer))


async def _asynchronous(url: str, certificate: str, count: int, answer: Any) -> None:
    from kubernetes_asyncio import client, watch

    configuration = client.Configuration(host=url)
    configuration.ssl_ca_cert = certificate
    async with client.ApiClient(configuration) as api:
        core = client.CoreV1Api(api)
        seen, began = 0, 0.0
        async with watch.Watch() as watching:
            async for _ in watching.stream(core.list_event_for_all_namespaces):
                began = began or time.process_time()
                seen += 1
                if seen >= count - 1:
                    break
        answer.send(time.process_time() - began)

"""Socket to metric: CPU per Event of our watch, over TLS and scraped meanwhile, beside a bare loop and the official client."""

from __future__ import annotations

import asyncio
import multiprocessing
import socket
import ssl
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp

from bench import blaster
from bench.rows import Row

COUNT = 60_000
OFFICIAL_COUNT = 4_000
DEADLINE_SECONDS = 60.0
STEADY_SECONDS = 20.0
STEADY_PER_SECOND = 500


def measure() -> list[Row]:
    """Measure all rows, in about a minute."""
    with tempfile.TemporaryDirectory() as folder:
        certificate = blaster.certificate(Path(folder))
        floor = min(_cost("bare", COUNT, certificate) for _ in range(3))
        ours = min(_cost("ours", COUNT, certificate) for _ in range(3))
        official = _cost("official", OFFICIAL_COUNT, certificate)
        steady = _steady(certificate)
    return [
        Row("an Event, socket to metric over TLS, scraped / bare recv", ours, "us", reference=floor, limit=4.0),
        Row("the same / the official client's watch, which counts nothing", ours, "us", reference=official, limit=1 / 7),
        Row("500 Events a second", 100 * steady, "% of a core", limit=1.0),
    ]


def _cost(client: str, count: int, certificate: Path) -> float:
    """Return microseconds of CPU per Event, start-up left out."""
    server = blaster.Blaster(blaster.frames(count), certificate=certificate)
    with server.sending() as url:
        return _in_a_process(client, url, str(certificate), count) / count * 1e6


def _steady(certificate: Path) -> float:
    """Return the share of a core at 500 Events/s."""
    count = int(STEADY_SECONDS * STEADY_PER_SECOND)
    pause = blaster.FRAMES_PER_CHUNK / STEADY_PER_SECOND
    with blaster.Blaster(blaster.frames(count), certificate=certificate, pause_seconds=pause).sending() as url:
        return _in_a_process("steady", url, str(certificate), count) / STEADY_SECONDS


def _in_a_process(client: str, url: str, certificate: str, count: int) -> float:
    """Return the CPU seconds that a client needs in a process of its own."""
    context = multiprocessing.get_context("spawn")
    receive, send = context.Pipe(duplex=False)
    process = context.Process(target=_CLIENTS[client], args=(url, certificate, count, send))
    process.start()
    send.close()
    if not receive.poll(DEADLINE_SECONDS):
        process.kill()
        raise TimeoutError(f"{client} took longer than {DEADLINE_SECONDS} s")
    seconds = float(receive.recv())
    process.join()
    return seconds


def _bare(url: str, certificate: str, count: int, answer: Any) -> None:
    """Receive and count newlines: less cannot be done."""
    context = ssl.create_default_context(cafile=certificate)
    host, port = "127.0.0.1", int(url.rpartition(":")[2])
    with socket.create_connection((host, port)) as plain, context.wrap_socket(plain, server_hostname=host) as secure:
        secure.sendall(b"GET /api/v1/events?watch=1 HTTP/1.1\r\nHost: x\r\n\r\n")
        buffer = bytearray(256 * 1024)
        began, seen = time.process_time(), 0
        while seen < count:
            size = secure.recv_into(buffer)
            seen += buffer.count(b"\n{", 0, size) + (seen == 0)
            if seen >= count - 2:
                break
        answer.send(time.process_time() - began)


def _ours(url: str, certificate: str, count: int, answer: Any) -> None:
    asyncio.run(_watched(url, certificate, count, answer, scrape=True))


def _steadily(url: str, certificate: str, count: int, answer: Any) -> None:
    asyncio.run(_watched(url, certificate, count, answer, scrape=False))


async def _watched(url: str, certificate: str, count: int, answer: Any, *, scrape: bool) -> None:
    """Serve with the Events watch alone until all Events were counted."""
    from pullwatch import settings
    from pullwatch.app import log
    from pullwatch.app.contacts import Contacts
    from pullwatch.app.exporter import Exporter
    from pullwatch.app.feeds import FirstLists, follow
    from pullwatch.app.feeds import events as feed_of
    from pullwatch.pack import assets
    from pullwatch.publish.server import Server, make_app
    from pullwatch.sources import access
    from pullwatch.sources.kube import Session

    class Nobody(access.NoCredentials):
        def trust(self) -> Any:
            return trusted

    log.configure(settings.Log(log_level="warning"))
    trusted = ssl.create_default_context(cafile=certificate)
    contacts = Contacts()
    exporter = Exporter(thresholds=assets.thresholds(), contacts=contacts)
    server = Server(make_app(exporter), host="127.0.0.1", port=0)
    await server.start()
    contacts.expect("events")
    cluster = access.ClusterAccess(url=url, credentials=Nobody(), origin="a benchmark")
    async with Session(cluster) as session, aiohttp.ClientSession() as client:
        began = time.process_time()
        task = asyncio.create_task(
            follow(feed_of(exporter, None), session, exporter=exporter, contacts=contacts, first_lists=FirstLists([]))
        )
        while exporter.events_seen() < count:
            await asyncio.sleep(0.2)
            if scrape:
                async with client.get(server.url + "metrics", headers={"Accept-Encoding": "gzip"}) as scraped:
                    await scraped.read()
        answer.send(time.process_time() - began)
        task.cancel()
    await server.close()


def _official(url: str, certificate: str, count: int, answer: Any) -> None:
    asyncio.run(_official_watch(url, certificate, count, answer))


async def _official_watch(url: str, certificate: str, count: int, answer: Any) -> None:
    from kubernetes.aio import client, watch

    configuration = client.Configuration(host=url)
    configuration.ssl_ca_cert = certificate
    async with client.ApiClient(configuration) as api:
        core = client.CoreV1Api(api)
        seen, began = 0, 0.0
        events = watch.Watch().stream(core.list_event_for_all_namespaces)  # type: ignore[no-untyped-call] # not typed there
        async for _ in events:
            if seen == 0:
                began = time.process_time()
            seen += 1
            if seen >= count - 1:
                break
        answer.send(time.process_time() - began)


_CLIENTS = {"bare": _bare, "ours": _ours, "official": _official, "steady": _steadily}

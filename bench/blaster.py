"""An API server that does nothing but send: an empty list, then watch frames over TLS as fast as they are taken."""

from __future__ import annotations

import contextlib
import json
import random
import socket
import ssl
import subprocess
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IMAGES = 400
FRAMES_PER_CHUNK = 4

NOISE = ("Scheduled", "Created", "Started")
"""Reasons of a rollout's Events that our selector leaves to the server."""


def pulls(count: int, *, seed: int = 1) -> list[bytes]:
    """Return watch frames as an API server sends them with our selector: each pull of a pod of its own, 1.2 KB a frame."""
    rng = random.Random(seed)
    return [_frame(number, _pull(number, rng)) for number in range(count)]


def rollout(count: int, *, seed: int = 1) -> list[bytes]:
    """Return frames as a watch without our selector gets them in a rollout: of five Events of a pod two are about its pull."""
    rng = random.Random(seed)
    frames = []
    for number in range(count):
        pod, step = divmod(number, 5)
        told = _pull(2 * pod + step - 1, rng) if step in (1, 2) else _noise(pod, NOISE[max(0, step - 2)])
        frames.append(_frame(number, told))
    return frames


Told = tuple[int, str, str]
"""Pod, reason and text of an Event."""


def _pull(number: int, rng: random.Random) -> Told:
    pod, step = divmod(number, 2)
    image = f"registry.example.com/team/app-{pod * 7919 % IMAGES}:1.{pod % 7}"
    if not step:
        return pod, "Pulling", f'Pulling image "{image}"'
    took = f"{rng.randrange(1, 90)}.{rng.randrange(1000):03d}s"
    size = rng.randrange(10**9)
    return pod, "Pulled", f'Successfully pulled image "{image}" in {took} ({took} including waiting). Image size: {size} bytes.'


def _noise(pod: int, reason: str) -> Told:
    return pod, reason, f"{reason} container web of web-{pod} on node-{pod % 500}"


def _frame(number: int, told: Told) -> bytes:
    pod, reason, text = told
    fields: dict[str, dict[str, str]] = {
        f"f:{name}": {} for name in ("count", "firstTimestamp", "involvedObject", "lastTimestamp", "message", "reason", "source", "type")
    }
    managed = {"manager": "kubelet", "operation": "Update", "apiVersion": "v1", "time": "2026-01-01T00:00:00Z", "fieldsV1": fields}
    event = {
        "kind": "Event",
        "apiVersion": "v1",
        "metadata": {
            "name": f"web-{pod}.{number:016x}",
            "namespace": "shop",
            "uid": f"{number:08x}-0000-4000-8000-000000000000",
            "resourceVersion": str(1000 + number),
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "managedFields": [managed],
        },
        "involvedObject": {
            "kind": "Pod",
            "namespace": "shop",
            "name": f"web-{pod}",
            "uid": f"{pod:08x}-1111-4000-8000-000000000000",
            "apiVersion": "v1",
            "resourceVersion": "1",
            "fieldPath": "spec.containers{web}",
        },
        "reason": reason,
        "message": text,
        "source": {"component": "kubelet", "host": f"node-{pod % 500}"},
        "firstTimestamp": "2026-01-01T00:00:00Z",
        "lastTimestamp": "2026-01-01T00:00:00Z",
        "count": 1,
        "type": "Normal",
        "eventTime": None,
        "reportingComponent": "kubelet",
        "reportingInstance": f"node-{pod % 500}",
    }
    return json.dumps({"type": "ADDED", "object": event}, separators=(",", ":")).encode() + b"\n"


def certificate(folder: Path) -> Path:
    """Make a certificate and key for this machine in one file."""
    file = folder / "server.pem"
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*command, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert], check=True, capture_output=True)  # noqa: S603
    file.write_bytes(key.read_bytes() + cert.read_bytes())
    return file


class Blaster:
    """Listens on loopback; each watch gets all frames once and stays open."""

    def __init__(self, sent: list[bytes], *, certificate: Path, pause_seconds: float = 0.0) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._context = context
        self._pause_seconds = pause_seconds
        self._chunks = [_chunk(b"".join(sent[i : i + FRAMES_PER_CHUNK])) for i in range(0, len(sent), FRAMES_PER_CHUNK)]
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._over = threading.Event()
        self.port = self._listener.getsockname()[1]
        self.began_at = 0.0
        """When the last watch began, by the monotonic clock that all processes share."""

    @contextlib.contextmanager
    def sending(self) -> Iterator[str]:
        """Serve while the context is open; yields the URL."""
        threading.Thread(target=self._accept, daemon=True).start()
        try:
            yield f"https://127.0.0.1:{self.port}"
        finally:
            self._over.set()
            self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), self._context.wrap_socket(connection, server_side=True) as secure:
            while head := secure.recv(65536):
                if b"watch=" in head.split(b"\r\n", 1)[0]:
                    self._watch(secure)
                    return
                body = b'{"kind":"EventList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[]}'
                secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    def _watch(self, secure: ssl.SSLSocket) -> None:
        secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        began = self.began_at = time.monotonic()
        for number, chunk in enumerate(self._chunks):
            if self._pause_seconds and self._over.wait(max(0.0, began + number * self._pause_seconds - time.monotonic())):
                return
            secure.sendall(chunk)
        self._over.wait()


def _chunk(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(body), body)

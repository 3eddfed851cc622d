"""Certificates for a simulated API server with TLS, made by the `openssl` program."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

_REQUEST = (
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 -subj /CN=pullwatch-sim -addext subjectAltName=IP:127.0.0.1"
)


class NoOpenssl(Exception):
    """The program is not installed."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate of 127.0.0.1 that is its own CA, and its key."""

    file: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        """Returns what an `ApiServer` takes to show this certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context


def make(directory: Path, *, name: str = "ca.crt") -> Certificate:
    """Makes a certificate that nobody trusts yet; raises NoOpenssl and CalledProcessError."""
    openssl = shutil.which("openssl")
    if openssl is None:
        raise NoOpenssl("the program openssl is not installed")
    made = Certificate(directory / name, directory / f"{name}.key")
    command = [openssl, *_REQUEST.split(), "-keyout", str(made.key), "-out", str(made.file)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - the command is ours
    return made

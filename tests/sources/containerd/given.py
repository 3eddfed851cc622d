"""A containerd of ours on a socket, and a connection to it."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from pullwatch.sources.containerd.client import Containerd as Client
from pullwatch.sources.containerd.connection import Connection
from tests.containerd.server import Containerd, serving
from tests.containerd.store import Store


@dataclass
class Tally:
    """How calls ended."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)

    def called(self, method: str, outcome: str, *, seconds: float) -> None:
        assert seconds >= 0
        self.outcomes[method, outcome] += 1


@dataclass
class Given:
    """Both ends of a connection."""

    containerd: Containerd
    connection: Connection
    client: Client
    tally: Tally

    @property
    def store(self) -> Store:
        return self.containerd.store


@contextlib.asynccontextmanager
async def connected(folder: Path, *, version: str = "v2.2.9") -> AsyncIterator[Given]:
    """Serve a new store on a socket in a folder, and connect to it."""
    tally = Tally()
    socket = folder / "c.sock"
    async with serving(Containerd(Store(version)), socket) as containerd, Connection(socket, tally=tally) as connection:
        yield Given(containerd, connection, Client(connection), tally)

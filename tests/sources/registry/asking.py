"""A client of registries on loopback, with time that passes when a test says so."""

from __future__ import annotations

import base64
import contextlib
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pullwatch.pulls import platforms
from pullwatch.sources.registry.client import Client
from pullwatch.sources.registry.connection import Limits, Surroundings
from pullwatch.sources.registry.credentials import Credentials
from pullwatch.sources.registry.kept import MemoryStore, Store
from pullwatch.sources.registry.layers import Layers, Told
from pullwatch.sources.registry.policy import Policy, policy
from pullwatch.sources.registry.refused import RegistryError
from pullwatch.sources.registry.tally import Tally

if TYPE_CHECKING:
    import ssl

    from aiohttp.abc import AbstractResolver

T0 = 1_700_000_000.0


@dataclass
class Asker:
    """What a test asks, what was counted, and its clock."""

    layers: Layers
    tally: Tally
    time: list[float] = field(default_factory=lambda: [0.0])

    async def of(self, reference: str, platform: str = "linux/amd64") -> Told:
        wanted = platforms.parse(platform)
        assert wanted is not None
        return await self.layers.of(reference, wanted)

    async def refused(self, reference: str, platform: str = "linux/amd64") -> str:
        """Return the reason for which an image is refused, which is counted once."""
        before = self.tally.refused.copy()
        with pytest.raises(RegistryError) as refused:
            await self.of(reference, platform)
        assert str(refused.value).isprintable()
        assert self.tally.refused - before == Counter([refused.value.reason])
        return refused.value.reason

    def pass_seconds(self, seconds: float) -> None:
        self.time[0] += seconds


def internal(*hosts: str, plain: bool = True, auth_hosts: Iterable[str] = (), blob_hosts: Iterable[str] = ()) -> Policy:
    """Return a policy that allows hosts on this machine."""
    return policy((), private=hosts, plain_http=hosts if plain else (), auth_hosts=auth_hosts, blob_hosts=blob_hosts, loopback=True)


@contextlib.asynccontextmanager
async def asking(
    allowed: Policy,
    *,
    config: Path | None = None,
    store: Store | None = None,
    limits: Limits | None = None,
    resolver: AbstractResolver | None = None,
    trust: ssl.SSLContext | None = None,
    seconds: float = 45.0,
) -> AsyncIterator[Asker]:
    """Ask registries as long as the context is open."""
    tally, time = Tally(), [0.0]
    around = Surroundings(
        limits=limits or Limits(),
        now=lambda: T0 + time[0],
        monotonic=lambda: time[0],
        rng=random.Random(1),
        resolver=resolver,
        trust=trust,
    )
    credentials = Credentials(config, monotonic=around.monotonic)
    async with Client(allowed, credentials, store=store or MemoryStore(), tally=tally, around=around) as client:
        layers = Layers(client, tally=tally, monotonic=around.monotonic, seconds=seconds)
        yield Asker(layers, tally, time)
        await layers.close()


def docker_config(directory: Path, **passwords: str) -> Path:
    """Write a Docker config with `user:password` by host."""
    file = directory / "config.json"
    auths = {host: {"auth": base64.b64encode(pair.encode()).decode()} for host, pair in passwords.items()}
    file.write_text(json.dumps({"auths": auths}))
    return file

"""Documents that are damaged at random, which a registry serves by their right digest: layers come of them, or a reason."""

from __future__ import annotations

import random
import time

import pytest

from pullwatch.pulls import platforms
from pullwatch.sources.registry import tally
from pullwatch.sources.registry.client import Client
from pullwatch.sources.registry.connection import Surroundings
from pullwatch.sources.registry.credentials import Credentials
from pullwatch.sources.registry.kept import MemoryStore
from pullwatch.sources.registry.layers import Layers
from pullwatch.sources.registry.policy import policy
from pullwatch.sources.registry.refused import RegistryError
from tests.pulls import made_manifests as made
from tests.pulls.made_images import digest

MUTATIONS = 3_000

PIECES = [b"null", b"-1", b"1e400", b'""', b"[]", b"{}", b'"\\ud800"', b"9" * 30, b"true", b"\x00", b"\xff", b"[[[[", b'"linux"']


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Return a document with some of its bytes changed, left out, or replaced by other values."""
    damaged = bytearray(content)
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(damaged) + 1)
        match chance.randrange(4):
            case 0:
                damaged[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del damaged[at : at + chance.randrange(20)]
            case 2:
                damaged[at:at] = chance.choice(PIECES)
            case _:
                begins = damaged.find(b":", at)
                ends = damaged.find(b",", begins)
                if 0 <= begins < ends:
                    damaged[begins + 1 : ends] = chance.choice(PIECES)
    return bytes(damaged)


@pytest.mark.parametrize("seed", range(3))
async def test_a_damaged_document_is_layers_or_a_reason(seed: int) -> None:
    """No other error, no number below 0, and each refusal is counted; nothing is asked of anybody."""
    chance = random.Random(seed)
    image = made.image()
    index = made.index(image.manifest.descriptor(**made.on("linux/amd64")), image.manifest.descriptor())
    store, counts = MemoryStore(), tally.Tally()
    for document in (image.manifest, image.config, index):
        store.keep(document.digest, document.content)
    # A reference that is damaged into another one is asked for, at a host where nothing listens.
    allowed = policy((), private=["127.0.0.1:1"], plain_http=["127.0.0.1:1"], loopback=True)
    told, refused = 0, set[str]()
    async with Client(allowed, Credentials(None), store=store, tally=counts, around=Surroundings()) as client:
        layers = Layers(client, tally=counts, monotonic=time.monotonic)
        for _ in range(MUTATIONS // 3):
            content = mutated(chance.choice([image.manifest, index]).content, chance)
            store.keep(digest(content), content)
            try:
                found = await layers.of(f"127.0.0.1:1/app@{digest(content)}", platforms.DEFAULT)
            except RegistryError:
                refused.add(digest(content))
                continue
            told += 1
            assert all(layer.size_bytes >= 0 for layer in found.table.layers)

    assert counts.told == told > 0
    # One that is remembered is not counted again, and a config that is left out is.
    assert counts.refused.total() >= len(refused) > 0

"""What the layers of 20,000 images cost in `serve`: memory with all their texts, and time from bytes to stored.

No two images have a layer in common, which is the worst case; Dockerfile lines are as long and as varied as real ones.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import multiprocessing
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bench import served
from bench.exposition import resident_bytes
from bench.rows import Row
from pullwatch.pulls import image as images
from pullwatch.pulls import manifest, received, reported
from pullwatch.pulls.holdings import Holdings
from pullwatch.pulls.known_layers import KnownLayers
from pullwatch.pulls.pull import SizeKind
from pullwatch.pulls.reported import HeldImage, ImagesReport, LayersReport, Told
from pullwatch.pulls.sizes import KnownSizes
from pullwatch.sim import certificates, objects
from pullwatch.sim.apiserver import ApiServer
from pullwatch.sim.catalogue import Image
from pullwatch.sim.store import Store
from pullwatch.sim.tokenreviews import Issued

IMAGES, LAYERS, IMAGES_PER_NODE = 20_000, 12, 100
TOLD_AT_ONCE = 50
MIB = 1024 * 1024
LEAST_A_SECOND = 1_000

_WORDS = [
    "openssl",
    "libxml2-dev",
    "postgresql-client",
    "imagemagick",
    "ffmpeg",
    "nginx",
    "redis-tools",
    "protobuf-compiler",
    "cmake",
    "ninja-build",
    "clang",
    "jq",
    "vim",
    "zlib1g-dev",
    "unzip",
    "rsync",
    "default-jre-headless",
    "libjpeg62-turbo-dev",
    "graphviz",
    "locales",
    "fonts-dejavu",
    "supervisor",
    "gettext",
    "iproute2",
    "dnsutils",
    "procps",
    "tini",
]
_PYTHON = [
    "torch",
    "tensorflow",
    "numpy",
    "pandas",
    "scipy",
    "scikit-learn",
    "fastapi",
    "uvicorn",
    "sqlalchemy",
    "celery",
    "boto3",
    "grpcio",
    "pillow",
    "transformers",
    "django",
    "gunicorn",
]


def measure() -> list[Row]:
    """Measure all rows, in about a minute."""
    # In a process of its own, as freed memory stays with a process.
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        memory, seconds = pool.apply(_keep_all)
    return [
        Row(f"memory of the layers of {IMAGES:,} images, {LAYERS} each", memory / MIB, "MiB", limit=30.0),
        Row("manifest with its config, from bytes to stored, CPU", seconds * 1e6, "us", limit=1e6 / LEAST_A_SECOND),
        *asyncio.run(_in_serve()),
    ]


def _keep_all() -> tuple[float, float]:
    """Return the bytes that all of it takes beside the names, which Events and nodes tell anyway, and the CPU seconds of each manifest."""
    chance = random.Random(6)
    sizes = KnownSizes()
    for number in range(IMAGES):
        sizes.tell(images.parse(_name(number)), 1, SizeKind.COMPRESSED)
    next(documents(chance, 1))
    before = resident_bytes()
    layers = KnownLayers()
    holdings = Holdings(layers)
    seconds = 0.0
    held: list[HeldImage] = []
    for number, (content, config) in enumerate(documents(chance, IMAGES)):
        told = Told(_digest(content), content, config)
        began = time.process_time()
        layers.tell(received.table_of(told))
        seconds += time.process_time() - began
        held.append(HeldImage((_name(number),), told.digest))
        if len(held) == IMAGES_PER_NODE:
            holdings.tell(f"node-{number // IMAGES_PER_NODE}", held, at=0.0)
            held.clear()
    return resident_bytes() - before, seconds / IMAGES


async def _in_serve() -> list[Row]:
    """Measure a process to which agents tell all of it."""
    store = Store()
    for number in range(IMAGES // IMAGES_PER_NODE):
        plan = objects.NodePlan(f"node-{number}", "blue", "m7.large", "eu-1a", f"uid-{number}", 0.0)
        store.create("nodes", objects.node(plan, [Image(_name(n), 1) for n in _of_node(number)]))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = certificates.make(folder)
        async with (
            ApiServer(store, served.TOKEN, ssl_context=made.server_context()) as api,
            served.in_a_pod(folder, api, "--agents") as process,
        ):
            await process.ready()
            await process.scrape()
            before = process.resident_mib()
            chance = random.Random(6)
            for number in range(IMAGES // IMAGES_PER_NODE):
                api.issued[f"agent-{number}"] = Issued(node=f"node-{number}")
                await _tell(
                    process, number, [Told(_digest(content), content, config) for content, config in documents(chance, IMAGES_PER_NODE)]
                )
            told = process.resident_mib()
            series = await process.scrape()
            shown = process.resident_mib()
    return [
        Row(f"memory that agents' reports of {IMAGES:,} images add to a process", told - before, "MiB", limit=30.0),
        Row(f"memory that a scrape adds to it, {series:,.0f} series", shown - told, "MiB"),
    ]


async def _tell(process: served.Served, number: int, manifests: list[Told]) -> None:
    """Report the images of a node, and their manifests as often as it takes."""
    node, token = f"node-{number}", f"agent-{number}"
    held = tuple(HeldImage((_name(n),), told.digest) for n, told in zip(_of_node(number), manifests, strict=True))
    await process.post(reported.IMAGES_PATH, msgspec.json.encode(ImagesReport(node, held)), token=token)
    for begin in range(0, len(manifests), TOLD_AT_ONCE):
        report = LayersReport(node, tuple(manifests[begin : begin + TOLD_AT_ONCE]))
        await process.post(reported.LAYERS_PATH, msgspec.json.encode(report), token=token)


def _of_node(number: int) -> range:
    return range(number * IMAGES_PER_NODE, (number + 1) * IMAGES_PER_NODE)


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def documents(chance: random.Random, count: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield manifests with their configs."""
    for _ in range(count):
        lines = [_line(chance) for _ in range(LAYERS)]
        history: list[dict[str, object]] = [
            {"created": "2026-01-01T00:00:00Z", "created_by": line, "comment": "buildkit.dockerfile.v0"} for line in lines
        ]
        history += [{"created_by": f'CMD ["/bin/{n}"]', "empty_layer": True} for n in range(5)]
        diff_ids = [f"sha256:{chance.randbytes(32).hex()}" for _ in range(LAYERS)]
        config = json.dumps(
            {
                "architecture": "amd64",
                "os": "linux",
                "config": {"Env": ["PATH=/bin"] * 8},
                "rootfs": {"type": "layers", "diff_ids": diff_ids},
                "history": history,
            }
        ).encode()
        told = [
            {
                "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
                "digest": f"sha256:{chance.randbytes(32).hex()}",
                "size": int(10 ** chance.uniform(2, 9)),
            }
            for _ in range(LAYERS)
        ]
        named = {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": f"sha256:{hashlib.sha256(config).hexdigest()}",
            "size": len(config),
        }
        yield json.dumps({"schemaVersion": 2, "mediaType": manifest.OCI_MANIFEST, "config": named, "layers": told}).encode(), config


def _name(number: int) -> str:
    return f"registry-{number % 7}.example.com/team-{number % 50}/app-{number % 400}:1.{number}"


def _line(chance: random.Random) -> str:
    """Return a Dockerfile line of 80 to 150 characters, most of it unlike any other."""
    some = chance.sample(_WORDS, 4)
    version = f"{chance.randrange(20)}.{chance.randrange(30)}.{chance.randrange(90)}"
    packages = [f"{name}=={chance.randrange(9)}.{chance.randrange(40)}.{chance.randrange(9)}" for name in chance.sample(_PYTHON, 3)]
    return chance.choice(
        (
            f"RUN /bin/sh -c apt-get update && apt-get install -y --no-install-recommends {' '.join(some[:2])} && rm -rf /var/lib/apt/lists/* # buildkit",
            f"RUN /bin/sh -c pip install --no-cache-dir {' '.join(packages)} --find-links https://packages.{some[0]}.example.com/simple # buildkit",
            f"COPY --from=build --chown=app:app /src/{some[0]}/target/release/{some[1]}-{version} /usr/local/bin/{some[1]} # buildkit",
            f"COPY file:{chance.randbytes(32).hex()} in /etc/{some[0]}/{some[1]}.conf.d/{some[2]}.conf ",
            f"RUN /bin/sh -c curl -fsSL https://releases.{some[0]}.example.com/v{version}/{some[1]}-linux-amd64.tar.gz | tar -xz -C /opt/{some[2]} # buildkit",
            f"RUN |2 TARGETARCH=amd64 VERSION={version} /bin/sh -c set -eux; make -C /usr/src/{some[0]} -j4 install prefix=/opt/{some[1]}; ldconfig # buildkit",
        )
    )

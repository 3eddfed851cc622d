"""What the layers of 20,000 images cost in `serve`: memory with all their texts, and time from bytes to stored.

No two images have a layer in common, which is the worst case; Dockerfile lines are as long and as varied as real ones.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import random
import time
from collections.abc import Iterator

from bench.exposition import resident_bytes
from bench.rows import Row
from pullwatch.pulls import image as images
from pullwatch.pulls import manifest
from pullwatch.pulls.holdings import Holdings
from pullwatch.pulls.known_layers import KnownLayers
from pullwatch.pulls.pull import SizeKind
from pullwatch.pulls.reported import HeldImage
from pullwatch.pulls.sizes import KnownSizes

IMAGES, LAYERS, NODES, IMAGES_PER_NODE = 20_000, 12, 1_000, 100
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
    """Measure all rows, in about a minute, in a process of their own."""
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        memory, seconds = pool.apply(_keep_all)
    return [
        Row(f"memory of the layers of {IMAGES:,} images, {LAYERS} each", memory / MIB, "MiB", limit=30.0),
        Row("manifest with its config, from bytes to stored, CPU", seconds * 1e6, "us", limit=1e6 / LEAST_A_SECOND),
    ]


def _keep_all() -> tuple[float, float]:
    """Return the bytes that all of it takes, and the CPU seconds of each manifest."""
    chance = random.Random(6)
    sizes = KnownSizes()
    for number in range(IMAGES):
        # Events and nodes tell the names of images anyway.
        sizes.tell(images.parse(_name(number)), 1, SizeKind.COMPRESSED)
    next(documents(chance, 1))
    before = resident_bytes()
    layers = KnownLayers()
    holdings = Holdings(layers)
    seconds = 0.0
    held: list[HeldImage] = []
    for number, (content, config) in enumerate(documents(chance, IMAGES)):
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        began = time.process_time()
        read = manifest.read(content, digest=digest)
        assert isinstance(read, manifest.Manifest)  # noqa: S101 - we made it
        layers.tell(manifest.table(read, digest=digest, config=config))
        seconds += time.process_time() - began
        held.append(HeldImage((_name(number),), digest))
        if len(held) == IMAGES_PER_NODE:
            for replica in range(NODES * IMAGES_PER_NODE // IMAGES):
                holdings.tell(f"node-{number}-{replica}", held, at=0.0)
            held.clear()
    return resident_bytes() - before, seconds / IMAGES


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
            f"RUN /bin/sh -c pip install --no-cache-dir {' '.join(packages)} --extra-index-url https://packages.{some[0]}.example.com/simple # buildkit",
            f"COPY --from=build --chown=app:app /src/{some[0]}/target/release/{some[1]}-{version} /usr/local/bin/{some[1]} # buildkit",
            f"COPY file:{chance.randbytes(32).hex()} in /etc/{some[0]}/{some[1]}.conf.d/{some[2]}.conf ",
            f"RUN /bin/sh -c curl -fsSL https://releases.{some[0]}.example.com/v{version}/{some[1]}-linux-amd64.tar.gz | tar -xz -C /opt/{some[2]} # buildkit",
            f"RUN |2 TARGETARCH=amd64 VERSION={version} /bin/sh -c set -eux; make -C /usr/src/{some[0]} -j4 install prefix=/opt/{some[1]}; ldconfig # buildkit",
        )
    )

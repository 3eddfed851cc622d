"""Images with layers for the surfaces that show them: one large, one balanced, one hostile."""

from __future__ import annotations

import io

from pullwatch.publish import image as printed
from pullwatch.pulls.breakdown import Breakdown, BrokenDownLayer, ImagesDocument, Other, Release

TRAINER = "registry.example.com/ml/trainer:2.4"
STAMP = "2026-01-01T12:00:00Z"

STEPS = (
    ("ADD rootfs.tar.xz /", 29_000_000, 41),
    ("RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates netbase tzdata", 14_000_000, 6),
    ("COPY requirements.txt /app/", 1_200, 1),
    ("RUN pip install torch", 3_110_000_000, 1),
    ("COPY . /app", 550_000_000, 1),
)


def digest(number: int) -> str:
    return f"sha256:{number:064x}"


def trainer(*, torch_bytes: int = 3_110_000_000, text: str = "") -> Breakdown:
    """Return an image of five layers, whose fourth is 84 % of it; `text` stands in place of each name where there is one."""
    layers = tuple(
        BrokenDownLayer(position, digest(position), torch_bytes if "torch" in line else size, "tar+gzip", text or line, images)
        for position, (line, size, images) in enumerate(STEPS)
    )
    return Breakdown(
        image=text or TRAINER,
        digest=digest(99),
        platform=text or "linux/amd64",
        size_bytes=sum(layer.size_bytes for layer in layers),
        size_kind="compressed",
        layer_count=len(layers),
        shared_bytes=43_000_000,
        nodes=12,
        layers_from="agent",
        layers=layers,
        others=(
            Other(text or "registry.example.com/ml/serving:1.9", 43_000_000),
            Other(text or "docker.io/library/python:3.12", 29_000_000),
        ),
        releases=(Release(text or "registry.example.com/ml/trainer:2.3", 550_000_000, 3_153_000_000),),
    )


def document(*images: Breakdown) -> ImagesDocument:
    return ImagesDocument(1, STAMP, images)


def written(*images: Breakdown, output: printed.Output = "table", width: int = 80) -> str:
    stream = io.StringIO()
    printed.write(document(*images), output=output, stream=stream, width=width)
    return stream.getvalue()

"""The layers of an image without a server: from a node's own containerd, or from the registry.

Both give the document that a server gives, so that everything after it is the same.
"""

from __future__ import annotations

import platform
import time
from typing import TYPE_CHECKING

from pullwatch.app import log
from pullwatch.app.wrong import Wrong
from pullwatch.publish.report import schema, words
from pullwatch.pulls import breakdown, near, observed, platforms
from pullwatch.pulls import image as images
from pullwatch.pulls.breakdown import Breakdown, ImagesDocument
from pullwatch.settings import QuietLog

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pullwatch.pulls.image import Image
    from pullwatch.pulls.runtime import StoredImage, StoredManifest
    from pullwatch.settings import RegistryAccess

EXTRA = {"grpclib", "google", "h2", "hpack", "hyperframe", "multidict"}
"""What the extra `agent` brings."""


async def of_containerd(wanted: Image, socket: Path) -> ImagesDocument:
    """Return an image that this node holds, compared with the others here. Raises Wrong or SourceError."""
    try:
        from pullwatch.sources.containerd.client import Containerd
        from pullwatch.sources.containerd.connection import Connection
        from pullwatch.sources.containerd.documents import Manifests
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in EXTRA:
            raise
        raise Wrong(f"--containerd needs {error.name}: pip install 'pullwatch[agent]'") from error

    async with Connection(socket) as connection:
        client = Containerd(connection)
        manifests = Manifests(client, architecture=_architecture(), trouble=lambda _: None)
        names = await client.images()
        stored: dict[str, StoredManifest] = {}
        for digest in dict.fromkeys(name.digest for name in names):
            found = await manifests.of_image(digest)
            if found is not None:
                stored[digest] = found
    return held(wanted, names, stored, where=str(socket))


def held(wanted: Image, names: list[StoredImage], stored: Mapping[str, StoredManifest], *, where: str) -> ImagesDocument:
    """Return the images that a reference means among those of a node. Raises Wrong where there is none."""
    # CRI stores each image under the digest of its config as well, which is no name that anybody pulls.
    named = {parsed: stored[name.digest] for name in names if name.digest in stored and (parsed := images.parse(name.name)).registry}
    chosen = [(image, found) for image, found in named.items() if _is(wanted, image, found)]
    if not chosen:
        known = sorted(image.label for image in named)
        if not known:
            raise Wrong(f"{where}: holds no image of Kubernetes: is it the containerd that the kubelet uses?")
        meant = " and ".join(near.near(wanted.label, known))
        others = f"; it holds {meant}" if meant else f", nor any like it among {words.counted(len(known), 'name')}"
        raise Wrong(f"{where}: does not hold {wanted.label}{others}")
    best = min(chosen, key=lambda one: (one[0].canonical != wanted.canonical, one[0].tag is None, one[0].label))
    return _document(_compared(*best, named))


async def of_registry(wanted: Image, platform_text: str, access: RegistryAccess) -> ImagesDocument:
    """Return an image as its registry has it; nothing is known of others. Raises Wrong."""
    from pullwatch.app import registry

    # What it warns of goes to where errors go, or it would stand in the document.
    log.configure(QuietLog())
    if access.docker_config is not None and not access.docker_config.exists():
        raise Wrong(f"{access.docker_config}: no such file: --docker-config names one, such as ~/.docker/config.json")
    asked = platforms.parse(platform_text)
    if asked is None:
        raise Wrong(f"{observed.clean(platform_text)[:100]!r} is no platform: write OS/ARCHITECTURE, such as linux/amd64")
    table, index_digest = await registry.layers_of(wanted.label, asked, access)
    return _document(breakdown.of_table(table, image=wanted, layers_from="registry", index_digest=index_digest))


def _is(wanted: Image, image: Image, found: StoredManifest) -> bool:
    if image.canonical == wanted.canonical:
        return True
    if (image.registry, image.repository) != (wanted.registry, wanted.repository) or wanted.digest is None:
        return False
    return wanted.digest in (found.table.digest, found.index_digest, image.digest) and wanted.tag in (None, image.tag)


def _compared(image: Image, found: StoredManifest, named: Mapping[Image, StoredManifest]) -> Breakdown:
    """Return the image beside the others, each manifest under the shortest of its names."""
    others: dict[str, Image] = {}
    for other in sorted(named, key=lambda name: (name.tag is None, len(name.label), name.label)):
        digest = named[other].table.digest
        if digest != found.table.digest:
            others.setdefault(digest, other)
    tables = {other.label: named[other].table for other in others.values()}
    releases = {
        other.label: named[other].table
        for other in others.values()
        if (other.registry, other.repository) == (image.registry, image.repository)
    }
    return breakdown.of_table(
        found.table, image=image, layers_from="containerd", held=tables, releases=releases, index_digest=found.index_digest
    )


def _document(found: Breakdown) -> ImagesDocument:
    return ImagesDocument(schema.VERSION, str(schema.moment(time.time())), (found,))


def _architecture() -> str:
    normal = platforms.parse(f"linux/{platform.machine()}")
    return normal.architecture if normal else platform.machine()

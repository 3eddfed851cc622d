"""What containerd is asked, with answers as values of `pulls.runtime`. The calls are those of the table in `calls`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullwatch.pulls import manifest
from pullwatch.pulls.observed import clean
from pullwatch.pulls.runtime import Blob, Ingest, Lease, Resource, Snapshot, StoredImage
from pullwatch.sources.containerd import calls, errors
from pullwatch.sources.containerd import containerd_pb2 as messages
from pullwatch.sources.containerd.connection import CALL_SECONDS

if TYPE_CHECKING:
    from google.protobuf.timestamp_pb2 import Timestamp

    from pullwatch.sources.containerd.connection import Connection

MAX_LABELS = 2_000
"""Labels kept of one piece of content: a manifest has one for each layer."""


class Containerd:
    """The calls of one connection. Each raises RuntimeTrouble."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def version(self) -> str:
        """Return containerd's version, as `1.6.20~ds1` or `v2.2.9`."""
        return clean((await self._connection.ask(calls.VERSION, messages.Empty())).version)[:100]

    async def ingests(self) -> list[Ingest]:
        """Return the content that is on its way, or was when its pull broke."""
        answer = await self._connection.ask(calls.LIST_STATUSES, messages.ListStatusesRequest())
        return [
            Ingest(clean(status.ref), max(0, status.offset), max(0, status.total), seconds(status.started_at), seconds(status.updated_at))
            for status in answer.statuses
        ]

    async def leases(self) -> list[Lease]:
        """Return all leases, of pulls and of others."""
        answer = await self._connection.ask(calls.LIST_LEASES, messages.ListLeasesRequest())
        return [Lease(clean(lease.id), seconds(lease.created_at)) for lease in answer.leases]

    async def resources(self, lease: str) -> list[Resource]:
        """Return what a lease keeps."""
        answer = await self._connection.ask(calls.LIST_RESOURCES, messages.ListResourcesRequest(id=lease))
        return [Resource(clean(resource.id), clean(resource.type)) for resource in answer.resources]

    async def blob(self, digest: str) -> Blob:
        """Return what is known of a piece of content."""
        info = (await self._connection.ask(calls.INFO, messages.InfoRequest(digest=digest))).info
        labels = {clean(name): clean(value) for name, value in list(info.labels.items())[:MAX_LABELS]}
        return Blob(clean(info.digest), max(0, info.size), seconds(info.created_at), labels)

    async def read(self, digest: str) -> bytes:
        """Return a document, of which at most one byte more is read than is looked at."""
        content = bytearray()
        request = messages.ReadRequest(digest=digest, size=manifest.MAX_BYTES + 1)
        try:
            async with self._connection.opening(calls.READ, request, timeout_seconds=CALL_SECONDS) as parts:
                async for part in parts:
                    content += part.data
                    if len(content) > manifest.MAX_BYTES:
                        break
        except errors.Refused as error:
            # A reader that asks for more than is there is refused by 1.6 at the end, with all that there was.
            if not content:
                raise errors.NotFound(str(error)) from error
        return bytes(content)

    async def images(self) -> list[StoredImage]:
        """Return all names."""
        answer = await self._connection.ask(calls.LIST_IMAGES, messages.ListImagesRequest())
        return [StoredImage(clean(image.name), clean(image.target.digest)) for image in answer.images]

    async def snapshot(self, key: str, *, snapshotter: str) -> Snapshot:
        """Return an unpacked layer by its chain ID, or one that is being unpacked by its key."""
        info = (await self._connection.ask(calls.STAT, messages.StatRequest(snapshotter=snapshotter, key=key))).info
        return Snapshot(clean(info.name), seconds(info.created_at), clean(info.parent))


def seconds(stamp: Timestamp) -> float:
    """Return seconds since the epoch."""
    return stamp.seconds + stamp.nanos / 1e9

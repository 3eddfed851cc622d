"""A store on a unix socket, as containerd shows its own: a grpclib server in this process."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import grpclib
from google.protobuf.message import Message  # noqa: TC002 - the handlers' types are read at run time
from google.protobuf.timestamp_pb2 import Timestamp
from grpclib.const import Cardinality, Handler
from grpclib.exceptions import GRPCError
from grpclib.server import Server, Stream

from pullwatch.pulls.runtime import ContentCreated, ImagesChanged, RuntimeEvent, SnapshotEvent, SnapshotKind
from pullwatch.sources.containerd import calls
from pullwatch.sources.containerd import containerd_pb2 as messages
from tests.containerd.store import Store

_AnyCall = calls.Call[Any, Any]
_Handle = Callable[[Stream[Any, Any]], Awaitable[None]]

CHUNK_BYTES = 1000

TOPICS = {
    SnapshotKind.PREPARED: "/snapshot/prepare",
    SnapshotKind.COMMITTED: "/snapshot/commit",
    SnapshotKind.REMOVED: "/snapshot/remove",
}


class Containerd:
    """What answers; `asked` counts calls, `failing` holds the status that a method ends with instead of an answer."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.asked: Counter[str] = Counter()
        self.failing: dict[str, grpclib.Status] = {}
        self.raw: dict[str, list[bytes]] = {}
        self.filters: list[str] = []
        self.namespaces: set[str | None] = set()
        self._queues: list[asyncio.Queue[messages.Envelope | None]] = []
        store.listeners.append(self.tell)

    @property
    def subscribers(self) -> int:
        return len(self._queues)

    def tell(self, event: RuntimeEvent, *, namespace: str = "k8s.io") -> None:
        """Send an event to all subscribers."""
        topic, content = _event(event)
        envelope = messages.Envelope(timestamp=stamp(event.at), namespace=namespace, topic=topic)
        envelope.event.value = content.SerializeToString()
        self.send(envelope)

    def send(self, envelope: messages.Envelope) -> None:
        for queue in self._queues:
            queue.put_nowait(envelope)

    def end_streams(self) -> None:
        """End all subscriptions, as a containerd that goes down."""
        for queue in self._queues:
            queue.put_nowait(None)

    def __mapping__(self) -> dict[str, Handler]:
        answers: dict[_AnyCall, Callable[[Any], Message]] = {
            calls.VERSION: lambda _: messages.VersionResponse(version=self.store.version),
            calls.LIST_STATUSES: self._statuses,
            calls.INFO: self._info,
            calls.LIST_LEASES: self._leases,
            calls.LIST_RESOURCES: self._resources,
            calls.LIST_IMAGES: self._images,
            calls.STAT: self._stat,
        }
        handlers = {call.path: self._answering(call, answer) for call, answer in answers.items()}
        streams: dict[_AnyCall, _Handle] = {calls.SUBSCRIBE: self._subscribe, calls.READ: self._read}
        return handlers | {
            call.path: Handler(self._checked(call, doing), Cardinality.UNARY_STREAM, call.request, call.response)
            for call, doing in streams.items()
        }

    def _answering(self, call: _AnyCall, answer: Callable[[Any], Message]) -> Handler:
        async def handle(stream: Stream[Any, Any]) -> None:
            request = await stream.recv_message()
            await stream.send_message(answer(request))

        return Handler(self._checked(call, handle), Cardinality.UNARY_UNARY, call.request, call.response)

    def _checked(self, call: _AnyCall, handle: _Handle) -> _Handle:
        async def checked(stream: Stream[Any, Any]) -> None:
            self.asked[call.method] += 1
            named = stream.metadata.get("containerd-namespace") if stream.metadata is not None else None
            self.namespaces.add(str(named) if named is not None else None)
            if named is None:
                raise GRPCError(grpclib.Status.FAILED_PRECONDITION, "namespace is required")
            if call.method in self.failing:
                raise GRPCError(self.failing[call.method], "made to fail")
            await handle(stream)

        return checked

    async def _subscribe(self, stream: Stream[Any, Any]) -> None:
        request: messages.SubscribeRequest = await stream.recv_message() or messages.SubscribeRequest()
        self.filters = list(request.filters)
        queue: asyncio.Queue[messages.Envelope | None] = asyncio.Queue()
        self._queues.append(queue)
        try:
            while (envelope := await queue.get()) is not None:
                await stream.send_message(envelope)
        finally:
            self._queues.remove(queue)
        raise GRPCError(grpclib.Status.UNAVAILABLE, "going down")

    async def _read(self, stream: Stream[Any, Any]) -> None:
        request: messages.ReadRequest = await stream.recv_message() or messages.ReadRequest()
        content = self.store.contents.get(request.digest)
        if content is None:
            raise GRPCError(grpclib.Status.NOT_FOUND, f"content {request.digest}: not found")
        for start in range(0, min(len(content), request.size), CHUNK_BYTES):
            await stream.send_message(messages.ReadResponse(data=content[start : min(start + CHUNK_BYTES, request.size)]))

    def _statuses(self, _: messages.ListStatusesRequest) -> Message:
        statuses = [
            messages.Status(
                ref=ingest.ref,
                offset=ingest.offset,
                total=ingest.total,
                started_at=stamp(ingest.started_at),
                updated_at=stamp(ingest.updated_at),
            )
            for ingest in self.store.ingests.values()
        ]
        return messages.ListStatusesResponse(statuses=statuses)

    def _info(self, request: messages.InfoRequest) -> Message:
        blob = self.store.blobs.get(request.digest)
        if blob is None:
            raise GRPCError(grpclib.Status.NOT_FOUND, f"content {request.digest}: not found")
        info = messages.Info(digest=blob.digest, size=blob.size_bytes, created_at=stamp(blob.created_at), labels=dict(blob.labels))
        return messages.InfoResponse(info=info)

    def _leases(self, _: messages.ListLeasesRequest) -> Message:
        leases = [messages.Lease(id=lease.id, created_at=stamp(lease.created_at)) for lease in self.store.leases.values()]
        return messages.ListLeasesResponse(leases=leases)

    def _resources(self, request: messages.ListResourcesRequest) -> Message:
        if request.id not in self.store.resources:
            raise GRPCError(grpclib.Status.NOT_FOUND, f"lease {request.id}: not found")
        kept = [messages.Resource(id=resource.id, type=resource.type) for resource in self.store.resources[request.id]]
        return messages.ListResourcesResponse(resources=kept)

    def _images(self, _: messages.ListImagesRequest) -> Message:
        stored = [messages.Image(name=image.name, target=messages.Descriptor(digest=image.digest)) for image in self.store.images.values()]
        return messages.ListImagesResponse(images=stored)

    def _stat(self, request: messages.StatRequest) -> Message:
        snapshot = self.store.snapshots.get(request.key)
        if snapshot is None:
            raise GRPCError(grpclib.Status.NOT_FOUND, f"snapshot {request.key}: not found")
        return messages.StatResponse(
            info=messages.SnapshotInfo(name=snapshot.key, parent=snapshot.parent, created_at=stamp(snapshot.created_at))
        )


@contextlib.asynccontextmanager
async def serving(containerd: Containerd, socket: Path) -> AsyncIterator[Containerd]:
    """Answer on a socket as long as the context is open."""
    server = Server([containerd])
    await server.start(path=str(socket))
    try:
        yield containerd
    finally:
        containerd.end_streams()
        while containerd.subscribers:  # noqa: ASYNC110 - a few turns of the event loop
            await asyncio.sleep(0)
        server.close()
        await server.wait_closed()
        socket.unlink(missing_ok=True)  # noqa: ASYNC240 - a test's own folder


def stamp(seconds: float) -> Timestamp:
    micros = round(seconds * 1e6)
    return Timestamp(seconds=micros // 10**6, nanos=micros % 10**6 * 1000)


def _event(event: RuntimeEvent) -> tuple[str, Message]:
    match event:
        case ImagesChanged():
            return "/images/update", messages.ImageEvent(name=event.name)
        case ContentCreated():
            return "/content/create", messages.ContentEvent(digest=event.digest)
        case SnapshotEvent(kind=SnapshotKind.PREPARED):
            return TOPICS[event.kind], messages.SnapshotPrepareEvent(key=event.key, parent=event.parent, snapshotter=event.snapshotter)
        case SnapshotEvent(kind=SnapshotKind.COMMITTED):
            return TOPICS[event.kind], messages.SnapshotCommitEvent(key=event.key, name=event.name, snapshotter=event.snapshotter)
    return TOPICS[event.kind], messages.SnapshotRemoveEvent(key=event.key)

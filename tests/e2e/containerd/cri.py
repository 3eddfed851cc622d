"""What a kubelet calls to have an image: the image service of the CRI, over the socket of a runtime.

The messages are the few fields of `runtime.v1` (k8s.io/cri-api, api.proto) that are needed; numbers are that file's.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field
from grpclib.client import Channel, UnaryUnaryMethod

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

PACKAGE = "runtime.v1"
SERVICE = f"/{PACKAGE}.ImageService"

_MESSAGES: dict[str, dict[str, tuple[int, Any]]] = {
    "ImageSpec": {"image": (1, Field.TYPE_STRING)},
    "Image": {
        "id": (1, Field.TYPE_STRING),
        "repo_tags": (2, [Field.TYPE_STRING]),
        "repo_digests": (3, [Field.TYPE_STRING]),
        "size": (4, Field.TYPE_UINT64),
    },
    "PullImageRequest": {"image": (1, "ImageSpec")},
    "PullImageResponse": {"image_ref": (1, Field.TYPE_STRING)},
    "RemoveImageRequest": {"image": (1, "ImageSpec")},
    "RemoveImageResponse": {},
    "ImageStatusRequest": {"image": (1, "ImageSpec")},
    "ImageStatusResponse": {"image": (1, "Image")},
    "ListImagesRequest": {},
    "ListImagesResponse": {"images": (1, ["Image"])},
}


class Kubelet:
    """Asks a runtime for images. Errors are grpclib's GRPCError; a call that is cancelled is cancelled in the runtime too."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def pull(self, image: str) -> str:
        """Have an image pulled; return its id, the digest of its config."""
        return str((await self._call("PullImage", image)).image_ref)

    @contextlib.asynccontextmanager
    async def pulling(self, image: str) -> AsyncIterator[asyncio.Task[str]]:
        """Pull beside what the context does, and give it up where that ends before."""
        pull = asyncio.create_task(self.pull(image), name=f"pull {image}")
        try:
            yield pull
        finally:
            pull.cancel()
            await asyncio.wait([pull])
            if not pull.cancelled():
                # Of a runtime that was killed; who wants to know how it ended has awaited it.
                pull.exception()

    async def remove(self, image: str) -> None:
        await self._call("RemoveImage", image)

    async def status(self, image: str) -> Any:
        """Return what the runtime knows of an image (id, repo_tags, repo_digests, size), None where it has none."""
        answer = await self._call("ImageStatus", image)
        return answer.image if answer.HasField("image") else None

    async def images(self) -> list[Any]:
        """Return all images of the runtime."""
        return list((await self._call("ListImages")).images)

    async def _call(self, name: str, image: str | None = None) -> Any:
        request, reply = _types[f"{name}Request"], _types[f"{name}Response"]
        message = request() if image is None else request(image=_types["ImageSpec"](image=image))
        return await UnaryUnaryMethod(self._channel, f"{SERVICE}/{name}", request, reply)(message)


@contextlib.asynccontextmanager
async def kubelet(socket: Path) -> AsyncIterator[Kubelet]:
    """Connect to a runtime as long as the context is open."""
    channel = Channel(path=str(socket))
    try:
        yield Kubelet(channel)
    finally:
        channel.close()


def _described() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(name="tests/cri.proto", package=PACKAGE, syntax="proto3")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, (number, type_) in fields.items():
            repeated = isinstance(type_, list)
            element = type_[0] if repeated else type_
            added = message.field.add(name=field, number=number, label=Field.LABEL_REPEATED if repeated else Field.LABEL_OPTIONAL)
            if isinstance(element, str):
                added.type, added.type_name = Field.TYPE_MESSAGE, f".{PACKAGE}.{element}"
            else:
                added.type = element
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.{name}")) for name in _MESSAGES}


_types = _described()

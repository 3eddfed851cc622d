"""The calls that are made to containerd: this table is all of them, and none changes anything.

Paths are those of containerd's API, the same from 1.6 to 2.2. Content is never listed: with 3,000 blobs that costs containerd
40 ms each time, and no filter saves it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from google.protobuf.message import Message

from pullwatch.sources.containerd import containerd_pb2 as messages

_Request = TypeVar("_Request", bound=Message)
_Response = TypeVar("_Response", bound=Message)


@dataclass(frozen=True, slots=True)
class Call(Generic[_Request, _Response]):
    """One method."""

    path: str
    request: type[_Request]
    response: type[_Response]
    streams: bool = False
    """Whether it answers with many messages."""

    @property
    def method(self) -> str:
        """Short name, as `Content/Info`: the label of metrics."""
        service, _, name = self.path.rpartition("/")
        return f"{service.rpartition('.')[2]}/{name}"


VERSION = Call("/containerd.services.version.v1.Version/Version", messages.Empty, messages.VersionResponse)
SUBSCRIBE = Call("/containerd.services.events.v1.Events/Subscribe", messages.SubscribeRequest, messages.Envelope, streams=True)
LIST_STATUSES = Call("/containerd.services.content.v1.Content/ListStatuses", messages.ListStatusesRequest, messages.ListStatusesResponse)
INFO = Call("/containerd.services.content.v1.Content/Info", messages.InfoRequest, messages.InfoResponse)
READ = Call("/containerd.services.content.v1.Content/Read", messages.ReadRequest, messages.ReadResponse, streams=True)
LIST_LEASES = Call("/containerd.services.leases.v1.Leases/List", messages.ListLeasesRequest, messages.ListLeasesResponse)
LIST_RESOURCES = Call("/containerd.services.leases.v1.Leases/ListResources", messages.ListResourcesRequest, messages.ListResourcesResponse)
LIST_IMAGES = Call("/containerd.services.images.v1.Images/List", messages.ListImagesRequest, messages.ListImagesResponse)
STAT = Call("/containerd.services.snapshots.v1.Snapshots/Stat", messages.StatRequest, messages.StatResponse)

CALLS = (VERSION, SUBSCRIBE, LIST_STATUSES, INFO, READ, LIST_LEASES, LIST_RESOURCES, LIST_IMAGES, STAT)

"""What a source saw of the cluster, in the few fields that the rules read.

Sources build these values from API objects; times are seconds since the epoch, absent stamps are None. Text comes from
the cluster and is hostile: whoever builds these values passes every string through `clean` once.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

import msgspec

MAX_TEXT = 4096
"""Characters kept of one text from the cluster; a kubelet's longest message is far below."""


class ContainerKind(enum.StrEnum):
    """The list of a pod's spec that names a container."""

    CONTAINER = "containers"
    INIT = "initContainers"
    EPHEMERAL = "ephemeralContainers"


class Event(msgspec.Struct, frozen=True, gc=False):
    """One state of a core/v1 Event about a pod."""

    uid: str
    namespace: str
    pod: str
    pod_uid: str
    field_path: str
    reason: str
    message: str
    node: str
    count: int
    """Occurrences so far: the larger of `count` and `series.count`, at least 1."""
    first_at: float | None
    last_at: float | None
    """Newest stamp of the object (`lastTimestamp`, `series.lastObservedTime`, `eventTime`, else its creation)."""


@dataclass(frozen=True, slots=True)
class Container:
    """A container of a pod: what its spec asks for and what its status tells."""

    name: str
    kind: ContainerKind
    image: str
    policy: str = ""
    started_at: float | None = None
    """First start that the status still shows."""
    finished_at: float | None = None
    waiting_reason: str = ""
    waiting_message: str = ""
    restarted_at: float | None = None
    """Newest start; the first one where there was only one."""


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod; `uid` is the kubelet's (for a static pod the hash in its mirror annotation)."""

    namespace: str
    name: str
    uid: str
    node: str
    workload: str | None
    created_at: float | None
    started_at: float | None
    phase: str
    generation: int
    containers: tuple[Container, ...]
    volume_images: tuple[str, ...] = ()
    other_images: tuple[str, ...] = ()
    """Further spellings of its images in the container statuses."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node: the labels of `pullwatch_node_info` and the images it reports."""

    name: str
    runtime_version: str = ""
    """As in `status.nodeInfo.containerRuntimeVersion`, e.g. `containerd://2.1.9`."""
    kubelet_version: str = ""
    arch: str = ""
    instance_type: str = ""
    pool: str = ""
    zone: str = ""
    images: tuple[NodeImage, ...] = ()
    images_complete: bool = False
    """Whether `images` holds all of them; a kubelet cuts the list at `nodeStatusMaxImages` (50)."""
    kubelet: str = ""
    """Where its kubelet says that it listens, `10.0.0.7:10250` or `[fd00::7]:10250`; empty where it says nothing usable."""
    os: str = ""
    """As in images, e.g. `linux`."""


@dataclass(frozen=True, slots=True)
class NodeImage:
    """One entry of `status.images`."""

    names: tuple[str, ...]
    size_bytes: int | None


def clean(text: str) -> str:
    """Return cluster text cut to `MAX_TEXT` characters, encodable as UTF-8 and without control characters.

    A lone surrogate would fail a whole scrape, and an escape sequence would reach the reader's terminal.
    """
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT]
    if text.isprintable():
        return text
    return text.translate(_CONTROLS).encode("utf-8", "replace").decode("utf-8")


# Control characters, and those that turn the direction of writing.
_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\N{REPLACEMENT CHARACTER}")
_CONTROLS |= dict.fromkeys(map(ord, "\n\t\r"), " ")

"""Pods: what their specs ask for, what their statuses tell of containers, and which workload they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pullwatch.pulls import observed
from pullwatch.pulls.observed import ContainerKind
from pullwatch.sources import stamps, wire

if TYPE_CHECKING:
    from collections.abc import Iterator

_HASH_LABEL = "pod-template-hash"
"""A Deployment names its ReplicaSets `<deployment>-<hash>` and labels their pods with the hash."""


class _Wire(msgspec.Struct, gc=False, frozen=True, rename="camel"):
    """Field names as the API spells them."""


class SpecContainer(_Wire, frozen=True):
    """A container of the spec."""

    name: str | None = None
    image: str | None = None
    image_pull_policy: str | None = None


class ImageVolume(_Wire, frozen=True):
    """The image of an image volume."""

    reference: str | None = None


class Volume(_Wire, frozen=True):
    """A volume; only those that are images are looked at."""

    image: ImageVolume | None = None


class PodSpec(_Wire, frozen=True):
    """`spec`."""

    node_name: str | None = None
    containers: list[SpecContainer | None] | None = None
    init_containers: list[SpecContainer | None] | None = None
    ephemeral_containers: list[SpecContainer | None] | None = None
    volumes: list[Volume | None] | None = None


class Waiting(_Wire, frozen=True):
    """Why a container does not run."""

    reason: str | None = None
    message: str | None = None


class Times(_Wire, frozen=True):
    """The stamps of a container that runs or ran."""

    started_at: str | None = None
    finished_at: str | None = None


class State(_Wire, frozen=True):
    """`state` or `lastState`."""

    waiting: Waiting | None = None
    running: Times | None = None
    terminated: Times | None = None


class ContainerStatus(_Wire, frozen=True):
    """What the kubelet tells of a container."""

    name: str | None = None
    image: str | None = None
    state: State | None = None
    last_state: State | None = None


class PodStatus(_Wire, frozen=True):
    """`status`."""

    phase: str | None = None
    start_time: str | None = None
    container_statuses: list[ContainerStatus | None] | None = None
    init_container_statuses: list[ContainerStatus | None] | None = None
    ephemeral_container_statuses: list[ContainerStatus | None] | None = None


class PodObject(_Wire, frozen=True):
    """A Pod on the wire."""

    metadata: wire.Metadata | None = None
    spec: PodSpec | None = None
    status: PodStatus | None = None


_NO_SPEC = PodSpec()
_NO_STATUS = PodStatus()
_NO_CONTAINER_STATUS = ContainerStatus()
_NO_STATE = State()
_NO_TIMES = Times()
_NO_WAITING = Waiting()


def convert(pod: PodObject) -> observed.Pod:
    """Return the pod; raises `wire.Unusable` where it has no name or uid."""
    metadata = pod.metadata or wire.NO_METADATA
    spec = pod.spec or _NO_SPEC
    status = pod.status or _NO_STATUS
    mirror = metadata.annotations.mirror if metadata.annotations else None
    statuses = dict(_statuses(status))
    containers = tuple(_containers(spec, statuses))
    return observed.Pod(
        namespace=wire.text(metadata.namespace),
        name=wire.required(metadata.name, field="metadata.name"),
        uid=wire.required(mirror or metadata.uid, field="metadata.uid"),
        node=wire.text(spec.node_name),
        workload=_workload(metadata),
        created_at=stamps.seconds(metadata.creation_timestamp),
        started_at=stamps.seconds(status.start_time),
        phase=wire.text(status.phase),
        generation=metadata.generation or 0,
        containers=containers,
        volume_images=tuple(_volume_images(spec)),
        other_images=_other_images(containers, statuses),
    )


def _statuses(status: PodStatus) -> Iterator[tuple[str, ContainerStatus]]:
    """Yield each container's status by its name, which is unique in a pod."""
    for listed in (status.container_statuses, status.init_container_statuses, status.ephemeral_container_statuses):
        for one in listed or ():
            if one and one.name:
                yield wire.text(one.name), one


def _containers(spec: PodSpec, statuses: dict[str, ContainerStatus]) -> Iterator[observed.Container]:
    for kind, listed in (
        (ContainerKind.CONTAINER, spec.containers),
        (ContainerKind.INIT, spec.init_containers),
        (ContainerKind.EPHEMERAL, spec.ephemeral_containers),
    ):
        for one in listed or ():
            if one and one.name:
                name = wire.text(one.name)
                yield _container(name, kind, one, statuses.get(name, _NO_CONTAINER_STATUS))


def _container(name: str, kind: ContainerKind, spec: SpecContainer, status: ContainerStatus) -> observed.Container:
    state = status.state or _NO_STATE
    last = (status.last_state or _NO_STATE).terminated or _NO_TIMES
    running, ended, waiting = state.running or _NO_TIMES, state.terminated or _NO_TIMES, state.waiting or _NO_WAITING
    starts = [stamps.seconds(stamp) for stamp in (last.started_at, running.started_at, ended.started_at)]
    return observed.Container(
        name=name,
        kind=kind,
        image=wire.text(spec.image),
        policy=wire.text(spec.image_pull_policy),
        started_at=min((start for start in starts if start is not None), default=None),
        restarted_at=max((start for start in starts if start is not None), default=None),
        finished_at=stamps.seconds(ended.finished_at) or stamps.seconds(last.finished_at),
        waiting_reason=wire.text(waiting.reason),
        waiting_message=wire.text(waiting.message),
    )


def _volume_images(spec: PodSpec) -> Iterator[str]:
    for volume in spec.volumes or ():
        if volume and volume.image and volume.image.reference:
            yield wire.text(volume.image.reference)


def _other_images(containers: tuple[observed.Container, ...], statuses: dict[str, ContainerStatus]) -> tuple[str, ...]:
    """Return the spellings of images that only the statuses have, such as `sha256:...` for a pull by digest."""
    asked = {container.image for container in containers}
    told = (wire.text(status.image) for status in statuses.values() if status.image)
    return tuple(dict.fromkeys(image for image in told if image not in asked))


def _workload(metadata: wire.Metadata) -> str | None:
    owner = next((one for one in metadata.owner_references or () if one and one.controller and one.kind and one.name), None)
    if owner is None:
        return None
    kind, name = wire.text(owner.kind), wire.text(owner.name)
    template_hash = wire.text((metadata.labels or {}).get(_HASH_LABEL))
    if kind == "ReplicaSet" and template_hash and name.endswith(f"-{template_hash}"):
        return f"Deployment/{name.removesuffix(f'-{template_hash}')}"
    return f"{kind}/{name}"

"""A pull and how it went: the row of every report, in the words of the JSON schema 1.

Rows are values. How they come about is `lifecycle`; how they are printed is `publish`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

import msgspec

# Needed at run time by whoever reads a pull back from a file.
from pullwatch.pulls.image import Image


class Outcome(enum.StrEnum):
    """How an image came, or did not."""

    PULLED = "pulled"
    """The runtime pulled it and, as far as can be known, bytes moved."""
    REVALIDATED = "revalidated"
    """Pulled without moving bytes: the node had the image already."""
    CACHED = "cached"
    """Already present on the machine; nothing was asked of the registry."""
    FAILED = "failed"
    """An attempt ended in an error."""
    REFUSED = "refused"
    """Never tried: invalid name, pull policy Never, signature policy."""
    RUNNING = "running"
    """Asked and not yet ended."""
    UNSEEN = "unseen"
    """The container started and no Event told how its image came."""


class Reason(enum.StrEnum):
    """Why an attempt failed, or was refused."""

    NOT_FOUND = "not_found"
    AUTH = "auth"
    RATE_LIMITED = "rate_limited"
    KUBELET_QPS = "kubelet_qps"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    STALLED = "stalled"
    SERVER_ERROR = "server_error"
    DISK_FULL = "disk_full"
    PLATFORM = "platform"
    DIGEST_MISMATCH = "digest_mismatch"
    BAD_CONTENT = "bad_content"
    UNSUPPORTED_FORMAT = "unsupported_format"
    UNPACK = "unpack"
    RUNTIME = "runtime"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    INVALID_NAME = "invalid_name"
    POLICY = "policy"


REFUSALS = (Reason.INVALID_NAME, Reason.POLICY)
"""Reasons of a refusal; all others are reasons of a failed attempt."""

FAILURES = tuple(reason for reason in Reason if reason not in REFUSALS)


class SizeKind(enum.StrEnum):
    """What the bytes of a size count: containerd tells compressed bytes, CRI-O uncompressed ones."""

    COMPRESSED = "compressed"
    UNCOMPRESSED = "uncompressed"
    UNKNOWN = "unknown"


class Pull(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One row. Times are seconds since the epoch; a number that is not known is None, never 0."""

    image: Image
    namespace: str
    pod: str
    pod_uid: str
    container: str | None
    workload: str | None
    node: str | None
    outcome: Outcome
    started_at: float | None = None
    """When the kubelet asked for the image."""
    finished_at: float | None = None
    pull_seconds: float | None = None
    """The runtime's time, without the kubelet's queue."""
    wait_seconds: float | None = None
    """The kubelet's queue: total minus pull."""
    total_seconds: float | None = None
    at_most_seconds: float | None = None
    """Upper bound of an unseen pull's time."""
    size_bytes: int | None = None
    size_kind: SizeKind = SizeKind.UNKNOWN
    reason: Reason | None = None
    cause: str | None = None
    count: int = 1
    """Attempts in this row; above 1 only where their text is the same."""
    message: str | None = None
    """The Event's text; None where there was none."""
    ahead: int = 0
    """Of a running pull: earlier pulls that must end before the kubelet starts this one."""
    unblocked_at: float | None = None
    """Of a running pull: since when `ahead` is 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """A container that fails to get its image, since the first sign of it."""

    image: Image
    namespace: str
    pod: str
    pod_uid: str
    container: str | None
    workload: str | None
    node: str | None
    reason: Reason
    since: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """Pods of a namespace that wait for one image now."""

    namespace: str
    image: Image
    pods: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of what happened the Events told."""

    events: int = 0
    """Events about images that were read."""
    unparsed: int = 0
    """Events whose text the grammar does not know."""
    coalesced: int = 0
    """Occurrences whose text was replaced in a combined Event before it was read."""
    rejected: int = 0
    """Events that contradict the pod they name."""
    unseen: int = 0
    """Containers that started untold."""

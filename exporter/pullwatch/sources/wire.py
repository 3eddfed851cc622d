"""What all API objects share on the wire, and how their JSON is read when it is not what it should be.

Every field may be missing or null. A field of another type makes its object `Unusable`: it is counted and left out.
"""

from __future__ import annotations

import json

import msgspec

from pullwatch.pulls import observed

MALFORMED = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""Everything that msgspec raises for hostile bytes."""


class Unusable(ValueError):
    """An object lacks what tells it from others: its name or its uid."""


class Owner(msgspec.Struct, gc=False, frozen=True):
    """One entry of `metadata.ownerReferences`."""

    kind: str | None = None
    name: str | None = None
    controller: bool | None = None


class Annotations(msgspec.Struct, gc=False, frozen=True):
    """The annotations that are looked at."""

    mirror: str | None = msgspec.field(default=None, name="kubernetes.io/config.mirror")
    """Of a static pod: the uid by which the kubelet knows it."""


class Metadata(msgspec.Struct, gc=False, frozen=True, rename="camel"):
    """`metadata` of an object."""

    name: str | None = None
    namespace: str | None = None
    uid: str | None = None
    resource_version: str | None = None
    creation_timestamp: str | None = None
    generation: int | None = None
    labels: dict[str, str | None] | None = None
    annotations: Annotations | None = None
    owner_references: list[Owner | None] | None = None


NO_METADATA = Metadata()


def text(value: str | None) -> str:
    """Return a cleaned text, empty for none."""
    return observed.clean(value) if value else ""


def texts(values: tuple[str, ...]) -> tuple[str, ...]:
    """Return cleaned texts. They are looked at together, which is enough for nearly all objects."""
    together = "".join(values)
    if together.isprintable() and len(together) <= observed.MAX_TEXT:
        return values
    return tuple([observed.clean(value) for value in values])


def required(value: str | None, *, field: str) -> str:
    """Return a cleaned text, or raise `Unusable` where there is none."""
    if not value:
        raise Unusable(f"no {field}")
    return observed.clean(value)


def repaired(line: bytes | bytearray | memoryview) -> bytes | None:
    """Return JSON with its invalid UTF-8 and lone surrogates replaced; None if it is no JSON for other reasons too.

    msgspec refuses both. They are rare, so the slow standard parser may read such a line.
    """
    try:
        parsed = json.loads(str(line, "utf-8", "replace"))
        return json.dumps(parsed, ensure_ascii=False).encode("utf-8", "replace")
    except (ValueError, RecursionError):
        return None

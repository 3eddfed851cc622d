"""Events, pods and pulls made by hand, with what a test does not care about filled in."""

from __future__ import annotations

import itertools
from typing import Any

from pullwatch.pulls.observed import Container, ContainerKind, Event, Pod

T0 = 1_700_000_000.0
"""When the made world begins."""

_uids = itertools.count()


def event(
    reason: str,
    message: str,
    *,
    at: float | None = 0.0,
    pod: str = "web-0",
    container: str | None = "web",
    node: str = "node-a",
    count: int = 1,
    uid: str | None = None,
    first: float | None = None,
    namespace: str = "shop",
) -> Event:
    """Return an Event `at` seconds after T0; `uid` is a new one unless given."""
    stamp = None if at is None else T0 + at
    return Event(
        uid=uid or f"event-{next(_uids)}",
        namespace=namespace,
        pod=pod,
        pod_uid=f"uid-{pod}",
        field_path=f"spec.containers{{{container}}}" if container else "",
        reason=reason,
        message=message,
        node=node,
        count=count,
        first_at=stamp if first is None else T0 + first,
        last_at=stamp,
    )


def pulling(image: str = "nginx", **fields: Any) -> Event:
    return event("Pulling", f'Pulling image "{image}"', **fields)


def pulled(image: str = "nginx", took: str = "2s", waited: str | None = None, size: int = 1000, **fields: Any) -> Event:
    text = f'Successfully pulled image "{image}" in {took} ({waited or took} including waiting). Image size: {size} bytes.'
    return event("Pulled", text, **fields)


def present(image: str = "nginx", **fields: Any) -> Event:
    return event("Pulled", f'Container image "{image}" already present on machine', **fields)


def failed(image: str = "nginx", error: str = "manifest unknown", **fields: Any) -> Event:
    return event("Failed", f'Failed to pull image "{image}": {error}', **fields)


def back_off(image: str = "nginx", **fields: Any) -> Event:
    return event("BackOff", f'Back-off pulling image "{image}"', **fields)


def container(name: str = "web", image: str = "nginx", *, started: float | None = None, **fields: Any) -> Container:
    return Container(name, ContainerKind.CONTAINER, image, started_at=None if started is None else T0 + started, **fields)


def pod(name: str = "web-0", *containers: Container, node: str = "node-a", created: float = 0.0, **fields: Any) -> Pod:
    values: dict[str, Any] = {
        "namespace": "shop",
        "name": name,
        "uid": f"uid-{name}",
        "node": node,
        "workload": "Deployment/web",
        "created_at": T0 + created,
        "started_at": T0 + created,
        "phase": "Pending",
        "generation": 1,
        "containers": containers or (container(),),
    }
    return Pod(**(values | fields))

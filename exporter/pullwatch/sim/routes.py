"""Paths of the API: which resource, namespace and object a URL names, and which verb that makes."""

from __future__ import annotations

from dataclasses import dataclass

from pullwatch.sim import resources, watching
from pullwatch.sim.http import Request
from pullwatch.sim.resources import Resource


@dataclass(frozen=True, slots=True)
class Route:
    """What a path names; `name` is empty for lists and watches."""

    resource: Resource
    namespace: str
    name: str
    verb: str


def find(request: Request) -> Route | None:
    """Reads a path below /api/v1; None for paths the server does not serve."""
    parts = request.path.strip("/").split("/")
    if parts[:2] != ["api", "v1"]:
        return None
    return _namespaced(parts[3:], parts, request) if parts[2:3] == ["namespaces"] else _cluster(parts[2:], request)


def _cluster(rest: list[str], request: Request) -> Route | None:
    resource = resources.BY_NAME.get(rest[0]) if rest else None
    if resource is None or len(rest) > 2 or (resource.namespaced and len(rest) == 2):
        return None
    return _route(resource, "", rest[1] if len(rest) == 2 else "", request)


def _namespaced(rest: list[str], parts: list[str], request: Request) -> Route | None:
    resource = resources.BY_NAME.get(rest[1]) if len(rest) in (2, 3) else None
    if resource is None or not resource.namespaced:
        return None
    return _route(resource, parts[3], rest[2] if len(rest) == 3 else "", request)


def _route(resource: Resource, namespace: str, name: str, request: Request) -> Route:
    watch = watching.truth(request.query.get("watch", ""))
    return Route(resource, namespace, name, "get" if name else "watch" if watch else "list")

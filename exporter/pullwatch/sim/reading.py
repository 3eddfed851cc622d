"""Answers that are whole: lists, single objects, and the few paths that tell of the server itself."""

from __future__ import annotations

import msgspec

from pullwatch.sim import listing, selector, statuses
from pullwatch.sim.http import Request
from pullwatch.sim.routes import Route
from pullwatch.sim.selector import Selection
from pullwatch.sim.store import Store

JSON = "application/json"
VERSION = {"major": "1", "minor": "36", "gitVersion": "v1.36.3", "platform": "linux/amd64"}


def read(store: Store, route: Route, request: Request) -> bytes:
    """Returns a list or an object; raises a Status where there is none."""
    if route.verb == "list":
        return listing.page(store, selection(route, request), request.query)
    stored = store.get(route.resource.name, (route.namespace, route.name))
    if stored is None:
        raise statuses.object_not_found(resource=route.resource.name, name=route.name)
    return b'{"kind":"%b","apiVersion":"v1",%b\n' % (route.resource.kind.encode(), stored.item[1:])


def selection(route: Route, request: Request) -> Selection:
    """Returns what a query selects; raises a Status for what cannot be read."""
    if request.query.get("labelSelector"):
        raise statuses.bad_request("label selectors are not simulated")
    requirements = selector.parse(request.query.get("fieldSelector", ""), route.resource)
    return Selection(resource=route.resource, namespace=route.namespace, requirements=requirements)


def outside(path: str) -> tuple[bytes, str]:
    """Returns body and content type of what is no resource."""
    if path == "/version":
        return msgspec.json.encode(VERSION), JSON
    if path in ("/readyz", "/livez", "/healthz"):
        return b"ok", "text/plain; charset=utf-8"
    raise statuses.path_not_found()

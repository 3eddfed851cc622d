"""Lists: page after page for a watch, everything at once for a report, and single pods.

A page's token lasts about five minutes; where it expired, the list begins anew and unpaged.
"""

from __future__ import annotations

import urllib.parse
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol

from pullwatch.pulls import observed
from pullwatch.sources import errors, resources, wire
from pullwatch.sources.frames import Listed, Seen
from pullwatch.sources.resources import Resource


class Getter(Protocol):
    """What gets a body: a `kube.Session`."""

    async def get_json(self, path: str, params: Mapping[str, str] | None = None) -> bytes:
        """Return the body of an answer; raises `ApiError`."""
        ...


@dataclass(slots=True)
class Everything(Generic[Seen]):
    """All objects of a resource."""

    items: list[Seen] = field(default_factory=list)
    undecoded: int = 0
    """Objects that could not be used."""


async def read_once(session: Getter, resource: Resource[Seen]) -> Everything[Seen]:
    """Return all that a watch of this resource would show: of pods those of any phase. Raises `ApiError`."""
    try:
        return await _all(pages(session, resource, selector=resource.watch_selector, limit=resource.page_items))
    except errors.Gone:
        return await _all(pages(session, resource, selector=resource.watch_selector, limit=None))


async def read_pod(session: Getter, *, namespace: str, name: str) -> observed.Pod | None:
    """Return a pod, None where it is not there (any more) or cannot be used. Raises `ApiError`."""
    listing = resources.pods(namespace)
    try:
        body = await session.get_json(f"{listing.path}/{urllib.parse.quote(name, safe='')}")
    except errors.NotFound:
        return None
    return listing.reader.one(body)


async def pages(session: Getter, resource: Resource[Seen], *, selector: str, limit: int | None) -> AsyncIterator[Listed[Seen]]:
    """Yield a list's pages; raises `ApiError`, `Gone` also where a page's token expired."""
    continue_ = ""
    while True:
        page = await _page(session, resource, selector=selector, limit=limit, continue_=continue_)
        yield page
        # A server that repeats a token would never end.
        if not page.continue_ or page.continue_ == continue_:
            return
        continue_ = page.continue_


async def _page(session: Getter, resource: Resource[Seen], *, selector: str, limit: int | None, continue_: str) -> Listed[Seen]:
    params = {"fieldSelector": selector, "limit": str(limit) if limit else "", "continue": continue_}
    body = await session.get_json(resource.path, {name: value for name, value in params.items() if value})
    try:
        page = resource.reader.page(body)
    except wire.MALFORMED as error:
        raise errors.Undecodable(f"{resource.path}: the answer is no list; check that this address is an API server") from error
    if not page.version:
        raise errors.Undecodable(f"{resource.path}: the list has no resourceVersion; check that this address is an API server")
    return page


async def _all(listed: AsyncIterator[Listed[Seen]]) -> Everything[Seen]:
    everything: Everything[Seen] = Everything()
    async for page in listed:
        everything.items += page.items
        everything.undecoded += page.undecoded
    return everything

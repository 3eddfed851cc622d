"""Small objects for the simulated cluster, and a client that reads lists and watches."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

from pullwatch.sim.apiserver import ApiServer

if TYPE_CHECKING:
    import aiohttp

DEADLINE_SECONDS = 10.0


def event(name: str, *, namespace: str = "shop", reason: str = "Pulling", source: str = "kubelet") -> dict[str, Any]:
    """Makes a small Event about the pod of the same name."""
    return {
        "metadata": {"namespace": namespace, "name": name},
        "involvedObject": {"kind": "Pod", "namespace": namespace, "name": name},
        "reason": reason,
        "source": {"component": source, "host": "node-01"},
        "type": "Normal",
        "count": 1,
    }


def pod(name: str, *, namespace: str = "shop", phase: str = "Pending", node: str = "node-01") -> dict[str, Any]:
    """Makes a small pod."""
    return {"metadata": {"namespace": namespace, "name": name}, "spec": {"nodeName": node}, "status": {"phase": phase}}


def node(name: str) -> dict[str, Any]:
    """Makes a small node."""
    return {"metadata": {"name": name}, "spec": {}, "status": {}}


async def until(condition: Callable[[], bool]) -> None:
    """Lets the loop run until something is true."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not condition():  # noqa: ASYNC110 - what is waited for is a plain value without an event
            await asyncio.sleep(0)


class Client:
    """Asks one API server."""

    def __init__(self, session: aiohttp.ClientSession, server: ApiServer) -> None:
        self._session = session
        self._server = server

    async def get(self, path: str, **query: str) -> tuple[int, Any]:
        """Reads one JSON answer with its status."""
        async with self._session.get(self._server.url + path, params=query) as response:
            return response.status, json.loads(await response.read())

    async def names(self, path: str, **query: str) -> list[str]:
        """Lists names."""
        _, answer = await self.get(path, **query)
        return [item["metadata"]["name"] for item in answer["items"]]

    @contextlib.asynccontextmanager
    async def watch(self, path: str, **query: str) -> AsyncIterator[Watch]:
        """Opens a watch."""
        async with self._session.get(self._server.url + path, params={"watch": "1", **query}) as response:
            yield Watch(response)


class Watch:
    """Reads frames of one open watch."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def frame(self) -> dict[str, Any]:
        """Reads the next frame; an empty one at the end of the stream."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            line = await self._response.content.readline()
        frame: dict[str, Any] = json.loads(line or b"{}")
        return frame

    async def seen(self, count: int) -> list[str]:
        """Reads frames as `TYPE name`."""
        frames = [await self.frame() for _ in range(count)]
        return [f"{frame['type']} {frame['object']['metadata'].get('name', '')}".strip() for frame in frames]

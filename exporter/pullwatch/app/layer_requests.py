"""Questions to the registry process: layers of images that nodes hold, and of which no agent tells.

One after the other at a slow pace, by the digest that the node's status names, once for each platform of a node. What could
not be told is asked for again after a day, or sooner where the trouble passes.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, Protocol

import structlog

from pullwatch.pulls import image as images
from pullwatch.pulls.entries import Entries
from pullwatch.pulls.known_layers import KnownLayers, LayersFrom
from pullwatch.pulls.manifest import Platform
from pullwatch.sources.layer_service import NotTold, ServiceError
from pullwatch.sources.pace import Backoff

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullwatch.pulls.image import Image
    from pullwatch.pulls.observed import Node, NodeImage
    from pullwatch.pulls.registered import LayersAnswer

ASK_SECONDS = 0.5
"""Time between two questions: at most 2 per second."""

CAPACITY = 20_000
"""Questions that wait; further ones are left out and counted, and planned again when the node tells of itself anew."""

OF_ONE_NODE = 500
"""Of them about images in one node's status: one that names new images without end keeps no other's waiting for hours."""

REMEMBERED = 20_000
"""Questions that were not answered, of which it is known when they may be asked again; of more those asked first are asked sooner."""

AGAIN_SECONDS = 24 * 3600.0
SOON_SECONDS = 600.0

_UNCLEAR = frozenset({"", "arm"})
"""Architectures of which a node does not tell the variant; and an image for Windows is one for a build of it. Which entry of an
index such a node takes is not known, and no layers are better than those of another."""

logger = structlog.get_logger()


class Service(Protocol):
    """Tells layers."""

    async def layers(self, reference: str, platform: Platform) -> LayersAnswer: ...


class Known(Protocol):
    """What is known of layers, and takes what is told."""

    def lacks(self, digest: str, platform: str, *, node: str) -> bool:
        """Tell whether the layers of what a node names by this digest are not known, and nobody on the node tells them."""
        ...

    def tell(self, answer: LayersAnswer, *, digest: str, platform: str) -> None: ...


class RegistryTold:
    """Layers that a registry told beside those of agents. `told_by_agent` says whether an agent tells of a node."""

    def __init__(self, layers: KnownLayers, entries: Entries, *, told_by_agent: Callable[[str], bool]) -> None:
        self._layers = layers
        self._entries = entries
        self._told_by_agent = told_by_agent

    def lacks(self, digest: str, platform: str, *, node: str) -> bool:
        if self._told_by_agent(node):
            return False
        entry = self._entries.of(digest, platform)
        return not self._layers.knows(entry.digest if entry else digest)

    def tell(self, answer: LayersAnswer, *, digest: str, platform: str) -> None:
        self._layers.tell(answer.table, source=LayersFrom.REGISTRY)
        self._entries.tell(digest, platform, answer.table.digest)


class _Question(NamedTuple):
    digest: str
    platform: str


class _Where(NamedTuple):
    reference: str
    node: str


class LayerRequests:
    """Questions to ask, and the task that asks them. `count` is called with the outcome of each."""

    def __init__(
        self,
        service: Service,
        known: Known,
        *,
        count: Callable[[str], None],
        monotonic: Callable[[], float] = time.monotonic,
        rng: random.Random | None = None,
    ) -> None:
        self._service = service
        self._known = known
        self._count = count
        self._monotonic = monotonic
        self._backoff = Backoff(rng or random.Random())
        self._planned: dict[_Question, _Where] = {}
        self._of_node: Counter[str] = Counter()
        """Questions that wait, by node."""
        self._not_before: dict[_Question, float] = {}
        self._wanted = asyncio.Event()

    def plan(self, node: Node) -> None:
        """Plan to ask for the layers of the images in a node's status, unless that is planned or was asked."""
        if node.os != "linux" or node.arch in _UNCLEAR:
            return
        platform = str(Platform(node.os, node.arch))
        for held in node.images:
            image = _by_digest(held)
            if image is not None and image.digest is not None:
                self._want(_Question(image.digest, platform), _Where(image.label, node.name))

    async def run(self) -> None:
        """Ask what is planned one by one, for ever."""
        while True:
            await self._wanted.wait()
            question = next(iter(self._planned))
            where = self._planned.pop(question)
            self._of_node[where.node] -= 1
            if not self._of_node[where.node]:
                del self._of_node[where.node]
            if not self._planned:
                self._wanted.clear()
            if not self._known.lacks(question.digest, question.platform, node=where.node):
                # An agent told it since. So many may be known that nobody else would run meanwhile.
                await asyncio.sleep(0)
                continue
            await asyncio.sleep(await self._asked(question, where))

    def _want(self, question: _Question, where: _Where) -> None:
        if question in self._planned or self._monotonic() < self._not_before.get(question, 0.0):
            return
        if not self._known.lacks(question.digest, question.platform, node=where.node):
            return
        if len(self._planned) >= CAPACITY or self._of_node[where.node] >= OF_ONE_NODE:
            self._count("left_out")
            return
        self._planned[question] = where
        self._of_node[where.node] += 1
        self._wanted.set()

    async def _asked(self, question: _Question, where: _Where) -> float:
        """Ask, and return how long to wait until the next question."""
        system, _, architecture = question.platform.partition("/")
        try:
            answer = await self._service.layers(where.reference, Platform(system, architecture))
        except ServiceError as error:
            wait = self._backoff.next_seconds()
            self._count("unreachable")
            logger.warning("layers cannot be asked for", error=str(error), retry_in_seconds=round(wait, 1))
            self._want(question, where)
            return wait
        except NotTold as error:
            self._backoff.reset()
            self._count("later" if error.passing else "not_told")
            logger.debug("no layers", image=where.reference, reason=error.reason, error=str(error))
            self._ask_again(question, max(SOON_SECONDS, error.retry_after_seconds or 0.0) if error.passing else AGAIN_SECONDS)
            return ASK_SECONDS
        self._backoff.reset()
        self._count("told")
        self._known.tell(answer, digest=question.digest, platform=question.platform)
        if self._known.lacks(question.digest, question.platform, node=where.node):
            # There was no room for it, as nodes hold all others.
            self._ask_again(question, AGAIN_SECONDS)
        return ASK_SECONDS

    def _ask_again(self, question: _Question, seconds: float) -> None:
        self._not_before.pop(question, None)
        self._not_before[question] = self._monotonic() + seconds
        if len(self._not_before) > REMEMBERED:
            del self._not_before[next(iter(self._not_before))]


def _by_digest(held: NodeImage) -> Image | None:
    """Return the reference by which a node's image can be asked for: its repository and the digest that was pulled."""
    for name in held.names:
        if "@" in name:
            image = images.parse(name)
            if image.registry is not None and image.digest is not None and images.is_digest(image.digest):
                return images.parse(f"{image.registry}/{image.repository}@{image.digest}")
    return None

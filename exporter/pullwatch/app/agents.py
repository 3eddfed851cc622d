"""The desk for agents' reports: whose they are, what of them is believed, and what the exporter is told."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

import msgspec
import structlog

from pullwatch.pulls import image as images
from pullwatch.pulls import manifest, received
from pullwatch.pulls.received import Refusal, Refused
from pullwatch.pulls.reported import Again, Wanted
from pullwatch.pulls.turns import Turns
from pullwatch.sources import tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pullwatch.publish.self_metrics import SelfMetrics
    from pullwatch.pulls.holdings import Holdings
    from pullwatch.pulls.known_images import KnownImages
    from pullwatch.pulls.live import Live
    from pullwatch.pulls.reported import Told
    from pullwatch.sources.tokens import TokenReviews

logger = structlog.get_logger()

IMAGES_SECONDS = 300.0
"""Between two reports of all images of a node where nothing changes: 10,000 nodes send 33 a second."""

BURST, REPORTS_PER_SECOND = 60, 1.0
"""Reports of one node: a new agent tells the layers of a thousand images in some forty. The largest report takes 70 ms to read,
so that a node in strange hands gets 7 % of a core, and any other a hundredth of that."""

TELL_SECONDS = 60.0

_AT_ONCE = 20
"""Manifests looked at before other tasks may run: about 3 ms."""


class Agents:
    """Takes reports for one exporter. `clock` tells seconds since the epoch."""

    def __init__(
        self, reviews: TokenReviews, *, account: str, known: KnownImages, live: Live, metrics: SelfMetrics, clock: Callable[[], float]
    ) -> None:
        self._reviews = reviews
        self._user = f"system:serviceaccount:{account}"
        self._known = known
        self._live = live
        self._metrics = metrics
        self._clock = clock
        self._turns = Turns(burst=BURST, per_second=REPORTS_PER_SECOND)
        self._told_at = float("-inf")
        """When it was logged last that tokens cannot be reviewed."""

    async def sender(self, authorization: str) -> str | None:
        """Return the node of the token, None where it does not tell; refuse whoever is not an agent."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Refused(Refusal.NO_TOKEN, "reports need the bearer token of the agents' service account")
        try:
            identity = await self._reviews.identity(token.strip())
        except tokens.NotReviewed as error:
            self._tell_failure(str(error))
            raise Refused(Refusal.NOT_CHECKED, "the token cannot be checked now") from error
        if identity is None:
            raise Refused(Refusal.TOKEN, "the token is not good, has expired, or is meant for another audience")
        if identity.user != self._user:
            raise Refused(Refusal.ACCOUNT, f"reports are taken from {self._user}")
        # Before anything is read of a report: to read one of 1 MiB takes longer than to refuse it. Without a node each token counts alone.
        if not self._turns.take(identity.node or hashlib.sha256(token.encode()).hexdigest(), at=self._clock()):
            raise Refused(Refusal.BUSY, "too many reports of one node")
        return identity.node

    async def images(self, content: bytes, *, sender: str | None) -> bytes:
        node, held, refused = received.images_of(content)
        self._check_node(node, sender)
        now = self._clock()
        self._holdings.tell(node, held, at=now)
        self._known.fill_sizes(node)
        self._count_all("images", refused)
        wanted = self._known.layers.wanted(self._holdings.digests(node), node=node, now=now)
        return msgspec.json.encode(Wanted(wanted, again_in_seconds=IMAGES_SECONDS))

    async def layers(self, content: bytes, *, sender: str | None) -> None:
        node, manifests = received.layers_of(content)
        self._check_node(node, sender)
        self._metrics.agent_reports.labels("layers").inc()
        held = self._holdings.manifests(node)
        for number, told in enumerate(manifests, start=1):
            if not images.is_digest(told.digest):
                self.count(Refusal.BAD_DIGEST)
            elif self._known.layers.number(told.digest) not in held:
                self.count(Refusal.NOT_HELD)
            else:
                self._take(told)
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)
        self._known.fill_sizes(node)

    async def running(self, content: bytes, *, sender: str | None) -> bytes:
        node, pulls, refused = received.running_of(content)
        self._check_node(node, sender)
        self._count_all("running", refused)
        return msgspec.json.encode(Again(self._live.tell(node, pulls, at=self._clock())))

    def count(self, refusal: Refusal) -> None:
        self._metrics.agent_refusals.labels(refusal.value).inc()

    @property
    def _holdings(self) -> Holdings:
        return self._known.holdings

    def _check_node(self, node: str, sender: str | None) -> None:
        if not node or (sender is not None and node != sender):
            raise Refused(Refusal.NODE, "an agent reports of the node that it runs on, and of no other")

    def _take(self, told: Told) -> None:
        if self._known.layers.knows(told.digest):
            return
        try:
            table = received.table_of(told)
        except manifest.Unusable as error:
            self.count(Refusal(error.reason.value))
            if error.reason is not manifest.Reason.DIGEST_MISMATCH:
                # The bytes are those of the digest, so that no other node has better ones.
                self._known.layers.tell_unusable(told.digest)
            return
        if not self._known.layers.tell(table):
            self.count(Refusal.NO_ROOM)

    def _count_all(self, kind: str, refused: Mapping[Refusal, int]) -> None:
        self._metrics.agent_reports.labels(kind).inc()
        for refusal, times in refused.items():
            self._metrics.agent_refusals.labels(refusal.value).inc(times)

    def _tell_failure(self, failure: str) -> None:
        """Log what is wrong once a minute, not for each of a thousand agents, of which some are known from before."""
        now = self._clock()
        if not 0 <= now - self._told_at < TELL_SECONDS:
            logger.warning("reports of agents are refused, as their tokens cannot be checked", error=failure)
            self._told_at = now

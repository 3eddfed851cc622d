"""Whose a bearer token is: asked of the API server (`authentication.k8s.io/v1` TokenReview), and remembered for a minute.

Tokens themselves are not kept, only a hash of each. No answer is never taken for a good one.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from pullwatch.pulls import observed
from pullwatch.sources import errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullwatch.sources.kube import Session

PATH = "/apis/authentication.k8s.io/v1/tokenreviews"

GOOD_SECONDS = 60.0
BAD_SECONDS = 10.0
"""Shorter, so that an account that was created a moment too late is not kept out for long."""

CAPACITY = 20_000
"""Good tokens kept: one of each node of the largest cluster, and as many again."""

BAD_CAPACITY = 2_000
"""Bad ones, kept apart: whoever forges them must not have the good ones forgotten."""

AT_ONCE = 10
"""Reviews that the API server is asked for at the same time."""

MOST_WAITING = 200
"""Requests that wait for one; a flood of forged tokens is turned away beyond that."""

MAX_TOKEN = 16 * 1024
_NODE_NAME = "authentication.kubernetes.io/node-name"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who sent a token that is good for our audience."""

    user: str
    """Such as `system:serviceaccount:pullwatch-agent:pullwatch-agent`."""
    node: str | None = None
    """The node of the pod that the token is bound to; Kubernetes tells it from 1.30 on, behind a feature gate from 1.29."""


class NotReviewed(Exception):
    """Nobody can tell now whose a token is; the text says why."""


class _User(msgspec.Struct, frozen=True):
    username: str = ""
    extra: dict[str, list[str]] | None = None


class _Status(msgspec.Struct, frozen=True):
    authenticated: bool = False
    user: _User = _User()
    audiences: list[str] | None = None
    error: str = ""


class _Review(msgspec.Struct, frozen=True):
    status: _Status = _Status()


class TokenReviews:
    """Reviews for one audience. `monotonic` tells seconds that only grow."""

    def __init__(self, session: Session, *, audience: str, monotonic: Callable[[], float]) -> None:
        self._session = session
        self._audience = audience
        self._monotonic = monotonic
        self._answers: dict[bytes, tuple[float, Identity]] = {}
        """Until when an answer holds, by the hash of the token; the one that was asked for first is first."""
        self._bad: dict[bytes, float] = {}
        """The same of those that are nobody's."""
        self._under_way: dict[bytes, asyncio.Task[Identity | None]] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def identity(self, token: str) -> Identity | None:
        """Return whose token this is, None where it is not good for our audience. Raises NotReviewed."""
        if not token or len(token) > MAX_TOKEN or not token.isascii() or not token.isprintable():
            return None
        key = hashlib.sha256(token.encode()).digest()
        now = self._monotonic()
        until, known = self._answers.get(key, (0.0, None))
        if now < until or now < self._bad.get(key, 0.0):
            return known if now < until else None
        review = self._under_way.get(key)
        if review is None:
            if len(self._under_way) >= MOST_WAITING:
                raise NotReviewed("too many tokens at once")
            review = asyncio.create_task(self._review(key, token), name="review a token")
            self._under_way[key] = review
            review.add_done_callback(lambda _: self._under_way.pop(key))
        # A client that goes away must not take it from the others.
        return await asyncio.shield(review)

    async def close(self) -> None:
        """End the reviews that nobody waits for any more."""
        under_way = list(self._under_way.values())
        for review in under_way:
            review.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def _review(self, key: bytes, token: str) -> Identity | None:
        spec = {"token": token, "audiences": [self._audience]}
        body = msgspec.json.encode({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": spec})
        async with self._turns:
            try:
                answer = _reviews.decode(await self._session.post_json(PATH, body))
            except errors.SourceError as error:
                raise NotReviewed(str(error)) from error
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                raise NotReviewed("the API server's answer is no TokenReview") from error
        identity = self._read(answer.status)
        self._remember(key, identity)
        return identity

    def _read(self, status: _Status) -> Identity | None:
        # A server that knows nothing of audiences leaves them out: then the token may be meant for anybody.
        if not status.authenticated or status.error or self._audience not in (status.audiences or ()):
            return None
        nodes = (status.user.extra or {}).get(_NODE_NAME)
        return Identity(observed.clean(status.user.username), observed.clean(nodes[0]) if nodes else None)

    def _remember(self, key: bytes, identity: Identity | None) -> None:
        now = self._monotonic()
        self._answers.pop(key, None)
        self._bad.pop(key, None)
        if identity is None:
            if len(self._bad) >= BAD_CAPACITY:
                del self._bad[next(iter(self._bad))]
            self._bad[key] = now + BAD_SECONDS
            return
        if len(self._answers) >= CAPACITY:
            del self._answers[next(iter(self._answers))]
        self._answers[key] = (now + GOOD_SECONDS, identity)


_reviews = msgspec.json.Decoder(_Review)

"""How often an API server is asked: spacing of requests and of lists, and back-off after failures. Pure; times are passed in.

The figures are those of client-go (`tools/cache/reflector.go`), so that we are as kind as the controllers around us.
"""

from __future__ import annotations

import random

FIRST_SECONDS = 0.8
FACTOR = 2.0
CAP_SECONDS = 30.0
JITTER = 1.0
"""A delay is drawn between itself and (1 + jitter) times itself, so that clients that failed together come back apart."""

HEALTHY_SECONDS = 120.0
"""Life of a watch after which earlier failures are forgotten."""

REQUEST_SECONDS = 0.5
"""Least time between the starts of two requests of one watch."""

RELIST_SECONDS = 30.0
"""Least time between two relists; the list at the start is none, and the first relist may follow it at once."""


class Backoff:
    """Delays that grow with each failure in a row."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._next = FIRST_SECONDS

    def next_seconds(self) -> float:
        """Draw the delay after one more failure."""
        delay = self._next
        self._next = min(self._next * FACTOR, CAP_SECONDS)
        return delay * (1 + JITTER * self._rng.random())

    def reset(self) -> None:
        """Forget the failures."""
        self._next = FIRST_SECONDS


class Pace:
    """When the next request and the next list may begin."""

    def __init__(self) -> None:
        self._next_request_at = float("-inf")
        self._next_list_at = float("-inf")
        self._listed = False

    def until_request(self, now: float) -> float:
        """Return the seconds to wait before any request."""
        return max(0.0, self._next_request_at - now)

    def requested(self, now: float) -> None:
        self._next_request_at = now + REQUEST_SECONDS

    def until_list(self, now: float) -> float:
        """Return the seconds to wait before a list."""
        return max(0.0, self._next_list_at - now)

    def listed(self, now: float) -> None:
        """Take that a list was served, if only its first page; one that was refused cost the server nothing."""
        if self._listed:
            self._next_list_at = now + RELIST_SECONDS
        self._listed = True

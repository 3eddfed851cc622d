"""Faults that answer something else than what was asked for: statuses of the API server, and of what stands before it."""

from __future__ import annotations

import email.utils
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pullwatch.sim import http, statuses
from pullwatch.sim.asked import Asked
from pullwatch.sim.faults import Fault
from pullwatch.sim.statuses import StatusError
from pullwatch.sim.steps import Raw, Step

_BAD_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n"


class _Refusal(Fault):
    """A whole answer in place of the right one."""

    def instead(self) -> Sequence[Step]:
        status, body, headers = self.answer()
        return (Raw(http.answer(status, body, content_type=self.content_type(), headers=headers)),)

    def answer(self) -> tuple[int, bytes, Mapping[str, str]]:
        """Returns status, body and further headers."""
        raise NotImplementedError

    def content_type(self) -> str:
        return "application/json"


def _status(error: StatusError, **headers: str) -> tuple[int, bytes, Mapping[str, str]]:
    return error.code, error.encoded(), {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass(frozen=True, kw_only=True)
class Gone(_Refusal):
    """410 as a status: the asked version was compacted away."""

    def answer(self) -> tuple[int, bytes, Mapping[str, str]]:
        return _status(statuses.gone("watch"))


@dataclass(frozen=True, kw_only=True)
class GoneInList(Gone):
    """410 in the middle of a paged list: its first page is served, the next has expired."""

    verb: str = "list"

    def concerns(self, asked: Asked) -> bool:
        return asked.further_page and super().concerns(asked)


@dataclass(frozen=True, kw_only=True)
class Throttled(_Refusal):
    """429, with Retry-After as seconds, as an HTTP date, or without it."""

    retry_after_seconds: float | None = 1.0
    as_date: bool = False
    clock_ahead_seconds: float = 0.0
    """How much the server's clock is ahead of ours, in the headers Date and Retry-After."""

    def answer(self) -> tuple[int, bytes, Mapping[str, str]]:
        error = StatusError(429, "Too many requests, please try again later.", "TooManyRequests")
        if self.retry_after_seconds is None:
            return _status(error)
        now = time.time() + self.clock_ahead_seconds
        seconds = math.ceil(self.retry_after_seconds)
        return _status(error, Date=_date(now), Retry_After=_date(now + seconds) if self.as_date else str(seconds))


@dataclass(frozen=True, kw_only=True)
class Unauthorized(_Refusal):
    """401 whatever the token."""

    def answer(self) -> tuple[int, bytes, Mapping[str, str]]:
        return _status(statuses.unauthorized())


@dataclass(frozen=True, kw_only=True)
class ServerError(_Refusal):
    """A Status of the server's own trouble."""

    code: int = 500

    def answer(self) -> tuple[int, bytes, Mapping[str, str]]:
        return _status(StatusError(self.code, "etcdserver: request timed out", "InternalError"))


@dataclass(frozen=True, kw_only=True)
class BadGateway(_Refusal):
    """502 with HTML: a load balancer without a server behind it."""

    code: int = 502
    """200 is a portal that answers everything."""

    def answer(self) -> tuple[int, bytes, Mapping[str, str]]:
        return self.code, _BAD_GATEWAY, {}

    def content_type(self) -> str:
        return "text/html"


def _date(seconds: float) -> str:
    return email.utils.formatdate(seconds, usegmt=True)

"""What can go wrong between us and what we read. The text of each error is one line: where, what, and what to do.

An `ApiError` has a label for the metric `watch_restarts_total` and, where the server named one, a time to wait.
"""

from __future__ import annotations

from typing import ClassVar


class SourceError(Exception):
    """Something could not be read; str() is a line for people."""


class AccessError(SourceError):
    """There is no way to an API server: no kubeconfig, no service account, no such context."""


class RecordedError(SourceError):
    """A recording cannot be read."""


class ApiError(SourceError):
    """A request to the API server did not give what was asked for."""

    label: ClassVar[str] = "server"

    def __init__(self, message: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class Unauthorized(ApiError):
    """401, also with fresh credentials."""

    label = "unauthorized"


class Forbidden(ApiError):
    """403: a right is missing."""

    label = "forbidden"


class NotFound(ApiError):
    """404: no such object, or no such path."""

    label = "not_found"


class Gone(ApiError):
    """410: the resourceVersion or the page is older than the server's history."""

    label = "gone"


class Throttled(ApiError):
    """429: the server asks for fewer requests."""

    label = "throttled"


class ServerTrouble(ApiError):
    """Any other status than 200."""

    label = "server"


class Unreachable(ApiError):
    """No connection, or none that can be trusted."""

    label = "unreachable"


class Closed(ApiError):
    """The connection ended in the middle, or at once."""

    label = "closed"


class TimedOut(ApiError):
    """The server was silent for longer than it may be."""

    label = "timeout"


class Undecodable(ApiError):
    """The answer is not what an API server writes."""

    label = "decode"

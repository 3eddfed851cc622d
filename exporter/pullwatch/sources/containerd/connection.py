"""One connection to containerd's socket: a call, its deadline, and each way it fails as one typed error.

What the answers mean stands in `client` and `subscription`.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Protocol, TypeVar

import grpclib
from google.protobuf.message import DecodeError, Message
from grpclib.client import Channel, UnaryStreamMethod, UnaryUnaryMethod
from grpclib.exceptions import GRPCError, ProtocolError, StreamTerminatedError

from pullwatch.pulls import observed
from pullwatch.sources.containerd import errors

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from pullwatch.sources.containerd.calls import Call

NAMESPACE = "k8s.io"
"""What Kubernetes pulls into; other namespaces belong to others."""

METADATA = {"containerd-namespace": NAMESPACE}

CALL_SECONDS = 10.0
"""Deadline of one call; the slowest that are made take some milliseconds."""

_Request = TypeVar("_Request", bound=Message)
_Response = TypeVar("_Response", bound=Message)


class Tally(Protocol):
    """Who counts calls."""

    def called(self, method: str, outcome: str, *, seconds: float) -> None:
        """Take that a call ended: `ok`, or the label of an error."""


class Silent:
    """Counts nothing."""

    def called(self, method: str, outcome: str, *, seconds: float) -> None:
        """Take that a call ended."""


class Connection:
    """A connection that is made with the first call, and again with the next one after it broke."""

    def __init__(self, socket: Path, *, tally: Tally | None = None) -> None:
        self.socket = socket
        self._tally = tally or Silent()
        self._channel = Channel(path=str(socket))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; calls under way end with `Unavailable`."""
        self._channel.close()

    async def ask(self, call: Call[_Request, _Response], request: _Request) -> _Response:
        """Return the one answer of a call. Raises RuntimeTrouble."""
        method = UnaryUnaryMethod(self._channel, call.path, call.request, call.response)
        with self._counting(call.method):
            return await method(request, timeout=CALL_SECONDS, metadata=METADATA)

    @contextlib.asynccontextmanager
    async def opening(
        self, call: Call[_Request, _Response], request: _Request, *, timeout_seconds: float | None = None
    ) -> AsyncIterator[AsyncIterator[_Response]]:
        """Open a call that answers with many messages, as soon as it is sent. Raises RuntimeTrouble, also while they are read."""
        method = UnaryStreamMethod(self._channel, call.path, call.request, call.response)
        with self._counting(call.method):
            async with method.open(timeout=timeout_seconds, metadata=METADATA) as opened:
                await opened.send_message(request, end=True)
                yield opened

    @contextlib.contextmanager
    def _counting(self, method: str) -> Iterator[None]:
        """Count a call by how it ends, and turn each way of failing into one of `errors`."""
        began = time.monotonic()
        outcome = "cancelled"
        task = asyncio.current_task()
        cancellations = task.cancelling() if task else 0
        try:
            yield
            outcome = "ok"
        except FAILURES as error:
            trouble = self._trouble(method, error)
            outcome = trouble.label
            # grpclib ends a wait by cancelling our task and keeps the count up: a timeout around us would take that for its own.
            if task is not None and task.cancelling() > cancellations:
                task.uncancel()
            raise trouble from error
        finally:
            self._tally.called(method, outcome, seconds=time.monotonic() - began)

    def _trouble(self, method: str, error: BaseException) -> errors.RuntimeTrouble:
        if isinstance(error, GRPCError):
            kind = _BY_STATUS.get(error.status, errors.Refused)
            said = observed.clean(error.message or "")[:200]
            return kind(f"{self.socket}: {method}: {error.status.name}{f': {said}' if said else ''}")
        if isinstance(error, FileNotFoundError):
            return errors.NoSocket(f"{self.socket}: no such socket: name containerd's with --containerd")
        if isinstance(error, PermissionError):
            return errors.Denied(f"{self.socket}: permission denied: run with the group that owns the socket")
        if isinstance(error, ConnectionRefusedError | NotADirectoryError):
            if self.socket.exists() and not self.socket.is_socket():
                return errors.NoSocket(f"{self.socket}: no socket: name containerd's with --containerd")
            return errors.NoSocket(f"{self.socket}: {error.strerror or 'nobody listens'}: is containerd running?")
        if isinstance(error, asyncio.TimeoutError):
            return errors.TimedOut(f"{self.socket}: {method}: no answer in time")
        if isinstance(error, DecodeError):
            return errors.Undecodable(f"{self.socket}: {method}: the answer is not what containerd writes")
        return errors.Unavailable(f"{self.socket}: {method}: connection lost{f': {error}' if str(error) else ''}"[:300])


# OSError holds all that `connect` can raise; of grpclib's own, ProtocolError comes where a broken connection meets its state.
FAILURES = (GRPCError, StreamTerminatedError, ProtocolError, DecodeError, OSError, asyncio.TimeoutError)

_BY_STATUS = {
    grpclib.Status.NOT_FOUND: errors.NotFound,
    grpclib.Status.UNAVAILABLE: errors.Unavailable,
    grpclib.Status.DEADLINE_EXCEEDED: errors.TimedOut,
    grpclib.Status.PERMISSION_DENIED: errors.Denied,
    grpclib.Status.UNAUTHENTICATED: errors.Denied,
}

"""Status objects, word for word as a real API server writes them."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from pullwatch.sim.resources import Object


# Not frozen: Python itself sets the traceback of an exception on its way.
@dataclass(eq=False)
class StatusError(Exception):
    """A request that ends in a Status instead of an answer."""

    code: int
    message: str
    reason: str = ""
    details: Object | None = None
    metadata: Object = field(default_factory=dict)

    def body(self) -> Object:
        """Builds the Status; a real server leaves out an empty reason."""
        status: Object = {"kind": "Status", "apiVersion": "v1", "metadata": self.metadata, "status": "Failure", "message": self.message}
        if self.reason:
            status["reason"] = self.reason
        if self.details is not None:
            status["details"] = self.details
        return status | {"code": self.code}

    def encoded(self) -> bytes:
        """Serialises the Status as a response body."""
        return msgspec.json.encode(self.body()) + b"\n"


def error_frame(error: StatusError) -> bytes:
    """Writes the ERROR frame with which a watch ends."""
    return msgspec.json.encode({"type": "ERROR", "object": error.body()}) + b"\n"


def unauthorized() -> StatusError:
    """No token, or a wrong one."""
    return StatusError(401, "Unauthorized", "Unauthorized")


def forbidden(*, user: str, verb: str, resource: str, namespace: str, name: str) -> StatusError:
    """A token without the right."""
    subject = f'{resource} "{name}"' if name else resource
    scope = f'in the namespace "{namespace}"' if namespace else "at the cluster scope"
    message = f'{subject} is forbidden: User "{user}" cannot {verb} resource "{resource}" in API group "" {scope}'
    details = {"name": name, "kind": resource} if name else {"kind": resource}
    return StatusError(403, message, "Forbidden", details)


def path_not_found() -> StatusError:
    """A path the server does not serve."""
    return StatusError(404, "the server could not find the requested resource", "NotFound", {})


def object_not_found(*, resource: str, name: str) -> StatusError:
    """An object that is not there."""
    return StatusError(404, f'{resource} "{name}" not found', "NotFound", {"name": name, "kind": resource})


def method_not_allowed() -> StatusError:
    """Anything but a GET without a body."""
    return StatusError(405, "the server does not allow this method on the requested resource", "MethodNotAllowed", {})


def bad_request(message: str) -> StatusError:
    """A query the server cannot read."""
    return StatusError(400, message, "BadRequest")


def invalid_version(text: str) -> StatusError:
    """A resourceVersion that is not a number: a real server answers 500 without a reason."""
    quoted = msgspec.json.encode(text).decode()
    problem = f"strconv.ParseUint: parsing {quoted}: invalid syntax"
    return StatusError(500, f"resourceVersion: Invalid value: {quoted}: {problem}")


def too_large_version(*, asked: int, current: int) -> StatusError:
    """A list that wants to be newer than the newest."""
    return StatusError(504, f"Timeout: Too large resource version: {asked}, current: {current}", "Timeout", {"retryAfterSeconds": 1})


def gone(subject: str) -> StatusError:
    """A list or watch from a compacted version."""
    return StatusError(410, f"The resourceVersion for the provided {subject} is too old.", "Expired")


def gone_continue(fresh_token: str) -> StatusError:
    """A page of a compacted list, with the token that goes on inconsistently."""
    message = (
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
        "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
        "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted "
        "between the time the first chunk was returned and now may show up in the list."
    )
    return StatusError(410, message, "Expired", metadata={"continue": fresh_token})

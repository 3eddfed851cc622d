"""What can go wrong between us and containerd. The text of each error is one line: where, what, and what to do.

`label` is the outcome in the metric of calls.
"""

from __future__ import annotations

from typing import ClassVar

from pullwatch.sources.errors import SourceError


class RuntimeTrouble(SourceError):
    """containerd did not give what was asked for."""

    label: ClassVar[str] = "other"


class NoSocket(RuntimeTrouble):
    """There is no socket at this path, or nobody listens on it."""

    label = "no_socket"


class Denied(RuntimeTrouble):
    """The socket's permissions keep us out."""

    label = "denied"


class Unavailable(RuntimeTrouble):
    """The connection broke, or containerd is going down."""

    label = "unavailable"


class NotFound(RuntimeTrouble):
    """Nothing of this name is there, or not any more."""

    label = "not_found"


class TimedOut(RuntimeTrouble):
    """No answer in time."""

    label = "timeout"


class Refused(RuntimeTrouble):
    """containerd answered with another error."""

    label = "refused"


class Undecodable(RuntimeTrouble):
    """The answer is not what containerd writes."""

    label = "decode"

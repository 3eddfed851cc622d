"""Why layers of an image are not told: one reason for each way in which a reference, a registry or an image can be bad."""

from __future__ import annotations

import enum

from pullwatch.pulls import manifest
from pullwatch.sources.errors import SourceError


class Refusal(enum.StrEnum):
    """What was wrong before or around a document; `manifest.Reason` tells what is wrong with one."""

    INVALID_REFERENCE = "invalid_reference"
    HOST = "host"
    """A registry that is not on the list."""
    ADDRESS = "address"
    """A name on the list that leads to an address where no registry of that name is to be: loopback, metadata, a private network."""
    REDIRECT = "redirect"
    REALM = "realm"
    """A registry that sends us elsewhere for a token."""
    UNAUTHORIZED = "unauthorized"
    NOT_FOUND = "not_found"
    RATE_LIMITED = "rate_limited"
    SERVER = "server"
    """Any other status than expected."""
    UNREACHABLE = "unreachable"
    TLS = "tls"
    TIMEOUT = "timeout"
    BROKEN = "broken"
    """An answer that is no HTTP, ends in the middle or cannot be unpacked."""
    BOMB = "bomb"
    """A compressed answer that unpacks to more than is read."""
    HTML = "html"
    BAD_TOKEN = "bad_token"  # noqa: S105 - a reason
    SCHEMA_1 = "schema_1"
    SIZE_MISMATCH = "size_mismatch"
    """A document that is not as long as the one that names it says."""
    NO_PLATFORM = "no_platform"
    DEPTH = "depth"
    CYCLE = "cycle"
    BUSY = "busy"
    """More questions at a time than are taken."""


Why = Refusal | manifest.Reason

PASSING = frozenset({Refusal.RATE_LIMITED, Refusal.SERVER, Refusal.UNREACHABLE, Refusal.TLS, Refusal.TIMEOUT, Refusal.BROKEN, Refusal.BUSY})
"""Reasons that may be gone in a while; the others are the image's, or a setting's."""


class RegistryError(SourceError):
    """No layers; str() is a line for people, `reason` a label."""

    def __init__(self, reason: Why, message: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.retry_after_seconds = retry_after_seconds

    @property
    def passing(self) -> bool:
        return self.reason in PASSING

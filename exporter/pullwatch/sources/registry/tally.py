"""What happened with registries, as counts that a page of metrics shows."""

from __future__ import annotations

from collections import Counter

from pullwatch.pulls import manifest
from pullwatch.sources.registry.refused import Refusal, Why

REASONS: tuple[Why, ...] = (*Refusal, *manifest.Reason)

OUTCOMES = ("ok", "not_found", "unauthorized", "rate_limited", "redirected", "server", "failed")
"""Of one request; failed = there was no whole answer."""

KINDS = ("tag", "manifest", "config", "token")
"""Indexes are manifests too."""


class Tally:
    """Counts from the start of the process on."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str]] = Counter()
        """By host and outcome; hosts are those of the settings, so that there are few."""
        self.fetched: Counter[str] = Counter()
        """Documents that were fetched and hold what their digest says, by kind."""
        self.told = 0
        """Questions that were answered with layers."""
        self.refused: Counter[str] = Counter()
        """Images, and configs of told ones, that were refused, by reason."""
        self.dropped = 0
        """Documents that the store dropped for want of room."""
        self.credentials_unread = 0
        """Times that a changed file of credentials could not be read, so that the old ones stayed."""


def outcome(status: int) -> str:
    """Return the outcome of a request by its status."""
    if status == 429:
        return "rate_limited"
    if status in {401, 403}:
        return "unauthorized"
    if status == 404:
        return "not_found"
    if 300 <= status < 400:
        return "redirected"
    return "ok" if 200 <= status < 300 else "server"

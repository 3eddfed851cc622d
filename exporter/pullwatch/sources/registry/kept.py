"""Documents that were fetched and need not be fetched again, and what tags named when they were last looked at."""

from __future__ import annotations

from typing import Protocol

MEMORY_BYTES = 32 * 1024 * 1024
"""Kept without a file: some thousand images."""

TAGS = 20_000


class Store(Protocol):
    """Keeps documents by their digest. What it gives back is held against the digest again."""

    def document(self, digest: str) -> bytes | None: ...

    def keep(self, digest: str, content: bytes) -> int:
        """Keep a document; return how many others were dropped for want of room."""
        ...

    def resolved(self, reference: str) -> tuple[str, float] | None:
        """Return the digest that a tag named, and when that was looked at, as seconds since the epoch."""
        ...

    def resolve(self, reference: str, digest: str, *, at: float) -> None: ...


class MemoryStore:
    """Keeps them as long as the process lives, the newest first."""

    def __init__(self, *, most_bytes: int = MEMORY_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._documents: dict[str, bytes] = {}
        self._tags: dict[str, tuple[str, float]] = {}

    def document(self, digest: str) -> bytes | None:
        return self._documents.get(digest)

    def keep(self, digest: str, content: bytes) -> int:
        self._bytes += len(content) - len(self._documents.pop(digest, b""))
        self._documents[digest] = content
        dropped = 0
        while self._bytes > self._most_bytes and len(self._documents) > 1:
            self._bytes -= len(self._documents.pop(next(iter(self._documents))))
            dropped += 1
        return dropped

    def resolved(self, reference: str) -> tuple[str, float] | None:
        return self._tags.get(reference)

    def resolve(self, reference: str, digest: str, *, at: float) -> None:
        self._tags.pop(reference, None)
        self._tags[reference] = digest, at
        if len(self._tags) > TAGS:
            del self._tags[next(iter(self._tags))]

"""The store of the registry mode: manifests and configs that were fetched once, and what tags named.

It is a cache: what is lost is fetched again, so an error of the disk costs requests and no answer. What it gives back is held
against its digest by whoever asks.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pullwatch.checkpoint.database import CheckpointError, Database

if TYPE_CHECKING:
    from pathlib import Path

APPLICATION = 0x70_77_72_67
"""Marks the file as ours ("pwrg")."""

VERSION = 1

MOST_BYTES = 256 * 1024 * 1024
"""Of all documents: some 20,000 images. Of more those fetched longest ago go."""

TAGS = 20_000

logger = logging.getLogger(__name__)

_SCHEMA = """
CREATE TABLE document (number INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, content BLOB NOT NULL);
CREATE TABLE tag (reference TEXT PRIMARY KEY, digest TEXT NOT NULL, looked_at REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX tag_by_age ON tag (looked_at)"""


class Documents:
    """The open file."""

    def __init__(self, path: Path, *, most_bytes: int = MOST_BYTES, tags: int = TAGS) -> None:
        """Open the file, or make it; raises CheckpointError."""
        self._most_bytes = most_bytes
        self._most_tags = tags
        self._database = Database(
            path, version=VERSION, schema=_SCHEMA, application=APPLICATION, kind="store", loss="and manifests are fetched again"
        )
        try:
            with self._database.told():
                ((total,),) = self._database.rows("SELECT coalesce(sum(length(content)), 0) FROM document")
                ((self._tags,),) = self._database.rows("SELECT count(*) FROM tag")
        except BaseException:
            self._database.close()
            raise
        self._bytes = int(total)

    def close(self) -> None:
        self._database.close()

    def document(self, digest: str) -> bytes | None:
        try:
            with self._database.told():
                found = next(self._database.rows("SELECT content FROM document WHERE digest = ?", digest), None)
        except CheckpointError as error:
            _tell(error)
            return None
        return bytes(found[0]) if found is not None and isinstance(found[0], bytes) else None

    def keep(self, digest: str, content: bytes) -> int:
        """Keep a document; return how many were dropped for want of room, of the disk's too."""
        try:
            with self._database.transaction():
                replaced = self._drop("digest = ?", digest)
                self._database.change("INSERT INTO document (digest, content) VALUES (?, ?)", [(digest, content)])
                dropped, freed = self._make_room(self._bytes - replaced + len(content) - self._most_bytes)
        except CheckpointError as error:
            _tell(error)
            return 1
        self._bytes += len(content) - replaced - freed
        return dropped

    def resolved(self, reference: str) -> tuple[str, float] | None:
        try:
            with self._database.told():
                found = next(self._database.rows("SELECT digest, looked_at FROM tag WHERE reference = ?", reference), None)
        except CheckpointError as error:
            _tell(error)
            return None
        return None if found is None else (str(found[0]), float(found[1]))

    def resolve(self, reference: str, digest: str, *, at: float) -> None:
        try:
            with self._database.transaction():
                known = self._database.change("DELETE FROM tag WHERE reference = ?", [(reference,)])
                self._database.change("INSERT INTO tag VALUES (?, ?, ?)", [(reference, digest, at)])
                surplus = max(0, self._tags + 1 - known - self._most_tags)
                oldest = "DELETE FROM tag WHERE reference IN (SELECT reference FROM tag ORDER BY looked_at LIMIT ?)"
                gone = self._database.change(oldest, [(surplus,)]) if surplus else 0
        except CheckpointError as error:
            _tell(error)
            return
        self._tags += 1 - known - gone

    def _make_room(self, surplus: int) -> tuple[int, int]:
        """Drop the documents that were kept first until so many bytes are free; return how many those are, and their bytes."""
        dropped = freed = 0
        while freed < surplus:
            ((number,),) = self._database.rows("SELECT min(number) FROM document")
            freed += self._drop("number = ?", number)
            dropped += 1
        return dropped, freed

    def _drop(self, which: str, value: str | int) -> int:
        """Drop one document; return its bytes."""
        found = next(self._database.rows(f"SELECT length(content) FROM document WHERE {which}", value), None)  # noqa: S608 - our own words
        self._database.change(f"DELETE FROM document WHERE {which}", [(value,)])  # noqa: S608 - as above
        return 0 if found is None else int(found[0])


def _tell(error: CheckpointError) -> None:
    logger.warning("%s; manifests are fetched again", error)

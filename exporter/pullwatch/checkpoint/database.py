"""The SQLite file under a checkpoint: made, locked, checked, and changed by whole transactions.

What may go wrong with a file is told here in one line each. What is in its tables is `file`'s matter.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

APPLICATION = 0x70_77_63_70
"""Marks the file as ours ("pwcp"), so that no other program's database is written into."""


class CheckpointError(Exception):
    """The file cannot be used, or no longer; the text says why and what to do."""


class Database:
    """The open file. One process at a time: a second one is refused.

    A transaction is in the write-ahead log when it ends, which survives the death of its writer. Of a machine that loses its
    power the last ones may be gone; the file stays whole.
    """

    def __init__(
        self,
        path: Path,
        *,
        version: int,
        schema: str,
        application: int = APPLICATION,
        kind: str = "checkpoint",
        loss: str = "which resets the counters",
    ) -> None:
        """Open the file, or make it; raises CheckpointError. The line for the user calls it by its kind, and says what its loss costs."""
        self._path = path
        self._application = application
        self._kind = kind
        self._loss = loss
        self._refuse_what_is_no_file()
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=0.0)
        except sqlite3.Error as error:
            raise self.error(error) from error
        try:
            with self.told():
                self._open(version, schema)
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file, which moves the write-ahead log into it."""
        self._connection.close()

    def rows(self, query: str, *values: Any) -> Iterator[Any]:
        """Return what a query finds."""
        return self._connection.execute(query, values)

    def change(self, statement: str, rows: Iterable[tuple[Any, ...]] = ((),)) -> int:
        """Run a statement for each row of values; return how many rows of the file it changed."""
        return self._connection.executemany(statement, rows).rowcount

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all changes or none; raises CheckpointError."""
        with self.told():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Turn what SQLite says into the line for the user."""
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError) as error:  # the latter where the error's own text is damaged
            raise self.error(error) from error

    def error(self, error: Exception | str) -> CheckpointError:
        """Return the line about something that is wrong with the file."""
        name = getattr(error, "sqlite_errorname", None) or "SQLITE_CORRUPT"
        why = next((why for prefix, why in _WHY.items() if name.startswith(prefix)), "{text}: check the disk and the file")
        return self._refused(self._text(why, " ".join(str(error).split())))

    def _refuse_what_is_no_file(self) -> None:
        found = None
        try:
            has_folder = self._path.parent.is_dir()
            with contextlib.suppress(FileNotFoundError):
                found = self._path.stat()
        except (OSError, ValueError) as error:
            raise self._refused(f"{getattr(error, 'strerror', None) or error}: name another file") from error
        if not has_folder:
            raise self._refused(f"no folder {self._path.parent}: create it, or mount a volume there")
        if found is not None:
            self._refuse_what_cannot_be_one(found)

    def _refuse_what_cannot_be_one(self, found: os.stat_result) -> None:
        """Refuse what is there, without opening it: whoever closes a file drops the locks that his process has on it."""
        if stat.S_ISDIR(found.st_mode):
            raise self._refused("a directory: name a file in it")
        if not stat.S_ISREG(found.st_mode):
            # A log beside a device would seem to keep everything.
            raise self._refused("no regular file: name another one")
        if 0 < found.st_size < _SMALLEST_BYTES:
            raise self._refused(self._text(_DAMAGED, "file is not a database"))
        # SQLite would open it to read, and call it a broken disk when it is to be locked.
        if not os.access(self._path, os.R_OK | os.W_OK, effective_ids=os.access in os.supports_effective_ids):
            raise self._refused(_NO_RIGHT)

    def _open(self, version: int, schema: str) -> None:
        # Without this, readers would be let in, and an index of the log would be shared with them in a file of its own.
        self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        (tables,) = next(self.rows("SELECT count(*) FROM sqlite_master"))
        (application,) = next(self.rows("PRAGMA application_id"))
        (found,) = next(self.rows("PRAGMA user_version"))
        if tables and application != self._application:
            raise self._refused("a database of another program: name another file")
        if tables and found != version:
            raise self._refused(f"format {found}, and this version of pullwatch reads {version}: remove it, {self._loss}")
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        # Takes the lock now, so that a second process learns of it at its start.
        self._connection.execute("BEGIN IMMEDIATE")
        for statement in (
            () if tables else (f"PRAGMA application_id = {self._application}", f"PRAGMA user_version = {version}", *schema.split(";"))
        ):
            self._connection.execute(statement)
        self._connection.execute("COMMIT")

    def _roll_back(self) -> None:
        # SQLite has rolled back by itself where the disk is full or broken.
        if self._connection.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")

    def _refused(self, why: str) -> CheckpointError:
        return CheckpointError(f"{self._kind} {self._path}: {why}")

    def _text(self, why: str, text: str) -> str:
        return why.format(text=text, kind=self._kind, loss=self._loss)


_SMALLEST_BYTES = 512
"""SQLite takes a file of less for empty, and would overwrite a configuration that was named by mistake."""

_DAMAGED = "damaged, or no {kind} ({text}): remove it, {loss}"
_NO_RIGHT = "cannot be written: check the rights of the file and its folder"

_WHY = {
    "SQLITE_BUSY": "in use by another process: give each process a file of its own",
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_ERROR": _DAMAGED,
    "SQLITE_MISMATCH": _DAMAGED,
    "SQLITE_CONSTRAINT": _DAMAGED,
    "SQLITE_CANTOPEN": _NO_RIGHT,
    "SQLITE_PERM": _NO_RIGHT,
    "SQLITE_READONLY": _NO_RIGHT,
    "SQLITE_FULL": "the disk is full: make room, then start again; what was shown is saved",
    "SQLITE_IOERR": "{text}: check the disk, then start again; what was shown is saved",
}
"""What each of SQLite's errors means here, by the beginning of its name."""

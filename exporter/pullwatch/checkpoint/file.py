"""The checkpoint: the count of each Event, the counters and histograms, and finished pulls.

A batch is one transaction with what it changed, committed before anybody can see it: a process that is killed at any
moment leaves all that it ever showed. What the values of a series mean is `publish`'s matter, what a count means `pulls`'.
"""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING

from pullwatch.checkpoint import packing
from pullwatch.checkpoint.database import CheckpointError, Database
from pullwatch.checkpoint.saved import EVENT_SECONDS, Changes, Saved, Series
from pullwatch.pulls import history

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VERSION = 1

EVENT_CAP = 500_000
"""Events kept, some 60 MB; of more the oldest go, and are counted."""

TRIM_SECONDS = 60.0
"""Time between two looks for rows that are too old or too many."""

TRIM_ROWS = 2_000
"""Rows dropped with one batch, in some 2 ms: the event loop waits for them. A batch brings fewer."""

_SCHEMA = """
CREATE TABLE about (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE TABLE namespace (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE event (uid BLOB PRIMARY KEY, count INTEGER NOT NULL, seen_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX event_by_age ON event (seen_at);
CREATE TABLE series (family TEXT, labels BLOB, born_at REAL, numbers BLOB NOT NULL, PRIMARY KEY (family, labels)) WITHOUT ROWID;
CREATE TABLE pull (number INTEGER PRIMARY KEY, ended_at REAL, row BLOB NOT NULL)"""

_FORGOTTEN_UNTIL = "INSERT INTO about VALUES ('forgotten_until', ?1) ON CONFLICT DO UPDATE SET value = max(value, ?1)"
_NEWEST_OF_OLDEST = "SELECT max(seen_at) FROM (SELECT seen_at FROM event WHERE seen_at < ? ORDER BY seen_at LIMIT ?)"
_FORGET_OLDEST = "DELETE FROM event WHERE uid IN (SELECT uid FROM event WHERE seen_at < ? ORDER BY seen_at LIMIT ?)"


class Checkpoint:
    """The open file of one cluster, which `server` names; raises CheckpointError wherever it fails."""

    def __init__(self, path: Path, *, server: str, event_cap: int = EVENT_CAP) -> None:
        self._event_cap = event_cap
        self._trimmed_at = 0.0
        self._aged_before: float | None = None
        """Events that grew before this are too old; None where there are no more."""
        self._surplus = 0
        """Events that are too many, at the last look."""
        self._database = Database(path, version=VERSION, schema=_SCHEMA)
        try:
            self._know(server, path)
        except BaseException:
            self._database.close()
            raise

    def load(self) -> Saved | None:
        """Return what the last process left, None if there was none."""
        with self._database.told(), self._decoded():
            about = dict(self._database.rows("SELECT name, value FROM about"))
            if "saved_at" not in about:
                return None
            pulls = [packing.pull(row) for (row,) in self._database.rows("SELECT row FROM pull ORDER BY number")]
            return Saved(
                began_at=float(about["began_at"]),
                saved_at=float(about["saved_at"]),
                forgotten_until=float(about.get("forgotten_until", 0)),
                namespaces=frozenset(name for (name,) in self._database.rows("SELECT name FROM namespace")),
                series=[
                    Series(family, packing.labels(labels), born_at, packing.numbers(numbers))
                    for family, labels, born_at, numbers in self._database.rows("SELECT family, labels, born_at, numbers FROM series")
                ],
                pulls=[pull for pull in pulls if pull is not None],
                unread_pulls=pulls.count(None),
            )

    def counts(self) -> Iterator[tuple[str, int]]:
        """Yield uid and count of all Events, those that grew last at the end."""
        with self._database.told(), self._decoded():
            for uid, count in self._database.rows("SELECT uid, count FROM event ORDER BY seen_at"):
                yield packing.text(uid), count

    def count_of(self, uid: str) -> int | None:
        """Return how often an Event was counted; None where it is not known."""
        with self._database.told():
            found = next(self._database.rows("SELECT count FROM event WHERE uid = ?", packing.pack_text(uid)), None)
        return None if found is None else int(found[0])

    def save(self, changes: Changes, *, at: float) -> int:
        """Keep what a batch changed, all or none of it; return how many Events were forgotten early, for want of room."""
        database = self._database
        with database.transaction():
            database.change("DELETE FROM event WHERE uid = ?", [(packing.pack_text(uid),) for uid in changes.forgotten])
            seen_at = int(at)
            database.change(
                "INSERT INTO event VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET count = ?2, seen_at = ?3",
                [(packing.pack_text(uid), count, seen_at) for uid, count in changes.counts.items()],
            )
            database.change(
                "DELETE FROM series WHERE family = ? AND labels = ?", [(name, packing.pack_labels(labels)) for name, labels in changes.gone]
            )
            database.change(
                "INSERT INTO series VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET born_at = ?3, numbers = ?4",
                [(one.family, packing.pack_labels(one.labels), one.born_at, packing.pack_numbers(one.numbers)) for one in changes.series],
            )
            database.change(
                "INSERT INTO pull (ended_at, row) VALUES (?, ?)",
                [(pull.finished_at or at, packing.pack_pull(pull)) for pull in changes.pulls],
            )
            self._note(changes.namespaces, at)
            return self._trim(at)

    def close(self) -> None:
        self._database.close()

    def _know(self, server: str, path: Path) -> None:
        """Take the file for this cluster, or refuse one of another."""
        with self._database.transaction():
            known = dict(self._database.rows("SELECT name, value FROM about"))
            if known.setdefault("server", server) != server:
                raise CheckpointError(f"checkpoint {path}: of {known['server']}, not of {server}: name another file, or remove it")
            self._database.change("INSERT OR IGNORE INTO about VALUES ('server', ?)", [(server,)])

    def _note(self, namespaces: frozenset[str] | None, at: float) -> None:
        self._database.change("INSERT OR IGNORE INTO about VALUES ('began_at', ?)", [(at,)])
        self._database.change("INSERT OR REPLACE INTO about VALUES ('saved_at', ?)", [(at,)])
        if namespaces is not None:
            self._database.change("DELETE FROM namespace")
            self._database.change("INSERT INTO namespace VALUES (?)", [(name,) for name in namespaces])

    def _trim(self, at: float) -> int:
        """Look now and then for what is too old or too much, and forget some of it; return how many Events went for want of room."""
        if abs(at - self._trimmed_at) >= TRIM_SECONDS:
            self._trimmed_at = at
            self._trim_pulls(at)
            self._aged_before = at - EVENT_SECONDS
            (number,) = next(self._database.rows("SELECT count(*) FROM event"))
            self._surplus = number - self._event_cap
        if self._aged_before is not None:
            aged = self._forget_oldest(TRIM_ROWS, before=self._aged_before)
            self._surplus -= aged
            if aged == TRIM_ROWS:
                return 0  # The next batch goes on.
            self._aged_before = None
        dropped = self._forget_oldest(min(self._surplus, TRIM_ROWS))
        self._surplus -= dropped
        return dropped

    def _trim_pulls(self, at: float) -> None:
        """Forget pulls past the number and age that are kept."""
        self._database.change("DELETE FROM pull WHERE number <= (SELECT max(number) FROM pull) - ?", [(history.CAPACITY,)])
        self._database.change("DELETE FROM pull WHERE ended_at < ?", [(at - history.MAX_AGE_SECONDS,)])

    def _forget_oldest(self, number: int, *, before: float = math.inf) -> int:
        """Forget some of the Events that grew longest ago; return how many."""
        if number <= 0:
            return 0
        (newest,) = next(self._database.rows(_NEWEST_OF_OLDEST, before, number))
        if newest is None:
            return 0
        # Never back: of a clock that ran ahead for a while, what was forgotten then must not count as new later.
        self._database.change(_FORGOTTEN_UNTIL, [(newest + 1,)])
        return self._database.change(_FORGET_OLDEST, [(before, number)])

    @contextlib.contextmanager
    def _decoded(self) -> Iterator[None]:
        """Turn what does not decode into the line for the user."""
        try:
            yield
        except packing.WRONG as error:
            raise self._database.error(str(error)) from error

"""The checkpoint: the count of each Event, the counters and histograms, and finished pulls.

A batch is one transaction with what it changed, committed before anybody can see it: a process that is killed at any
moment leaves all that it ever showed. What the values of a series mean is `publish`'s matter, what a count means `pulls`'.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from pullwatch.checkpoint.database import CheckpointError, Database
from pullwatch.pulls import history
from pullwatch.pulls.pull import Pull

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

VERSION = 1

EVENT_SECONDS = 4 * 3600
"""Events whose count did not grow for so long are forgotten: an API server keeps them for an hour unless told otherwise."""

EVENT_CAP = 500_000
"""Events kept, some 60 MB; of more the oldest go, and are counted."""

DROPPED_SECONDS = 60.0
"""Time by which the clocks of nodes may differ where Events were dropped for want of room."""

TRIM_SECONDS = 60.0
TRIM_ROWS = 20_000
"""Rows dropped at a time, in 20 ms: the event loop waits for them."""

_SCHEMA = """
CREATE TABLE about (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE TABLE namespace (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE event (uid BLOB PRIMARY KEY, count INTEGER NOT NULL, seen_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX event_by_age ON event (seen_at);
CREATE TABLE series (family TEXT, labels BLOB, born_at REAL, numbers BLOB NOT NULL, PRIMARY KEY (family, labels)) WITHOUT ROWID;
CREATE TABLE pull (number INTEGER PRIMARY KEY, ended_at REAL, row BLOB NOT NULL)"""

_FORGET_AGED = "DELETE FROM event WHERE uid IN (SELECT uid FROM event WHERE seen_at < ? ORDER BY seen_at LIMIT ?)"
_FORGET_OLDEST = "DELETE FROM event WHERE uid IN (SELECT uid FROM event ORDER BY seen_at LIMIT ?)"

Numbers = tuple[int | float, ...]


class Series(NamedTuple):
    """A child of a counter or histogram, and its numbers."""

    family: str
    labels: tuple[str, ...]
    born_at: float | None
    """When its first minute began, by the wall clock; None once that is over."""
    numbers: Numbers


@dataclass(slots=True)
class Changes:
    """What a batch changed. What is gone goes before what came: a label set may do both."""

    counts: Mapping[str, int] = field(default_factory=dict)
    """Of Events by uid."""
    forgotten: Collection[str] = ()
    """Uids of Events that are gone."""
    series: Sequence[Series] = ()
    gone: Sequence[tuple[str, tuple[str, ...]]] = ()
    """Family and labels of children that are gone."""
    pulls: Sequence[Pull] = ()
    namespaces: frozenset[str] | None = None
    """Namespaces of which all Events were listed; "" stands for all."""

    def __bool__(self) -> bool:
        return bool(self.counts or self.forgotten or self.series or self.gone or self.pulls or self.namespaces is not None)


@dataclass(frozen=True, slots=True)
class Saved:
    """What an earlier process left."""

    began_at: float
    """Since when the counters count."""
    saved_at: float
    dropped_until: float
    """Events that grew no later than this may have been dropped for want of room."""
    namespaces: frozenset[str]
    series: list[Series]
    pulls: list[Pull]
    """Oldest first."""

    @property
    def complete_since(self) -> float:
        """Return since when each Event is there: one with an older stamp may have been forgotten. The margin is for clocks that differ."""
        return max(self.saved_at - EVENT_SECONDS / 2, self.dropped_until + DROPPED_SECONDS)


class Checkpoint:
    """The open file of one cluster, which `server` names; raises CheckpointError wherever it fails."""

    def __init__(self, path: Path, *, server: str, event_cap: int = EVENT_CAP) -> None:
        self._event_cap = event_cap
        self._trimmed_at = 0.0
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
            return Saved(
                began_at=float(about["began_at"]),
                saved_at=float(about["saved_at"]),
                dropped_until=float(about.get("dropped_until", 0)),
                namespaces=frozenset(name for (name,) in self._database.rows("SELECT name FROM namespace")),
                series=[
                    Series(family, _texts(labels), born_at, _NUMBERS.decode(numbers))
                    for family, labels, born_at, numbers in self._database.rows("SELECT family, labels, born_at, numbers FROM series")
                ],
                pulls=[_PULL.decode(row) for (row,) in self._database.rows("SELECT row FROM pull ORDER BY number")],
            )

    def counts(self) -> Iterator[tuple[str, int]]:
        """Yield uid and count of all Events, those that grew last at the end."""
        with self._database.told(), self._decoded():
            for uid, count in self._database.rows("SELECT uid, count FROM event ORDER BY seen_at"):
                yield _text(uid), count

    def count_of(self, uid: str) -> int | None:
        """Return how often an Event was counted; None where it is not known."""
        with self._database.told():
            found = next(self._database.rows("SELECT count FROM event WHERE uid = ?", _bytes(uid)), None)
        return None if found is None else int(found[0])

    def save(self, changes: Changes, *, at: float) -> int:
        """Keep what a batch changed, all or none of it; return how many Events were forgotten early, for want of room."""
        database = self._database
        with database.transaction():
            database.change("DELETE FROM event WHERE uid = ?", [(_bytes(uid),) for uid in changes.forgotten])
            seen_at = int(at)
            database.change(
                "INSERT INTO event VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET count = ?2, seen_at = ?3",
                [(_bytes(uid), count, seen_at) for uid, count in changes.counts.items()],
            )
            database.change(
                "DELETE FROM series WHERE family = ? AND labels = ?", [(name, _packed(labels)) for name, labels in changes.gone]
            )
            database.change(
                "INSERT INTO series VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET born_at = ?3, numbers = ?4",
                [(one.family, _packed(one.labels), one.born_at, _encode(one.numbers)) for one in changes.series],
            )
            database.change(
                "INSERT INTO pull (ended_at, row) VALUES (?, ?)", [(pull.finished_at or at, _row(pull)) for pull in changes.pulls]
            )
            self._note(changes.namespaces, at)
            if abs(at - self._trimmed_at) < TRIM_SECONDS:
                return 0
            self._trimmed_at = at
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
        """Forget Events that no API server has any more, and pulls past the number and age that are kept."""
        database = self._database
        database.change("DELETE FROM pull WHERE number <= (SELECT max(number) FROM pull) - ?", [(history.CAPACITY,)])
        database.change("DELETE FROM pull WHERE ended_at < ?", [(at - history.MAX_AGE_SECONDS,)])
        database.change(_FORGET_AGED, [(int(at) - EVENT_SECONDS, TRIM_ROWS)])
        (number,) = next(database.rows("SELECT count(*) FROM event"))
        surplus = min(number - self._event_cap, TRIM_ROWS)
        if surplus <= 0:
            return 0
        (newest,) = next(database.rows("SELECT seen_at FROM event ORDER BY seen_at LIMIT 1 OFFSET ?", surplus - 1))
        database.change("INSERT OR REPLACE INTO about VALUES ('dropped_until', ?)", [(newest + 1,)])
        return database.change(_FORGET_OLDEST, [(surplus,)])

    def _decoded(self) -> _Decoded:
        return _Decoded(self._database)


class _Decoded:
    """Turns what does not decode into the line for the user."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (msgspec.MsgspecError, ValueError, TypeError, KeyError, UnicodeDecodeError)):
            raise self._database.error(str(error)) from error


_PULL = msgspec.msgpack.Decoder(Pull)
_NUMBERS = msgspec.msgpack.Decoder(Numbers)
_LABELS = msgspec.msgpack.Decoder(tuple[str, ...])
_ODD_LABELS = msgspec.msgpack.Decoder(tuple[bytes, ...])
_encode = msgspec.msgpack.Encoder().encode


def _packed(labels: tuple[str, ...]) -> bytes:
    try:
        return _encode(labels)
    except UnicodeEncodeError:
        # A lone surrogate is no UTF-8. All text is cleaned of them where it comes in; the file does not rely on it.
        return _encode(tuple(map(_bytes, labels)))


def _texts(packed: bytes) -> tuple[str, ...]:
    try:
        return _LABELS.decode(packed)
    except msgspec.ValidationError:
        return tuple(map(_text, _ODD_LABELS.decode(packed)))


def _row(pull: Pull) -> bytes:
    try:
        return _encode(pull)
    except UnicodeEncodeError:
        text = json.dumps(msgspec.to_builtins(pull), ensure_ascii=False)
        return _encode(json.loads(text.encode("utf-8", "replace")))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")

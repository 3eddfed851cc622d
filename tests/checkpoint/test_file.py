"""The checkpoint: what goes in comes out, what is old or too much goes, and a damaged file is told as one."""

from __future__ import annotations

import contextlib
import random
from typing import TYPE_CHECKING

import pytest

from pullwatch.checkpoint import file as checkpoint
from pullwatch.checkpoint.database import CheckpointError
from pullwatch.checkpoint.file import Checkpoint
from pullwatch.checkpoint.saved import EVENT_SECONDS, Changes, Series
from pullwatch.pulls import history
from pullwatch.pulls.pull import Outcome, Reason
from tests.publish.given import NOW, pulled, unfinished

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SERVER = "https://one.example:6443"

HOSTILE = ["", "\0", "a\nb", "'; DROP TABLE event; --", "\ud800", "\udcff.example", "\U0010ffff", "ä" * 4096]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Gives a path of which nothing is there yet."""
    return tmp_path / "checkpoint"


@contextlib.contextmanager
def opened(path: Path, *, server: str = SERVER, event_cap: int = checkpoint.EVENT_CAP) -> Iterator[Checkpoint]:
    with contextlib.closing(Checkpoint(path, server=server, event_cap=event_cap)) as file:
        yield file


def saved(path: Path, changes: Changes, *, at: float = NOW, event_cap: int = checkpoint.EVENT_CAP) -> int:
    with opened(path, event_cap=event_cap) as file:
        return file.save(changes, at=at)


def counts(path: Path) -> dict[str, int]:
    with opened(path) as file:
        return dict(file.counts())


def test_a_new_file_holds_nothing(path: Path) -> None:
    """Also after a process that was killed before it saved anything."""
    for _ in range(2):
        with opened(path) as file:
            assert (file.load(), dict(file.counts()), file.count_of("a")) == (None, {}, None)


def test_what_goes_in_comes_out(path: Path) -> None:
    """Counts, children, pulls and namespaces, and since when they count."""
    series = [
        Series("counter", ("docker.io", "library/nginx"), None, (12.5,)),
        Series("histogram", ("docker.io",), NOW - 10, (0.1, 1, 2, 3)),
    ]
    pulls = [pulled(), unfinished(outcome=Outcome.FAILED, reason=Reason.AUTH, count=3, message="no")]

    saved(path, Changes(counts={"a": 1, "b": 7}, series=series, pulls=pulls, namespaces=frozenset({"shop", "bank"})))
    saved(path, Changes(counts={"c": 1}), at=NOW + 60)

    with opened(path) as file:
        found = file.load()
        assert found is not None
        assert (found.began_at, found.saved_at, found.namespaces) == (NOW, NOW + 60, frozenset({"shop", "bank"}))
        assert (found.series, found.pulls) == (series, pulls)
        assert list(file.counts())[-1] == ("c", 1)
        assert (dict(file.counts()), file.count_of("b")) == ({"a": 1, "b": 7, "c": 1}, 7)


def test_what_changed_takes_the_place_of_what_was(path: Path) -> None:
    """What is gone goes first: a label set may go and come back in one batch, and so may an Event."""
    one = Series("counter", ("a",), NOW, (1.0,))
    saved(path, Changes(counts={"a": 1, "b": 1, "c": 1}, series=[one, one._replace(labels=("b",))], namespaces=frozenset({"shop"})))

    changes = Changes(counts={"a": 2, "c": 1}, forgotten={"b", "c"}, gone=[("counter", ("a",)), ("counter", ("b",))])
    changes.series, changes.namespaces = [one._replace(born_at=None)], frozenset({"bank"})
    saved(path, changes)

    with opened(path) as file:
        found = file.load()
        assert found is not None
        assert (found.series, found.namespaces, dict(file.counts())) == (
            [one._replace(born_at=None)],
            frozenset({"bank"}),
            {"a": 2, "c": 1},
        )


def test_no_text_is_too_odd(path: Path) -> None:
    """Labels, uids and rows come back as they were; of a row a character that is none comes back as a question mark."""
    series = [Series("counter", (text, "x"), None, (1.0,)) for text in HOSTILE]
    pulls = [pulled(namespace=text, message=text) for text in HOSTILE]

    for _ in range(2):  # the second time, each is found under its key
        saved(path, Changes(counts=dict.fromkeys(HOSTILE, 1), series=series, pulls=pulls))

    with opened(path) as file:
        found = file.load()
        assert found is not None
        assert sorted(found.series) == sorted(series)
        assert dict(file.counts()) == dict.fromkeys(HOSTILE, 1)
        readable = [text.encode("utf-8", "replace").decode() for text in HOSTILE]
        assert [row.namespace for row in found.pulls] == [row.message for row in found.pulls] == readable * 2
        file.save(Changes(forgotten=set(HOSTILE), gone=[(one.family, one.labels) for one in series]), at=NOW)
        assert dict(file.counts()) == {}


def test_a_file_of_another_cluster_is_refused(path: Path) -> None:
    """Its counts would be added to those of this one."""
    saved(path, Changes(counts={"a": 1}))

    with pytest.raises(CheckpointError) as error, opened(path, server="https://two.example"):
        pass

    assert str(error.value) == f"checkpoint {path}: of {SERVER}, not of https://two.example: name another file, or remove it"
    assert counts(path) == {"a": 1}


def test_a_batch_that_cannot_be_kept_changes_nothing(path: Path) -> None:
    """The counts of Events and the children that they moved are of the same moment."""
    with opened(path) as file:
        file.save(Changes(counts={"a": 1}, series=[Series("counter", ("a",), None, (1.0,))]), at=NOW)
        list(file._database.rows("PRAGMA max_page_count = 20"))
        with pytest.raises(CheckpointError, match="the disk is full"):
            file.save(
                Changes(counts={"a": 2}, series=[Series("counter", ("a",), None, (2.0,))], pulls=[pulled(message="x" * 200_000)]), at=NOW
            )

    with opened(path) as file:
        found = file.load()
        assert found is not None
        assert (dict(file.counts()), [one.numbers for one in found.series], found.pulls) == ({"a": 1}, [(1.0,)], [])


def test_events_that_did_not_grow_for_hours_go(path: Path) -> None:
    """No API server has them any more; one that grew lately stays, however long ago it began."""
    with opened(path) as file:
        file.save(Changes(counts={"old": 1, "grows": 1}), at=NOW)
        file.save(Changes(counts={"grows": 2}), at=NOW + EVENT_SECONDS)
        dropped = file.save(Changes(counts={"new": 1}), at=NOW + EVENT_SECONDS + 61)

        assert (dict(file.counts()), dropped) == ({"grows": 2, "new": 1}, 0)
        found = file.load()
        assert found is not None
        assert found.complete_since == found.saved_at - EVENT_SECONDS / 2


def test_a_great_many_old_events_go_with_the_next_batches(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not all at once, since the event loop waits for it, and not only with the next look."""
    monkeypatch.setattr(checkpoint, "TRIM_ROWS", 10)
    with opened(path) as file:
        file.save(Changes(counts={f"old-{number}": 1 for number in range(25)}), at=NOW)
        left = []
        for number in range(4):
            file.save(Changes(counts={"new": 1 + number}), at=NOW + 2 * EVENT_SECONDS + number)
            left.append(len(dict(file.counts())) - 1)

    assert left == [15, 5, 0, 0]


def test_past_the_cap_the_oldest_go_and_move_the_horizon(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are counted, and an unknown Event of their time is not taken for a new one. The file cannot outgrow its cap."""
    monkeypatch.setattr(checkpoint, "TRIM_ROWS", 10)
    dropped = []
    with opened(path, event_cap=20) as file:
        for batch in range(12):
            at = NOW + 30 * batch
            dropped.append(file.save(Changes(counts={f"{batch}-{number}": 1 for number in range(8)}), at=at))
        kept = list(file.counts())
        found = file.load()

    assert found is not None
    assert sum(dropped) + len(kept) == 12 * 8
    assert len(kept) <= 20 + 2 * 8
    assert kept[-1][0].startswith("11-")
    oldest = NOW + 30 * int(kept[0][0].partition("-")[0])
    assert oldest - 30 + checkpoint.TRIM_SECONDS < found.complete_since <= oldest + 1 + checkpoint.TRIM_SECONDS


def test_a_clock_that_ran_ahead_for_a_while_doubles_nothing(path: Path) -> None:
    """It makes all Events too old at once; when it is right again they are unknown and young, and must not count anew."""
    with opened(path) as file:
        file.save(Changes(counts={"a": 1}), at=NOW)
        file.save(Changes(counts={"b": 1}), at=NOW + 86_400)
        file.save(Changes(counts={"c": 1}), at=NOW + 2)
        file.save(Changes(counts={"d": 1}), at=NOW + 86_402)
        found = file.load()

        assert found is not None
        assert "a" not in dict(file.counts())
        assert found.complete_since > NOW


def test_pulls_past_their_number_and_age_go(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many stay as the pages show."""
    monkeypatch.setattr(history, "CAPACITY", 3)
    week = history.MAX_AGE_SECONDS
    with opened(path) as file:
        file.save(Changes(pulls=[pulled(pod=f"a-{number}", finished_at=NOW + number) for number in range(5)]), at=NOW)
        few = file.load()
        file.save(Changes(pulls=[pulled(pod="b", finished_at=NOW + week)]), at=NOW + week + 3.5)
        young = file.load()

    assert few is not None
    assert young is not None
    assert [[row.pod for row in found.pulls] for found in (few, young)] == [["a-2", "a-3", "a-4"], ["a-4", "b"]]


def test_pulls_of_another_version_are_left_out(path: Path) -> None:
    """A version that goes back finds reasons that it does not know: it keeps its counters, and says how many rows it left out."""
    saved(path, Changes(pulls=[pulled(pod="a"), unfinished(pod="b", outcome=Outcome.FAILED, reason=Reason.AUTH)]))
    with opened(path) as file, file._database.transaction():
        ((number, row),) = [row for row in file._database.rows("SELECT number, row FROM pull") if b"auth" in row[1]]
        file._database.change("UPDATE pull SET row = ? WHERE number = ?", [(row.replace(b"auth", b"late"), number)])

    with opened(path) as file:
        found = file.load()

    assert found is not None
    assert ([row.pod for row in found.pulls], found.unread_pulls) == (["a"], 1)


def test_a_damaged_file_is_told_in_one_line(path: Path) -> None:
    """Cut anywhere or with bytes turned over, it opens and is read, or is refused; nothing else is raised."""
    saved(
        path,
        Changes(
            counts={f"uid-{number}": number for number in range(300)},
            series=[Series("counter", (f"label-{number}",), None, (1.0, 2)) for number in range(100)],
            pulls=[pulled(pod=f"pod-{number}") for number in range(50)],
            namespaces=frozenset({"shop"}),
        ),
    )
    whole = path.read_bytes()
    chance = random.Random(1)
    lines = set()
    for number in range(300):
        broken = bytearray(whole)
        if number % 3 == 0:
            del broken[chance.randrange(len(broken)) :]
        else:
            for _ in range(chance.choice((1, 20, 1000))):
                broken[chance.randrange(100 if number % 3 == 1 else len(broken))] = chance.randrange(256)
        path.write_bytes(broken)
        lines.add(read(path))

    assert len(lines) > 3
    assert not [line for line in lines if line and not line.startswith(f"checkpoint {path}: ")]
    assert not [line for line in lines if "\n" in line]


def read(path: Path) -> str:
    """Read all that a process reads and write once; return what is told."""
    try:
        with opened(path) as file:
            file.load()
            list(file.counts())
            file.count_of("uid-7")
            file.save(Changes(counts={"a": 1, "uid-7": 8}, series=[Series("counter", ("label-1",), None, (2.0,))]), at=NOW + 61)
    except CheckpointError as error:
        return str(error)
    return ""

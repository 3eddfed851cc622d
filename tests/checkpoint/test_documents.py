"""The store of the registry mode: what was fetched survives the process, within a cap."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from pullwatch.checkpoint.database import CheckpointError
from pullwatch.checkpoint.documents import Documents
from pullwatch.checkpoint.file import Checkpoint


def test_a_restart_has_what_was_kept(tmp_path: Path) -> None:
    """Documents and what tags named are there for the next process."""
    file = tmp_path / "store.db"
    with contextlib.closing(Documents(file)) as documents:
        documents.keep("sha256:a", b"one")
        documents.resolve("ghcr.io/x:1", "sha256:a", at=5.5)
        documents.resolve("ghcr.io/x:1", "sha256:b", at=6.5)

    with contextlib.closing(Documents(file)) as documents:
        assert (documents.document("sha256:a"), documents.document("sha256:c")) == (b"one", None)
        assert (documents.resolved("ghcr.io/x:1"), documents.resolved("ghcr.io/x:2")) == (("sha256:b", 6.5), None)


def test_what_was_kept_first_makes_room(tmp_path: Path) -> None:
    """The cap holds over restarts, and each document that goes is counted."""
    file = tmp_path / "store.db"
    dropped = []
    for name in "abcdef":
        with contextlib.closing(Documents(file, most_bytes=30)) as documents:
            dropped.append(documents.keep(name, b"x" * 10))

    with contextlib.closing(Documents(file, most_bytes=30)) as documents:
        assert dropped == [0, 0, 0, 1, 1, 1]
        assert [documents.document(name) is not None for name in "abcdef"] == [False] * 3 + [True] * 3
        assert documents.keep("d", b"y" * 10) == 0
        assert documents.keep("big", b"z" * 30) == 3
        assert documents.document("big") == b"z" * 30


def test_tags_have_a_cap(tmp_path: Path) -> None:
    """Those looked at longest ago go."""
    with contextlib.closing(Documents(tmp_path / "store.db", tags=2)) as documents:
        for at, reference in enumerate(("a", "b", "a", "c")):
            documents.resolve(reference, "sha256:a", at=at)

        assert [documents.resolved(reference) is not None for reference in "abc"] == [True, False, True]


def test_a_broken_disk_costs_requests_and_no_answer(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is kept, nothing is found, and the log says why."""
    documents = Documents(tmp_path / "store.db")
    documents.close()

    assert documents.document("sha256:a") is None
    assert documents.keep("sha256:a", b"one") == 1
    assert documents.resolved("a") is None
    documents.resolve("a", "sha256:a", at=1)
    assert len(caplog.messages) == 4
    assert all(message.endswith("; manifests are fetched again") for message in caplog.messages)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    """In one line that says what it costs to remove it."""
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"x" * 5000)
    with pytest.raises(
        CheckpointError, match=r"damaged, or no store \(file is not a database\): remove it, and manifests are fetched again$"
    ):
        Documents(damaged)

    checkpoint = tmp_path / "checkpoint.db"
    Checkpoint(checkpoint, server="https://a").close()
    with pytest.raises(CheckpointError, match=r"^store .*: a database of another program: name another file$"):
        Documents(checkpoint)

    with contextlib.closing(Documents(tmp_path / "store.db")), pytest.raises(CheckpointError, match="in use by another process"):
        Documents(tmp_path / "store.db")


def test_a_table_that_was_tampered_with_gives_nothing(tmp_path: Path) -> None:
    """Text where bytes should be is no document."""
    file = tmp_path / "store.db"
    with contextlib.closing(Documents(file)) as documents:
        documents.keep("sha256:a", b"one")
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE document SET content = 'text'")

    with contextlib.closing(Documents(file)) as documents:
        assert documents.document("sha256:a") is None

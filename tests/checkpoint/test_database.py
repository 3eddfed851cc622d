"""The SQLite file under a checkpoint: what cannot be used is told in one line, and what fails leaves the old state."""

from __future__ import annotations

import contextlib
import os
import resource
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pullwatch.checkpoint.database import CheckpointError, Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA = "CREATE TABLE thing (name TEXT PRIMARY KEY, value BLOB)"
OTHER_SCHEMA = "CREATE TABLE other (name TEXT)"

OPEN_AND_WAIT = """
import pathlib, sys
from pullwatch.checkpoint.database import Database
database = Database(pathlib.Path(sys.argv[1]), version=1, schema="CREATE TABLE thing (name TEXT)")
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Gives a path of which nothing is there yet."""
    return tmp_path / "checkpoint"


@contextlib.contextmanager
def opened(file: Path, *, version: int = 1) -> Iterator[Database]:
    with contextlib.closing(Database(file, version=version, schema=SCHEMA)) as database:
        yield database


def refused(file: Path, *, version: int = 1) -> str:
    """Return what is told about a file that cannot be used, after its name."""
    with pytest.raises(CheckpointError) as error:
        Database(file, version=version, schema=SCHEMA)
    line = str(error.value)
    assert line.startswith(f"checkpoint {file}: ")
    assert "\n" not in line
    return line.removeprefix(f"checkpoint {file}: ")


def things(file: Path) -> list[str]:
    with opened(file) as database:
        return [name for (name,) in database.rows("SELECT name FROM thing ORDER BY name")]


def test_what_was_committed_is_there_again(file: Path) -> None:
    """A file is made where there is none, also in place of an empty one."""
    file.touch()
    with opened(file) as database, database.transaction():
        changed = database.change("INSERT INTO thing VALUES (?, ?)", [("a", b"1"), ("b", b"2")])

    assert (changed, things(file)) == (2, ["a", "b"])


def test_a_transaction_is_kept_whole_or_not_at_all(file: Path) -> None:
    """Whatever ends it early, the old state stays, and the next one works."""
    with opened(file) as database:
        with contextlib.suppress(KeyError), database.transaction():
            database.change("INSERT INTO thing VALUES ('a', 1)")
            raise KeyError
        with database.transaction():
            database.change("INSERT INTO thing VALUES ('b', 1)")

    assert things(file) == ["b"]


def test_a_folder_has_to_be_there(file: Path) -> None:
    """Somebody meant to mount a volume: a folder of our own would go with the container."""
    assert refused(file / "x") == f"no folder {file}: create it, or mount a volume there"


def test_a_directory_is_no_file(file: Path) -> None:
    """It is told what to name instead."""
    file.mkdir()

    assert refused(file) == "a directory: name a file in it"


def test_a_pipe_or_device_is_no_file(file: Path) -> None:
    """Neither would give back what is written into it, and a pipe would be waited for."""
    os.mkfifo(file)

    assert refused(file) == "no regular file: name another one"


def test_a_name_that_cannot_be_is_told(tmp_path: Path) -> None:
    """No file system takes it."""
    assert refused(tmp_path / ("x" * 300)) == "File name too long: name another file"
    assert refused(tmp_path / "a\0b") == "embedded null byte: name another file"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_is_told(file: Path) -> None:
    """A volume of root's, mounted to a user."""
    file.parent.chmod(0o555)

    assert refused(file) == "cannot be written: check the rights of the file and its folder"


def test_a_link_to_nowhere_cannot_be_written(file: Path) -> None:
    """The file cannot be made."""
    file.symlink_to(file.parent / "nowhere" / "checkpoint")

    assert refused(file) == "cannot be written: check the rights of the file and its folder"


@pytest.mark.parametrize("content", [b"x", b"apiVersion: v1\n" * 10, bytes(10_000), b"SQLite format 3\0" + b"\1" * 9_984])
def test_another_file_is_left_as_it_is(file: Path, content: bytes) -> None:
    """Somebody named his configuration by mistake: to SQLite a small file is an empty one, to be overwritten."""
    file.write_bytes(content)

    assert refused(file) == "damaged, or no checkpoint (file is not a database): remove it, which resets the counters"
    assert file.read_bytes() == content


def test_another_programs_database_is_left_as_it_is(file: Path) -> None:
    """Its tables are none of our business."""
    with contextlib.closing(sqlite3.connect(file)) as other:
        other.execute(OTHER_SCHEMA)
    before = file.read_bytes()

    assert refused(file) == "a database of another program: name another file"
    assert file.read_bytes() == before


def test_another_version_is_refused(file: Path) -> None:
    """A newer program's file is not guessed at."""
    with opened(file, version=2):
        pass

    assert refused(file) == "format 2, and this version of pullwatch reads 1: remove it, which resets the counters"


def test_a_second_process_is_refused_until_the_first_ends(file: Path) -> None:
    """Two that write into one file would count everything twice; a killed one leaves no lock."""
    with subprocess.Popen([sys.executable, "-c", OPEN_AND_WAIT, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"open\n"

        assert refused(file) == "in use by another process: give each process a file of its own"
        first.kill()

    with opened(file):
        pass


def test_a_refused_look_leaves_the_lock(file: Path) -> None:
    """A system takes a process's locks of a file away when that closes it anywhere; a look at it must not open it."""
    with opened(file):
        here = refused(file)
        elsewhere = subprocess.run([sys.executable, "-c", OPEN_AND_WAIT, file], input=b"", capture_output=True, check=False)

    assert here == "in use by another process: give each process a file of its own"
    assert (elsewhere.stdout, here in elsewhere.stderr.decode()) == (b"", True)


def test_a_full_disk_leaves_the_old_state(file: Path) -> None:
    """What was committed before stays, and so does all that was shown."""
    with opened(file) as database:
        database.change("INSERT INTO thing VALUES ('kept', NULL)")
        list(database.rows("PRAGMA max_page_count = 10"))

        with pytest.raises(CheckpointError) as error, database.transaction():
            database.change("INSERT INTO thing VALUES ('lost', zeroblob(100000))")

    assert str(error.value) == f"checkpoint {file}: the disk is full: make room, then start again; what was shown is saved"
    assert things(file) == ["kept"]


def test_an_error_of_the_disk_leaves_the_old_state(file: Path) -> None:
    """A write that fails at the commit, as a broken disk's."""
    with opened(file) as database:
        database.change("INSERT INTO thing VALUES ('kept', NULL)")
        with pytest.raises(CheckpointError) as error, no_file_longer_than(200_000), database.transaction():
            database.change("INSERT INTO thing VALUES ('lost', zeroblob(1000000))")

    assert str(error.value) == f"checkpoint {file}: disk I/O error: check the disk, then start again; what was shown is saved"
    assert things(file) == ["kept"]


@contextlib.contextmanager
def no_file_longer_than(size_bytes: int) -> Iterator[None]:
    """Let writes past this size fail."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

"""Where programs are found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pullwatch.monitoring.programs import Program

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = Program(("debians-name", "own-name"), "PULLWATCH_A_PROGRAM", "a-package")


@pytest.fixture(autouse=True)
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder in PATH."""
    monkeypatch.delenv(PROGRAM.variable, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    return tmp_path / "path"


def installed(folder: Path, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).touch(mode=0o755)
    return folder / name


def test_the_variable_comes_first_and_path_last(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a user names wins over what was unpacked, and that over what is installed."""
    unpacked = tmp_path / "unpacked"

    assert PROGRAM.find(unpacked=unpacked) is None
    in_path = installed(path, "debians-name")
    assert PROGRAM.find(unpacked=unpacked) == in_path
    other_name = installed(unpacked, "own-name")
    assert PROGRAM.find(unpacked=unpacked) == other_name
    assert PROGRAM.find() == in_path
    monkeypatch.setenv(PROGRAM.variable, "/opt/mine")
    assert str(PROGRAM.find(unpacked=unpacked)) == "/opt/mine"
    monkeypatch.setenv(PROGRAM.variable, "debians-name")
    assert PROGRAM.find(unpacked=unpacked) == in_path

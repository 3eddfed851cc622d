"""What a test does whose program is missing: it is skipped with the reason, and fails where programs are required."""

from __future__ import annotations

from pathlib import Path

import pytest

from pullwatch.monitoring.programs import Program
from tests.e2e import programs

TOOL = Program(("tool",), "PULLWATCH_TOOL", "tool")


@pytest.fixture(autouse=True)
def debian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of what was fetched; nothing is required."""
    monkeypatch.setattr(programs, "DEBIAN", tmp_path)
    monkeypatch.delenv("PULLWATCH_REQUIRE_PROGRAMS", raising=False)
    (tmp_path / "trixie" / "root" / "usr" / "bin").mkdir(parents=True)
    return tmp_path


def test_skips_with_the_reason_of_the_fetch(debian: Path) -> None:
    """What `.ci/debian` said is what the test says."""
    with pytest.raises(pytest.skip.Exception, match=r"run `make setup`, or name one in PULLWATCH_TOOL \(trixie was never fetched\)"):
        programs.find_in_suite(TOOL, suite="trixie")

    (debian / "trixie" / "reason").write_text("trixie: no network\n")
    with pytest.raises(pytest.skip.Exception, match=r"\(trixie: no network\)"):
        programs.find_in_suite(TOOL, suite="trixie")


def test_fails_where_programs_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that promises to test all is not green for want of a download."""
    monkeypatch.setenv("PULLWATCH_REQUIRE_PROGRAMS", "1")

    with pytest.raises(pytest.fail.Exception, match="trixie was never fetched"):
        programs.find_in_suite(TOOL, suite="trixie")


def test_takes_what_was_fetched_or_named(debian: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One in PATH is of an unknown release; a name is taken at its word."""
    fetched = debian / "trixie" / "root" / "usr" / "bin" / "tool"
    fetched.touch(mode=0o755)
    assert programs.find_in_suite(TOOL, suite="trixie") == fetched

    (tmp_path / "mine").touch(mode=0o755)
    monkeypatch.setenv("PULLWATCH_TOOL", str(tmp_path / "mine"))
    assert programs.find_in_suite(TOOL, suite="trixie") == tmp_path / "mine"

"""What is rendered from the alerts folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pullwatch.pack import assets, rules

if TYPE_CHECKING:
    from pathlib import Path


def test_the_committed_thresholds_are_those_of_the_alerts() -> None:
    """`make docs` was run after the last change of alerts/config.libsonnet."""
    assert assets.THRESHOLDS.read_bytes() == rules.thresholds_json()


def test_it_loads_the_thresholds() -> None:
    """Every limit has a value above 0."""
    limits = assets.thresholds()

    assert min(limits.slow_base_seconds, limits.expected_bytes_per_second, limits.assumed_size_bytes, limits.stuck_seconds) > 0
    assert limits.limit_seconds(600_000_000) == 120.0


def test_an_import_stays_in_its_folder(tmp_path: Path) -> None:
    """A file outside the folder cannot be read by jsonnet."""
    (tmp_path / "secret").write_text("1")
    (tmp_path / "alerts").mkdir()

    with pytest.raises(RuntimeError, match="not a file in"):
        rules.evaluate("importstr '../secret'", folder=tmp_path / "alerts")

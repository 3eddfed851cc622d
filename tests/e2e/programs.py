"""The programs that end-to-end tests start: where each is found, and the reason a test gives where it is missing.

`make setup` provides them: Debian's Prometheus and Alertmanager below build/debian, Chromium from the system.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pullwatch.monitoring.programs import ALERTMANAGER, PROMETHEUS, Program

UNPACKED = Path(__file__).parents[2] / "build" / "debian" / "root" / "usr" / "bin"

PROMTOOL = Program(("promtool",), "PULLWATCH_PROMTOOL", "prometheus")
CHROMIUM = Program(("chromium", "chromium-browser", "google-chrome"), "PULLWATCH_CHROMIUM", "chromium")


def prometheus() -> Path:
    """Return Prometheus' program, or skip the test."""
    return _find(PROMETHEUS)


def promtool() -> Path:
    """Return Prometheus' checker of rules and metrics, or skip the test."""
    return _find(PROMTOOL)


def alertmanager() -> Path:
    """Return Alertmanager's program, or skip the test."""
    return _find(ALERTMANAGER)


def chromium() -> Path:
    """Return a browser's program, or skip the test."""
    return _find(CHROMIUM)


def _find(program: Program) -> Path:
    found = program.find(unpacked=UNPACKED)
    if found is None:
        pytest.skip(f"no {program.names[0]}: run `make setup`, or name one in {program.variable}")
    return found

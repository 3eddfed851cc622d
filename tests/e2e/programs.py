"""The programs that end-to-end tests start: where each is found, and the reason a test gives where it is missing.

`make setup` provides them: Debian's Prometheus, Alertmanager and jsonnet below build/debian/root, those of another release, such as
containerd, below build/debian/SUITE, Chromium from the system. Where PULLWATCH_REQUIRE_PROGRAMS is set, as `.ci/run` does, a test fails
for want of one that can be had without being installed.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

import pytest

from pullwatch.monitoring.programs import ALERTMANAGER, PROMETHEUS, Program

DEBIAN = Path(__file__).parents[2] / "build" / "debian"
UNPACKED = DEBIAN / "root" / "usr" / "bin"

PROMTOOL = Program(("promtool",), "PULLWATCH_PROMTOOL", "prometheus")
PROMTOOL_3 = Program(("promtool",), "PULLWATCH_PROMTOOL_3", "promtool")
AMTOOL = Program(("amtool",), "PULLWATCH_AMTOOL", "prometheus-alertmanager")
JSONNET = Program(("jsonnet",), "PULLWATCH_JSONNET", "jsonnet")
JSONNETFMT = Program(("jsonnetfmt",), "PULLWATCH_JSONNETFMT", "jsonnet")
CHROMIUM = Program(("chromium", "chromium-browser", "google-chrome"), "PULLWATCH_CHROMIUM", "chromium")


def prometheus() -> Path:
    """Return Prometheus' program, or skip the test."""
    return _find(PROMETHEUS)


def promtool() -> Path:
    """Return Prometheus' checker of rules and metrics, or skip the test."""
    return _find(PROMTOOL)


def promtool_3() -> Path:
    """Return the checker of Prometheus 3, whose ranges are open on the left, or skip the test."""
    return find_in_suite(PROMTOOL_3, suite="forky")


def alertmanager() -> Path:
    """Return Alertmanager's program, or skip the test."""
    return _find(ALERTMANAGER)


def amtool() -> Path:
    """Return Alertmanager's checker of configurations, routes and templates, or skip the test."""
    return _find(AMTOOL)


def jsonnet() -> Path:
    """Return jsonnet's own program, or skip the test."""
    return _find(JSONNET)


def jsonnetfmt() -> Path:
    """Return jsonnet's formatter, or skip the test."""
    return _find(JSONNETFMT)


def chromium() -> Path:
    """Return a browser's program, or skip the test."""
    found = CHROMIUM.find(unpacked=UNPACKED)
    if found is None:
        # It can only be had by installing it, which needs root.
        pytest.skip(_reason(CHROMIUM))
    return found


def find_in_suite(program: Program, *, suite: str) -> Path:
    """Return a program of another Debian release, or skip the test. One in PATH is of an unknown release."""
    unpacked = DEBIAN / suite / "root" / "usr" / "bin" / program.names[0]
    if os.environ.get(program.variable):
        return program.find() or missing(_reason(program))
    if unpacked.is_file():
        return unpacked
    reason = DEBIAN / suite / "reason"
    return missing(f"{_reason(program)} ({reason.read_text().strip() if reason.is_file() else f'{suite} was never fetched'})")


def _find(program: Program) -> Path:
    return program.find(unpacked=UNPACKED) or missing(_reason(program))


def _reason(program: Program) -> str:
    return f"no {program.names[0]}: run `make setup`, or name one in {program.variable}"


def missing(reason: str) -> NoReturn:
    """Skip the test for want of something, or fail it where that must be there."""
    if os.environ.get("PULLWATCH_REQUIRE_PROGRAMS"):
        pytest.fail(reason)
    pytest.skip(reason)

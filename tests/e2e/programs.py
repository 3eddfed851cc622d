"""The programs that end-to-end tests start: where each is found, and the reason a test gives where it is missing.

`make setup` provides them: Debian's Prometheus and Alertmanager below build/debian, Chromium from the system.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

UNPACKED = Path(__file__).parents[2] / "build" / "debian" / "root" / "usr" / "bin"


def prometheus() -> Path:
    """Return Prometheus' program, or skip the test."""
    return _find("prometheus")


def promtool() -> Path:
    """Return Prometheus' checker of rules and metrics, or skip the test."""
    return _find("promtool")


def alertmanager() -> Path:
    """Return Alertmanager's program by Debian's or its own name, or skip the test."""
    return _find("prometheus-alertmanager", "alertmanager")


def chromium() -> Path:
    """Return a browser's program, or skip the test."""
    return _find("chromium", "chromium-browser", "google-chrome")


def _find(*names: str) -> Path:
    """Return the program that a variable names, that `make setup` unpacked or that stands in PATH, in this order."""
    variable = "PULLWATCH_" + names[0].upper().replace("-", "_")
    if path := os.environ.get(variable):
        return Path(path)
    for name in names:
        if found := shutil.which(UNPACKED / name) or shutil.which(name):
            return Path(found)
    pytest.skip(f"no {names[0]}: run `make setup`, or name one in {variable}")

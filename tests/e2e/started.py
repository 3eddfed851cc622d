"""Programs that a test starts: each ends with its test, by its own process."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

Found = TypeVar("Found")

DEADLINE_SECONDS = 30.0
POLL_SECONDS = 0.05

PULLWATCH = (sys.executable, "-m", "pullwatch")


@dataclass(frozen=True, slots=True)
class Started:
    """A running program and the file that its output goes to."""

    process: subprocess.Popen[bytes]
    output: Path

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal; return the exit code and the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(DEADLINE_SECONDS), time.monotonic() - began


@contextlib.contextmanager
def started(command: Sequence[str | Path], *, output: Path, env: Mapping[str, str] | None = None) -> Iterator[Started]:
    """Start a program and end it with the context, should it still run."""
    with output.open("wb") as file:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, env=env)
    try:
        yield Started(process, output)
    finally:
        if process.poll() is None:
            # What it started itself ends with it, if it is asked.
            process.terminate()
        try:
            process.wait(DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def until(look: Callable[[], Found | None], *, what: str) -> Found:
    """Return what is found once it is there; fail after `DEADLINE_SECONDS`."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited {DEADLINE_SECONDS} s for {what}"
        time.sleep(POLL_SECONDS)
    return found


def fetched(url: str) -> str | None:
    """Return what a URL answers, None while nothing does."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - URLs of this machine
            return str(answer.read().decode())
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return None

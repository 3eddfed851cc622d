"""`pullwatch top` as its user runs it: at a terminal of 80x24, with a server that comes and goes."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading
from typing import TYPE_CHECKING

import pytest

from tests.e2e.started import DEADLINE_SECONDS, PULLWATCH, until
from tests.madeserver import MadeServer, answering
from tests.publish.pulling import document, followed

if TYPE_CHECKING:
    from collections.abc import Iterator


class Terminal:
    """A terminal and what a program wrote to it."""

    def __init__(self, process: subprocess.Popen[bytes], keyboard: int, before: list[object]) -> None:
        self.process = process
        self._keyboard = keyboard
        self._before = before
        self._written = b""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        # A terminal whose program has gone is an error to read from.
        with contextlib.suppress(OSError):
            while part := os.read(self._keyboard, 65536):
                self._written += part

    def shows(self, pattern: str) -> re.Match[str] | None:
        return re.search(pattern, re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", self._written.decode("utf-8", "replace")))

    def types(self, keys: bytes) -> None:
        os.write(self._keyboard, keys)

    def ended(self) -> int:
        code = self.process.wait(DEADLINE_SECONDS)
        self._reader.join()
        return code


@contextlib.contextmanager
def terminal(*arguments: str) -> Iterator[Terminal]:
    keyboard, screen = pty.openpty()
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    process = subprocess.Popen(
        [*PULLWATCH, *arguments],
        stdin=screen,
        stdout=screen,
        stderr=screen,
        env=environment | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"},
        start_new_session=True,
    )
    shown = Terminal(process, keyboard, termios.tcgetattr(screen))
    os.close(screen)
    try:
        yield shown
    finally:
        if process.poll() is None:
            process.kill()
        shown.ended()
        os.close(keyboard)


@pytest.mark.parametrize("key", ["q", "ctrl-c", "sigterm"])
def test_it_draws_until_it_is_ended(key: str) -> None:
    """Bars at a terminal, and whichever way it is ended, the exit code is 0 and no traceback stays behind."""
    made = MadeServer(running=document(*(followed(number) for number in range(3))))
    with answering(made) as address, terminal("top", "--server", f"http://{address}", "--interval-seconds", "0.2") as shown:
        until(lambda: shown.shows(r"3 pulls on 3 nodes, 20 MB/s in all"), what="the headline")
        until(lambda: shown.shows(r"4 D ███"), what="a layer's bar")
        until(lambda: len(made.asked) > 2, what="a third look")
        if key == "q":
            shown.types(b"q")
        else:
            shown.process.send_signal(signal.SIGINT if key == "ctrl-c" else signal.SIGTERM)

        assert shown.ended() == 0
        assert not shown.shows("Traceback")


def test_a_server_that_goes_away_is_waited_for() -> None:
    """It says so, keeps what it knew, and shows what there is when the server is back."""
    made = MadeServer(running=document(followed()))
    with contextlib.ExitStack() as first, contextlib.ExitStack() as window:
        address = first.enter_context(answering(made))
        shown = window.enter_context(terminal("top", "--server", f"http://{address}", "--interval-seconds", "0.2"))
        until(lambda: shown.shows(r"1 pull on 1 node"), what="the headline")
        first.close()
        until(lambda: shown.shows(r"No answer for \S+, asking again: no connection \(Connection refused\)"), what="that it is gone")

        made.running = document(followed(1), followed(2))
        with answering(made, port=int(address.rpartition(":")[2])):
            until(lambda: shown.shows(r"2 pulls on 2 nodes"), what="what runs now")
            shown.types(b"q")
            assert shown.ended() == 0

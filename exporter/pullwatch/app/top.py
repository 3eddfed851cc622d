"""`top`: asks a server every second which pulls run, and draws them until somebody has seen enough.

A server that does not answer at the start is an error; one that goes away later is said to be gone, and asked again.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
import termios
import time
import tty
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from rich.console import Console, Group
from rich.live import Live

from pullwatch.app.wrong import Wrong
from pullwatch.publish import top as picture
from pullwatch.publish.report import words
from pullwatch.sources import errors
from pullwatch.sources.remote import NotThere, Remote, RemoteError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterator

    from rich.text import Text

    from pullwatch.pulls.underway import RunningDocument
    from pullwatch.settings import Top

_Answer = TypeVar("_Answer")

ENDING_KEYS = frozenset("qQ\x03\x04")
"""q, and what Ctrl-C and Ctrl-D send where the terminal does not make signals of them."""


def run(options: Top) -> None:
    """Show running pulls. Raises Wrong with the line for the user."""
    console = Console(highlight=False, markup=False, emoji=False)
    live = console.is_terminal and sys.stdout.isatty() and not options.once and options.output == "table"
    try:
        asyncio.run(_watch(options, console) if live else _print(options))
    except errors.SourceError as error:
        raise Wrong(str(error)) from error


async def _print(options: Top) -> None:
    """Print what runs now."""
    async with Remote(options.server) as remote:
        text = await _document(remote) if options.output == "json" else await _lines(remote)
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Wrong(f"standard output: {error.strerror or error}: write the pulls elsewhere") from error


async def _document(remote: Remote) -> str:
    # Escaped beyond ASCII, so that any locale can print it.
    return json.dumps(await _answer(remote.running_json(), remote), indent=2) + "\n"


async def _lines(remote: Remote) -> str:
    told = picture.once(await _answer(remote.running(), remote), width=shutil.get_terminal_size((80, 24)).columns)
    encoding = sys.stdout.encoding or "utf-8"
    return "".join(f"{words.encodable(line, encoding)}\n" for line in told)


async def _watch(options: Top, console: Console) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    async with Remote(options.server) as remote:
        view = View(remote, await _answer(remote.running(), remote), clock=time.monotonic)
        # The last picture stays on the screen when the program ends.
        with _keys(loop, stop), Live(console=console, auto_refresh=False, transient=False, vertical_overflow="crop") as live:
            while not stop.is_set():
                size = console.size
                live.update(Group(*view.lines(width=size.width, height=size.height)), refresh=True)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), options.interval_seconds)
                    break
                await _until(view.look(), stop)


class Asked(Protocol):
    """Whoever tells what runs."""

    @property
    def shown(self) -> str: ...

    async def running(self) -> RunningDocument: ...


class View:
    """What is shown: the newest answer, and since when there is none newer."""

    def __init__(self, remote: Asked, document: RunningDocument, *, clock: Callable[[], float]) -> None:
        self._remote = remote
        self._document = document
        self._clock = clock
        self._seen_at = clock()
        self._problem = ""

    async def look(self) -> None:
        """Ask again; keep what was there where nobody answers."""
        try:
            self._document = await self._remote.running()
        except errors.SourceError as error:
            # The address stands in the last line.
            self._problem = str(error).removeprefix(f"{self._remote.shown}/api/v1/running: ")
        else:
            self._problem, self._seen_at = "", self._clock()

    def lines(self, *, width: int, height: int) -> list[Text]:
        """Return the picture's lines."""
        age = words.duration(self._clock() - self._seen_at)
        problem = f"No answer for {age}, asking again: {self._problem}" if self._problem else ""
        return picture.lines(self._document, width=width, height=height - 1, foot=[f"{self._remote.shown}; q ends"], problem=problem)


async def _answer(asked: Awaitable[_Answer], remote: Remote) -> _Answer:
    """Return what a server answers at the start, where a path that it does not know is an error of its own."""
    try:
        return await asked
    except NotThere as error:
        message = f"{remote.shown}: does not tell what runs: it is no pullwatch serve, or one of an older version"
        raise RemoteError(message) from error


async def _until(looking: Coroutine[Any, Any, None], stop: asyncio.Event) -> None:
    """Look, unless it is time to end."""
    look, ending = asyncio.create_task(looking, name="look"), asyncio.create_task(stop.wait(), name="wait for the end")
    await asyncio.wait({look, ending}, return_when=asyncio.FIRST_COMPLETED)
    for task in (look, ending):
        task.cancel()
    await asyncio.wait({look, ending})
    if not look.cancelled():
        look.result()


@contextlib.contextmanager
def _keys(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> Iterator[None]:
    """Let a key end it as long as the context is open, where keys can be read."""
    if not sys.stdin.isatty():
        yield
        return
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)

    def pressed() -> None:
        typed = os.read(terminal, 100)
        if not typed or ENDING_KEYS & set(typed.decode("utf-8", "replace")):
            stop.set()

    tty.setcbreak(terminal)
    loop.add_reader(terminal, pressed)
    try:
        yield
    finally:
        loop.remove_reader(terminal)
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)

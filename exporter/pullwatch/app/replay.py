"""`replay` and `demo`: a simulated API server plays a recording, or a made cluster, to the real exporter.

Nothing of the exporter knows that the cluster is simulated. At a terminal what happens is drawn as it happens; elsewhere
a line is printed now and then.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live

from pullwatch.app import log
from pullwatch.app.serve import serving
from pullwatch.app.wrong import Wrong
from pullwatch.publish import terminal
from pullwatch.publish.report import words
from pullwatch.publish.server import ListenError, Server
from pullwatch.settings import AddressError, Play, address
from pullwatch.sim import cluster as simulated
from pullwatch.sim import made, recording
from pullwatch.sources import inputs
from pullwatch.sources.access import ClusterAccess, NoCredentials

if TYPE_CHECKING:
    from pathlib import Path

    from pullwatch.app.exporter import Exporter
    from pullwatch.sim.recording import Recording

FAST = 20.0

LONGEST_GAP_SECONDS = 60.0
"""A recording's silence is cut to this: nothing is to be seen in it."""

DRAW_SECONDS = 0.5
LINE_SECONDS = 5.0


def run(file: Path | None, options: Play) -> None:
    """Play a recording, or the made cluster without one. Raises Wrong with the line for the user."""
    log.configure(options.log)
    try:
        played = made.recording() if file is None else recording.load(file)
        host, port = address(options.listen)
        asyncio.run(_play(played, options, title="demo" if file is None else str(file), host=host, port=port))
    except ListenError as error:
        raise Wrong(f"{error}: name another address with --listen") from error
    except recording.RecordingError as error:
        raise Wrong(f"{error}; replay reads watch frames, or what {inputs.EXPECTED} prints") from error
    except AddressError as error:
        raise Wrong(str(error)) from error


async def _play(played: Recording, options: Play, *, title: str, host: str, port: int) -> None:
    stage = _Stage(title)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    speed = FAST if options.fast else 1.0
    async with simulated.running(played, speed=speed, max_gap_seconds=LONGEST_GAP_SECONDS, progress=stage.progress) as cluster:
        access = ClusterAccess(url=cluster.url, credentials=NoCredentials(), origin=f"simulated: {title}")
        async with serving(access, host=host, port=port) as (exporter, server), asyncio.TaskGroup() as tasks:
            showing = tasks.create_task(stage.show(exporter, server, stop), name="show")
            ending = tasks.create_task(stop.wait(), name="wait for a signal")
            await asyncio.wait({cluster.performance, ending} if options.exit_at_end else {ending}, return_when=asyncio.FIRST_COMPLETED)
            if options.exit_at_end and cluster.performance.done():
                # What was written last is on its way through the watches.
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), 1.0)
            stage.end(exporter)
            for task in (showing, ending):
                task.cancel()


class _Stage:
    """What the person at the terminal sees."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._played = 0
        self._total = 0
        self._console = Console(highlight=False, markup=False, emoji=False)

    def progress(self, played: int, total: int) -> None:
        self._played, self._total = played, total

    async def show(self, exporter: Exporter, server: Server, stop: asyncio.Event) -> None:
        """Show what happens for ever, or until whoever reads our lines has gone."""
        if self._console.is_terminal:
            await self._draw(exporter, server)
        else:
            await self._tell(exporter, server)
            stop.set()

    def end(self, exporter: Exporter) -> None:
        """Say where it ended, where no last picture stays on the screen."""
        if not self._console.is_terminal:
            _line(self._told(exporter))

    async def _draw(self, exporter: Exporter, server: Server) -> None:
        # The last picture stays on the screen when the program ends.
        with Live(console=self._console, auto_refresh=False, transient=False, vertical_overflow="crop") as live:
            while True:
                foot = f"{self._progress()}; page at {server.url}; Ctrl-C ends"
                size = self._console.size
                live.update(terminal.render(exporter.summary(), width=size.width, height=size.height, foot=foot), refresh=True)
                await asyncio.sleep(DRAW_SECONDS)

    async def _tell(self, exporter: Exporter, server: Server) -> None:
        listening = _line(f"{self._title}: page {server.url}  metrics {server.url}metrics")
        while listening:
            await asyncio.sleep(LINE_SECONDS)
            listening = _line(self._told(exporter))

    def _told(self, exporter: Exporter) -> str:
        return f"{self._progress()}: {exporter.summary().headline}"

    def _progress(self) -> str:
        if not self._total:
            return "begins"
        return f"{words.number(self._played)} of {words.number(self._total)} changes played"


def _line(text: str) -> bool:
    """Print a line; tell whether anybody still reads."""
    try:
        print(text, flush=True)  # noqa: T201 - the user interface
    except OSError:
        return False
    return True

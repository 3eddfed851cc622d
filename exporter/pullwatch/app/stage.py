"""What the person sees who started `demo` or `replay`: a picture at a terminal, elsewhere a line now and then."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live

from pullwatch.app.alerting import Alerting
from pullwatch.publish import terminal
from pullwatch.publish.report import words

if TYPE_CHECKING:
    from pullwatch.app.exporter import Exporter
    from pullwatch.publish.listening import Server

DRAW_SECONDS = 0.5
LINE_SECONDS = 5.0


class Stage:
    """The view of one performance."""

    def __init__(self, title: str) -> None:
        self.alerting = Alerting(self._tell_news)
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
            try:
                while True:
                    self._picture(live, exporter, [f"{self._progress()}; page {server.url}; Ctrl-C ends", *self._around()])
                    await asyncio.sleep(DRAW_SECONDS)
            finally:
                self._picture(live, exporter, [f"{self._progress()}; ended"])

    def _picture(self, live: Live, exporter: Exporter, foot: list[str]) -> None:
        size = self._console.size
        shown = terminal.render(
            exporter.summary(), width=size.width, height=size.height, foot="\n".join(foot), notified=[*self.alerting.notified]
        )
        live.update(shown, refresh=True)

    def _around(self) -> list[str]:
        return [*self.alerting.places, *self.alerting.missing]

    async def _tell(self, exporter: Exporter, server: Server) -> None:
        listening = _line(f"{self._title}: page {server.url}  metrics {server.url}metrics")
        while listening:
            await asyncio.sleep(LINE_SECONDS)
            listening = _line(self._told(exporter))

    def _tell_news(self, line: str) -> None:
        if not self._console.is_terminal:
            _line(line)

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

"""docs/demo.svg, the README's picture: the live view of the made cluster, one minute after its start.

`python -m pullwatch.picture` draws it anew. It is made of the same cluster, exporter and view as `pullwatch demo`, with
time standing still, so a test can hold the committed file against it.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, cast

import msgspec
from rich.console import Console
from rich.terminal_theme import MONOKAI

from pullwatch.app.contacts import Contacts
from pullwatch.app.exporter import Exporter
from pullwatch.pack import assets
from pullwatch.publish import terminal
from pullwatch.sim import made
from pullwatch.sources import resources

if TYPE_CHECKING:
    from pullwatch.sim.recording import Step
    from pullwatch.sources.frames import Change

FILE = assets.root() / "docs" / "demo.svg"

WIDTH, HEIGHT = 100, 28
MOMENT_SECONDS = 60.0

# rich's own template loads a font from the network; a reader's browser has one.
_TEMPLATE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="pullwatch demo: running, stuck, failing and slow image pulls">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def draw() -> str:
    """Return the picture as SVG."""
    played = made.recording()
    now = played.started_at + MOMENT_SECONDS
    exporter = Exporter(thresholds=assets.thresholds(), contacts=Contacts(), clock=lambda: now, monotonic=lambda: 0.0)
    for step in played.steps:
        if step.offset_seconds <= MOMENT_SECONDS:
            _take(exporter, step, arrived_at=played.started_at + step.offset_seconds)
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor", highlight=False)
    console.print(terminal.render(exporter.summary(), width=WIDTH, height=HEIGHT, foot="pullwatch demo"))
    return console.export_svg(title="pullwatch demo", theme=MONOKAI, code_format=_TEMPLATE, unique_id="pullwatch")


def _take(exporter: Exporter, step: Step, *, arrived_at: float) -> None:
    body = msgspec.json.encode(step.object)
    change = cast("Change", step.type)
    if step.resource == resources.EVENTS and (event := resources.events().reader.one(body)):
        exporter.events([(change, event)], arrived_at=arrived_at)
    elif step.resource == resources.PODS and (pod := resources.pods().reader.one(body)):
        exporter.pods([(change, pod)], arrived_at=arrived_at)
    elif step.resource == resources.NODES and (node := resources.nodes().reader.one(body)):
        exporter.nodes([(change, node)], arrived_at=arrived_at)


if __name__ == "__main__":
    FILE.write_text(draw(), encoding="utf-8")

"""The pulls that run now, for a terminal: a line each, and below it a bar for each layer that is under way.

Where the lines do not suffice, every pull gets its own before any gets its layers, the longest running ones first. Names are
texts, never markup, and a row never takes more than one line, so that the picture keeps its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from pullwatch.publish.report import words
from pullwatch.pulls import underway
from pullwatch.pulls.reported import LayerState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pullwatch.pulls.underway import LayerUnderway, RunningDocument, Underway

LETTERS = {
    LayerState.QUEUED: "q",
    LayerState.DOWNLOADING: "D",
    LayerState.DOWNLOADED: "w",
    LayerState.UNPACKING: "U",
    LayerState.DONE: "+",
    LayerState.PRESENT: "=",
}

LEGEND = "D downloads, w waits for its unpacking, U unpacks, q queued, + done, = was there"

NO_AGENT = "No agent tells of bytes and layers; docs/agent.md says how to have one."

LEAST_WIDTH = 60
LEAST_BAR, MOST_BAR = 8, 30
_GAP = 2

_STYLES = {LayerState.DOWNLOADING: "cyan", LayerState.UNPACKING: "magenta", LayerState.DOWNLOADED: "blue"}


@dataclass(frozen=True, slots=True)
class _Columns:
    """Cells of the columns that the width decides on."""

    image: int
    pod: int
    node: int


def lines(document: RunningDocument, *, width: int, height: int | None = None, foot: Sequence[str] = (), problem: str = "") -> list[Text]:
    """Return the picture, each line at most `width` cells wide, and at most `height` of them where there is a height.

    What has no room is left out and counted; headline and foot never are.
    """
    width = max(width, LEAST_WIDTH)
    pulls = underway.longest_first([*document.pulls, *document.unmatched])
    head = [Text(words.shorten(headline(pulls), width), "bold")]
    if problem:
        head.append(Text(words.shorten(words.plain(problem), width), "bold red"))
    tail = [Text(words.shorten(words.plain(line), width), "dim") for line in [*_hints(pulls), *foot]]
    room = None if height is None else max(0, height - len(head) - len(tail) - 1)
    return [*head, Text(), *(_table(pulls, width, room) if pulls else [])][: None if height is None else max(1, height - len(tail))] + tail


def headline(pulls: Sequence[Underway]) -> str:
    """Return how many run, where, and how fast they are together."""
    if not pulls:
        return "No pull is running."
    nodes = len({pull.node for pull in pulls if pull.node})
    queued = sum(bool(pull.ahead) for pull in pulls)
    rates = [pull.bytes_per_second for pull in pulls if pull.bytes_per_second is not None]
    told = [words.counted(len(pulls), "pull")]
    if nodes:
        told.append(f"on {words.counted(nodes, 'node')}")
    parts = [" ".join(told)]
    if queued:
        parts.append(f"{words.number(queued)} in a queue")
    if rates:
        parts.append(f"{words.rate(sum(rates))} in all" if len(rates) == len(pulls) else f"{words.rate(sum(rates))} where it is known")
    return f"{', '.join(parts)}."


def _hints(pulls: Sequence[Underway]) -> list[str]:
    if not pulls:
        return []
    return [LEGEND] if any(pull.layers for pull in pulls) else [NO_AGENT]


def _table(pulls: Sequence[Underway], width: int, room: int | None) -> list[Text]:
    columns = _columns(pulls, width)
    shown, more = _fitting(pulls, room)
    left = None if room is None else room - 1 - len(shown) - bool(more)
    told = [_heads(columns)]
    for pull in shown:
        told.append(_row(pull, columns))
        below = _layers(pull, width) if left is None or left > 0 else []
        if left is not None:
            below = _cut(below, left)
            left -= len(below)
        told += below
    if more:
        told.append(Text(f"and {words.counted(more, 'more pull')}", "dim"))
    return told


def _fitting(pulls: Sequence[Underway], room: int | None) -> tuple[Sequence[Underway], int]:
    if room is None or len(pulls) + 1 <= room:
        return pulls, 0
    shown = pulls[: max(0, room - 2)]
    return shown, len(pulls) - len(shown)


def _cut(below: list[Text], left: int) -> list[Text]:
    """Return what fits; a list that is cut says so in its last line, and one that would only say so is left out."""
    if len(below) <= left:
        return below
    return [*below[: left - 1], Text(f"{' ' * 6}and {words.counted(len(below) - left + 1, 'more line')}", "dim")] if left > 1 else []


def _columns(pulls: Sequence[Underway], width: int) -> _Columns:
    """Share what the figures leave: the image needs most, the node least."""
    room = width - sum(_WIDTHS) - _GAP * (len(_WIDTHS) + 2)
    node = min(_widest("node", [pull.node or "" for pull in pulls]), max(6, room // 5))
    pod = _widest("pod", [_pod(pull) for pull in pulls])
    image = _widest("image", [pull.name for pull in pulls])
    if image + pod > room - node:
        pod = min(pod, max(room - node - image, (room - node) * 2 // 5))
    return _Columns(image=max(1, min(image, room - node - pod)), pod=max(3, pod), node=node)


def _widest(head: str, names: Sequence[str]) -> int:
    return max(len(head), *(words.cells(words.plain(name)) for name in names))


_HEADS = ("elapsed", "state", "rate", "ETA")
_WIDTHS = (7, 8, 8, 6)


def _heads(columns: _Columns) -> Text:
    figures = [head.rjust(width) for head, width in zip(_HEADS, _WIDTHS, strict=True)]
    names = ["image".ljust(columns.image), "pod".ljust(columns.pod), "node"]
    return Text((" " * _GAP).join([*figures, *names]), "dim")


def _row(pull: Underway, columns: _Columns) -> Text:
    figures = (words.duration(pull.elapsed_seconds), _state(pull), words.rate(pull.bytes_per_second), words.duration(pull.eta_seconds))
    told = [words.shorten(figure, width).rjust(width) for figure, width in zip(figures, _WIDTHS, strict=True)]
    names = (
        _filled(words.shorten_image(words.plain(pull.name) or words.UNKNOWN, columns.image), columns.image),
        _filled(words.shorten_middle(words.plain(_pod(pull)), columns.pod), columns.pod),
        words.shorten_middle(words.plain(pull.node or words.UNKNOWN), columns.node),
    )
    return Text((" " * _GAP).join([*told, *names]).rstrip())


def _filled(text: str, width: int) -> str:
    return text + " " * (width - words.cells(text))


def _pod(pull: Underway) -> str:
    return f"{pull.namespace}/{pull.pod}" if pull.pod else words.UNKNOWN


def _state(pull: Underway) -> str:
    if pull.ahead:
        return f"behind {pull.ahead}"
    if pull.waits_for_pull:
        return "waits"
    if pull.unpacks:
        return "unpacks"
    return "runs" if pull.fraction is None else words.percent(pull.fraction)


def _layers(pull: Underway, width: int) -> list[Text]:
    """Return a line for each layer under way or queued, and one for those of which nothing is left to do."""
    if not pull.layers:
        return []
    told = [_bar(layer, width) for layer in pull.layers if not layer.settled]
    settled = "".join(LETTERS[layer.state] for layer in pull.layers if layer.settled)
    if settled:
        bytes_there = sum(layer.size_bytes for layer in pull.layers if layer.settled)
        told.insert(0, Text(words.shorten(f"{' ' * 6}{settled} {words.size(bytes_there)}", width), "dim"))
    if pull.waits_for_pull:
        told.append(Text(f"{' ' * 6}waits for another pull that fetches a layer of its own", "dim"))
    return told


def _bar(layer: LayerUnderway, width: int) -> Text:
    cells = min(MOST_BAR, max(LEAST_BAR, width // 5))
    fraction = layer.fraction
    bar = words.bar("" if fraction is None else f"{fraction:.6f}", cells)
    start = f"{layer.position:>8} {LETTERS[layer.state]} "
    text = Text(start)
    text.append(_filled(bar, cells), _STYLES.get(layer.state, ""))
    text.append(f"{_amount(layer):>17}  {words.duration(_seconds(layer)) if _seconds(layer) is not None else '':>6}  ")
    line = words.plain(layer.instruction or layer.digest)
    text.append(words.shorten(line, max(0, width - words.cells(text.plain))), "dim")
    # Sizes of petabytes would push the line beyond the edge.
    text.truncate(width)
    return text


def _amount(layer: LayerUnderway) -> str:
    if layer.state is LayerState.DOWNLOADING:
        return f"{words.size(layer.downloaded_bytes)}/{words.size(layer.size_bytes)}"
    return words.size(layer.size_bytes)


def _seconds(layer: LayerUnderway) -> float | None:
    return layer.unpack_seconds if layer.state is LayerState.UNPACKING else layer.download_seconds


def once(document: RunningDocument, *, width: int) -> Iterator[str]:
    """Yield all lines as plain text."""
    yield from (line.plain for line in lines(document, width=width))

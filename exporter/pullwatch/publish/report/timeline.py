"""The plot of pulls per node over time, as geometry that the page's template draws.

A node has up to `LANES` lanes, so that pulls at the same time are seen beside each other: a bar is light while the
pull waits and solid while the runtime pulls, a running one ends in an arrow, a failed attempt is a cross. Bars share
one path per node; only the longest and the conspicuous are elements with a text of their own, which keeps the page of
60,000 pulls small.
"""

from __future__ import annotations

import datetime
import heapq
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullwatch.publish.report import words
from pullwatch.pulls import summary as summaries
from pullwatch.pulls.pull import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pullwatch.pulls.pull import Pull
    from pullwatch.pulls.summary import Summary

MOST_NODES = 40
MOST_BARS = 500
MOST_TITLED = 400
"""Bars with a text of their own, over all nodes."""
LANES = 8
MOST_SECONDS = 7 * 86400.0
"""Longest time that the axis covers: one stamp from another century must not squeeze all others into a point."""

WIDTH = 960.0
LEFT = 150.0
RIGHT = 20.0
TOP = 24.0
LANE_HEIGHT = 9.0
BAR_HEIGHT = 7.0
ROW_GAP = 7.0
_LEAST_BAR = 1.5

_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800)


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on an axis, shared by both plots."""

    x: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar with a text of its own; paths as of SVG."""

    wait: str
    pull: str
    tone: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRow:
    """One node: its bars as three paths, and those with a text."""

    label: str
    title: str
    y: float
    height: float
    wait: str
    pull: str
    failed: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The whole plot."""

    rows: tuple[NodeRow, ...]
    ticks: tuple[Tick, ...]
    height: float
    day: str
    left_out: int
    """Pulls that are not drawn."""


@dataclass(frozen=True, slots=True)
class _Span:
    """When a pull was asked for, began to move and ended; all three equal for a failed attempt whose start is not told."""

    pull: Pull
    start: float
    working: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


def plot(summary: Summary) -> Timeline | None:
    """Return the geometry, None where no pull has a node and a time."""
    spans: defaultdict[str, list[_Span]] = defaultdict(list)
    for pull in summary.pulls:
        span = _span(pull, summary.now)
        if span is not None and pull.node:
            spans[pull.node].append(span)
    if not spans:
        return None
    busiest = heapq.nlargest(MOST_NODES, spans, key=lambda node: (sum(span.seconds for span in spans[node]), len(spans[node])))
    kept = {node: heapq.nlargest(MOST_BARS, spans[node], key=lambda span: span.seconds) for node in sorted(busiest)}
    scale = _Scale([span for members in kept.values() for span in members])
    conspicuous = {(judged.pull.node, id(judged.pull)): "slow" for judged in summary.slow}
    conspicuous |= {(judged.pull.node, id(judged.pull)): _tone(judged) for judged in summary.running}
    return _timeline(kept, scale, tones={key: tone for (_, key), tone in conspicuous.items()}, drawable=_drawable(summary.pulls))


def _drawable(pulls: Iterable[Pull]) -> int:
    return sum(pull.outcome in _DRAWN for pull in pulls)


_DRAWN = (*summaries.ASKED, Outcome.FAILED, Outcome.RUNNING)


def _tone(judged: summaries.Judged) -> str:
    return "stuck" if judged.stuck else "slow" if judged.slow else "running"


def _span(pull: Pull, now: float) -> _Span | None:
    """Return the times of a pull, cut to what the axis covers; None for one outside of it or without any."""
    told = _running_times(pull, now) if pull.outcome is Outcome.RUNNING else _finished_times(pull)
    earliest = now - MOST_SECONDS
    if told is None or told[2] < earliest:
        return None
    start, working, end = (min(max(moment, earliest), now) for moment in told)
    return _Span(pull, min(start, end), min(max(start, working), end), end)


def _running_times(pull: Pull, now: float) -> tuple[float, float, float] | None:
    if pull.started_at is None:
        return None
    return pull.started_at, now if pull.unblocked_at is None else pull.unblocked_at, now


def _finished_times(pull: Pull) -> tuple[float, float, float] | None:
    """Count back from the end: stamps are whole seconds, durations are exact."""
    end = pull.finished_at if pull.finished_at is not None else pull.started_at
    if pull.outcome not in _DRAWN or end is None:
        return None
    took = pull.total_seconds if pull.total_seconds is not None else pull.pull_seconds
    start = end - took if took is not None else end if pull.started_at is None else pull.started_at
    return start, start if pull.pull_seconds is None else end - pull.pull_seconds, end


class _Scale:
    """From time to the plot's x."""

    def __init__(self, spans: Sequence[_Span]) -> None:
        self.first = min(span.start for span in spans)
        self.last = max(self.first + 1, *(span.end for span in spans))
        self._per_second = (WIDTH - LEFT - RIGHT) / (self.last - self.first)

    def x(self, moment: float) -> float:
        return LEFT + (moment - self.first) * self._per_second

    def ticks(self) -> tuple[Tick, ...]:
        """Return at most eight round moments."""
        span = self.last - self.first
        step = next((step for step in _STEPS if span / step <= 8), _STEPS[-1] * (1 + int(span / _STEPS[-1] / 8)))
        start = -(-self.first // step) * step
        moments = [start + index * step for index in range(int((self.last - start) // step) + 1)]
        return tuple(Tick(round(self.x(moment), 1), _clock(moment, step)) for moment in moments)


def _clock(moment: float, step: float) -> str:
    told = datetime.datetime.fromtimestamp(moment, datetime.UTC)
    if step >= 86400:
        return f"{told:%b %d}"
    return f"{told:%H:%M:%S}" if step < 60 else f"{told:%H:%M}"


def _timeline(kept: dict[str, list[_Span]], scale: _Scale, *, tones: dict[int, str], drawable: int) -> Timeline:
    rows = []
    drawn, y, titled = 0, TOP, MOST_TITLED
    for node, spans in kept.items():
        lanes = _lanes(spans)
        row = _row(node, lanes, scale, y=y, tones=tones, titled=min(titled, max(12, MOST_TITLED // len(kept))))
        rows.append(row)
        drawn += sum(map(len, lanes))
        titled -= len(row.bars)
        y += row.height + ROW_GAP
    first = datetime.datetime.fromtimestamp(scale.first, datetime.UTC)
    return Timeline(rows=tuple(rows), ticks=scale.ticks(), height=y + 6, day=f"{first:%Y-%m-%d}", left_out=drawable - drawn)


def _lanes(spans: Iterable[_Span]) -> list[list[_Span]]:
    """Spread spans over lanes so that none overlap in one; what finds no lane is left out."""
    lanes: list[list[_Span]] = []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        free = next((lane for lane in lanes if lane[-1].end <= span.start), None)
        if free is not None:
            free.append(span)
        elif len(lanes) < LANES:
            lanes.append([span])
    return lanes


def _row(node: str, lanes: list[list[_Span]], scale: _Scale, *, y: float, tones: dict[int, str], titled: int) -> NodeRow:
    placed = [(span, y + lane * LANE_HEIGHT) for lane, spans in enumerate(lanes) for span in spans]
    bars = [item for item in placed if item[0].pull.outcome is not Outcome.FAILED]
    ranked = heapq.nlargest(titled, bars, key=lambda item: (id(item[0].pull) in tones, item[0].seconds))
    own = {id(span.pull) for span, _ in ranked}
    plain = [item for item in bars if id(item[0].pull) not in own]
    return NodeRow(
        label=words.shorten_middle(words.plain(node), 22),
        title=f"{words.plain(node)}: {words.counted(len(placed), 'pull')} drawn",
        y=y,
        height=len(lanes) * LANE_HEIGHT,
        wait="".join(_box(scale, span.start, span.working, top) for span, top in plain if span.working > span.start),
        pull="".join(_box(scale, span.working, span.end, top) for span, top in plain),
        failed="".join(_cross(scale.x(span.end), top) for span, top in placed if span.pull.outcome is Outcome.FAILED),
        bars=tuple(_bar(scale, span, top, tones.get(id(span.pull), "pulled")) for span, top in ranked),
    )


def _bar(scale: _Scale, span: _Span, top: float, tone: str) -> Bar:
    running = span.pull.outcome is Outcome.RUNNING
    shape = _arrow if running else _box
    queued = running and span.pull.unblocked_at is None
    wait = _box(scale, span.start, span.working, top) if span.working > span.start else ""
    return Bar(
        wait=shape(scale, span.start, span.end, top) if queued else wait,
        pull="" if queued else shape(scale, span.working, span.end, top),
        tone=tone,
        title=_title(span),
    )


def _title(span: _Span) -> str:
    pull = span.pull
    if pull.outcome is Outcome.RUNNING:
        took = f"running for {words.duration(span.seconds)}"
    else:
        took = f"{pull.outcome}: pull {words.duration(pull.pull_seconds)}, wait {words.duration(pull.wait_seconds)}"
    image = words.shorten_image(words.plain(pull.image.as_written), 80)
    return f"{image} for {words.shorten_middle(words.plain(f'{pull.namespace}/{pull.pod}'), 60)}, {took}, {words.size(pull.size_bytes)}"


def _box(scale: _Scale, start: float, end: float, top: float) -> str:
    x = scale.x(start)
    width = max(_LEAST_BAR, scale.x(end) - x)
    return f"M{x:.1f} {top:.0f}h{width:.1f}v{BAR_HEIGHT:.0f}h-{width:.1f}z"


def _arrow(scale: _Scale, start: float, end: float, top: float) -> str:
    """A bar without an end: it points on."""
    x = scale.x(start)
    width = max(_LEAST_BAR, scale.x(end) - x)
    half = BAR_HEIGHT / 2
    return f"M{x:.1f} {top:.0f}h{width:.1f}l{half + 2} {half}l-{half + 2} {half}h-{width:.1f}z"


def _cross(x: float, top: float) -> str:
    return f"M{x - 3:.1f} {top + 0.5:.1f}l6 6m0-6l-6 6"

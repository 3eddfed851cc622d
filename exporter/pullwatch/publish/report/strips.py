"""The plot of durations per image, as geometry that the page's template draws.

One strip per image on one logarithmic axis: each pull a dot, with p50, p90, the slowest and what a pull of this size
may take as marks. Figures stand beside as text.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullwatch.publish.report import words
from pullwatch.publish.report.timeline import WIDTH, Tick
from pullwatch.pulls.pull import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullwatch.pulls.summary import Group, Summary

MOST_IMAGES = 20
MOST_DOTS = 300
ROW_HEIGHT = 42.0
TOP = 24.0
SIDE = 20.0

_EDGES = (0.01, 0.1, 1.0, 10.0, 60.0, 600.0, 3600.0, 36000.0, 864000.0)
_LEAST_SECONDS = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """One image; x of its marks, None for a limit outside the axis."""

    label: str
    title: str
    figures: str
    y: float
    dots: str
    p50: float
    p90: float
    slowest: float
    limit: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Strips:
    """The whole plot."""

    rows: tuple[Strip, ...]
    ticks: tuple[Tick, ...]
    height: float
    left_out: int
    """Images with pulls that are not drawn."""


def plot(summary: Summary) -> Strips | None:
    """Return the geometry of the slowest images, None where no pull has a duration."""
    timed = [group for group in summary.images if group.max_seconds is not None]
    if not timed:
        return None
    shown = timed[:MOST_IMAGES]
    seconds = _seconds(summary, {group.name for group in shown})
    scale = _Scale([second for members in seconds.values() for second in members])
    places = ((group, TOP + index * ROW_HEIGHT) for index, group in enumerate(shown))
    rows = tuple(_strip(group, sorted(seconds[group.name]), scale, summary, y=y) for group, y in places)
    return Strips(rows=rows, ticks=scale.ticks(), height=TOP + len(rows) * ROW_HEIGHT + 4, left_out=len(timed) - len(shown))


def _seconds(summary: Summary, images: set[str]) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {image: [] for image in images}
    for pull in summary.pulls:
        name = pull.image.canonical or pull.image.as_written
        if name in seconds and pull.outcome is Outcome.PULLED and pull.pull_seconds is not None:
            seconds[name].append(pull.pull_seconds)
    return seconds


class _Scale:
    """From seconds to the plot's x, between two round edges, logarithmic."""

    def __init__(self, seconds: Sequence[float]) -> None:
        least, most = max(min(seconds), _LEAST_SECONDS), max(*seconds, _LEAST_SECONDS)
        self.low = max((edge for edge in _EDGES if edge <= least), default=_LEAST_SECONDS)
        self.high = min((edge for edge in _EDGES if edge >= most and edge > self.low), default=most)
        self._per_decade = (WIDTH - 2 * SIDE) / math.log10(self.high / self.low)

    def x(self, seconds: float) -> float:
        return round(SIDE + math.log10(max(seconds, self.low) / self.low) * self._per_decade, 1)

    def ticks(self) -> tuple[Tick, ...]:
        edges = [edge for edge in (_LEAST_SECONDS, *_EDGES) if self.low <= edge <= self.high]
        return tuple(Tick(self.x(edge), _label(edge)) for edge in edges)


def _label(edge: float) -> str:
    return words.duration(edge).replace("m00s", "m").replace("h00m", "h").replace(".0s", "s")


def _strip(group: Group, seconds: Sequence[float], scale: _Scale, summary: Summary, *, y: float) -> Strip:
    limit = summary.thresholds.limit_seconds(summary.sizes.get(group.name))
    figures = (
        f"p50 {words.duration(group.p50_seconds)}, p90 {words.duration(group.p90_seconds)}, slowest {words.duration(group.max_seconds)}"
        f" of {words.counted(len(seconds), 'pull')}"
    )
    return Strip(
        label=words.shorten_image(words.plain(group.name), 76),
        title=f"{words.shorten_middle(words.plain(group.name), 300)}: {figures}; a pull of its size may take {words.duration(limit)}",
        figures=figures,
        y=y,
        dots="".join(f"M{x} {y + 28:.0f}h0" for x in sorted({scale.x(second) for second in _sample(seconds)})),
        p50=scale.x(group.p50_seconds or 0.0),
        p90=scale.x(group.p90_seconds or 0.0),
        slowest=scale.x(group.max_seconds or 0.0),
        limit=scale.x(limit) if scale.low <= limit <= scale.high else None,
    )


def _sample(ascending: Sequence[float]) -> Sequence[float]:
    """Return all, or as many evenly chosen by rank as can be told apart."""
    if len(ascending) <= MOST_DOTS:
        return ascending
    step = (len(ascending) - 1) / (MOST_DOTS - 1)
    return [ascending[round(index * step)] for index in range(MOST_DOTS)]

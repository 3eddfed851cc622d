"""What a board is judged with besides itself: metrics and records, runbooks, the configuration, and the other boards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pullwatch.pack import assets, kinds
from tests.dashlint.board import Board, Json
from tests.rulelint import rule
from tests.rulelint.labels import Series


@dataclass(frozen=True)
class Context:
    """`boards` are all that are linked with each other, by uid; `moved` are the same, rendered with `MOVED`."""

    known: rule.Context
    pages: frozenset[str]
    """Runbooks that there are, such as SlowImagePull and causes/size."""
    steps_seconds: Mapping[str, float]
    """How often a record is written, where its group says so."""
    config: Mapping[str, Any]
    boards: Mapping[str, Board] = field(default_factory=dict)
    moved: Mapping[str, Board] = field(default_factory=dict)

    @classmethod
    def of(
        cls, groups: Iterable[Mapping[str, Any]], config: Mapping[str, Any], *, boards: Iterable[Json] = (), moved: Iterable[Json] = ()
    ) -> Context:
        """Return what these boards are judged with, beside these groups of rules."""
        groups = list(groups)
        steps = {
            each["record"]: kinds.seconds(group["interval"])
            for group in groups
            for each in group["rules"]
            if "record" in each and group.get("interval")
        }
        folder = assets.root() / "runbooks"
        pages = frozenset(page.relative_to(folder).with_suffix("").as_posix() for page in folder.rglob("*.md"))
        return cls(rule.Context.of_groups(groups), pages, steps, config).with_boards(boards, moved)

    def with_boards(self, boards: Iterable[Json], moved: Iterable[Json]) -> Context:
        """Return the same for other boards."""
        of, other = map(Board, boards), map(Board, moved)
        return replace(self, boards={one.uid: one for one in of}, moved={one.uid: one for one in other})

    @property
    def series(self) -> Series:
        """What is known of metrics and records."""
        return self.known.series

    @property
    def cluster(self) -> str:
        """The label that tells clusters apart."""
        return str(self.config["clusterLabel"])

    def step_seconds(self, name: str) -> float:
        """Return how often a record is written; 0 where it is written at each evaluation."""
        return self.steps_seconds.get(name, 0.0)


MOVED: Mapping[str, Any] = {
    "clusterLabel": "site",
    "slowBaseSeconds": 150,
    "stuckSeconds": 1800,
    "failingSeconds": 330,
    "expectedBytesPerSecond": 7_000_000,
    "assumedSizeBytes": 3_000_000_000,
    "wideEdgeSeconds": 300,
    "wideShare": 0.35,
    "widePulls": 17,
    "throughputShare": 0.35,
    "throughputPulls": 17,
    "queueingSeconds": 330,
    "sloSeconds": 600,
    "sloTarget": 0.97,
    "watchStaleSeconds": 510,
    "eventsToldRatio": 0.35,
    "eventsLostMinimum": 17,
    "kubeletSlowSeconds": 600,
    "finishedSeconds": 660,
    "runbookURLPattern": "https://wiki.example/%s.html",
}
"""Another configuration, in which no limit is what it was: what stays as it was is written out somewhere."""

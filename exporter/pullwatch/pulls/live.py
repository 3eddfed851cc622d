"""What agents see of running pulls, joined to the pulls that Events tell of.

A runtime knows no tag while it pulls and drops the port of a registry, an Event knows no digest. The two meet in node, registry
and repository, and in the digest where the pod asks for one; where more than one pair fits there is none, since progress
of another pull is worse than none.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullwatch.pulls.reported import LayerState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pullwatch.pulls.image import Image
    from pullwatch.pulls.pull import Pull
    from pullwatch.pulls.reported import RunningPull

NODES = 10_000

LAYERS = 200_000
"""Of all pulls of all nodes, some 60 MB, and half as much for their lines: an image of 30 layers on its way to 6,000 nodes."""

REPORTS_PER_SECOND = 50.0
"""Of a whole fleet: about 1 ms of work each."""

LEAST_SECONDS = 2.0
"""Between two reports of a node: a person who looks sees movement, and a layer of 100 MB takes longer."""

STALE_SECONDS = 30.0
STALE_INTERVALS = 3.0
"""A report is forgotten after three intervals in which no other came, and not before 30 s."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A running pull as the agent of its node saw it last."""

    node: str
    pull: RunningPull
    at: float

    @property
    def total_bytes(self) -> int:
        """Bytes of the layers that are not on the node from before; a layer listed twice counts once."""
        return sum({layer.digest: layer.size_bytes for layer in self.pull.layers if layer.state is not LayerState.PRESENT}.values())

    @property
    def downloaded_bytes(self) -> int | None:
        """Bytes of them that are there; None where one is not known."""
        there: dict[str, int] = {}
        for layer in self.pull.layers:
            if layer.state is LayerState.PRESENT:
                continue
            whole = layer.state in (LayerState.DOWNLOADED, LayerState.UNPACKING, LayerState.DONE)
            known = layer.size_bytes if whole else 0 if layer.state is LayerState.QUEUED else layer.downloaded_bytes
            if known is None:
                return None
            there[layer.digest] = known
        return sum(there.values())


@dataclass(frozen=True, slots=True)
class Joined:
    """Pulls of Events with what agents see of them, and what is seen of pulls that no Event fits."""

    pulls: Sequence[tuple[Pull, Seen | None]]
    unmatched: Sequence[Seen]


@dataclass(slots=True)
class _Report:
    pulls: tuple[RunningPull, ...]
    at: float
    again_in_seconds: float = field(default=LEAST_SECONDS)


class Live:
    """The last report of each node. Times are seconds since the epoch."""

    def __init__(self) -> None:
        self._reports: dict[str, _Report] = {}
        """The node that reported longest ago first."""
        self._layers = 0
        """In all reports."""
        self.left_out = 0
        """Reports that found no room."""

    def tell(self, node: str, pulls: tuple[RunningPull, ...], *, at: float) -> float:
        """Take a report; return in how many seconds the next one is due, so that a fleet sends no more than it may."""
        self.forget(node)
        again = max(LEAST_SECONDS, (len(self._reports) + 1) / REPORTS_PER_SECOND)
        if not pulls:
            return again
        layers = sum(len(pull.layers) for pull in pulls)
        if len(self._reports) >= NODES or self._layers + layers > LAYERS:
            self.left_out += 1
            return again
        self._reports[node] = _Report(pulls, at, again)
        self._layers += layers
        return again

    def forget(self, node: str) -> None:
        """Take that a node is gone."""
        report = self._reports.pop(node, None)
        if report is not None:
            self._layers -= sum(len(pull.layers) for pull in report.pulls)

    def expire(self, *, now: float) -> None:
        """Forget what nobody says any more."""
        stale = [node for node, report in self._reports.items() if now - report.at > _holds_seconds(report)]
        for node in stale:
            self.forget(node)

    def seen(self, *, now: float) -> list[Seen]:
        """Return all pulls that agents see now."""
        self.expire(now=now)
        return [Seen(node, pull, report.at) for node, report in self._reports.items() for pull in report.pulls]

    def joined(self, pulls: Iterable[Pull], *, now: float, manifests: Callable[[Image], Iterable[str]]) -> Joined:
        """Join running pulls to what is seen of them; `manifests` tells which ones an image is known to mean."""
        rows = list(pulls)
        seen = self.seen(now=now)
        found = _pairs(rows, seen, manifests)
        taken = set(found.values())
        return Joined(
            [(row, seen[found[position]] if position in found else None) for position, row in enumerate(rows)],
            [one for position, one in enumerate(seen) if position not in taken],
        )


def without_port(registry: str) -> str:
    """Return a registry's host: runtimes drop its port where they say from where they pull."""
    host, colon, port = registry.rpartition(":")
    return host if colon and port.isdecimal() else registry


def _holds_seconds(report: _Report) -> float:
    return max(STALE_SECONDS, STALE_INTERVALS * report.again_in_seconds)


def _pairs(rows: Sequence[Pull], seen: Sequence[Seen], manifests: Callable[[Image], Iterable[str]]) -> Mapping[int, int]:
    """Return for positions of rows the position of what is seen of them.

    Several pods of one node may wait for one image, whose pull is one: all of them are joined to it.
    """
    places: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for position, one in enumerate(seen):
        places[one.node, without_port(one.pull.registry), one.pull.repository].append(position)
    asked: dict[tuple[str, str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for position, row in enumerate(rows):
        image = row.image
        # The kubelet has not begun with one that has others ahead.
        if row.node is not None and image.registry is not None and image.repository is not None and row.ahead == 0:
            asked[row.node, without_port(image.registry), image.repository][image.label].append(position)
    found: dict[int, int] = {}
    # A herd pulls one image on a thousand nodes, and what it means is looked for among all names.
    manifests = functools.lru_cache(maxsize=None)(manifests)
    for place, by_image in asked.items():
        if place not in places:
            continue
        labels = {label: rows[where[0]].image for label, where in by_image.items()}
        for label, position in _unambiguous(labels, places[place], seen, manifests):
            found.update(dict.fromkeys(by_image[label], position))
    return found


def _unambiguous(
    asked: Mapping[str, Image], places: Sequence[int], seen: Sequence[Seen], manifests: Callable[[Image], Iterable[str]]
) -> list[tuple[str, int]]:
    """Return which of the images of one place is which of the pulls seen there, where there is one answer."""
    by_digest: dict[str, list[int]] = defaultdict(list)
    for position in places:
        by_digest[seen[position].pull.digest].append(position)
    sure: list[tuple[str, int]] = []
    for label, image in asked.items():
        known = {image.digest or "", *manifests(image)}
        fit = [position for digest in known for position in by_digest.get(digest, ())]
        if len(fit) == 1:
            sure.append((label, fit[0]))
    labels, positions = asked.keys() - {label for label, _ in sure}, set(places) - {position for _, position in sure}
    if len(labels) == 1 and len(positions) == 1:
        (label,), (position,) = labels, positions
        if not _contradicts(asked[label], seen[position], manifests):
            sure.append((label, position))
    return sure


def _contradicts(image: Image, one: Seen, manifests: Callable[[Image], Iterable[str]]) -> bool:
    """Tell whether a pod asks for a digest which is known to mean other manifests; a tag may mean a new one any day."""
    known = set(manifests(image))
    return image.digest is not None and bool(known) and one.pull.digest not in known

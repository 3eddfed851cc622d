"""One cluster as this process knows it, and what the server shows of it. What the watches bring is the exporter's.

Nothing is shown that could not be saved first, where it is to be saved: the next process would not know of it.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, TypeVar

import pullwatch
from pullwatch.app.carryover import Carryover
from pullwatch.checkpoint.database import CheckpointError
from pullwatch.publish import chosen, exposition, images_document, overview, running_document
from pullwatch.publish.families import PullMetrics
from pullwatch.publish.report import schema
from pullwatch.publish.self_metrics import SelfMetrics
from pullwatch.publish.state import State
from pullwatch.pulls import gap
from pullwatch.pulls import summary as summaries
from pullwatch.pulls.coverage import Witnesses
from pullwatch.pulls.entries import Entries
from pullwatch.pulls.history import History
from pullwatch.pulls.holdings import Holdings
from pullwatch.pulls.known_images import KnownImages
from pullwatch.pulls.known_layers import KnownLayers
from pullwatch.pulls.lifecycle import Lifecycle
from pullwatch.pulls.live import Live
from pullwatch.pulls.pull import Failing, Outcome, Pull
from pullwatch.pulls.sizes import KnownSizes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from prometheus_client.registry import CollectorRegistry

    from pullwatch.app.contacts import Contacts
    from pullwatch.checkpoint.file import Checkpoint
    from pullwatch.publish.chosen import Chosen
    from pullwatch.publish.family_text import FamilyText
    from pullwatch.publish.page import PageModel
    from pullwatch.pulls import observed
    from pullwatch.pulls.image import Image
    from pullwatch.pulls.thresholds import Thresholds


Row = TypeVar("Row", Pull, Failing)


class Cluster:
    """Pulls, nodes and images of one cluster. `clock` tells seconds since the epoch, `monotonic` seconds that only grow."""

    def __init__(
        self,
        *,
        thresholds: Thresholds,
        contacts: Contacts,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        checkpoint: Checkpoint | None = None,
        namespaces: Sequence[str] = (),
        agents: bool = False,
    ) -> None:
        self._thresholds = thresholds
        self._contacts = contacts
        self._clock = clock
        self._window_start = clock()
        self._lifecycle = Lifecycle()
        self._history = History()
        self._sizes = KnownSizes()
        self._witnesses = Witnesses()
        layers = KnownLayers()
        self.entries = Entries()
        """What a registry told of the digests that nodes name."""
        self.images = KnownImages(layers, Holdings(layers, entries=self.entries), self._sizes)
        self.ask_layers: Callable[[observed.Node], None] | None = None
        """Gets each node as it is read, where layers are asked for that no agent tells."""
        self.live = Live()
        self._agents = agents
        """Whether agents may tell of images: without them names of their digests would be kept for nothing."""
        self._metrics = PullMetrics(clock=monotonic)
        self.self_metrics = SelfMetrics(version=pullwatch.__version__, room=self._metrics)
        self.self_metrics.watch_kept(self.images, self.live)
        self._told: dict[str, int] = {}
        self._namespaces = frozenset(namespaces or (gap.ALL,))
        self._listed: set[str] = set()
        self._doubted_until = 0.0
        """Until when pods that only the first Events told of are not shown, unless they were read."""
        self._heard_at: dict[str, float] = {}
        """When Events last came, by namespace."""
        self._carryover = Carryover(checkpoint, occurrences=self._lifecycle.occurrences, metrics=self._metrics, now=self._window_start)
        for row in self._carryover.pulls:
            self._remember(row, self._window_start)
        self._carryover.pulls.clear()

    @property
    def registry(self) -> CollectorRegistry:
        """The metrics about ourselves. A scrape asks for them last: none is shown that holds what could not be saved."""
        self._vouch()
        return self.self_metrics.registry

    def state(self) -> State:
        return State(
            running=self._of_known(self._lifecycle.running()),
            failing=self._of_known(self._lifecycle.failing()),
            waiting=self._lifecycle.waiting(),
            nodes=self._lifecycle.nodes(),
            image_sizes=self._sizes.by_image(),
            images=self.images,
        )

    def _of_known(self, rows: list[Row]) -> list[Row]:
        """Return rows of pods that are there. Events of an hour tell of pods that are gone, healed or run, so that after a start others wait."""
        if self._clock() >= self._doubted_until:
            return rows
        strangers = self._lifecycle.strangers()
        return [row for row in rows if row.pod_uid not in strangers]

    def events_seen(self) -> int:
        """Return how many Events about images were read."""
        return self._lifecycle.tally.events

    def recent(self) -> list[Pull]:
        return self._history.pulls(now=self._clock())

    @property
    def texts(self) -> Sequence[FamilyText]:
        return self._metrics.texts

    def refresh(self) -> Iterator[None]:
        now = self._clock()
        yield from self._metrics.refresh(self.state(), now=now)
        # A child whose first minute is over is shown from now on, also by the next process.
        with contextlib.suppress(CheckpointError):
            self._save(now)
        self._vouch()

    def pulls_document(self) -> Iterable[str]:
        self._vouch()
        now = self._clock()
        finished = self._history.pulls(now=now)
        stamps = [row.finished_at for row in finished if row.finished_at is not None]
        rows = [*finished, *self._lifecycle.running()]
        coverage = self._lifecycle.coverage()
        window = (min(stamps, default=self._window_start), now)
        return schema.parts(summaries.summarise(rows, now=now, window=window, coverage=coverage, thresholds=self._thresholds))

    def images_document(self, image: Image | None = None, *, node: str | None = None) -> Iterable[str]:
        now = self._clock()
        if image is None:
            return images_document.listed(self.images, now=now)
        return images_document.detailed(self.images, image, node=node, now=now)

    def running_document(self) -> Iterable[str]:
        self._vouch()
        now = self._clock()
        joined = self.live.joined(self._lifecycle.running(), now=now, manifests=self.images.manifests)
        return running_document.parts(joined, self.images.layers, now=now)

    def readiness(self) -> tuple[bool, Sequence[str]]:
        return self._contacts.readiness()

    def summary(self, wanted: Chosen = chosen.ALL) -> PageModel:
        self._vouch()
        return overview.overview(
            self.state(),
            recent=self.recent(),
            thresholds=self._thresholds,
            now=self._clock(),
            coverage=self._lifecycle.coverage(),
            problems=self._contacts.problems(),
            counted_since=self._carryover.counted_since,
            witnessed=self._witnesses.nodes(),
            wanted=wanted,
        )

    # What is kept.

    def _remember(self, row: Pull, now: float) -> None:
        self._history.add(row)
        self._sizes.tell(row.image, row.size_bytes, row.size_kind)
        if row.outcome in (Outcome.PULLED, Outcome.REVALIDATED):
            self._metrics.remember(row, now=now)

    def _save(self, now: float) -> None:
        self.self_metrics.checkpoint_dropped.inc(self._carryover.save(now))

    def _vouch(self) -> None:
        """Refuse to show what could not be saved: the next process would not know of it."""
        try:
            self._carryover.check()
        except CheckpointError as error:
            raise exposition.NotShown(str(error)) from error

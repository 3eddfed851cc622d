"""The metrics of a cluster of 2,500 nodes which pulls from 1,000 repositories: 100,000 series, made by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from pullwatch.publish import chosen, families, page, self_metrics
from pullwatch.publish.state import State
from pullwatch.pulls import image as images
from pullwatch.pulls.image import Image
from pullwatch.pulls.observed import Node
from pullwatch.pulls.pull import Outcome, Pull, SizeKind

if TYPE_CHECKING:
    from prometheus_client.registry import CollectorRegistry

    from pullwatch.publish.family_text import FamilyText

REPOSITORIES, NODES, IMAGES, RUNNING = 1_000, 2_500, 10_000, 500
NOW = 1_700_000_000.0


class MadeMetrics:
    """What the server shows."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self._images = [images.parse(f"registry-{n % 20}.example.com/team-{n % 50}/app-{n % REPOSITORIES}:1.{n}") for n in range(IMAGES)]
        self._nodes = [
            Node(f"node-{n}.eu-1.example.com", "containerd://2.1.9", "v1.37.0", "amd64", "m7.large", "blue", "eu-1a") for n in range(NODES)
        ]
        self._sizes = {image: (50_000_000 + n, SizeKind.COMPRESSED) for n, image in enumerate(self._images)}
        self._running = [self._pull(n, pod=f"web-{n}", outcome=Outcome.RUNNING) for n in range(RUNNING)]
        self._serial = 0

    def fill(self) -> None:
        """Show each label set."""
        self.metrics = families.PullMetrics(clock=lambda: self.seconds)
        self.own = self_metrics.SelfMetrics(version="0", room=self.metrics)
        for n in range(NODES):
            self.metrics.asked(self._images[n % REPOSITORIES], node=self._nodes[n].name)
            self.metrics.count(self._pull(n))
        self.seconds += 60

    def change(self, share: float) -> None:
        """Let this share of all label sets change: pulls end, sizes are told anew."""
        # Apart from each other, as the label sets of real pulls are.
        for n in range(self._serial, self._serial + NODES, round(1 / share)):
            self.metrics.count(self._pull(n * 7919))
        told = dict(self._sizes)
        for n in range(self._serial, IMAGES, round(1 / share)):
            told[self._images[n]] = (told[self._images[n]][0] + 1, SizeKind.COMPRESSED)
        self._sizes = told
        self._serial += 1

    def count(self, pulls: int) -> None:
        """Take the Events of some pulls, all else standing still."""
        for _ in range(pulls):
            self._serial += 1
            pull = self._pull(self._serial * 7919)
            self.metrics.asked(pull.image, node=pull.node)
            self.metrics.count(pull)

    @property
    def registry(self) -> CollectorRegistry:
        return self.own.registry

    @property
    def texts(self) -> Sequence[FamilyText]:
        return self.metrics.texts

    def refresh(self) -> Iterator[None]:
        state = State(running=self._running, nodes=self._nodes, image_sizes=self._sizes)
        return self.metrics.refresh(state, now=NOW)

    def pulls_document(self) -> Iterable[str]:
        return ()

    def images_document(self, image: Image | None = None, *, node: str | None = None) -> Iterable[str]:
        raise NotImplementedError

    def running_document(self) -> Iterable[str]:
        return ()

    def readiness(self) -> tuple[bool, Sequence[str]]:
        return True, ()

    def summary(self, wanted: chosen.Chosen = chosen.ALL) -> page.PageModel:
        raise NotImplementedError

    def _pull(self, number: int, *, pod: str = "web", outcome: Outcome = Outcome.PULLED) -> Pull:
        took = 1.0 + number % 97
        return Pull(
            image=self._images[number % REPOSITORIES], namespace="shop", pod=pod, pod_uid=pod, container="web", workload="Deployment/web",
            node=self._nodes[number % NODES].name, outcome=outcome, started_at=NOW - took, unblocked_at=NOW - took, finished_at=NOW,
            pull_seconds=took, wait_seconds=0.5, total_seconds=took + 0.5, size_bytes=50_000_000, size_kind=SizeKind.COMPRESSED,
        )  # fmt: skip

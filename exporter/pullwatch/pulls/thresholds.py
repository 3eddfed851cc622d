"""The thresholds that say what slow means, as the alerts mean it.

They stand once, in alerts/config.libsonnet; `thresholds.json` beside the package is rendered from it. Values here come
in from outside: this module holds the meaning, not the numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullwatch.pulls.pull import Outcome, Pull

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Limits of the alerts; seconds and bytes."""

    slow_base_seconds: float
    """What every pull may take, whatever its size."""
    expected_bytes_per_second: float
    """Compressed bytes a healthy pull moves per second, unpacking included."""
    assumed_size_bytes: int
    """Size taken where none is known."""
    stuck_seconds: float
    """Time after which a running pull counts as stuck."""

    def limit_seconds(self, size_bytes: int | None) -> float:
        """Return the time a pull of this size may take: base + size / expected rate."""
        size = self.assumed_size_bytes if size_bytes is None else size_bytes
        return self.slow_base_seconds + size / self.expected_bytes_per_second


def working_seconds(pull: Pull, now: float) -> float | None:
    """Return the time that counts against the limit: of a running pull since it was unblocked, else the runtime's."""
    if pull.outcome is Outcome.RUNNING:
        return None if pull.unblocked_at is None else max(0.0, now - pull.unblocked_at)
    if pull.outcome in (Outcome.PULLED, Outcome.REVALIDATED):
        # A kubelet up to 1.25 tells one time only, which includes the queue: it is not held against the pull.
        return pull.pull_seconds
    return None


def is_slow(pull: Pull, *, size_bytes: int | None, now: float, thresholds: Thresholds) -> bool:
    """Tell whether a pull, running or finished, passed the limit of its image's size."""
    worked = working_seconds(pull, now)
    return worked is not None and worked > thresholds.limit_seconds(size_bytes)


def is_stuck(pull: Pull, *, now: float, thresholds: Thresholds) -> bool:
    """Tell whether a running pull has worked longer than the stuck limit."""
    worked = working_seconds(pull, now)
    return pull.outcome is Outcome.RUNNING and worked is not None and worked > thresholds.stuck_seconds


def known_sizes(pulls: Iterable[Pull]) -> dict[str, int]:
    """Return the largest size told of each canonical image; a compressed size wins over any other."""
    sizes: dict[str, tuple[bool, int]] = {}
    for pull in pulls:
        if pull.image.canonical is None or pull.size_bytes is None:
            continue
        candidate = (pull.size_kind == "compressed", pull.size_bytes)
        sizes[pull.image.canonical] = max(candidate, sizes.get(pull.image.canonical, (False, 0)))
    return {image: size for image, (_, size) in sizes.items()}

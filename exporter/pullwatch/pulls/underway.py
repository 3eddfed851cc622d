"""The pulls that run now, as `/api/v1/running` tells them: each with what is known of its progress.

The row of a pod's pull says since when and behind how many it waits. Bytes and layers are there where an agent watches the
node. These values are also the JSON (docs/json.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pullwatch.pulls.reported import LayerProgress, LayerState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MOST = 1 << 60
"""Beyond any bytes, seconds or positions: a figure outside of 0 to this is nobody's."""

_SETTLED = (LayerState.DONE, LayerState.PRESENT)


class LayerUnderway(LayerProgress, frozen=True, gc=False):
    """One layer of a running pull, as an agent reported it, and how far it is."""

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do."""
        return self.state in _SETTLED

    @property
    def fraction(self) -> float | None:
        """Part of its bytes that is there, from 0 to 1; None where that is not known."""
        if self.state not in (LayerState.QUEUED, LayerState.DOWNLOADING):
            return 1.0
        if self.downloaded_bytes is None:
            return 0.0 if self.state is LayerState.QUEUED else None
        return min(1.0, max(0, self.downloaded_bytes) / self.size_bytes) if self.size_bytes > 0 else 1.0


class Underway(msgspec.Struct, frozen=True, kw_only=True):
    """A running pull: of a pod, or one that no pod's pull was found for, which has no pod and no tag."""

    image: str | None = None
    image_as_written: str = ""
    registry: str | None = None
    repository: str | None = None
    digest: str | None = None
    namespace: str = ""
    pod: str = ""
    node: str | None = None
    elapsed_seconds: float | None = None
    ahead: int | None = None
    digest_running: str | None = None
    downloaded_bytes: int | None = None
    total_bytes: int | None = None
    bytes_per_second: float | None = None
    eta_seconds: float | None = None
    waits_for_pull: bool = False
    layers: tuple[LayerUnderway, ...] | None = None

    @property
    def name(self) -> str:
        """What to call the image."""
        if self.image_as_written or self.image:
            return self.image_as_written or self.image or ""
        named = "/".join(part for part in (self.registry, self.repository) if part)
        return f"{named}@{self.digest}" if self.digest else named

    @property
    def fraction(self) -> float | None:
        """Part of its bytes that is there, from 0 to 1; None where that is not known."""
        if self.downloaded_bytes is None or not self.total_bytes or self.total_bytes < 0:
            return None
        return min(1.0, max(0, self.downloaded_bytes) / self.total_bytes)

    @property
    def unpacks(self) -> bool:
        """Whether all bytes are there and some layer is not yet in its place."""
        if not self.layers or all(layer.settled for layer in self.layers):
            return False
        return all(layer.fraction == 1.0 for layer in self.layers)


class RunningDocument(msgspec.Struct, frozen=True):
    """All of `/api/v1/running`."""

    schema: int
    generated_at: str
    pulls: tuple[Underway, ...] = ()
    unmatched: tuple[Underway, ...] = ()
    """Pulls that an agent sees and no pod's pull was found for."""


def longest_first(pulls: Iterable[Underway]) -> list[Underway]:
    """Return pulls by the time since they were asked for; those of which it is not known come last."""
    return sorted(pulls, key=lambda pull: (-(pull.elapsed_seconds if pull.elapsed_seconds is not None else -1.0), pull.name, pull.pod))


def is_sound(document: RunningDocument) -> bool:
    """Tell whether the figures can be figures: a document may come from anywhere."""
    return all(0 <= figure <= _MOST for pull in (*document.pulls, *document.unmatched) for figure in _figures(pull))


def _figures(pull: Underway) -> Iterator[float]:
    told = [pull.elapsed_seconds, pull.ahead, pull.downloaded_bytes, pull.total_bytes, pull.bytes_per_second, pull.eta_seconds]
    for layer in pull.layers or ():
        told += [layer.position, layer.size_bytes, layer.downloaded_bytes, layer.download_seconds, layer.unpack_seconds]
    return (figure for figure in told if figure is not None)

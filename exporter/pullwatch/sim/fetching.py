"""How far the layers of a made pull are after so many bytes: three connections share the line, unpacking follows from below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from pullwatch.sim.builds import Layer

CONNECTIONS = 3

UNPACK_BYTES_PER_SECOND = 140_000_000.0

STEP_BYTES = 1 << 20
"""containerd tells bytes in steps of its copy buffer."""


@dataclass(slots=True)
class _Fetch:
    """A layer on its way; seconds are those since the pull began."""

    layer: Layer
    present: bool
    fetched_bytes: float = 0.0
    began: float | None = None
    ended: float | None = None

    @property
    def left_bytes(self) -> float:
        return self.layer.size_bytes - self.fetched_bytes


def progress(layers: Sequence[Layer], *, present: Container[str], seconds: float, bytes_per_second: float) -> list[dict[str, Any]]:
    """Returns each layer as an agent reports it; `present` are the digests that the node had before."""
    fetches = [_Fetch(layer, layer.digest in present) for layer in layers]
    _fetch([fetch for fetch in fetches if not fetch.present], seconds, bytes_per_second)
    told, unpacked = [], 0.0
    for position, fetch in enumerate(fetches):
        began = max(unpacked, fetch.ended) if fetch.ended is not None else None
        unpacked = (
            unpacked if fetch.present else began + fetch.layer.size_bytes / UNPACK_BYTES_PER_SECOND if began is not None else float("inf")
        )
        told.append(_told(position, fetch, seconds=seconds, unpack_began=began, unpacked=unpacked))
    return told


def _fetch(fetches: Sequence[_Fetch], seconds: float, bytes_per_second: float) -> None:
    """Lets time pass from one end of a layer to the next."""
    now = 0.0
    while now < seconds and (active := [fetch for fetch in fetches if fetch.ended is None][:CONNECTIONS]):
        each = bytes_per_second / len(active)
        step = min(seconds - now, min(fetch.left_bytes for fetch in active) / each)
        for fetch in active:
            fetch.began = now if fetch.began is None else fetch.began
            fetch.fetched_bytes += each * step
            if fetch.left_bytes < 1:
                fetch.fetched_bytes, fetch.ended = float(fetch.layer.size_bytes), now + step
        now += step


def _told(position: int, fetch: _Fetch, *, seconds: float, unpack_began: float | None, unpacked: float) -> dict[str, Any]:
    whole: dict[str, Any] = {"position": position, "digest": fetch.layer.digest, "size_bytes": fetch.layer.size_bytes}
    if fetch.present:
        return whole | {"state": "present"}
    downloaded: dict[str, Any] = {
        "downloaded_bytes": fetch.layer.size_bytes if fetch.ended is not None else int(fetch.fetched_bytes // STEP_BYTES) * STEP_BYTES
    }
    if fetch.began is None:
        return whole | {"state": "queued"} | downloaded
    downloaded |= {"download_seconds": (seconds if fetch.ended is None else fetch.ended) - fetch.began}
    if unpack_began is None:
        return whole | {"state": "downloading"} | downloaded
    if unpack_began > seconds:
        return whole | {"state": "downloaded"} | downloaded
    state = "unpacking" if unpacked > seconds else "done"
    return whole | {"state": state, "unpack_seconds": min(unpacked, seconds) - unpack_began} | downloaded

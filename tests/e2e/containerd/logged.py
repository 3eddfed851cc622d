"""When each layer was downloaded and unpacked, by containerd's own log and the record of the way to the registry."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.containerd.images import Image
    from tests.e2e.containerd.relay import Relay


@dataclass(frozen=True, slots=True)
class Logged:
    """One layer, by the wall clock."""

    fetched_from: float
    """When containerd asked for it (log: `do request`)."""
    fetched_until: float
    """When its last byte went out to containerd (relay: no generation logs the end of a download)."""
    unpacked_from: float
    """When all was there to unpack it: its last byte, and the layer below."""
    unpacked_until: float
    """When it was (log: `layer unpacked`; in 1.6, which has no such line, the event of the commit that follows `diff applied`)."""
    logged_seconds: float | None
    """What the log gives as its duration, in 1.7 and 2: from its turn on, so with what it waited for its bytes."""

    @property
    def download_seconds(self) -> float:
        return self.fetched_until - self.fetched_from

    @property
    def unpack_seconds(self) -> float:
        return self.unpacked_until - self.unpacked_from

    @property
    def was_waited_for(self) -> bool:
        """Whether it was downloaded before its turn came, so that its logged duration is all unpacking."""
        return self.fetched_until < self.unpacked_from


def layers(log: Path, image: Image, way: Relay) -> list[Logged]:
    """Return what is known of each layer of an image that was pulled once."""
    entries = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    found: list[Logged] = []
    for layer in image.layers:
        (transfer,) = way.blob(layer.digest)
        about = [entry for entry in entries if layer.digest in {entry.get("digest"), entry.get("layer")}]
        asked = next(_at(entry) for entry in about if entry["msg"] == "do request")
        unpacked = next((entry for entry in about if entry["msg"] == "layer unpacked"), None) or _committed(entries, layer.digest)
        below = found[-1].unpacked_until if found else 0.0
        duration = unpacked["duration"] / 1e9 if "duration" in unpacked else None
        found.append(Logged(asked, transfer.ended_at, max(transfer.ended_at, below), _at(unpacked), duration))
    return found


def _committed(entries: list[dict[str, Any]], digest: str) -> dict[str, Any]:
    """Return what is logged of the commit after a layer was applied; layers follow each other."""
    later = itertools.dropwhile(lambda entry: entry["msg"] != "diff applied" or entry["digest"] != digest, entries)
    return next(entry for entry in later if entry.get("topic") == "/snapshot/commit")


def _at(entry: dict[str, Any]) -> float:
    return datetime.fromisoformat(entry["time"]).timestamp()

"""Running pulls for the surfaces that show them."""

from __future__ import annotations

from typing import Any

import msgspec

from pullwatch.pulls.underway import RunningDocument

STATES = ("present", "done", "unpacking", "downloaded", "downloading", "queued")


def layers() -> list[dict[str, Any]]:
    """Return a layer in each state."""
    return [
        {
            "position": position,
            "digest": f"sha256:{position}",
            "size_bytes": 100_000_000 * (position + 1),
            "state": state,
            "downloaded_bytes": 250_000_000 if state == "downloading" else None,
            "download_seconds": 12.0 if state in ("downloaded", "downloading") else None,
            "unpack_seconds": 3.5 if state == "unpacking" else None,
            "instruction": f"RUN step {position} && with a line that is longer than most terminals are wide, as it often is",
        }
        for position, state in enumerate(STATES)
    ]


def pull(number: int = 0, **fields: Any) -> dict[str, Any]:
    row = {
        "image": f"registry.example.com/ml/trainer:2.{number}",
        "image_as_written": f"registry.example.com/ml/trainer:2.{number}",
        "namespace": "ml",
        "pod": f"trainer-{number}",
        "node": f"node-{number % 20}",
        "outcome": "running",
        "elapsed_seconds": 1000.0 - number,
        "ahead": 0,
    }
    return row | fields


def followed(number: int = 0, **fields: Any) -> dict[str, Any]:
    """Return a pull of which an agent tells."""
    live = {
        "downloaded_bytes": 850_000_000,
        "total_bytes": 2_100_000_000,
        "bytes_per_second": 6_500_000.0,
        "eta_seconds": 192.0,
        "layers": layers(),
    }
    return pull(number, **(live | fields))


def unmatched(**fields: Any) -> dict[str, Any]:
    row = {"node": "node-7", "registry": "127.0.0.1", "repository": "team/five", "digest": f"sha256:{'ab' * 32}", "layers": None}
    return row | fields


def document(*pulls: dict[str, Any], beside: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"schema": 1, "generated_at": "2026-01-01T12:00:00Z", "pulls": list(pulls), "unmatched": beside or []}


def read(*pulls: dict[str, Any], beside: list[dict[str, Any]] | None = None) -> RunningDocument:
    return msgspec.convert(document(*pulls, beside=beside), type=RunningDocument)

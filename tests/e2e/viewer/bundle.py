"""The viewer's bundle: where `make viewer` leaves it, and the reason a test gives where it is missing."""

from __future__ import annotations

from pathlib import Path

from tests.e2e import programs

BUILT = Path(__file__).parents[3] / "build" / "viewer"


def folder() -> Path:
    """Return the folder that holds the page, or skip the test; see `programs`."""
    built = BUILT / "site"
    if (built / "bundle.js").is_file():
        return built
    reason = BUILT / "reason"
    return programs.missing(f"no viewer: run `make viewer` ({reason.read_text().strip() if reason.is_file() else 'it was never built'})")

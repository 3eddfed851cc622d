"""Recordings of real clusters (Kubernetes 1.34 and 1.36, containerd 2.1 and 2.2) and what really happened in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RECORDINGS = Path(__file__).parent / "recordings"

SCENARIOS = sorted(path.name.split(".")[0] for path in RECORDINGS.glob("*.events.jsonl"))


def rows(file: str) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of a JSON lines file beside the recordings, by scenario."""
    by_scenario: dict[str, list[dict[str, Any]]] = {scenario: [] for scenario in SCENARIOS}
    for line in (RECORDINGS / file).read_text().splitlines():
        row = json.loads(line)
        by_scenario.setdefault(row["scenario"], []).append(row)
    return by_scenario

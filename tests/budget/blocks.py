"""A small cluster's history as blocks of Prometheus, written by promtool: few series, each with all of its samples."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.budget.world import CHOSEN, Lives, World
from tests.e2e import programs
from tests.rulelint import series as known

WORLD = World(
    nodes=4,
    repositories=6,
    registries=2,
    repositories_of_a_registry=3,
    short_lived={"pullwatch_pull_running_": Lives(5, 5)},
    shares={},
)
"""What is written, in the terms of the figures that are held against it."""

END = 1_700_000_000.0
"""Of the history. Records are of the moments that end in .5, scrapes of those that end in .25: no query hits one exactly."""

_RECORDED_SECONDS = 31 * 86_400
_SCRAPED_SECONDS = 6 * 3_600

NODES = (CHOSEN, "n1", "n2", "n3")
REPOSITORIES = tuple(itertools.product((CHOSEN, "other.io"), (CHOSEN, "a", "b")))
EDGES = tuple(sorted(known.edges("pullwatch_pull_duration_seconds_bucket")))
REASONS = tuple(sorted(known.values("pullwatch_pull_failures_total", "reason") - {"_other"}))


def written(folder: Path) -> Path:
    """Return the folder of a store."""
    history = folder / "history.txt"
    with history.open("w") as file:
        file.writelines(_lines())
        file.write("# EOF\n")
    store = folder / "data"
    # One block and not one of two hours each, for each of which promtool reads the whole file.
    command = [
        str(programs.promtool()),
        "tsdb",
        "create-blocks-from",
        "openmetrics",
        "--max-block-duration=2000h",
        "-q",
        str(history),
        str(store),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return store


def _lines() -> Iterator[str]:
    for registry, repository in REPOSITORIES:
        labels = f'registry="{registry}",repository="{repository}"'
        yield from _scraped("pullwatch_pull_duration_seconds_count", labels)
        for edge in EDGES:
            yield from _scraped("pullwatch_pull_duration_seconds_bucket", f'{labels},le="{edge}"')
    for node in NODES:
        yield from _scraped("pullwatch_node_pull_duration_seconds_count", f'node="{node}"')
        yield from _recorded("node:pullwatch_pulls:increase1h", f'node="{node}"', 3_600)
        yield from _recorded("node:pullwatch_pull_seconds:mean1h", f'node="{node}"', 3_600)
    for pod in range(5):
        yield from _scraped("pullwatch_pull_running_ahead", f'pod="p{pod}",node="n1"')
    for registry in (CHOSEN, "other.io"):
        for reason in REASONS:
            yield from _scraped("pullwatch_pull_failures_total", f'registry="{registry}",reason="{reason}"')
        yield from _recorded("registry:pullwatch_pull_duration_seconds_sum:increase5m", f'registry="{registry}"', 300)
        for edge in EDGES:
            yield from _recorded("registry:pullwatch_pull_duration_seconds_bucket:increase5m", f'registry="{registry}",le="{edge}"', 300)


def _scraped(name: str, labels: str) -> Iterable[str]:
    begin = END - _SCRAPED_SECONDS + 0.25
    return (f"{name}{{{labels}}} {number} {begin + 30 * number}\n" for number in range(_SCRAPED_SECONDS // 30))


def _recorded(name: str, labels: str, seconds: int) -> Iterable[str]:
    begin = END - _RECORDED_SECONDS + 0.5
    return (f"{name}{{{labels}}} {number % 7} {begin + seconds * number}\n" for number in range(_RECORDED_SECONDS // seconds))

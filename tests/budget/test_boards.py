"""No query of a dashboard touches more samples over a month than a Prometheus of a large cluster answers in seconds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pullwatch.pack import dashboards, mixin
from tests.budget import asked, touched
from tests.budget.world import Series, World
from tests.rulelint.reader import parse

MOST_SAMPLES = 5_000_000
"""About a second of one core, and a tenth of what Prometheus lets one query hold (--query.max-samples)."""

LARGE = World(nodes=5_000, repositories=2_000, registries=20, repositories_of_a_registry=1_000)

BOARDS: dict[str, dict[str, Any]] = {name: json.loads(text) for name, text in dashboards.render()}


@pytest.fixture(scope="module")
def series() -> Series:
    """Return what a large cluster stores."""
    return Series.of(LARGE, mixin.groups())


def too_many(board: dict[str, Any], series: Series) -> list[str]:
    """Return the queries above the limit, with their figures."""
    found = []
    for query in asked.queries(board):
        samples = touched.by(parse(query.text), query.grid, series)
        if samples.read > MOST_SAMPLES:
            found.append(f"{query.place}: {samples.read / 1e6:.1f} million samples over 30 days: {query.text}")
    return found


@pytest.mark.parametrize("name", BOARDS)
def test_a_month_of_a_large_cluster_can_be_looked_at(name: str, series: Series) -> None:
    """Each query of each board stays below 5 million samples over 30 days at 5,000 nodes, 2,000 repositories and 20 registries."""
    assert too_many(BOARDS[name], series) == []

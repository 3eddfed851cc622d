"""No query of a dashboard touches more samples over a month than a Prometheus of a large cluster answers in seconds."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from typing import Any

import pytest

from pullwatch.pack import dashboards, mixin
from tests.budget import asked, touched
from tests.budget.asked import Query
from tests.budget.stored import Series
from tests.budget.world import World
from tests.rulelint.reader import parse

MOST_SAMPLES = 5_000_000
"""About a second of one core, and a tenth of what Prometheus lets one query hold (--query.max-samples)."""

LARGE = World(nodes=5_000, repositories=2_000, registries=20, repositories_of_a_registry=1_000)

MOST_OF_CAP = 17_000_000
FULL = dataclasses.replace(LARGE, registries=100)
"""As many registries as the exporter tells apart: what is recorded of each by its edges or reasons is five times as much."""

BOARDS: dict[str, dict[str, Any]] = {name: json.loads(text) for name, text in dashboards.render()}

every_board = pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)


def too_many(queries: Iterable[Query], series: Series, most: float = MOST_SAMPLES) -> list[str]:
    """Return the queries above a limit, with their figures."""
    found = []
    for query in queries:
        samples = touched.by(parse(query.text), query.grid, series)
        if samples.most > most:
            found.append(f"{query.place}: {samples.most / 1e6:.1f} million samples over 30 days: {query.text}")
    return found


def stored(world: World) -> Series:
    return Series.of(world, mixin.groups())


@every_board
def test_a_month_of_a_large_cluster_can_be_looked_at(board: dict[str, Any]) -> None:
    """Each query of each board stays below 5 million samples over 30 days at 5,000 nodes, 2,000 repositories and 20 registries."""
    assert too_many(asked.queries(board), stored(LARGE)) == []


@every_board
def test_a_hundred_registries_cost_seconds(board: dict[str, Any]) -> None:
    """Nobody has as many as the exporter's cap allows, but for whoever does it is 17 million samples at most."""
    assert too_many(asked.queries(board), stored(FULL), MOST_OF_CAP) == []


@pytest.mark.parametrize(
    ("query", "kind", "millions"),
    [
        # Counters of each repository over the whole range, at one moment, and of their edges at each.
        ('sum(increase(pullwatch_pull_duration_seconds_count{registry=~".*"}[$__range]))', "number", "172.8"),
        ("histogram_quantile(0.9, sum by (le) (rate(pullwatch_pull_duration_seconds_bucket[$__rate_interval])))", "graph", "2461.2"),
        # Records of nodes in two columns that would be one query.
        (
            "sum_over_time(node:pullwatch_pull_seconds:increase1h[$__interval]) / sum_over_time(node:pullwatch_pulls:increase1h[$__interval])",
            "graph",
            "7.2",
        ),
        # What Prometheus reads once, and counts at each step.
        ("topk(5, avg_over_time(node:pullwatch_pull_seconds:mean1h[1d] @ end()))", "graph", "86.5"),
        # What Prometheus does not count is read all the same.
        ("max_over_time(count(pullwatch_pull_running_ahead)[$__range:30s])", "number", "43.3"),
    ],
)
def test_what_is_too_much_is_found(query: str, kind: str, millions: str) -> None:
    """Each way to ask for too much is named with its panel and its figure."""
    target = {"expr": query, "instant": kind == "number", "refId": "A"}
    panel = {"title": "How many?", "interval": "1h" if "1h" in query else None, "targets": [target]}
    board = {"title": "Planted", "panels": [panel], "templating": {"list": []}, "annotations": {"list": []}}

    (found,) = too_many(asked.queries(board), stored(LARGE))

    assert found.startswith(f"Planted, 'How many?' A: {millions} million samples over 30 days: ")


def test_a_choice_of_one_value_counts_one() -> None:
    """A board of one image or node may look at what nobody could look at for all of them."""
    target = {
        "expr": 'rate(pullwatch_pull_wait_seconds_bucket{repository="$repository", node=~"${node:regex}"}[$__interval])',
        "refId": "A",
    }
    variables = [{"name": "repository", "type": "custom"}, {"name": "node", "type": "custom", "multi": True}]
    board = {
        "title": "One",
        "panels": [{"title": "?", "targets": [target]}],
        "templating": {"list": variables},
        "annotations": {"list": []},
    }

    (query,) = asked.queries(board)

    assert query.text == 'rate(pullwatch_pull_wait_seconds_bucket{repository="chosen", node=~".*"}[1800s])'
    assert touched.by(parse(query.text), query.grid, stored(LARGE)).most == 14 * 1_441 * 60

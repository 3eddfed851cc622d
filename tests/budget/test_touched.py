"""What a query is said to touch is what a real Prometheus says afterwards."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from pullwatch.pack import mixin
from tests.budget import blocks, touched
from tests.budget.stored import Series
from tests.budget.touched import Grid
from tests.e2e import programs
from tests.e2e.started import fetched, started, until
from tests.rulelint.reader import parse

HOUR, MONTH = 3_600, 30 * 86_400

BUCKETS = "registry:pullwatch_pull_duration_seconds_bucket:increase5m"
SUMS = "registry:pullwatch_pull_duration_seconds_sum:increase5m"
RAW = "pullwatch_pull_duration_seconds_bucket"
COUNTS = "pullwatch_pull_duration_seconds_count"
HOURLY = "node:pullwatch_pulls:increase1h"

INSTANT = (
    f"sum(sum_over_time({BUCKETS}[30d]))",
    f'sum by (registry) (sum_over_time({BUCKETS}{{le="+Inf", registry=~".*"}}[30d]))',
    f'sum(sum_over_time({BUCKETS}{{le=~"60.0|300.0", registry="chosen"}}[30d]))',
    f'1 - sum(sum_over_time({BUCKETS}{{le="60.0"}}[1d])) / (sum(sum_over_time({BUCKETS}{{le="+Inf"}}[1d])) > 0)',
    f"topk(3, sum by (node) (sum_over_time({HOURLY}[30d])))",
    f'sum(last_over_time({HOURLY}{{node="chosen"}}[1h]))',
    "count(pullwatch_pull_running_ahead > 0)",
    f"sum(increase({COUNTS}[1h]))",
    f'sum(increase({COUNTS}{{registry="chosen"}}[1h])) + sum(increase({COUNTS}{{repository="chosen", registry="chosen"}}[5m30s]))',
    'sum by (reason) (increase(pullwatch_pull_failures_total{reason!="auth"}[1h])) > 0 or vector(0)',
    'sum(increase(pullwatch_pull_failures_total{reason=~"auth|dns|to.*"}[1h]))',
    f"max_over_time(sum(rate({COUNTS}[5m]))[1h:5m])",
    f"max_over_time({SUMS}[1d] offset 1d)",
    f"absent({SUMS})",
    "time() - 5",
)

RANGE = (
    (f"sum by (registry) (sum_over_time({BUCKETS}[30m]))", MONTH, 1_800),
    (f"histogram_quantile(0.9, sum by (le) (sum_over_time({BUCKETS}[30m]))) > 0", MONTH, 1_800),
    (f"sum by (le) (sum_over_time({BUCKETS}[5m]))", 86_400, 300),
    (f'sum(sum_over_time({SUMS}[1h])) / (sum(sum_over_time({BUCKETS}{{le="+Inf"}}[1h])) > 0)', MONTH, HOUR),
    (f"sum by (node) (sum_over_time({HOURLY}[1h]))", MONTH, HOUR),
    ("node:pullwatch_pull_seconds:mean1h", 86_400, 300),
    (f"{SUMS} > 1", 86_400, 300),
    (f"sum(rate({RAW}[5m]))", 2 * HOUR, 30),
    (f'histogram_quantile(0.5, sum by (le) (rate({RAW}{{repository="chosen", registry="chosen"}}[2m])))', 2 * HOUR, 60),
    ("sum(rate(pullwatch_node_pull_duration_seconds_count[2m])) by (node) > 0", 2 * HOUR, 60),
    ("max by (node) (pullwatch_pull_running_ahead) unless pullwatch_pull_running_ahead", 2 * HOUR, 60),
    ("timestamp(pullwatch_pull_running_ahead)", 2 * HOUR, 60),
    (f"sum by (node) (sum_over_time({HOURLY}[1h])) and on (node) topk(2, sum_over_time({HOURLY}[1d] @ end()))", 86_400, HOUR),
    (f"{SUMS} @ end()", 86_400, HOUR),
    (f"max_over_time(sum(rate({COUNTS}[5m]))[1h:5m])", 2 * HOUR, 600),
    (f"max_over_time(sum by (registry) (rate({COUNTS}[5m]))[1h:5m] @ end())", 2 * HOUR, 600),
    (f"avg_over_time({SUMS}[1h:])", 86_400, HOUR),
)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a Prometheus that has the small history, and scrapes nothing."""
    folder = tmp_path_factory.mktemp("budget")
    data = blocks.written(folder)
    (folder / "prometheus.yml").write_text("{}")
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [
        str(programs.prometheus()),
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={data}",
        "--storage.tsdb.retention.time=100y",
        f"--web.listen-address={address}",
    ]
    with started(command, output=folder / "prometheus.txt"):
        until(lambda: fetched(f"http://{address}/-/ready"), what="Prometheus to be ready")
        yield f"http://{address}/api/v1"


@pytest.fixture(scope="module")
def series() -> Series:
    """Return what the small history is said to hold."""
    return Series.of(blocks.WORLD, mixin.groups())


def told(api: str, path: str, parameters: dict[str, Any]) -> int:
    """Return the samples that Prometheus says it touched."""
    answer = fetched(f"{api}/{path}?{urlencode(parameters | {'stats': 'all'})}")
    assert answer is not None, f"Prometheus refuses {parameters}"
    return int(json.loads(answer)["data"]["stats"]["samples"]["totalQueryableSamples"])


@pytest.mark.parametrize("query", INSTANT)
def test_a_number_touches_what_is_said(query: str, api: str, series: Series) -> None:
    """Every sample of a window once, of each series that the selector finds."""
    expected = touched.by(parse(query), Grid(), series).counted

    assert told(api, "query", {"query": query, "time": blocks.END - 10}) == expected


@pytest.mark.parametrize(("query", "seconds", "step"), RANGE)
def test_a_graph_touches_what_is_said(query: str, seconds: int, step: int, api: str, series: Series) -> None:
    """A window is touched anew at each step."""
    end = blocks.END - 10

    expected = touched.by(parse(query), Grid.of_range(seconds, step), series).counted

    assert told(api, "query_range", {"query": query, "start": end - seconds, "end": end, "step": step}) == pytest.approx(expected, abs=1)

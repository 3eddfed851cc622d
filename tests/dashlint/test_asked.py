"""Queries as Grafana asks them."""

from __future__ import annotations

import pytest

from tests.dashlint import asked
from tests.dashlint.asked import INTERVAL, RANGE, RATE_INTERVAL, Query


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("rate(a[$__rate_interval])", [RATE_INTERVAL]),
        ("rate(a[${__rate_interval}])", [RATE_INTERVAL]),
        ("sum_over_time(a[$__interval])", [INTERVAL]),
        ("max_over_time(a[$__range:1m])", [RANGE]),
        ("max_over_time(a[$__range] @ end()) + a", [RANGE]),
        ("rate(a[5m])", [""]),
        ("rate(a[$window])", [""]),
        ("a offset 1h", []),
    ],
)
def test_windows_of_grafana_are_told_from_times(text: str, windows: list[str]) -> None:
    """Which of them it is decides what a function may make of it."""
    assert [asked.window(found.range_seconds) for found in Query(text, "here").windows()] == windows


@pytest.mark.parametrize("text", ["sum(rate(a[$__rate_interval]))", 'a{b=~"$c"}', "label_values(a, b)"])
def test_it_reads_what_is_grafanas(text: str) -> None:
    """Once variables and windows are in place it is PromQL."""
    assert Query(text, "here").readable


@pytest.mark.parametrize("text", ["sum(", "", "a{b!=}"])
def test_it_tells_what_is_no_promql(text: str) -> None:
    """Other rules leave it to the one that says so."""
    assert not Query(text, "here").readable


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("label_values(a, b)", ("a", "b")),
        ('label_values({__name__=~"a|b", c=~"$c"}, d)', ('{__name__=~"a|b", c=~"$c"}', "d")),
        ("label_values(a)", None),
        ("query_result(a)", None),
    ],
)
def test_it_reads_what_a_variable_asks_for(text: str, found: tuple[str, str] | None) -> None:
    """Series and label, or something else."""
    assert asked.values_of(text) == found

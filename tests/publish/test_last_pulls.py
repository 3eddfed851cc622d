"""Slow pulls that ended a moment ago."""

from __future__ import annotations

from pullwatch.publish import last_pulls, metrics
from pullwatch.pulls.pull import Outcome
from tests.publish.given import NOW, POD, Exporter, pulled, unfinished


def test_names_a_slow_pull_for_a_quarter_of_an_hour(exporter: Exporter) -> None:
    """A finished pull above the floor is shown with its times, and gone after 15 minutes."""
    exporter.metrics.remember(pulled(), now=NOW)

    assert exporter.show(metrics.LAST_DURATION) == {POD: 12.0}
    assert exporter.show(metrics.LAST_WAIT) == {POD: 1.0}
    assert exporter.show(metrics.LAST_BYTES) == {POD: 120_000_000}
    assert exporter.show(metrics.LAST_END) == {POD: NOW}
    assert exporter.show(metrics.LAST_END, now=NOW + 899) == {POD: NOW}
    assert exporter.show(metrics.LAST_END, now=NOW + 900) == {}


def test_names_no_fast_and_no_failed_pull(exporter: Exporter) -> None:
    """The floor keeps the series few."""
    exporter.metrics.remember(pulled(total_seconds=9.9), now=NOW)
    exporter.metrics.remember(unfinished(outcome=Outcome.FAILED, total_seconds=50.0), now=NOW)
    exporter.metrics.remember(pulled(finished_at=NOW - 901), now=NOW)

    assert exporter.show(metrics.LAST_END) == {}


def test_leaves_out_what_is_not_known_of_a_last_pull(exporter: Exporter) -> None:
    """An unknown size or time is absent, never 0."""
    exporter.metrics.remember(pulled(size_bytes=None, pull_seconds=None, wait_seconds=None, total_seconds=40.0), now=NOW)

    assert exporter.show(metrics.LAST_BYTES) == {}
    assert exporter.show(metrics.LAST_DURATION) == {}
    assert exporter.show(metrics.LAST_END) == {POD: NOW}


def test_keeps_the_slowest_of_the_last_pulls(exporter: Exporter) -> None:
    """Past 2,000 the fastest go, in any order of arrival, and each is counted once."""
    for number in range(last_pulls.CAP * 2 + 500):
        exporter.metrics.remember(pulled(pod=f"web-{number}", total_seconds=10.0 + number % 2_600), now=NOW)

    shown = exporter.show(metrics.LAST_END)

    assert len(shown) == last_pulls.CAP
    assert exporter.metrics.dropped[metrics.LAST_DURATION.name] == last_pulls.CAP + 500


def test_moves_no_counter_for_a_remembered_pull(exporter: Exporter) -> None:
    """A restart rebuilds the last pulls from the list without counting them again."""
    exporter.metrics.remember(pulled(), now=NOW)

    assert exporter.show_later(metrics.DURATION) == {}

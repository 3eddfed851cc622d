"""How children of counters and histograms come, show and go."""

from __future__ import annotations

import dataclasses

from pullwatch.publish import metrics
from pullwatch.publish.children import Counters, Histograms
from pullwatch.publish.samples import Distribution
from pullwatch.pulls import image
from pullwatch.pulls.pull import FAILURES
from tests.publish.given import NGINX, Exporter, distribution, pulled, values


def test_shows_zero_from_the_first_pulling_on(exporter: Exporter) -> None:
    """All that a pull may move is there before it moves, so that `increase()` sees the step."""
    exporter.metrics.asked(image.parse("nginx:1.27"), node="node-a")

    assert exporter.show(metrics.DURATION) == {NGINX: distribution(metrics.DURATION)}
    assert exporter.show(metrics.TOTAL) == {NGINX: distribution(metrics.TOTAL)}
    assert exporter.show(metrics.CACHE_HITS) == {(*NGINX, "present"): 0.0, (*NGINX, "revalidated"): 0.0}
    assert exporter.show(metrics.PULL_FAILURES) == {("docker.io", reason.value): 0.0 for reason in FAILURES}
    assert exporter.show(metrics.NODE_FAILURES) == {("node-a",): 0.0}
    assert exporter.show(metrics.NODE_DURATION) == {("node-a",): distribution(metrics.NODE_DURATION)}


def test_shows_a_new_child_its_value_after_a_minute(exporter: Exporter) -> None:
    """What is counted in the first 60 s appears at once when they are over, and nothing of it is lost."""
    exporter.metrics.count(pulled(pull_seconds=2.0))
    exporter.clock.seconds += 59.9
    exporter.metrics.count(pulled(pull_seconds=3.0))

    assert exporter.show(metrics.DURATION) == {NGINX: distribution(metrics.DURATION)}

    exporter.clock.seconds += 0.1

    assert exporter.show(metrics.DURATION) == {NGINX: distribution(metrics.DURATION, 2.0, 3.0)}

    exporter.metrics.count(pulled(pull_seconds=4.0))

    assert exporter.show(metrics.DURATION) == {NGINX: distribution(metrics.DURATION, 2.0, 3.0, 4.0)}


def test_deletes_a_child_that_nothing_touched_for_a_day(exporter: Exporter) -> None:
    """A repository that is no longer pulled goes; one that is pulled again starts at 0."""
    exporter.metrics.count(pulled())
    exporter.clock.seconds += 24 * 3600
    assert exporter.show(metrics.DURATION) == {NGINX: distribution(metrics.DURATION, 12.0)}

    exporter.clock.seconds += 61
    assert exporter.show(metrics.DURATION) == {}

    exporter.metrics.count(pulled(pull_seconds=2.0))
    assert exporter.show(metrics.DURATION) == {NGINX: distribution(metrics.DURATION)}
    assert exporter.show_later(metrics.DURATION) == {NGINX: distribution(metrics.DURATION, 2.0)}


def test_keeps_a_child_that_is_asked_for(exporter: Exporter) -> None:
    """Pulls that are asked for keep the reasons at 0 of their registry alive."""
    for _ in range(3):
        exporter.metrics.asked(image.parse("nginx:1.27"))
        exporter.clock.seconds += 20 * 3600

    assert len(exporter.show(metrics.PULL_FAILURES)) == len(FAILURES)


def test_folds_repositories_past_the_cap_into_other() -> None:
    """Sums stay right past the cap, and each registry keeps its name."""
    counters = Counters(dataclasses.replace(metrics.IMAGE_BYTES, cap=2))
    for repository in ("a", "b", "c", "d"):
        counters.increase(("one.example", repository, "compressed"), 1.0, at=0.0)
    counters.increase(("two.example", "e", "compressed"), 1.0, at=0.0)
    counters.increase(("one.example", "a", "compressed"), 1.0, at=0.0)
    counters.refresh(now=60.0)

    assert values(counters.text) == {
        ("one.example", "a", "compressed"): 2.0,
        ("one.example", "b", "compressed"): 1.0,
        ("one.example", "_other", "compressed"): 2.0,
        ("two.example", "_other", "compressed"): 1.0,
    }
    assert counters.dropped == 3


def test_folds_registries_past_the_cap_into_other() -> None:
    """A family without repositories has one child for all registries that found no room."""
    counters = Counters(dataclasses.replace(metrics.PULL_FAILURES, cap=1))
    for registry in ("one.example", "two.example", "three.example"):
        counters.increase((registry, "auth"), 1.0, at=0.0)
    counters.refresh(now=60.0)

    assert values(counters.text) == {("one.example", "auth"): 1.0, ("_other", "auth"): 2.0}


def test_stays_bounded_under_hostile_names(exporter: Exporter) -> None:
    """5,000 made-up registries leave the caps and 101 children of others, and every pull is still counted."""
    for number in range(5_000):
        exporter.metrics.count(pulled(f"r{number}.example/app:1"))

    shown = exporter.show_later(metrics.DURATION)

    assert len(shown) == metrics.DURATION.cap + 101
    assert sum(value.cumulative[-1] for value in shown.values() if isinstance(value, Distribution)) == 5_000
    assert ("_other", "_other") in shown
    assert exporter.metrics.dropped[metrics.DURATION.name] == 3_000
    assert exporter.metrics.series[metrics.DURATION.name] == 16 * len(shown)


def test_drops_nodes_past_the_cap_and_counts_them() -> None:
    """A family of nodes has no room for others: a made-up node would be worse."""
    histograms = Histograms(dataclasses.replace(metrics.NODE_DURATION, cap=1))
    for node in ("node-a", "node-b", "node-a"):
        histograms.observe((node,), 5.0, at=0.0)
    histograms.refresh(now=60.0)

    assert values(histograms.text) == {("node-a",): distribution(metrics.NODE_DURATION, 5.0, 5.0)}
    assert histograms.dropped == 1

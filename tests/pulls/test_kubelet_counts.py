"""What a kubelet counts, and how much that grew."""

from __future__ import annotations

import gzip
import math

import pytest

from pullwatch.pulls import kubelet_counts
from pullwatch.pulls.kubelet_counts import KubeletCounts
from pullwatch.pulls.sample import NotBelieved, Sample
from pullwatch.sources.metric_text import MetricText
from tests.recorded import RECORDINGS


def operations(number: float, name: str = kubelet_counts.OPERATIONS, kind: str = "pull_image") -> Sample:
    return Sample(name, {"operation_type": kind}, number)


VERSION = operations(1, kind="version")


def test_a_recorded_kubelet_is_read() -> None:
    """Of the 180 KB of a kubelet 1.36.3 that pulled 14 images and failed 5 times, these numbers are kept."""
    text = MetricText(kubelet_counts.NAMES, where="a recording")
    text.feed(gzip.decompress((RECORDINGS / "kubelet-1.36.3.metrics.txt.gz").read_bytes()))

    assert kubelet_counts.read(text.end()) == KubeletCounts(
        pulls=19.0,
        errors=5.0,
        timed_pulls=14.0,
        timed_seconds=0.7190000000000001,
        requests={("ifnotpresent", "false", "true"): 36.0},
        started_at=1795523493.96,
    )


def test_a_kubelet_that_pulled_nothing_counts_0() -> None:
    """Its series are absent until the first pull; other operations show that it counts at all."""
    assert kubelet_counts.read([VERSION]) == KubeletCounts()


@pytest.mark.parametrize("samples", [[], [operations(1, kubelet_counts.ERRORS)]])
def test_without_any_operation_nothing_is_known(samples: list[Sample]) -> None:
    """An answer of somebody else, or a part of one, is not 0 pulls."""
    with pytest.raises(NotBelieved):
        kubelet_counts.read(samples)


@pytest.mark.parametrize("number", [-1.0, math.inf, -math.inf, math.nan, 1e300])
def test_a_number_that_no_counter_has_is_not_believed(number: float) -> None:
    """One of them would poison the sum for ever."""
    with pytest.raises(NotBelieved):
        kubelet_counts.read([VERSION, operations(number)])


def test_sums_go_over_size_classes_and_labels_of_later_versions() -> None:
    """A label that a later version adds changes nothing."""
    samples = [
        VERSION,
        operations(2),
        Sample(kubelet_counts.OPERATIONS, {"operation_type": "pull_image", "runtime": "x"}, 3),
        Sample(kubelet_counts.PULL_SECONDS, {"image_size_in_bytes": "0-10MB"}, 1.5),
        Sample(kubelet_counts.PULL_SECONDS, {"image_size_in_bytes": "GT100GB"}, 900),
        Sample(kubelet_counts.PULLS_TIMED, {"image_size_in_bytes": "0-10MB"}, 2),
        Sample(kubelet_counts.PULLS_TIMED, {"image_size_in_bytes": "GT100GB"}, 1),
    ]

    assert kubelet_counts.read(samples) == KubeletCounts(pulls=5.0, timed_pulls=3.0, timed_seconds=901.5)


def test_words_that_are_not_known_share_one() -> None:
    """A kubelet that makes up policies makes no series of them."""
    labels = {"pull_policy": "x" * 4000, "present_locally": "TRUE", "pull_required": "true"}
    samples = [VERSION, *(Sample(kubelet_counts.REQUESTS, labels | {"pull_policy": str(number)}, 1) for number in range(100))]

    assert kubelet_counts.read(samples).requests == {("unknown", "unknown", "true"): 100.0}


def test_a_kubelet_has_few_plugins() -> None:
    """One that names thousands is read up to ten of them."""
    samples = [Sample(kubelet_counts.PLUGIN_SECONDS, {"plugin_name": f"plugin-{number}"}, 0.5) for number in range(5000)]

    counts = kubelet_counts.read([VERSION, Sample(kubelet_counts.PLUGIN_CALLS, {"plugin_name": "ecr"}, 2), *samples])
    assert len(counts.plugin_seconds) == kubelet_counts.MOST_PLUGINS
    assert counts.plugin_calls == {"ecr": 2.0}


def test_growth_is_what_was_counted_in_between() -> None:
    """Also of series that came in between."""
    before = KubeletCounts(pulls=5, errors=1, timed_pulls=4, timed_seconds=10.0, requests={("always", "unknown", "true"): 3}, started_at=9)
    after = KubeletCounts(
        pulls=8,
        errors=1,
        timed_pulls=7,
        timed_seconds=10.5,
        requests={("always", "unknown", "true"): 4, ("ifnotpresent", "false", "true"): 2},
        plugin_calls={"ecr": 1},
        plugin_seconds={"ecr": 0.5},
        started_at=9,
    )

    assert kubelet_counts.growth(before, after) == KubeletCounts(
        pulls=3,
        timed_pulls=3,
        timed_seconds=0.5,
        requests={("always", "unknown", "true"): 1, ("ifnotpresent", "false", "true"): 2},
        plugin_calls={"ecr": 1},
        plugin_seconds={"ecr": 0.5},
        started_at=9,
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [(KubeletCounts(pulls=500, started_at=1), KubeletCounts(pulls=2, started_at=2)), (KubeletCounts(pulls=500), KubeletCounts(pulls=2))],
    ids=["it says so", "it fell"],
)
def test_a_restarted_kubelet_counts_from_0(before: KubeletCounts, after: KubeletCounts) -> None:
    """All that it counts now is new."""
    assert kubelet_counts.growth(before, after).pulls == 2


def test_a_restart_shows_where_no_counter_fell() -> None:
    """Two pulls before and three after the restart are three new ones."""
    before, after = KubeletCounts(pulls=2, started_at=1), KubeletCounts(pulls=3, started_at=2)

    assert kubelet_counts.growth(before, after).pulls == 3

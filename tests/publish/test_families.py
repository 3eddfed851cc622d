"""Which row moves which metric."""

from __future__ import annotations

from pullwatch.publish import metrics
from pullwatch.publish.samples import Distribution
from pullwatch.pulls.pull import FAILURES, Outcome, Reason
from tests.publish.given import NGINX, Exporter, distribution, pulled, running, unfinished


def test_counts_a_pull_with_its_times_and_bytes(exporter: Exporter) -> None:
    """A pull that moved bytes is in every duration, and its bytes and seconds are counted together."""
    exporter.metrics.count(pulled())

    assert exporter.show_later(metrics.DURATION) == {NGINX: distribution(metrics.DURATION, 12.0)}
    assert exporter.show(metrics.WAIT) == {NGINX: distribution(metrics.WAIT, 1.0)}
    assert exporter.show(metrics.TOTAL) == {NGINX: distribution(metrics.TOTAL, 13.0)}
    assert exporter.show(metrics.IMAGE_BYTES) == {(*NGINX, "compressed"): 120_000_000}
    assert exporter.show(metrics.SIZED_SECONDS) == {(*NGINX, "compressed"): 12.0}
    assert exporter.show(metrics.NODE_DURATION) == {("node-a",): distribution(metrics.NODE_DURATION, 12.0)}
    assert exporter.show(metrics.NODE_WAIT) == {("node-a",): 1.0}
    assert exporter.show(metrics.NODE_BYTES) == {("node-a",): 120_000_000}
    assert exporter.show(metrics.CACHE_HITS) == {}


def test_puts_a_pull_on_an_edge_below_it(exporter: Exporter) -> None:
    """`le` means up to and including, so that a threshold that is an edge counts what just reaches it as good."""
    exporter.metrics.count(pulled(pull_seconds=60.0))

    shown = exporter.show_later(metrics.DURATION)[NGINX]

    assert isinstance(shown, Distribution)
    assert dict(zip(metrics.PULL_BUCKETS, shown.cumulative, strict=False))[60.0] == 1
    assert dict(zip(metrics.PULL_BUCKETS, shown.cumulative, strict=False))[30.0] == 0


def test_counts_a_revalidation_as_a_wait_and_a_cache_hit(exporter: Exporter) -> None:
    """A pull that moved nothing is in no duration and no bytes, but the pod waited for it."""
    exporter.metrics.count(pulled(outcome=Outcome.REVALIDATED))

    assert exporter.show_later(metrics.WAIT) == {NGINX: distribution(metrics.WAIT, 1.0)}
    assert exporter.show(metrics.TOTAL) == {NGINX: distribution(metrics.TOTAL, 13.0)}
    assert exporter.show(metrics.CACHE_HITS) == {(*NGINX, "revalidated"): 1.0}
    assert exporter.show(metrics.NODE_CACHE_HITS) == {("node-a", "revalidated"): 1.0}
    assert exporter.show(metrics.NODE_WAIT) == {("node-a",): 1.0}
    for family in (metrics.DURATION, metrics.IMAGE_BYTES, metrics.SIZED_SECONDS, metrics.NODE_DURATION, metrics.NODE_BYTES):
        assert exporter.show(family) == {}


def test_counts_each_container_that_found_its_image(exporter: Exporter) -> None:
    """A cached row that stands for several containers counts them all, and nothing else moves."""
    exporter.metrics.count(unfinished(outcome=Outcome.CACHED, count=3))

    assert exporter.show_later(metrics.CACHE_HITS) == {(*NGINX, "present"): 3.0}
    assert exporter.show(metrics.NODE_CACHE_HITS) == {("node-a", "present"): 3.0}
    assert exporter.show(metrics.TOTAL) == {}


def test_counts_each_failed_attempt_by_its_reason(exporter: Exporter) -> None:
    """A failed row counts its attempts under the registry and reason; all other reasons stand at 0."""
    exporter.metrics.count(unfinished(outcome=Outcome.FAILED, reason=Reason.RATE_LIMITED, count=4))

    shown = exporter.show_later(metrics.PULL_FAILURES)

    assert shown == {("docker.io", reason.value): 4.0 if reason is Reason.RATE_LIMITED else 0.0 for reason in FAILURES}
    assert exporter.show(metrics.NODE_FAILURES) == {("node-a",): 4.0}


def test_counts_a_refusal_under_a_reason_that_was_there_before(exporter: Exporter) -> None:
    """Refusals exist at 0 from the start and are never deleted."""
    assert exporter.show(metrics.PULL_REFUSALS) == {("invalid_name",): 0.0, ("policy",): 0.0}

    exporter.clock.seconds += 48 * 3600
    exporter.metrics.count(unfinished(outcome=Outcome.REFUSED, reason=Reason.POLICY, count=2))

    assert exporter.show(metrics.PULL_REFUSALS) == {("invalid_name",): 0.0, ("policy",): 2.0}


def test_counts_an_unseen_pull_at_its_node_only(exporter: Exporter) -> None:
    """What no Event told is in no duration."""
    exporter.metrics.count(unfinished(outcome=Outcome.UNSEEN, at_most_seconds=40.0))

    assert exporter.show_later(metrics.UNSEEN) == {("node-a",): 1.0}
    assert exporter.show(metrics.TOTAL) == {}


def test_takes_a_single_duration_as_the_total(exporter: Exporter) -> None:
    """An old kubelet's only time includes the queue, so it is no pull time, and no throughput comes of it."""
    exporter.metrics.count(pulled(pull_seconds=None, wait_seconds=None, total_seconds=30.0))

    assert exporter.show_later(metrics.TOTAL) == {NGINX: distribution(metrics.TOTAL, 30.0)}
    for family in (metrics.DURATION, metrics.WAIT, metrics.IMAGE_BYTES, metrics.SIZED_SECONDS, metrics.NODE_DURATION):
        assert exporter.show(family) == {}


def test_counts_no_seconds_without_bytes(exporter: Exporter) -> None:
    """A pull of unknown size would lower the throughput if its seconds counted."""
    exporter.metrics.count(pulled(size_bytes=None))

    assert exporter.show_later(metrics.IMAGE_BYTES) == {}
    assert exporter.show(metrics.SIZED_SECONDS) == {}
    assert exporter.show(metrics.DURATION) == {NGINX: distribution(metrics.DURATION, 12.0)}


def test_moves_nothing_for_a_running_pull(exporter: Exporter) -> None:
    """A pull counts when it has ended."""
    exporter.metrics.count(running())

    assert [text.family.name for text in exporter.collect() if text.series] == [metrics.PULL_REFUSALS.name]


def test_names_an_image_that_does_not_parse_invalid(exporter: Exporter) -> None:
    """Free text never becomes a registry."""
    exporter.metrics.count(unfinished("https://evil.example/<script>", outcome=Outcome.FAILED, reason=Reason.UNKNOWN))

    assert {registry for registry, _ in exporter.show(metrics.PULL_FAILURES)} == {"_invalid"}

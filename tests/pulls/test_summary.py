"""The figures that a report stands on, against values counted by hand."""

from __future__ import annotations

import time

import pytest

from pullwatch.pulls import summary
from pullwatch.pulls.pull import Outcome, Pull, Reason, SizeKind
from pullwatch.pulls.summary import Group
from tests.pulls.made import T0
from tests.pulls.made_pulls import NOW, REGISTRY, failed, pull, pulled, running, summarise


def total(*pulls: Pull) -> Group:
    return summarise(pulls).total


def test_durations_are_nearest_rank_over_pulled_rows_alone() -> None:
    """p50 and p90 are values that occurred; a revalidation moved no bytes and has no part in them."""
    group = total(*(pulled(seconds) for seconds in (5, 1, 4, 2, 3)), pulled(100, outcome=Outcome.REVALIDATED))

    assert (group.pulls, group.p50_seconds, group.p90_seconds, group.max_seconds) == (5, 3, 5, 5)


@pytest.mark.parametrize(
    ("count", "share", "expected"), [(1, 0.5, 1), (1, 0.9, 1), (2, 0.5, 1), (4, 0.5, 2), (10, 0.9, 9), (11, 0.9, 10), (100, 0.9, 90)]
)
def test_nearest_rank_is_the_smallest_value_that_covers_the_share(count: int, share: float, expected: float) -> None:
    """The rank is the share of the count, rounded up."""
    assert summary.nearest_rank(range(1, count + 1), share) == expected


def test_it_knows_no_figure_that_no_row_tells() -> None:
    """Never 0 for unknown: a single total duration is no pull time, an untold size no bytes."""
    group = total(pulled(pull_seconds=None, wait_seconds=None, size_bytes=None, size_kind=SizeKind.UNKNOWN))

    assert group.pulls == 1
    assert [group.p50_seconds, group.p90_seconds, group.max_seconds, group.wait_seconds, group.max_wait_seconds] == [None] * 5
    assert (group.bytes, group.bytes_per_second, group.size_kind) == (None, None, SizeKind.UNKNOWN)


def test_waits_are_over_all_that_the_runtime_was_asked_for() -> None:
    """A revalidated pull stood in the queue like any other."""
    group = total(pulled(1, wait=4.0), pulled(1, wait=0.5), pulled(0.1, wait=3.0, outcome=Outcome.REVALIDATED))

    assert (group.wait_seconds, group.max_wait_seconds) == (7.5, 4.0)


def test_speed_is_compressed_bytes_over_the_seconds_of_exactly_those() -> None:
    """Neither an uncompressed size nor a pull without a size or a time moves the speed."""
    group = total(
        pulled(2.0, size_bytes=10_000_000),
        pulled(8.0, size_bytes=90_000_000),
        pulled(500.0, size_bytes=None),
        pulled(500.0, size_bytes=7, size_kind=SizeKind.UNCOMPRESSED),
        pulled(pull_seconds=None, size_bytes=5),
    )

    assert group.bytes_per_second == 10_000_000
    assert (group.bytes, group.sized_pulls, group.size_kind) == (100_000_012, 4, SizeKind.UNKNOWN)


def test_it_counts_attempts_and_not_rows() -> None:
    """A row of several attempts with one text counts as often as it was tried."""
    group = total(failed(count=5), failed(Reason.AUTH, count=2), pull(Outcome.REFUSED, reason=Reason.POLICY), pull(Outcome.CACHED, count=3))

    assert (group.failures, group.outcomes[Outcome.REFUSED], group.outcomes[Outcome.CACHED], group.pulls) == (7, 1, 3, 0)
    assert group.reasons == {Reason.NOT_FOUND: 5, Reason.AUTH: 2, Reason.POLICY: 1}


def test_groups_come_slowest_first_and_only_with_a_known_name() -> None:
    """What is not known belongs to no node, registry or workload; an image that does not parse keeps its text."""
    found = summarise(
        [
            pulled(1, node="node-a"),
            pulled(9, "docker.io/library/nginx", node="node-b", workload=None),
            failed(reference="team/UPPER", node=None, count=2),
        ]
    )

    assert [(group.name, group.max_seconds) for group in found.images] == [
        ("docker.io/library/nginx:latest", 9),
        (f"{REGISTRY}/team/web:1.0", 1),
        ("team/UPPER", None),
    ]
    assert [group.name for group in found.nodes] == ["node-b", "node-a"]
    assert [group.name for group in found.registries] == ["docker.io", REGISTRY]
    assert [(group.namespace, group.name, group.failures) for group in found.workloads] == [("shop", "Deployment/web", 2)]


def test_workloads_of_one_name_in_two_namespaces_are_two() -> None:
    """A name is unique within its namespace only."""
    found = summarise([pulled(namespace="a"), pulled(namespace="b")])

    assert [(group.namespace, group.pulls) for group in found.workloads] == [("a", 1), ("b", 1)]


def test_slow_is_judged_by_size() -> None:
    """65 s are slow for 20 MB (limit 62 s) and fine for 400 MB (limit 100 s)."""
    found = summarise([pulled(65), pulled(65, f"{REGISTRY}/team/big:1", size_bytes=400_000_000), pulled(63)])

    assert [(judged.seconds, judged.limit_seconds) for judged in found.slow] == [(65, 62), (63, 62)]
    assert found.any_slow


def test_a_running_pull_takes_its_size_from_an_earlier_one_of_its_image() -> None:
    """The kubelet tells a size at the end only; before, the image's known size sets the limit."""
    found = summarise([pulled(1), running(70, working=65), running(70, working=65, reference="new/image:1")])

    known, assumed = found.running
    assert (known.size_bytes, known.limit_seconds, known.slow) == (20_000_000, 62, True)
    assert (assumed.size_bytes, assumed.limit_seconds, assumed.slow) == (None, 260, False)


def test_running_pulls_come_longest_working_first_and_queued_ones_last() -> None:
    """Time in the queue is nobody's work: a queued pull is neither slow nor stuck, however old it is."""
    found = summarise([running(3000, ahead=2), running(20, working=10), running(700, working=601)])

    assert [(judged.seconds, judged.age_seconds, judged.stuck) for judged in found.running] == [
        (601, 700, True),
        (10, 20, False),
        (None, 3000, False),
    ]
    assert found.any_slow
    assert not summarise([running(3000, ahead=2)]).any_slow


def test_a_failure_that_a_success_follows_in_the_back_off_is_healed() -> None:
    """Same pod, container and image, within 600 s; anything else is not its retry."""
    found = summarise(
        [
            failed(at=100, count=2),
            pulled(5, at=690, wait=4),
            failed(at=2000),
            failed(at=90, pod="web-1"),
            failed(at=90, reference="other/image"),
            failed(at=98),
        ]
    )

    (not_found,) = found.failures
    assert (not_found.attempts, not_found.healed, not_found.images) == (6, 2, 2)


def test_an_image_that_is_there_heals_too() -> None:
    """Another pod's pull brings the image; the container then finds it on the machine."""
    found = summarise([failed(at=10), pull(Outcome.CACHED, finished_at=T0 + 30)])

    assert found.failures[0].healed == 1


def test_failures_come_most_first_with_their_newest_row() -> None:
    """The newest row's message is the one worth reading; a failed row without a reason is unknown."""
    found = summarise([failed(Reason.AUTH, at=5, message="old"), failed(Reason.AUTH, at=9, message="new"), pull(Outcome.FAILED, count=9)])

    assert [(failures.reason, failures.attempts) for failures in found.failures] == [(Reason.UNKNOWN, 9), (Reason.AUTH, 2)]
    assert found.failures[1].newest.message == "new"


def test_slowest_ranks_a_single_total_duration_but_never_calls_it_slow() -> None:
    """A kubelet up to 1.25 does not tell the queue apart, so its time is shown and not held against the pull."""
    found = summarise([pulled(50), pulled(pull_seconds=None, wait_seconds=None, total_seconds=90), running(5), failed()])

    ranked = summary.slowest(found, None)
    assert [judged.pull.total_seconds for judged in ranked] == [90, 50]
    assert not any(judged.slow for judged in ranked)
    assert len(summary.slowest(found, 1)) == 1


def test_nothing_is_nothing() -> None:
    """No pulls give no figures and no error."""
    found = summarise([])

    assert (found.total.pulls, found.total.p50_seconds, found.images, found.failures, found.any_slow) == (0, None, (), (), False)


def test_it_sums_up_sixty_thousand_pulls_in_seconds() -> None:
    """The largest report stays quick; measured about half a second, the limit leaves room for a busy machine."""
    pulls = [
        pulled(index % 90 + 0.5, f"{REGISTRY}/team/service-{index % 3000}:1", pod=f"web-{index}", node=f"node-{index % 500}")
        for index in range(60_000)
    ]
    began = time.process_time()

    found = summarise(pulls)

    assert time.process_time() - began < 5
    assert found.total.pulls == 60_000
    assert found.pulls is pulls
    assert found.now == NOW

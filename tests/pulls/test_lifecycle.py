"""From Events and pods to pulls."""

from __future__ import annotations

import pytest

from pullwatch.pulls.lifecycle import GRACE_SECONDS, MAX_ROWS, SETTLE_SECONDS, Lifecycle, in_order
from pullwatch.pulls.message import COMBINED
from pullwatch.pulls.observed import Event, Node, NodeImage
from pullwatch.pulls.pull import Outcome, Pull, Reason, SizeKind
from tests.pulls.made import T0, back_off, container, event, failed, pod, present, pulled, pulling


def told(lifecycle: Lifecycle, *events: Event) -> list[Pull]:
    return [row for seen in events for row in lifecycle.event(seen)]


def outcomes(rows: list[Pull]) -> list[Outcome]:
    return [row.outcome for row in rows]


def test_a_pull_has_its_times_apart() -> None:
    """Pull, wait and total come from the text, start and end from the stamps."""
    lifecycle = Lifecycle()

    (row,) = told(lifecycle, pulling(at=0), pulled(took="8s", waited="18s", size=5, at=18))

    assert (row.outcome, row.pull_seconds, row.wait_seconds, row.total_seconds, row.size_bytes) == (Outcome.PULLED, 8, 10, 18, 5)
    assert (row.started_at, row.finished_at) == (T0, T0 + 18)
    assert (row.container, row.node, row.image.canonical) == ("web", "node-a", "docker.io/library/nginx:latest")
    assert lifecycle.running() == []


def test_a_success_without_its_question_counts() -> None:
    """`Pulled` alone is a pull: its `Pulling` may be lost."""
    assert outcomes(told(Lifecycle(), pulled(at=5))) == [Outcome.PULLED]


def test_a_state_seen_before_is_not_news() -> None:
    """A repeated frame, a relist and an older count give no rows."""
    lifecycle = Lifecycle()
    seen = pulled(uid="one", count=2, at=5)

    first, again, older = told(lifecycle, seen), told(lifecycle, seen), told(lifecycle, pulled(uid="one", count=1, at=5))

    assert (len(first), again, older) == (2, [], [])


def test_each_growth_of_the_count_is_an_attempt() -> None:
    """A failing Event that grows by six tells six attempts of the same text in one row."""
    lifecycle = Lifecycle()

    rows = told(lifecycle, failed(uid="one", count=1, at=0), failed(uid="one", count=7, at=60))

    assert [(row.outcome, row.count, row.reason) for row in rows] == [
        (Outcome.FAILED, 1, Reason.NOT_FOUND),
        (Outcome.FAILED, 6, Reason.NOT_FOUND),
    ]


def test_a_combined_event_is_read_anew_each_time() -> None:
    """Its text changes from pull to cache hit; occurrences whose text is gone are counted, not guessed."""
    lifecycle = Lifecycle()
    prefix = "(combined from similar events): "

    def combined(text: str, count: int, at: float) -> Event:
        return event("Pulled", prefix + text, uid="one", count=count, at=at, container=None)

    rows = told(
        lifecycle,
        combined('Successfully pulled image "a" in 1s (1s including waiting). Image size: 5 bytes.', 1, 1),
        combined('Container image "b" already present on machine', 4, 9),
    )

    assert [(row.outcome, row.count, row.container) for row in rows] == [(Outcome.PULLED, 1, None), (Outcome.CACHED, 1, None)]
    assert lifecycle.coverage().coalesced == 2


def test_a_combined_question_is_not_running_once_its_answer_may_be_gone() -> None:
    """Where the end's text may have been replaced, nothing is claimed to run."""
    lifecycle = Lifecycle()
    prefix = "(combined from similar events): "

    told(
        lifecycle,
        event("Pulling", f'{prefix}Pulling image "a"', at=1, container=None),
        event("Pulled", f'{prefix}Container image "b" already present on machine', at=2, count=3, container=None),
    )

    assert lifecycle.running() == []


def test_the_second_of_two_pods_moves_nothing() -> None:
    """A pull that began when the node had the image is revalidated; on another node it is a pull."""
    lifecycle = Lifecycle()

    rows = told(
        lifecycle,
        pulled(took="5s", at=5),
        pulled(took="60ms", waited="4s", pod="web-1", at=5),
        pulled(took="60ms", pod="web-2", node="node-b", at=6),
    )

    assert outcomes(rows) == [Outcome.PULLED, Outcome.REVALIDATED, Outcome.PULLED]


def test_two_pulls_at_the_same_time_both_moved() -> None:
    """An image that came while the pull ran was not there when it began."""
    rows = told(Lifecycle(), pulled(took="60s", at=60), pulled(took="59s", pod="web-1", at=61))

    assert outcomes(rows) == [Outcome.PULLED, Outcome.PULLED]


def test_an_image_that_came_again_in_full_is_pulled() -> None:
    """No Event tells that a node dropped an image; a second pull as long as the first shows it."""
    rows = told(Lifecycle(), pulled(took="60s", at=60), pulled(took="58s", pod="web-1", at=5000), pulled(took="1s", pod="web-2", at=6000))

    assert outcomes(rows) == [Outcome.PULLED, Outcome.PULLED, Outcome.REVALIDATED]


def test_an_image_that_was_present_is_not_asked_about_for_minutes() -> None:
    """Where nothing tells how long it takes to move, a long pull moved something: a tag that moved, or an image that was dropped."""
    rows = told(Lifecycle(), present(at=0), pulled(took="1s", pod="web-1", at=60), present("a", at=70), pulled("a", took="60s", at=200))

    assert outcomes(rows) == [Outcome.CACHED, Outcome.REVALIDATED, Outcome.CACHED, Outcome.PULLED]


def test_a_forged_count_makes_few_rows() -> None:
    """Past a cap equal attempts share one row, which counts them."""
    rows = told(Lifecycle(), pulled(count=2**31 - 1))

    assert (len(rows), sum(row.count for row in rows)) == (MAX_ROWS + 1, 2**31 - 1)


def test_a_containers_echo_is_not_counted() -> None:
    """`Error: ErrImagePull` has an Event of its own beside it, which is counted."""
    lifecycle = Lifecycle()

    told(lifecycle, failed(), event("Failed", "Error: ErrImagePull"))

    assert lifecycle.coverage().events == 1


def test_a_tag_that_moved_is_a_pull() -> None:
    """Another size under the same tag means that bytes had to move."""
    rows = told(Lifecycle(), pulled(size=10, at=5), pulled(size=20, took="1s", pod="web-1", at=500))

    assert outcomes(rows) == [Outcome.PULLED, Outcome.PULLED]


def test_an_image_that_the_node_dropped_is_pulled_again() -> None:
    """A node's complete image list without the image ends what was known of it."""
    lifecycle = Lifecycle()
    told(lifecycle, pulled(at=5))

    lifecycle.node(Node("node-a", images=(NodeImage(("other:1",), 1),), images_complete=True), at=T0 + 5000)

    assert outcomes(told(lifecycle, pulled(took="2s", pod="web-1", at=6000))) == [Outcome.PULLED]


def test_a_kubelet_restart_asks_anew() -> None:
    """A second `Pulling` of the same container ends the first, which is neither counted nor left open."""
    lifecycle = Lifecycle()

    told(lifecycle, pulling(at=0), pulling(at=100))

    assert [row.started_at for row in lifecycle.running()] == [T0 + 100]


def test_a_back_off_ends_a_pull_whose_failure_was_swallowed() -> None:
    """The filter of the kubelet may drop `Failed`; the back-off proves it, but tells no attempt to count."""
    lifecycle = Lifecycle()

    rows = told(lifecycle, pulling(at=0), back_off(at=9))

    assert (rows, lifecycle.running()) == ([], [])
    assert [(entry.reason, entry.since) for entry in lifecycle.failing()] == [(Reason.UNKNOWN, T0 + 9)]


def test_a_deleted_pods_pull_goes_on() -> None:
    """It is waited for during the grace time, and its end counts."""
    lifecycle = Lifecycle()
    lifecycle.pod(pod(), at=T0)
    told(lifecycle, pulling(at=0))

    lifecycle.pod_gone("uid-web-0", at=T0 + 5)
    lifecycle.advance(T0 + GRACE_SECONDS, window_start=T0)
    still = lifecycle.running()
    rows = told(lifecycle, pulled(took="43s", at=43))

    assert (len(still), outcomes(rows), lifecycle.running()) == (1, [Outcome.PULLED], [])


def test_a_deleted_pods_failure_counts_and_lasts_not() -> None:
    """Nobody waits for it any more, and no news of the pod would ever end it."""
    lifecycle = Lifecycle()
    lifecycle.pod(pod(), at=T0)
    told(lifecycle, pulling(at=0))

    lifecycle.pod_gone("uid-web-0", at=T0 + 5)
    rows = told(lifecycle, failed(at=43))

    assert (outcomes(rows), lifecycle.running(), lifecycle.failing()) == ([Outcome.FAILED], [], [])


def test_a_deleted_pods_pull_is_given_up_in_the_end() -> None:
    """After the grace time nothing is left of it."""
    lifecycle = Lifecycle()
    lifecycle.pod(pod(), at=T0)
    told(lifecycle, pulling(at=0))

    lifecycle.pod_gone("uid-web-0", at=T0 + 5)
    lifecycle.advance(T0 + 6 + GRACE_SECONDS, window_start=T0)

    assert lifecycle.running() == []


def test_a_pod_that_nobody_has_is_given_up() -> None:
    """Where the cluster told all its pods, the pull of another is waited for during the grace time only."""
    lifecycle = Lifecycle()
    told(lifecycle, pulling(pod="old", at=0), pulling(pod="young", at=3500))
    lifecycle.reach(T0 + 3600)

    lifecycle.settle(window_start=T0, all_pods=True)

    assert [row.pod for row in lifecycle.running()] == ["young"]


def test_a_static_pod_comes_back_under_its_uid() -> None:
    """Its uid is the hash of its manifest: a new one of the same uid is not gone."""
    lifecycle = Lifecycle()
    lifecycle.pod(pod(), at=T0)
    lifecycle.pod_gone("uid-web-0", at=T0 + 5)

    lifecycle.pod(pod(), at=T0 + 10)
    told(lifecycle, pulling(at=11))
    lifecycle.advance(T0 + 11 + GRACE_SECONDS, window_start=T0)

    assert [row.pod for row in lifecycle.running()] == ["web-0"]


def test_a_deleted_namespace_ends_its_pulls() -> None:
    """An Event too young to expire is deleted with its namespace; an old one expires while its pull runs."""
    lifecycle = Lifecycle()
    young, old = pulling(pod="young", at=3600), pulling(pod="old", at=0)
    told(lifecycle, old, young)

    lifecycle.event_gone(young, at=T0 + 3610)
    lifecycle.event_gone(old, at=T0 + 3610)

    assert [row.pod for row in lifecycle.running()] == ["old"]


def test_a_node_takes_its_pulls_with_it() -> None:
    """What ran there ended, and what failed there is no longer waited for."""
    lifecycle = Lifecycle()
    told(lifecycle, pulling(at=0), failed(pod="web-1", at=1), pulling(node="node-b", pod="web-2", at=1))

    lifecycle.node_gone("node-a", at=T0 + 5)

    assert [row.node for row in lifecycle.running()] == ["node-b"]
    assert lifecycle.failing() == []


def test_who_is_blocked_counts_since_its_turn() -> None:
    """A small image behind a big one is unblocked when that one ends."""
    lifecycle = Lifecycle()
    told(lifecycle, pulling("big", pod="big-0", at=0), pulling("small", pod="small-0", at=2))
    before = {row.pod: (row.ahead, row.unblocked_at) for row in lifecycle.running()}

    told(lifecycle, pulled("big", took="300s", pod="big-0", at=300))

    assert before == {"big-0": (0, T0), "small-0": (1, None)}
    assert [(row.pod, row.ahead, row.unblocked_at) for row in lifecycle.running()] == [("small-0", 0, T0 + 300)]


@pytest.mark.parametrize("reasons", [("uid-web-0", "node-b"), ("uid-web-0", "node-a")])
def test_an_event_that_contradicts_its_pod_is_rejected(reasons: tuple[str, str]) -> None:
    """A tenant may write any Event; one on a wrong node or of an image that the pod does not want counts as rejected."""
    lifecycle = Lifecycle()
    lifecycle.pod(pod(), at=T0)
    node = reasons[1]
    forged = pulled("evil/image:1", node=node) if node == "node-a" else pulled(node=node)

    assert told(lifecycle, forged) == []
    assert lifecycle.coverage().rejected == 1
    assert lifecycle.tally.rejected == {"image" if node == "node-a" else "node": 1}


def test_an_event_of_an_unknown_pod_is_unverified() -> None:
    """It counts as a pull, and as one that nobody could check."""
    lifecycle = Lifecycle()

    assert outcomes(told(lifecycle, pulled())) == [Outcome.PULLED]
    assert lifecycle.tally.unverified == 1


def test_an_unparsed_text_is_kept_to_be_shown() -> None:
    """It is counted with its reason and gives no row."""
    lifecycle = Lifecycle()

    assert told(lifecycle, event("Pulled", "Got the image somehow")) == []
    assert (lifecycle.coverage().unparsed, lifecycle.unparsed_texts) == (1, [("Pulled", "Got the image somehow")])


def test_a_failing_container_keeps_its_start() -> None:
    """The start stays while the reason changes, and goes with a success."""
    lifecycle = Lifecycle()

    told(lifecycle, failed(error="toomanyrequests: slow down", at=10), failed(error="manifest unknown", at=200))
    before = lifecycle.failing()
    told(lifecycle, pulled(at=300))

    assert [(entry.reason, entry.since) for entry in before] == [(Reason.NOT_FOUND, T0 + 10)]
    assert lifecycle.failing() == []


def test_a_failing_event_from_a_list_keeps_its_first_stamp() -> None:
    """After a restart the first stamp of the Event says since when."""
    lifecycle = Lifecycle()

    lifecycle.event(failed(count=20, first=0, at=900), listed_at=T0 + 1000)

    assert [entry.since for entry in lifecycle.failing()] == [T0]


def test_a_success_in_between_parts_the_failures_of_an_event() -> None:
    """One Event counts failures of hours apart: a container that had its image since does not fail since the first."""
    live, listed = Lifecycle(), Lifecycle()

    live.event(failed(uid="one", at=0), arrived_at=T0)
    live.event(pulled(at=10), arrived_at=T0 + 10)
    live.event(failed(uid="one", count=2, first=0, at=3000), arrived_at=T0 + 3000)
    for seen in in_order([failed(count=2, first=0, at=3000), pulled(at=10)]):
        listed.event(seen, listed_at=T0 + 3100)

    assert [entry.since for lifecycle in (live, listed) for entry in lifecycle.failing()] == [T0 + 3000] * 2


def test_a_failing_pod_that_nobody_knows_ends() -> None:
    """A pod deleted while we were away is told by its Events alone; asked for, it is not there."""
    lifecycle = Lifecycle()
    lifecycle.event(failed(at=0), listed_at=T0 + 1000)

    lifecycle.pod_gone("uid-web-0", at=T0 + 1001)

    assert (lifecycle.failing(), lifecycle.strangers()) == ([], {})


def test_a_container_fails_once_whoever_tells_it() -> None:
    """A combined Event names no container; the pod's status does, and is the same failure."""
    lifecycle = Lifecycle()
    waiting = container(
        "b", "b:1", waiting_reason="ImagePullBackOff", waiting_message='Back-off pulling image "b:1": ErrImagePull: not found'
    )
    combined = event("Failed", f'{COMBINED}Failed to pull image "b:1": not found', uid="one", container=None, at=3)

    told(lifecycle, combined)
    lifecycle.pod(pod("web-0", container(), waiting), at=T0 + 4)
    told(lifecycle, event("Failed", combined.message, uid="one", count=2, container=None, at=30, first=3))

    assert [(entry.container, entry.since) for entry in lifecycle.failing()] == [("b", T0 + 3)]


def test_an_image_volume_is_there_once_all_containers_run() -> None:
    """Its `Pulled` may be lost; no container starts without it."""
    lifecycle = Lifecycle()
    told(lifecycle, failed("data:v1", container=None, at=0))
    lifecycle.pod(pod("web-0", container(started=5), container("b", "b:1"), volume_images=("data:v1",)), at=T0 + 6)
    before = lifecycle.failing()

    lifecycle.pod(pod("web-0", container(started=5), container("b", "b:1", started=50), volume_images=("data:v1",)), at=T0 + 60)

    assert ([entry.image.as_written for entry in before], lifecycle.failing()) == (["data:v1"], [])


def test_pod_status_tells_the_reason_of_a_back_off() -> None:
    """No filter applies to the status; a listed pod fails since its creation, unless an Event knows better."""
    lifecycle = Lifecycle()
    message = 'Back-off pulling image "nginx": ErrImagePull: rpc error: code = NotFound desc = failed to resolve image: nginx: not found'
    waiting = pod("web-0", container(waiting_reason="ImagePullBackOff", waiting_message=message))

    lifecycle.pod(waiting, at=T0 + 500, listed=True)
    listed = lifecycle.failing()
    told(lifecycle, failed(at=100))

    assert [(entry.reason, entry.since, entry.container) for entry in listed] == [(Reason.NOT_FOUND, T0, "web")]
    assert [entry.since for entry in lifecycle.failing()] == [T0 + 100]


def test_a_failing_pod_is_not_of_the_future() -> None:
    """The API server's clock may be ahead of ours."""
    lifecycle = Lifecycle()

    lifecycle.pod(pod("web-0", container(waiting_reason="ErrImagePull", waiting_message="not found"), created=30), at=T0, listed=True)

    assert [entry.since for entry in lifecycle.failing()] == [T0]


def test_the_error_of_an_image_volume_is_not_blamed_on_the_container() -> None:
    """The failing entry names the volume's image and no container."""
    lifecycle = Lifecycle()
    message = 'Back-off pulling image "data:v1": ErrImagePull: not found'
    innocent = pod("web-0", container(waiting_reason="ImagePullBackOff", waiting_message=message), volume_images=("data:v1",))

    lifecycle.pod(innocent, at=T0)
    told(lifecycle, failed("data:v1", error="not found", container=None, at=1))

    assert [(entry.image.as_written, entry.container) for entry in lifecycle.failing()] == [("data:v1", None)]


def test_a_refusal_is_no_attempt() -> None:
    """An image that was never asked for is refused; the container fails all the same."""
    lifecycle = Lifecycle()

    (row,) = told(lifecycle, event("ErrImageNeverPull", 'Container image "nginx" is not present with pull policy of Never', count=3))

    assert (row.outcome, row.reason, row.count) == (Outcome.REFUSED, Reason.POLICY, 3)
    assert [entry.reason for entry in lifecycle.failing()] == [Reason.POLICY]


def test_a_sandbox_image_has_no_container() -> None:
    """Its failure counts, is held against no container and contradicts no pod."""
    lifecycle = Lifecycle()
    lifecycle.pod(pod(), at=T0)
    text = 'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox image "pause:3": failed to pull image "pause:3": not found'

    (row,) = told(lifecycle, event("FailedCreatePodSandBox", text, container=None))

    assert (row.outcome, row.container, row.image.as_written, row.reason) == (Outcome.FAILED, None, "pause:3", Reason.NOT_FOUND)
    assert lifecycle.failing() == []


def test_a_container_that_started_untold_is_unseen() -> None:
    """With an upper bound: a kubelet brings up its containers one after the other."""
    lifecycle = Lifecycle()
    told(lifecycle, pulled(container="a", image="a", at=10))
    two = pod("web-0", container("a", "a", started=12), container("b", "b", started=20), phase="Running")
    lifecycle.pod(two, at=T0 + 21)

    early = lifecycle.advance(T0 + 30, window_start=T0)
    (row,) = lifecycle.advance(T0 + 30 + SETTLE_SECONDS, window_start=T0)
    again = lifecycle.advance(T0 + 40 + SETTLE_SECONDS, window_start=T0)

    assert (early, again) == ([], [])
    assert (row.outcome, row.container, row.at_most_seconds, row.pull_seconds) == (Outcome.UNSEEN, "b", 9.0, None)
    assert lifecycle.coverage().unseen == 1


def test_an_open_pull_ends_when_its_container_started() -> None:
    """Its `Pulled` was lost: after the settling time it no longer runs."""
    lifecycle = Lifecycle()
    told(lifecycle, pulling(at=10))
    lifecycle.pod(pod("web-0", container(started=20), phase="Running"), at=T0 + 21)

    before = lifecycle.running()
    lifecycle.advance(T0 + 22 + SETTLE_SECONDS, window_start=T0)

    assert (len(before), lifecycle.running()) == (1, [])


def test_an_open_pull_ends_when_its_container_crashed_again() -> None:
    """A crashing container loses its `Pulled` to the filter of the kubelet; that it ended later than it asked shows the end."""
    lifecycle = Lifecycle()
    told(lifecycle, pulling(at=1000), pulling(at=1000, container="b"))
    crashed = container(started=5, finished_at=T0 + 1010, waiting_reason="CrashLoopBackOff")
    waits = container("b", started=5, finished_at=T0 + 1000, waiting_reason="CrashLoopBackOff")

    lifecycle.pod(pod("web-0", crashed, waits, phase="Running"), at=T0 + 1011)
    lifecycle.advance(T0 + 1012 + SETTLE_SECONDS, window_start=T0)

    assert [row.container for row in lifecycle.running()] == ["b"]


def test_a_start_before_the_window_is_not_judged() -> None:
    """What came before we looked may have been told to nobody."""
    lifecycle = Lifecycle()
    told(lifecycle, pulled(pod="other", at=100))
    lifecycle.pod(pod("web-0", container(started=20), phase="Running"), at=T0 + 100)

    assert lifecycle.settle(window_start=T0 + 50) == []


@pytest.mark.parametrize("stamp", [None, 0.0])
def test_missing_stamps_give_no_1970(stamp: float | None) -> None:
    """Without any time a row has none."""
    lifecycle = Lifecycle()
    at = None if stamp is None else -T0

    (row,) = told(lifecycle, pulling(at=at), pulled(at=at))

    assert (row.started_at, row.finished_at) == (None, None)


def test_a_listed_stamp_is_never_in_the_future() -> None:
    """A node's clock that runs ahead gives no negative age."""
    lifecycle = Lifecycle()

    lifecycle.event(pulling(at=500), listed_at=T0)

    assert [row.started_at for row in lifecycle.running()] == [T0]


def test_a_listed_stamp_is_corrected_by_the_nodes_usual_difference() -> None:
    """Live Events show how far the node's clock is off."""
    lifecycle = Lifecycle()
    for second in range(5):
        lifecycle.event(present(at=second), arrived_at=T0 + second + 30)

    lifecycle.event(pulling(at=100), listed_at=T0 + 200)

    assert [row.started_at for row in lifecycle.running()] == [T0 + 130]


def test_a_live_question_starts_when_it_arrived() -> None:
    """Our clock counts, not the node's."""
    lifecycle = Lifecycle()

    lifecycle.event(pulling(at=-500), arrived_at=T0 + 1)

    assert [row.started_at for row in lifecycle.running()] == [T0 + 1]


def test_sizes_are_of_the_runtimes_kind() -> None:
    """containerd tells compressed bytes, CRI-O uncompressed ones, an unknown node none of both."""
    lifecycle = Lifecycle()
    lifecycle.node(Node("node-a", runtime_version="containerd://2.1.9"), at=T0)
    lifecycle.node(Node("node-b", runtime_version="cri-o://1.34"), at=T0)

    rows = told(lifecycle, pulled(), pulled(node="node-b", pod="b"), pulled(node="node-c", pod="c"))

    assert [row.size_kind for row in rows] == [SizeKind.COMPRESSED, SizeKind.UNCOMPRESSED, SizeKind.UNKNOWN]


def test_pods_that_wait_are_counted_by_image() -> None:
    """Running and failing pods wait; a deleted one does not."""
    lifecycle = Lifecycle()
    told(lifecycle, pulling(pod="a"), pulling(pod="b", node="node-b"), failed(pod="c", at=3), pulling("other", pod="d", at=4))
    lifecycle.pod_gone("uid-d", at=T0 + 5)

    assert [(waiting.image.as_written, waiting.pods) for waiting in lifecycle.waiting()] == [("nginx", 3)]


def test_listed_events_are_put_in_order() -> None:
    """Within a second a question comes before its answer, and that before the back-off."""
    listed = [back_off(at=5), pulled(at=3), failed(at=5), pulling(at=5), pulling(at=3)]

    assert [seen.reason for seen in in_order(listed)] == ["Pulling", "Pulled", "Pulling", "Failed", "BackOff"]


def test_a_running_pull_is_one_object_while_nothing_of_it_moves() -> None:
    """What reads 5,000 running pulls may tell by identity which of them changed: place in the queue, or whose pod it is."""
    lifecycle = Lifecycle()
    told(lifecycle, pulling(at=0), pulling(at=5, pod="web-1"))
    first, second = lifecycle.running()

    again = lifecycle.running()
    assert again[0] is first
    assert again[1] is second

    lifecycle.pod(pod("web-1"), at=T0 + 6)
    told(lifecycle, pulled(at=9))

    (left,) = lifecycle.running()
    assert (left.ahead, left.unblocked_at, left.workload) == (0, T0 + 9, "Deployment/web")


def test_a_start_long_ago_ends_an_open_pull_at_once() -> None:
    """After our own start a list shows both: the question without an end, and that its container runs for long."""
    lifecycle = Lifecycle()
    lifecycle.event(pulling(at=0), listed_at=T0 + 800)
    lifecycle.event(pulling(pod="web-1", at=100), listed_at=T0 + 800)

    lifecycle.pod(pod("web-0", container(started=20), phase="Running"), at=T0 + 801, listed=True)
    lifecycle.advance(T0 + 801, window_start=T0 + 800)

    assert [(row.pod, row.ahead, row.unblocked_at) for row in lifecycle.running()] == [("web-1", 0, T0 + 100)]


def test_a_listed_start_frees_the_queue_since_then() -> None:
    """In a recording the pod tells when the pull ended whose `Pulled` was lost, and so since when the next one works."""
    lifecycle = Lifecycle()
    lifecycle.know(pod("web-0", container(started=50), phase="Running"))
    told(lifecycle, pulling(at=0), pulling("other", pod="web-1", at=10))

    lifecycle.reach(T0 + 60)
    lifecycle.settle(window_start=T0)

    assert [(row.pod, row.ahead, row.unblocked_at) for row in lifecycle.running()] == [("web-1", 0, T0 + 50)]

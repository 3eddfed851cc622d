"""What one moment of the cluster looks like in gauges."""

from __future__ import annotations

from pullwatch.publish import metrics
from pullwatch.publish.state import State
from pullwatch.pulls import image
from pullwatch.pulls.observed import Node
from pullwatch.pulls.pull import Reason, SizeKind, Waiting
from tests.publish.given import NGINX, NOW, POD, Exporter, failing, running


def test_shows_running_pulls_with_their_queue(exporter: Exporter) -> None:
    """A pull that waits behind another has no time since when it is unblocked."""
    state = State(running=[running(age=90), running(age=40, ahead=1, pod="web-1")])
    waiting = ("shop", "web-1", *POD[2:])

    assert exporter.show(metrics.RUNNING_START, state) == {POD: NOW - 90, waiting: NOW - 40}
    assert exporter.show(metrics.RUNNING_AHEAD, state) == {POD: 0.0, waiting: 1.0}
    assert exporter.show(metrics.RUNNING_UNBLOCKED, state) == {POD: NOW - 90}


def test_shows_one_series_for_a_pod_that_came_back(exporter: Exporter) -> None:
    """Two pods of one name (the older is deleted, its pull goes on) are one series, of the older pull."""
    state = State(running=[running(age=10, pod_uid="new"), running(age=90, pod_uid="old")])

    assert exporter.show(metrics.RUNNING_START, state) == {POD: NOW - 90}


def test_leaves_out_the_youngest_running_pulls(exporter: Exporter) -> None:
    """Past the cap the oldest stay, which are those that an alert is about; what is left out counts once, not at each scrape."""
    state = State(running=[running(age=age, pod=f"web-{age}") for age in range(1, metrics.RUNNING_START.cap + 4)])

    shown = exporter.show(metrics.RUNNING_START, state)
    exporter.show(metrics.RUNNING_START, state)

    assert len(shown) == metrics.RUNNING_START.cap
    assert max(value for value in shown.values() if isinstance(value, float)) == NOW - 4
    assert exporter.metrics.dropped[metrics.RUNNING_START.name] == 3


def test_shows_a_failing_container_once_since_its_first_failure(exporter: Exporter) -> None:
    """One series per container, so that a changing reason resolves no alert."""
    state = State(failing=[failing(age=20, reason=Reason.DNS), failing(age=300), failing(pod="web-1", reason=Reason.POLICY, age=5)])

    assert exporter.show(metrics.FAILING_START, state) == {
        (*POD, "auth"): NOW - 300,
        ("shop", "web-1", *POD[2:], "policy"): NOW - 5,
    }


def test_shows_waiting_pods_nodes_and_sizes(exporter: Exporter) -> None:
    """What pods and nodes tell is shown with its labels."""
    nginx = image.parse("nginx:1.27")
    node = Node("node-a", "containerd://2.1.9", "v1.37.0", "arm64", "m7g.large", "blue", "eu-1a")
    state = State(waiting=[Waiting("shop", nginx, 7)], nodes=[node], image_sizes={nginx: (120, SizeKind.COMPRESSED)})

    assert exporter.show(metrics.PENDING_PODS, state) == {("shop", "docker.io/library/nginx:1.27", "docker.io"): 7.0}
    assert exporter.show(metrics.NODE_INFO, state) == {
        ("node-a", "m7g.large", "blue", "eu-1a", "arm64", "containerd://2.1.9", "v1.37.0"): 1.0
    }
    assert exporter.show(metrics.IMAGE_SIZE, state) == {("docker.io/library/nginx:1.27", *NGINX, "compressed"): 120.0}


def test_shows_one_series_for_two_spellings_of_an_image(exporter: Exporter) -> None:
    """`nginx:1` and `docker.io/library/nginx:1` are one image: pods add up, the larger size stands."""
    short, long = image.parse("nginx:1"), image.parse("docker.io/library/nginx:1")
    state = State(
        waiting=[Waiting("shop", short, 1), Waiting("shop", long, 2)],
        image_sizes={short: (10, SizeKind.UNKNOWN), long: (20, SizeKind.UNKNOWN)},
    )

    assert list(exporter.show(metrics.PENDING_PODS, state).values()) == [3.0]
    assert list(exporter.show(metrics.IMAGE_SIZE, state).values()) == [20.0]

"""The made cluster: the same for one seed, true to a serial kubelet, and full of what an onlooker should find."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from pullwatch.sim import made, stamps, texts
from pullwatch.sim.recording import Recording, Step

DURATION = r"(?:\d+h)?(?:\d+m)?(?:\d+(?:\.\d{1,3})?)?m?s"
WORDS = re.compile(
    rf'Pulling image "[^"]+"'
    rf'|Successfully pulled image "[^"]+" in ({DURATION}) \(({DURATION}) including waiting\)\. Image size: (\d+) bytes\.'
    rf'|Container image "[^"]+" already present on machine and can be accessed by the pod'
    rf'|Failed to pull image "[^"]+": (?s:.+)'
    rf'|Back-off pulling image "[^"]+"'
    rf"|Error: (?:ErrImagePull|ImagePullBackOff)"
    rf"|Container (?:created|started)|Stopping container [a-z0-9-]+"
)


@pytest.fixture(scope="module")
def story() -> Recording:
    """Makes the story once."""
    return made.recording()


def _events(story: Recording, reason: str) -> list[Step]:
    return [step for step in story.steps if step.resource == "events" and step.object["reason"] == reason]


def _seconds(duration: str) -> float:
    units = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
    return sum(float(number) * units[unit] for number, unit in re.findall(r"([\d.]+)(ms|h|m|s)", duration))


def _finished(story: Recording) -> list[tuple[Step, float, float, int]]:
    found = ((step, WORDS.fullmatch(step.object["message"])) for step in _events(story, "Pulled"))
    return [(step, _seconds(match[1]), _seconds(match[2]), int(match[3])) for step, match in found if match and match[1]]


def _running_at_start(story: Recording) -> dict[str, float]:
    asked = {step.object["involvedObject"]["uid"]: step for step in _events(story, "Pulling") if step.offset_seconds < 0}
    for step in [*_events(story, "Pulled"), *_events(story, "Failed")]:
        if step.offset_seconds < 0:
            asked.pop(step.object["involvedObject"]["uid"], None)
    return {step.object["message"]: -step.offset_seconds for step in asked.values()}


def test_it_is_the_same_for_one_seed_and_another_for_another(story: Recording) -> None:
    """Pictures and tests made from it can be compared."""
    assert made.recording(seed=1) == story
    assert made.recording(seed=2) != story


def test_it_speaks_as_a_kubelet_does(story: Recording) -> None:
    """Every message is one of the kubelet's, letter by letter."""
    strange = [step.object["message"] for step in story.steps if step.resource == "events" and not WORDS.fullmatch(step.object["message"])]

    assert strange == []


def test_it_pulls_one_image_at_a_time_per_node(story: Recording) -> None:
    """The stretches of time that the texts claim never overlap on a node."""
    by_node: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for step, pull_seconds, _, _ in _finished(story):
        by_node[step.object["source"]["host"]].append((step.offset_seconds - pull_seconds, step.offset_seconds))

    overlaps = [
        (node, first, second)
        for node, stretches in by_node.items()
        for first, second in pairwise(sorted(stretches))
        # Texts are cut to milliseconds, so a stretch may look shorter than it was, never longer.
        if second[0] < first[1] - 0.0015
    ]
    assert overlaps == []


def test_it_asks_before_it_pulls(story: Recording) -> None:
    """What a text claims as total time is the time since its Pulling."""
    asked = {step.object["involvedObject"]["uid"]: step.offset_seconds for step in _events(story, "Pulling") if step.object["count"] == 1}

    wrong = [
        step.object["message"]
        for step, _, total_seconds, _ in _finished(story)
        if abs(step.offset_seconds - asked[step.object["involvedObject"]["uid"]] - total_seconds) > 0.0015
    ]
    assert wrong == []


def test_it_shows_slow_pulls_at_once_and_later(story: Recording) -> None:
    """Pulls over 60 s plus size at 10 MB/s end in the history and in the live part, and one runs at the start."""
    slow = [step.offset_seconds for step, pull_seconds, _, size in _finished(story) if pull_seconds > 60 + size / 10e6]

    assert [offset for offset in slow if offset < 0]
    assert [offset for offset in slow if offset > 0]
    assert _running_at_start(story)['Pulling image "registry.slow.example/ml/trainer:1.8"'] > 60 + 1912 / 10


def test_it_has_a_stuck_pull_and_one_that_waits_behind_it(story: Recording) -> None:
    """Asked twelve minutes before the start, it never ends, and neither does the wait of the next."""
    running = _running_at_start(story)
    ended = {step.object["source"]["host"] for step in _events(story, "Pulled") if step.offset_seconds > -700}

    assert running['Pulling image "registry.slow.example/ml/vision-base:cu12.8"'] == pytest.approx(720, abs=2)
    assert running['Pulling image "registry.example.com/platform/gpu-metrics:0.9"'] == pytest.approx(100, abs=2)
    assert "node-20" not in ended


def test_it_makes_small_images_wait_behind_big_ones(story: Recording) -> None:
    """Seconds of pulling, minutes of waiting."""
    waits = [total - pull for step, pull, total, size in _finished(story) if size < 30e6 and pull < 3]

    assert max(waits) > 240


@pytest.mark.parametrize(
    ("words", "least"),
    [
        ("429 Too Many Requests\ntoomanyrequests: You have reached your unauthenticated pull rate limit.", 8),
        ('registry.example.com/shop/checkout:1.4.0-rc": failed to resolve image', 8),
        ("already present on machine", 10),
    ],
)
def test_it_has_failures_and_cache_hits(story: Recording, words: str, least: int) -> None:
    """A rate limit and a typo that are tried again and again, and images that are there."""
    assert sum(words in step.object["message"] for step in story.steps if step.resource == "events") >= least


def test_it_counts_repeated_events_on_one_object(story: Recording) -> None:
    """Repetition is growth of count, with holes where the spam filter was at work."""
    counts: dict[str, list[int]] = defaultdict(list)
    for step in story.steps:
        if step.resource == "events":
            counts[step.object["metadata"]["name"]].append(step.object["count"])

    assert all(numbers == sorted(set(numbers)) for numbers in counts.values())
    assert max(len(numbers) for numbers in counts.values()) > 10
    assert any(later > earlier + 1 for numbers in counts.values() for earlier, later in pairwise(numbers))


def test_it_revalidates_a_warm_always_pull(story: Recording) -> None:
    """The whole size in a tenth of a second: the second run on the same node moved nothing."""
    runs = [pull for step, pull, _, _ in _finished(story) if "batch/report:latest" in step.object["message"]]

    assert runs[0] > 1
    assert len(runs) == 4
    assert max(runs[1:]) < 0.3


def test_it_lets_a_pull_outlive_its_deleted_pod(story: Recording) -> None:
    """The pod is gone in mid-pull, its Pulled still comes."""
    gone = {step.object["metadata"]["name"]: step.offset_seconds for step in story.steps if step.type == "DELETED"}
    late = [
        step.object["message"]
        for step in _events(story, "Pulled")
        if step.offset_seconds > gone.get(step.object["involvedObject"]["name"], 1e9) + 60
    ]

    assert len(late) == 1
    assert "registry.slow.example/ml/notebook:4.2" in late[0]


def test_it_moves_pods_from_pending_to_running(story: Recording) -> None:
    """A waiting container says why, a running one since when."""
    reasons: set[str] = set()
    wrong: list[dict[str, Any]] = []
    for step in story.steps:
        for status in step.object.get("status", {}).get("containerStatuses", []):
            (name, state), phase = next(iter(status["state"].items())), step.object["status"]["phase"]
            reasons.add(state.get("reason", name))
            wrong += [step.object] if phase != {"waiting": "Pending", "running": "Running", "terminated": "Succeeded"}[name] else []

    assert wrong == []
    assert reasons == {"ContainerCreating", "ErrImagePull", "ImagePullBackOff", "running", "Completed"}


def test_it_writes_no_stamp_later_than_its_step(story: Recording) -> None:
    """Nothing happens before it is seen."""
    late = [
        step.object["metadata"]["name"]
        for step in story.steps
        if (newest := stamps.newest(step.object)) is not None and newest > story.started_at + step.offset_seconds
    ]

    assert late == []
    assert [step.offset_seconds for step in story.steps] == sorted(step.offset_seconds for step in story.steps)
    assert (story.steps[0].offset_seconds, story.seconds > 450) == (-900.0, True)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0004, "0s"),
        (0.85, "850ms"),
        (1.0, "1s"),
        (4.5, "4.5s"),
        (59.999, "59.999s"),
        (60.0, "1m0s"),
        (85.618, "1m25.618s"),
        (600.0109, "10m0.01s"),
        (3600.0, "1h0m0s"),
        (360030.005, "100h0m30.005s"),
    ],
)
def test_it_writes_durations_as_go_does(seconds: float, words: str) -> None:
    """Cut to milliseconds, units only where needed."""
    duration: Callable[[float], str] = texts.go_duration

    assert duration(seconds) == words

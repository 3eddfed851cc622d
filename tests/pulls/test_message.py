"""Texts of kubelet Events, by version of the kubelet."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullwatch.pulls import message
from pullwatch.pulls.message import Kind, Message
from pullwatch.pulls.pull import Reason
from tests.recorded import RECORDINGS

if TYPE_CHECKING:
    from pathlib import Path

SUCCESSES = [
    ('Successfully pulled image "docker.io/library/fedora:32"', Message(Kind.PULLED, "docker.io/library/fedora:32")),
    ('Successfully pulled image "nginx" in 49.657983991s', Message(Kind.PULLED, "nginx", None, 49.657983991)),
    (
        'Successfully pulled image "quay.io/k8scsi/csi-provisioner:v1.5.0" in 17m31.526306107s',
        Message(Kind.PULLED, "quay.io/k8scsi/csi-provisioner:v1.5.0", None, 1051.526306107),
    ),
    (
        'Successfully pulled image "nginx:latest" in 4.614356447s (4.614439819s including waiting)',
        Message(Kind.PULLED, "nginx:latest", 4.614356447, 4.614439819),
    ),
    ('Successfully pulled image "nginx:latest" in 4.614s (4.614s including waiting)', Message(Kind.PULLED, "nginx:latest", 4.614, 4.614)),
    (
        'Successfully pulled image "my_image" in 1m22.032s (1m22.032s including waiting). Image size: 4149299364 bytes.',
        Message(Kind.PULLED, "my_image", 82.032, 82.032, 4149299364),
    ),
    (
        'Successfully pulled image "r.example:5000/a:1" in 0s (2m0s including waiting). Image size: 0 bytes.',
        Message(Kind.PULLED, "r.example:5000/a:1", 0.0, 120.0, None),
    ),
    (
        '(combined from similar events): Successfully pulled image "a" in 715ms (715ms including waiting). Image size: 94836428 bytes.',
        Message(Kind.PULLED, "a", 0.715, 0.715, 94836428, combined=True),
    ),
    ('Successfully pulled image "a" in 3s (3s including waiting). Image size: 1.5 GB', Message(Kind.PULLED, "a", 3.0, 3.0, None)),
    ('Container image "a" already present on machine', Message(Kind.PRESENT, "a")),
    ('Container image "a" already present on machine and can be accessed by the pod', Message(Kind.PRESENT, "a")),
]


@pytest.mark.parametrize(("text", "meaning"), SUCCESSES)
def test_it_reads_the_success_of_every_kubelet(text: str, meaning: Message) -> None:
    """Durations, size and image come out of each version's text, with nothing made up."""
    assert message.parse("Pulled", text) == meaning


@pytest.mark.parametrize(
    ("reason", "text", "kind"),
    [
        ("Pulling", 'Pulling image "g1g1/py-kube"', Kind.PULLING),
        ("BackOff", 'Back-off pulling image "busybox:1.36.1"', Kind.BACK_OFF),
        ("BackOff", "Back-off restarting failed container web in pod web-0", Kind.UNRELATED),
        ("Failed", "Error: ErrImagePull", Kind.CONTAINER_ERROR),
        ("Failed", "Error: couldn't find key password in Secret shop/db", Kind.CONTAINER_ERROR),
        ("Failed", "Failed to update status for pod", Kind.UNRELATED),
        ("Created", "Container created", Kind.UNRELATED),
        ("FailedCreatePodSandBox", "Failed to create pod sandbox: rpc error: code = Unknown desc = no CNI", Kind.UNRELATED),
        ("Pulling", "Pulling image nginx", Kind.UNPARSED),
        ("Pulling", 'Pulling image "nginx', Kind.UNPARSED),
        ("Pulling", 'Pulling image "nginx" now', Kind.UNPARSED),
        ("Pulled", 'Successfully pulled image "nginx" in a while', Kind.UNPARSED),
        ("Pulled", 'Successfully pulled image "nginx" in -5s (-5s including waiting)', Kind.UNPARSED),
        ("Pulled", 'Successfully pulled image "nginx" in 9999999h0m0s (9999999h0m0s including waiting)', Kind.UNPARSED),
        ("Pulled", "", Kind.UNPARSED),
        ("Failed", 'Failed to pull image "nginx"', Kind.UNPARSED),
    ],
)
def test_it_tells_what_a_text_is_about(reason: str, text: str, kind: Kind) -> None:
    """A text outside the grammar is unparsed and one about something else unrelated; neither is guessed."""
    assert message.parse(reason, text).kind is kind


def test_it_reads_a_refusal() -> None:
    """An image that was never asked for is refused, with the reason."""
    never = message.parse("ErrImageNeverPull", 'Container image "a:1" is not present with pull policy of Never')
    name = message.parse("InspectFailed", 'Failed to apply default image tag "A:1": couldn\'t parse image name "A:1": invalid reference')
    signature = message.parse("Failed", 'Failed to pull image "a:1": SignatureValidationFailed: rejected')

    assert (never.kind, never.image, never.reason) == (Kind.REFUSED, "a:1", Reason.POLICY)
    assert (name.kind, name.image, name.reason) == (Kind.REFUSED, "A:1", Reason.INVALID_NAME)
    assert (signature.kind, signature.reason) == (Kind.REFUSED, Reason.POLICY)


def test_it_reads_the_failure_of_a_sandbox_image() -> None:
    """A pod whose pause image does not come names it in the sandbox's error."""
    text = (
        "Failed to create pod sandbox: rpc error: code = DeadlineExceeded desc = failed to get sandbox image "
        '"registry.k8s.io/pause:3.9": failed to pull image "registry.k8s.io/pause:3.9": failed to resolve reference '
        '"registry.k8s.io/pause:3.9": dial tcp 1.2.3.4:443: i/o timeout'
    )

    meaning = message.parse("FailedCreatePodSandBox", text)

    assert meaning == Message(Kind.FAILED, "registry.k8s.io/pause:3.9", reason=Reason.TIMEOUT, sandbox=True)


@pytest.mark.parametrize(
    "error",
    [
        'failed pulling image "r.example/pause:3": Error response from daemon: no basic auth credentials',
        "error creating pod sandbox with name k8s_a: initializing source docker://r.example/pause:3: unauthorized: authentication required",
    ],
)
def test_each_runtime_names_the_sandbox_image(error: str) -> None:
    """dockershim quotes it, CRI-O names it as a source."""
    meaning = message.parse("FailedCreatePodSandBox", f"Failed to create pod sandbox: rpc error: code = Unknown desc = {error}")

    assert meaning == Message(Kind.FAILED, "r.example/pause:3", reason=Reason.AUTH, sandbox=True)


def test_it_reads_go_quoting() -> None:
    """Quotes, newlines and code points in a reference come back as they were."""
    meaning = message.parse("Pulling", r'Pulling image "a\"b\\c\n\x00\u00e9\U0001f433"')

    assert meaning.image == 'a"b\\c\n\x00é🐳'


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0s", 0.0),
        ("1ns", 1e-9),
        ("1.5µs", 1.5e-6),
        ("1.5us", 1.5e-6),
        ("850ms", 0.85),
        ("59.999s", 59.999),
        ("1m0s", 60.0),
        ("1m1.5s", 61.5),
        ("2m7.876426944s", 127.876426944),
        ("1h30m30.005s", 5430.005),
        ("100h0m0s", 360_000.0),
        ("5", None),
        ("s", None),
        ("1s1m", None),
        ("1d", None),
        ("-1s", None),
        ("1e3s", None),
        ("", None),
    ],
)
def test_it_reads_go_durations(text: str, seconds: float | None) -> None:
    """All units of Go's Duration.String count, and nothing else does."""
    assert message.duration(text) == seconds


def test_the_wait_is_total_minus_pull() -> None:
    """The kubelet's queue is what the two durations differ by; contradicting ones have no wait."""
    assert Message(Kind.PULLED, "a", 8.975, 18.965).wait_seconds == pytest.approx(9.99)
    assert Message(Kind.PULLED, "a", 5.0, 4.0).wait_seconds is None
    assert Message(Kind.PULLED, "a", None, 4.0).wait_seconds is None


@pytest.mark.parametrize("path", sorted(RECORDINGS.glob("*.events.jsonl")), ids=lambda path: path.name.split(".")[0])
def test_it_reads_every_text_of_the_recordings(path: Path) -> None:
    """No Event of a real kubelet is left unparsed."""
    for line in path.read_text().splitlines():
        event = json.loads(line)["object"]
        assert message.parse(event["reason"], event["message"]).kind is not Kind.UNPARSED, event["message"]


@given(reason=st.sampled_from(sorted(message.REASONS)), text=st.text())
def test_it_never_raises(reason: str, text: str) -> None:
    """Any text of any reason has a meaning."""
    message.parse(reason, text)


@given(
    reason=st.sampled_from(sorted(message.REASONS)),
    prefix=st.sampled_from(
        ["Failed to pull image ", "Successfully pulled image ", "Pulling image ", message.COMBINED, "Back-off pulling image "]
    ),
    rest=st.text(alphabet='"\\ax0:.s() [],@/', max_size=60),
)
def test_it_never_raises_on_near_misses(reason: str, prefix: str, rest: str) -> None:
    """Texts that begin well and go on badly have a meaning too."""
    message.parse(reason, prefix + rest)


@pytest.mark.parametrize("piece", ["a", "\\", '"', '\\"', "/", ": ", "desc = ", "no space left on device ", "1m", "@", "[", "x\\x0"])
def test_its_cost_is_linear(piece: str) -> None:
    """64 KiB cost at most 20 times 4 KiB, whatever they are made of (the best of several runs of each)."""

    def seconds(size: int) -> float:
        texts = [
            (reason, f"{start}{(piece * size)[:size]}")
            for reason, start in (
                ("Failed", 'Failed to pull image "a": '),
                ("Pulled", 'Successfully pulled image "'),
                ("Pulling", 'Pulling image "'),
            )
        ]
        times = []
        for _ in range(5):
            begin = time.perf_counter()
            for reason, text in texts:
                message.parse(reason, text)
            times.append(time.perf_counter() - begin)
        return min(times)

    assert seconds(65_536) <= 20 * max(seconds(4_096), 2e-5)

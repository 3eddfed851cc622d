"""What agents see of running pulls, joined to the pulls that Events tell of."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from pullwatch.pulls import image as images
from pullwatch.pulls import live
from pullwatch.pulls.image import Image
from pullwatch.pulls.live import Live
from pullwatch.pulls.pull import Outcome, Pull
from pullwatch.pulls.reported import LayerProgress, LayerState, RunningPull
from tests.pulls.made_images import digest

NOW = 1_700_000_000.0
A, B, INDEX = digest("a"), digest("b"), digest("index")
KNOWN = {"reg.example/app:1": {A}, f"reg.example/app@{INDEX}": {A}}


def seen(digest: str = A, registry: str = "reg.example", repository: str = "app", layers: tuple[LayerProgress, ...] = ()) -> RunningPull:
    return RunningPull(registry, repository, digest, NOW - 5, layers)


def asked(reference: str = "reg.example/app:1", *, node: str = "a", pod: str = "web", ahead: int = 0) -> Pull:
    image = images.parse(reference)
    return Pull(
        image=image, namespace="shop", pod=pod, pod_uid=pod, container="web", workload=None, node=node, outcome=Outcome.RUNNING,
        started_at=NOW - 9, ahead=ahead,
    )  # fmt: skip


def manifests(image: Image) -> Iterable[str]:
    return KNOWN.get(image.label, set())


def joined(pulls: Iterable[RunningPull], rows: Iterable[Pull]) -> tuple[list[str | None], list[str]]:
    """Return the digest that each row is joined to, and those that are left."""
    agents = Live()
    agents.tell("a", tuple(pulls), at=NOW)
    found = agents.joined(rows, now=NOW, manifests=manifests)
    return [one.pull.digest if one else None for _, one in found.pulls], [one.pull.digest for one in found.unmatched]


def test_one_pull_and_one_question_are_the_same() -> None:
    """Where node, registry and repository agree, also of a tag that nobody knew before."""
    assert joined([seen()], [asked("reg.example/app:new")]) == ([A], [])


@pytest.mark.parametrize("other", ["reg.example/other:1", "other.example/app:1"])
def test_another_repository_or_registry_is_another_pull(other: str) -> None:
    """What an agent sees is shown by itself then."""
    assert joined([seen()], [asked(other)]) == ([None], [A])


def test_another_node_is_another_pull() -> None:
    """The same image may come to two nodes at a time."""
    assert joined([seen()], [asked(node="b")]) == ([None], [A])


def test_a_port_is_no_difference() -> None:
    """The runtime drops it where it says from where it pulls."""
    assert joined([seen()], [asked("reg.example:5000/app:1")]) == ([A], [])
    assert live.without_port("[::1]:5000") == "[::1]"


def test_two_registries_of_one_host_are_not_told_apart() -> None:
    """No progress is better than that of another pull."""
    rows = [asked("reg.example:5000/app:9"), asked("reg.example:5001/app:9", pod="db")]

    assert joined([seen(), seen(B)], rows) == ([None, None], [A, B])


def test_two_tags_of_a_repository_are_not_told_apart() -> None:
    """Unless one of them is known by its digest: then the other is what is left."""
    assert joined([seen(), seen(B)], [asked("reg.example/app:8"), asked("reg.example/app:9", pod="db")]) == ([None, None], [A, B])
    assert joined([seen(), seen(B)], [asked("reg.example/app:1"), asked("reg.example/app:9", pod="db")]) == ([A, B], [])


def test_two_pulls_and_one_question_are_not_joined() -> None:
    """One of them may be of a pod that is gone."""
    assert joined([seen(B), seen(digest("c"))], [asked("reg.example/app:9")]) == ([None], [B, digest("c")])


def test_a_digest_decides() -> None:
    """That of the manifest, or of an index whose manifests are known."""
    for reference in (f"reg.example/app@{A}", f"reg.example/app:1@{A}", f"reg.example/app@{INDEX}"):
        assert joined([seen(), seen(B)], [asked(reference)]) == ([A], [B])


def test_a_digest_that_is_known_to_mean_another_image_is_not_joined() -> None:
    """Alone in its repository or not; a tag may have moved, a digest cannot."""
    assert joined([seen(B)], [asked(f"reg.example/app@{INDEX}")]) == ([None], [B])
    assert joined([seen(B)], [asked("reg.example/app:1")]) == ([B], [])


def test_pods_that_wait_for_one_image_share_its_pull() -> None:
    """The runtime fetches it once for all of them."""
    assert joined([seen()], [asked(), asked(pod="db")]) == ([A, A], [])


def test_a_pull_that_waits_in_the_queue_of_its_node_has_not_begun() -> None:
    """What runs there is another one."""
    assert joined([seen()], [asked("reg.example/app:8", ahead=1), asked("reg.example/app:9", pod="db")]) == ([None, A], [])


def test_a_pull_without_a_node_is_joined_to_nothing() -> None:
    """Nor is one whose reference does not parse."""
    rows = [asked("reg.example/app:1"), asked("no image")]
    agents = Live()
    agents.tell("b", (seen(),), at=NOW)

    assert [one for _, one in agents.joined(rows, now=NOW, manifests=manifests).pulls] == [None, None]


def test_a_silent_agent_is_forgotten() -> None:
    """After 30 s; where nodes report less often, after three of their intervals."""
    agents = Live()
    agents.tell("a", (seen(),), at=NOW)

    assert len(agents.seen(now=NOW + 30)) == 1
    assert agents.seen(now=NOW + 30.1) == []


def test_an_empty_report_ends_what_ran() -> None:
    """At once, as does the end of the node."""
    agents = Live()
    agents.tell("a", (seen(),), at=NOW)
    agents.tell("b", (seen(B),), at=NOW)
    agents.tell("a", (), at=NOW + 1)
    agents.forget("b")

    assert agents.seen(now=NOW + 1) == []


def test_a_fleet_reports_less_often() -> None:
    """Fifty reports a second at most, whatever its size; a report of one that reports seldom holds longer."""
    agents = Live()
    again = [agents.tell(f"node-{number}", (seen(),), at=NOW) for number in range(5_000)]

    assert again[0] == live.LEAST_SECONDS
    assert 5_000 / again[-1] <= live.REPORTS_PER_SECOND
    assert agents.tell("node-0", (), at=NOW) == again[-1]
    assert len(agents.seen(now=NOW + 299)) > 0


def test_a_limited_number_of_nodes_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """More are left out and counted; one that is there already may report again."""
    monkeypatch.setattr(live, "NODES", 1)
    agents = Live()
    for node in ("a", "b", "a"):
        agents.tell(node, (seen(),), at=NOW)

    assert [one.node for one in agents.seen(now=NOW)] == ["a"]
    assert agents.left_out == 1


def layer(position: int, state: LayerState, size: int, downloaded: int | None = None) -> LayerProgress:
    return LayerProgress(position, digest(str(position)), size, state, downloaded)


def test_bytes_are_those_that_move() -> None:
    """What was on the node counts for nothing, a layer listed twice once."""
    states = (
        layer(0, LayerState.PRESENT, 1000), layer(1, LayerState.DONE, 100), layer(2, LayerState.UNPACKING, 10),
        layer(3, LayerState.DOWNLOADING, 8, 3), layer(3, LayerState.DOWNLOADING, 8, 3), layer(4, LayerState.QUEUED, 50),
    )  # fmt: skip
    agents = Live()
    agents.tell("a", (seen(layers=states),), at=NOW)

    (one,) = agents.seen(now=NOW)
    assert (one.downloaded_bytes, one.total_bytes) == (113, 168)


def test_bytes_of_which_one_part_is_unknown_are_unknown() -> None:
    """They would look like a pull that stands."""
    agents = Live()
    agents.tell("a", (seen(layers=(layer(0, LayerState.DOWNLOADING, 8), layer(1, LayerState.DONE, 8))),), at=NOW)

    (one,) = agents.seen(now=NOW)
    assert (one.downloaded_bytes, one.total_bytes) == (None, 16)


def test_layers_have_a_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all nodes together, as one report may list thousands: what does not fit is counted, and fits once others have ended."""
    monkeypatch.setattr(live, "LAYERS", 5)
    layers = tuple(LayerProgress(position, A, 1, LayerState.QUEUED) for position in range(3))
    agents = Live()
    agents.tell("a", (seen(layers=layers),), at=NOW)
    agents.tell("b", (seen(layers=layers),), at=NOW)
    assert (len(agents.seen(now=NOW)), agents.left_out) == (1, 1)

    agents.tell("a", (seen(layers=layers),), at=NOW + 1)
    assert [one.node for one in agents.seen(now=NOW + 1)] == ["a"]

    for end in (lambda: agents.forget("a"), lambda: agents.tell("a", (), at=NOW + 2), lambda: agents.expire(now=NOW + 1000)):
        end()
        agents.tell("b", (seen(layers=layers),), at=NOW + 2)
        assert [one.node for one in agents.seen(now=NOW + 2)] == ["b"]
        agents.forget("b")
        agents.tell("a", (seen(layers=layers),), at=NOW + 2)
    assert agents.left_out == 1

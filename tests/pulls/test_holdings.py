"""Which node holds which image under which names."""

from __future__ import annotations

import pytest

from pullwatch.pulls import holdings
from pullwatch.pulls import names as image_names
from pullwatch.pulls.holdings import Holdings
from pullwatch.pulls.known_layers import KnownLayers
from pullwatch.pulls.names import Name
from pullwatch.pulls.observed import Node, NodeImage
from pullwatch.pulls.reported import HeldImage
from tests.pulls.made_images import digest

NOW = 1_700_000_000.0
NGINX, OLD, INDEX = digest("nginx"), digest("old nginx"), digest("index")
TAG = "docker.io/library/nginx:1"


@pytest.fixture
def held() -> Holdings:
    return Holdings(KnownLayers())


def image(named: str = TAG, digest: str = NGINX, index: str | None = INDEX) -> HeldImage:
    return HeldImage((named,), digest, index)


def names(held: Holdings, canonical: str = TAG) -> list[Name]:
    """Return what bears a name, those of most nodes first."""
    found = [held.name(number) for number in held.of_image(canonical)]
    return sorted((name for name in found if name is not None), key=lambda name: -name.nodes)


def test_it_counts_the_nodes_that_hold_an_image(held: Holdings) -> None:
    """Under each name and digest; telling the same again changes nothing."""
    held.tell("a", [image()], at=NOW)
    held.tell("b", [image(), image("redis:7", OLD, None)], at=NOW)
    version = held.version
    held.tell("a", [image()], at=NOW)

    (name,) = names(held)
    assert (name.image.canonical, name.digest, name.index_digest, name.nodes) == (TAG, NGINX, INDEX, 2)
    assert held.version == version


def test_a_name_may_stand_for_several_images(held: Holdings) -> None:
    """Nodes that pulled a tag at different times, or are of different platforms."""
    held.tell("a", [image()], at=NOW)
    held.tell("b", [image()], at=NOW)
    held.tell("c", [image(digest=OLD)], at=NOW)

    assert [(name.digest, name.nodes) for name in names(held)] == [(NGINX, 2), (OLD, 1)]


def test_a_name_goes_with_the_last_node_that_says_it(held: Holdings) -> None:
    """Also when that node pulled another image under it, or is gone."""
    held.tell("a", [image()], at=NOW)
    held.tell("a", [image(digest=OLD)], at=NOW)
    assert [name.digest for name in names(held)] == [OLD]

    held.forget("a")

    assert names(held) == []
    assert held.names() == []
    assert held.agents == 0


def test_a_silent_agent_is_forgotten(held: Holdings) -> None:
    """What it said last is not true for ever."""
    held.tell("a", [image()], at=NOW - 1000)
    held.tell("b", [image()], at=NOW)

    held.expire(before=NOW - 900)

    assert [name.nodes for name in names(held)] == [1]


def test_a_node_gives_a_name_to_one_image_only(held: Holdings) -> None:
    """A runtime keeps one image under a name, so a node that lies cannot fill the room of a name."""
    held.tell("liar", [image(digest=digest(str(n))) for n in range(100)], at=NOW)

    assert len(names(held)) == 1


def test_room_is_limited(held: Holdings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Images that bear one name, names of all, and nodes; what is left out is counted."""
    monkeypatch.setattr(image_names, "NAMED_ALIKE", 2)
    monkeypatch.setattr(image_names, "NAMES", 3)
    for number in range(3):
        held.tell(f"node-{number}", [image(digest=digest(str(number)))], at=NOW)
    held.tell("node-0", [image(digest=digest("0")), image("redis:7"), image("redis:8")], at=NOW)
    monkeypatch.setattr(holdings, "NODES", 3)
    held.tell("node-9", [image()], at=NOW)

    assert len(names(held)) == 2
    assert len(held.names()) == 3
    assert held.left_out == 3


def test_an_image_without_a_tag_is_known_by_its_repository_or_digest(held: Holdings) -> None:
    """Of containerd's names those by digest count where there is no tag, and bare ids never."""
    by_digest = f"docker.io/library/nginx@{INDEX}"
    held.tell("a", [HeldImage((by_digest, NGINX), NGINX, INDEX), HeldImage((), OLD)], at=NOW)
    held.tell("b", [HeldImage((by_digest, NGINX, TAG), NGINX, INDEX)], at=NOW)

    assert [name.nodes for name in names(held, by_digest)] == [1]
    assert [name.nodes for name in names(held, OLD)] == [1]
    assert [name.nodes for name in names(held)] == [1]
    assert names(held, NGINX) == []


def test_the_status_of_a_node_without_an_agent_gives_names(held: Holdings) -> None:
    """Its digest may be that of an index or of a manifest; an entry with two digests gives none."""
    clear = NodeImage((f"docker.io/library/nginx@{INDEX}", TAG), 1)
    unclear = NodeImage((f"docker.io/library/redis@{INDEX}", f"docker.io/library/redis@{OLD}", "redis:7"), 1)
    broken = NodeImage(("docker.io/library/redis@sha256:short", "redis:8"), 1)
    held.tell_status(Node("a", images=(clear, unclear, broken)))

    (name,) = names(held)
    assert (name.digest, name.index_digest, name.either_digest, name.nodes) == (None, None, INDEX, 1)
    assert len(held.names()) == 1
    assert list(held.digests("a")) == []


def test_the_status_names_an_image_without_a_tag_by_its_digest(held: Holdings) -> None:
    """A pod that pins a digest leaves its image without a tag; what no pod names leaves `<none>`."""
    pinned = NodeImage((f"docker.io/library/nginx@{INDEX}",), 1)
    nobodys = NodeImage((f"<none>@{OLD}", "<none>:<none>"), 1)
    held.tell_status(Node("a", images=(pinned, nobodys)))

    assert [(name.either_digest, name.nodes) for name in names(held, f"docker.io/library/nginx@{INDEX}")] == [(INDEX, 1)]
    assert len(held.names()) == 1


def test_what_a_status_says_too_much_is_counted(held: Holdings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Images, names and nodes beyond the caps."""
    monkeypatch.setattr(holdings, "MAX_IMAGES", 2)
    monkeypatch.setattr(holdings, "MAX_NAMES", 3)
    monkeypatch.setattr(holdings, "NODES", 1)
    many = tuple(NodeImage((f"app@{digest(str(number))}", f"app:{number}"), 1) for number in range(3))
    named = NodeImage((f"app@{OLD}", "app:1", "app:2", "app:3"), 1)
    for node, entries in (("a", many), ("a", (named,)), ("b", many[:1])):
        held.tell_status(Node(node, images=entries))

    assert held.left_out == 3
    assert len(held.names()) == 2


def test_an_agent_stands_over_the_status_of_its_node(held: Holdings) -> None:
    """From its first report on, and also where a status comes later."""
    status = Node("a", images=(NodeImage((f"docker.io/library/nginx@{INDEX}", TAG), 1),))
    held.tell_status(status)
    held.tell("a", [image()], at=NOW)
    held.tell_status(status)

    assert [(name.digest, name.either_digest) for name in names(held)] == [(NGINX, None)]
    assert list(held.digests("a")) == [NGINX]


def test_numbers_are_used_again(held: Holdings) -> None:
    """Images that come and go for months take no more room."""
    for number in range(50):
        held.tell("a", [image(f"app:{number}", digest(str(number)), digest(f"index {number}"))], at=NOW)

    assert held.names() == [max(held.names())]
    assert max(held.names()) < 3


def test_an_image_has_a_limited_number_of_names(held: Holdings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nodes that make up names for one image take no time of others, and what is left out is counted."""
    monkeypatch.setattr(image_names, "ALIASES", 3)
    for node in range(5):
        held.tell(f"node-{node}", [image(f"app:{node}")], at=NOW)
    assert (len(held), held.left_out) == (3, 2)

    held.forget("node-0")
    held.tell("node-4", [image("app:4")], at=NOW)
    assert (len(held), held.left_out) == (3, 2)

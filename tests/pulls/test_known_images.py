"""What is known of images, put together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pullwatch.pulls import image as images
from pullwatch.pulls import known_images, names
from pullwatch.pulls.entries import Entries
from pullwatch.pulls.holdings import Holdings
from pullwatch.pulls.known_images import KnownImages, Other, Release
from pullwatch.pulls.known_layers import KnownLayers, LayersFrom
from pullwatch.pulls.layers import Layer, LayerTable
from pullwatch.pulls.observed import Node, NodeImage
from pullwatch.pulls.pull import SizeKind
from pullwatch.pulls.reported import HeldImage
from pullwatch.pulls.sizes import KnownSizes
from tests.pulls.made_images import LAYER, digest

NOW = 1_700_000_000.0
INDEX = digest("index")


def table(name: str, platform: str = "linux/amd64", **sizes: int) -> LayerTable:
    """Return a table of this name whose layers bear these names and sizes."""
    rows = tuple(Layer(digest(layer), size, LAYER) for layer, size in sizes.items())
    return LayerTable(digest(name), "application/vnd.oci.image.manifest.v1+json", digest("config"), rows, platform)


ONE = table("one", base=100, python=50, app=7)
TWO = table("two", base=100, python=50, app2=9)
ARM = table("arm", "linux/arm64", armbase=90)


@pytest.fixture
def known() -> KnownImages:
    """Gives two releases and another platform of one repository, on two nodes."""
    layers = KnownLayers()
    known = KnownImages(layers, Holdings(layers), KnownSizes())
    for told in (ONE, TWO, ARM):
        layers.tell(told)
    known.holdings.tell("a", [HeldImage(("team/app:1",), ONE.digest, INDEX), HeldImage(("team/app:2",), TWO.digest)], at=NOW)
    known.holdings.tell("b", [HeldImage(("team/app:1",), ARM.digest, INDEX)], at=NOW)
    known.holdings.tell("c", [HeldImage(("team/app:1",), ARM.digest, INDEX)], at=NOW)
    return known


def last(steps: Iterator[Any]) -> Any:
    """Return what comes at the end of steps."""
    return list(steps)[-1]


@pytest.mark.parametrize("spelled", ["team/app:2", "docker.io/team/app:2", "index.docker.io/team/app:2", f"team/app:2@{TWO.digest}"])
def test_it_finds_an_image_in_any_spelling(known: KnownImages, spelled: str) -> None:
    """With what its layers tell."""
    (found,) = known.find(images.parse(spelled))

    assert (found.digest, found.size_bytes, found.size_kind, found.shared_bytes, found.nodes) == (
        TWO.digest, 159, SizeKind.COMPRESSED, 150, 1,
    )  # fmt: skip
    assert (found.table, found.layers_from) == (TWO, LayersFrom.AGENT)


@pytest.mark.parametrize("spelled", ["team/app:1", f"team/app@{INDEX}", INDEX])
def test_several_platforms_are_several_images(known: KnownImages, spelled: str) -> None:
    """By their tag and by the digest of their index."""
    assert {one.digest for one in known.find(images.parse(spelled))} == {ONE.digest, ARM.digest}


@pytest.mark.parametrize("spelled", [f"team/app@{ONE.digest}", f"team/app:1@{ONE.digest}", ONE.digest, f"elsewhere/app@{ONE.digest}"])
def test_a_digest_finds_its_manifest(known: KnownImages, spelled: str) -> None:
    """Whatever the repository: the layers are the same everywhere."""
    assert [one.table for one in known.find(images.parse(spelled))] == [ONE]


@pytest.mark.parametrize("spelled", ["team/app:3", f"team/app@{digest('none')}", "app@md5:" + "0" * 32, f"team/app:2@{ONE.digest[:-1]}0"])
def test_what_is_not_known_is_not_found(known: KnownImages, spelled: str) -> None:
    """Also where the digest is of a kind that nothing else has."""
    assert known.find(images.parse(spelled)) == []


def test_an_image_of_which_only_a_size_was_told_is_there(known: KnownImages) -> None:
    """Its layers are unknown, not none."""
    image = images.parse("nginx:1")
    known.sizes.tell(image, 5, SizeKind.UNCOMPRESSED)

    (found,) = known.find(image)
    assert (found.size_bytes, found.size_kind, found.table, found.nodes, found.shared_bytes) == (5, SizeKind.UNCOMPRESSED, None, None, None)
    assert found in list(known.all())


def test_all_images_are_told_once(known: KnownImages) -> None:
    """What a status repeats of an agent's is left out; a name that only a status says stays."""
    status = (NodeImage((f"team/app@{INDEX}", "team/app:1"), 1), NodeImage((f"team/old@{digest('old')}", "team/old:1"), 1))
    known.holdings.tell_status(Node("d", images=status))
    for name in ("team/app:1", "team/old:1"):
        known.sizes.tell(images.parse(name), 1, SizeKind.UNKNOWN)

    told = [(one.image and one.image.label, one.digest) for one in known.all()]
    assert sorted(told, key=str) == sorted(
        [
            ("docker.io/team/app:1", ONE.digest), ("docker.io/team/app:1", ARM.digest), ("docker.io/team/app:2", TWO.digest),
            ("docker.io/team/old:1", None),
        ],
        key=str,
    )  # fmt: skip


def test_a_status_names_a_manifest_that_is_known(known: KnownImages) -> None:
    """An image of one platform is pulled by its manifest, so the digest of a status may be that."""
    known.holdings.tell_status(Node("d", images=(NodeImage((f"mirror/app@{TWO.digest}", "mirror/app:2"), 1),)))

    (found,) = known.find(images.parse("mirror/app:2"))
    assert (found.digest, found.table) == (TWO.digest, TWO)


def test_a_registry_tells_the_layers_of_what_a_status_names(known: KnownImages) -> None:
    """Without any agent: in the document and in the gauges."""
    late = table("late", late=5)
    known.holdings.tell_status(Node("d", images=(NodeImage((f"team/late@{late.digest}", "team/late:1"), 1),)))
    known.changed()

    known.layers.tell(late, source=LayersFrom.REGISTRY)

    assert known.changed() == {"docker.io/team/late:1"}
    layered = known.layered("docker.io/team/late:1")
    assert layered is not None
    assert (layered.layers, layered.size_bytes, layered.nodes) == (1, 5, 1)
    assert [one.layers_from for one in known.find(images.parse("team/late:1"))] == [LayersFrom.REGISTRY]
    assert [one.image.label for one in last(known.costliest(9))][-1] == "docker.io/team/late:1"


@pytest.mark.parametrize("pinned", [f"team/late:1@{INDEX}", f"team/late@{INDEX}"])
def test_an_image_that_is_pinned_is_found_by_its_index(known: KnownImages, pinned: str) -> None:
    """A runtime keeps no tag beside a digest, and a node without an agent tells of such an image as of others."""
    late = table("late", late=5)
    entries = Entries()
    entries.tell(INDEX, "linux/amd64", late.digest)
    known = KnownImages(known.layers, Holdings(known.layers, entries=entries), known.sizes)
    known.layers.tell(late, source=LayersFrom.REGISTRY)
    known.holdings.tell_status(Node("d", os="linux", arch="amd64", images=(NodeImage((f"docker.io/team/late@{INDEX}",), 1),)))

    assert [(one.table, one.nodes) for one in known.find(images.parse(pinned))] == [(late, 1)]
    assert known.manifests(images.parse(pinned)) == {late.digest}


def test_one_manifest_in_two_indexes_is_one_image(known: KnownImages) -> None:
    """A release may change other platforms only: all nodes that hold the manifest under a name hold that image."""
    for node in ("d", "e"):
        known.holdings.tell(node, [HeldImage(("team/app:1",), ONE.digest, digest("newer index"))], at=NOW)

    found = {one.digest: one.nodes for one in known.find(images.parse("team/app:1"))}
    assert found == {ONE.digest: 3, ARM.digest: 2}
    assert sorted((one.image and one.image.tag, one.digest, one.nodes) for one in known.all()) == sorted(
        [("1", ONE.digest, 3), ("1", ARM.digest, 2), ("2", TWO.digest, 1)]
    )
    layered = known.layered("docker.io/team/app:1")
    assert layered is not None
    assert (layered.size_bytes, layered.nodes) == (ONE.size_bytes, 3)


def test_the_costliest_names_show_one_image_each(known: KnownImages) -> None:
    """That which most nodes hold, as in the other gauges: layers of two platforms under one name would add up to neither."""
    assert [(one.image.label, one.size_bytes) for one in last(known.costliest(9))] == [
        ("docker.io/team/app:1", 90),
        ("docker.io/team/app:2", 159),
    ]


def test_it_tells_what_shares_most(known: KnownImages) -> None:
    """By name where there is one, by digest where not; those that share nothing are not told."""
    known.layers.tell(table("unnamed", base=100))
    (found,) = known.find(images.parse("team/app:2"))

    assert last(known.others(found)) == [Other("docker.io/team/app:1", 150), Other(digest("unnamed"), 100)]


def test_what_shares_nothing_has_no_others(known: KnownImages) -> None:
    """As has one whose layers are unknown."""
    (arm,) = (one for one in known.find(images.parse("team/app:1")) if one.digest == ARM.digest)
    known.sizes.tell(images.parse("nginx:1"), 5, SizeKind.UNKNOWN)
    (unknown,) = known.find(images.parse("nginx:1"))

    assert last(known.others(arm)) == []
    assert last(known.others(unknown)) == []


def test_it_tells_what_a_release_moves(known: KnownImages) -> None:
    """From this image to others of its repository, of its platform only."""
    one, two = (next(one for one in known.find(images.parse(tag)) if one.digest != ARM.digest) for tag in ("team/app:1", "team/app:2"))

    assert known.releases(one) == [Release("docker.io/team/app:2", 9, 150)]
    assert known.releases(two) == [Release("docker.io/team/app:1", 7, 150)]


def test_it_tells_what_goes_from_a_node_with_an_image(known: KnownImages) -> None:
    """Where the node holds it and the layers of all that it holds are known; else nobody can tell."""
    one = next(one for one in known.find(images.parse("team/app:1")) if one.digest == ONE.digest)
    assert known.unique_bytes(one, node="a") == 7
    assert known.unique_bytes(one, node="b") is None
    assert known.unique_bytes(one, node="nowhere") is None

    known.holdings.tell("a", [HeldImage(("team/app:1",), ONE.digest), HeldImage(("x",), digest("unknown"))], at=NOW)

    assert known.unique_bytes(one, node="a") is None


def test_layers_give_a_size_where_nothing_else_does(known: KnownImages) -> None:
    """A size that a node or an Event told stays."""
    told, untold = images.parse("team/app:1"), images.parse("team/app:2")
    known.sizes.tell(told, 5, SizeKind.UNCOMPRESSED)
    known.fill_sizes("a")

    assert known.sizes.by_image() == {told: (5, SizeKind.UNCOMPRESSED), images.parse("team/app:2"): (159, SizeKind.COMPRESSED)}
    assert known.sizes.size_of(untold) == (159, SizeKind.COMPRESSED)


def test_a_size_of_layers_follows_its_tag(known: KnownImages) -> None:
    """Until a node or an Event tells one: of several images under one name that which most nodes hold."""
    for node in "ab":
        known.fill_sizes(node)
    assert known.sizes.size_of(images.parse("team/app:1")) == (ARM.size_bytes, SizeKind.COMPRESSED)

    for node in "abc":
        known.holdings.tell(node, [HeldImage(("team/app:1",), TWO.digest)], at=NOW)
        known.fill_sizes(node)
    assert known.sizes.size_of(images.parse("team/app:1")) == (TWO.size_bytes, SizeKind.COMPRESSED)

    known.sizes.tell(images.parse("team/app:1"), 999, SizeKind.UNCOMPRESSED)
    known.fill_sizes("a")
    assert known.sizes.size_of(images.parse("team/app:1")) == (999, SizeKind.UNCOMPRESSED)


def test_a_size_of_layers_takes_the_room_of_no_other(known: KnownImages) -> None:
    """What nodes and Events told is not forgotten for names that agents tell."""
    told = images.parse("nginx:1")
    known = KnownImages(known.layers, known.holdings, KnownSizes(capacity=1))
    known.sizes.tell(told, 5, SizeKind.COMPRESSED)

    known.fill_sizes("a")

    assert known.sizes.by_image() == {told: (5, SizeKind.COMPRESSED)}


def test_a_name_shows_the_image_that_most_nodes_hold(known: KnownImages) -> None:
    """A gauge has one value for each name."""
    shown = {name: known.layered(name) for name in known.changed() or ()}

    figures = {name: one and (one.layers, one.largest_bytes, one.nodes) for name, one in shown.items()}
    assert figures == {"docker.io/team/app:1": (1, 90, 2), "docker.io/team/app:2": (3, 100, 1)}
    assert known.changed() == set()


def test_it_tells_what_changed(known: KnownImages) -> None:
    """Names whose nodes changed, and all names of a manifest whose layers were told."""
    late = table("late", late=5)
    known.holdings.tell("e", [HeldImage(("mirror/late:1", "team/late:1"), late.digest)], at=NOW)
    known.changed()

    known.layers.tell(late)
    assert known.changed() == {"docker.io/mirror/late:1", "docker.io/team/late:1"}

    known.holdings.forget("c")
    assert known.changed() == {"docker.io/team/app:1"}


def test_what_a_status_alone_names_changes_with_its_table(known: KnownImages) -> None:
    """Told for another name, or forgotten to make room: what is shown of it would stay for ever."""
    layers = KnownLayers(capacity=1)
    known = KnownImages(layers, Holdings(layers), KnownSizes())
    known.holdings.tell_status(Node("d", images=(NodeImage((f"mirror/app@{TWO.digest}", "mirror/app:2"), 1),)))
    known.changed()

    layers.tell(TWO)
    assert known.changed() == {"docker.io/mirror/app:2"}
    assert known.layered("docker.io/mirror/app:2") is not None

    layers.tell(ONE)
    assert known.changed() == {"docker.io/mirror/app:2"}
    assert known.layered("docker.io/mirror/app:2") is None


def test_what_changed_may_be_anything(known: KnownImages, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past some thousands of changes it is cheaper to look at all."""
    monkeypatch.setattr(names, "_FOLLOWED", 1)
    known.holdings.tell("e", [HeldImage(("a:1", "b:1", "c:1"), ONE.digest)], at=NOW)

    assert known.changed() is None
    assert known.changed() == set()


def test_the_costliest_are_those_of_most_bytes_on_most_nodes(known: KnownImages) -> None:
    """90 bytes on two nodes are more than 159 on one."""
    assert [one.image.label for one in last(known.costliest(2))] == ["docker.io/team/app:1", "docker.io/team/app:2"]
    assert [(one.size_bytes, one.nodes) for one in last(known.costliest(1))] == [(90, 2)]


@pytest.mark.parametrize(
    ("spelled", "means"),
    [
        ("team/app:1", {ONE.digest, ARM.digest}),
        (f"team/app@{INDEX}", {ONE.digest, ARM.digest}),
        (f"team/app:1@{INDEX}", {ONE.digest, ARM.digest}),
        (f"team/app@{ONE.digest}", {ONE.digest}),
        (f"team/app@{digest('unknown')}", set()),
        ("team/new:1", set()),
    ],
)
def test_it_tells_which_manifests_a_reference_means(known: KnownImages, spelled: str, means: set[str]) -> None:
    """As far as nodes told; nothing is unknown, not none."""
    assert known.manifests(images.parse(spelled)) == means


def test_an_image_of_many_names_is_told_under_some(known: KnownImages, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of most nodes: all layers with each of a thousand names would be a document of hundreds of megabytes."""
    monkeypatch.setattr(known_images, "FOUND", 3)
    for node in range(9):
        names = tuple(f"team/app:{number}" for number in range(100, 110 - node))
        known.holdings.tell(f"node-{node}", [HeldImage(names, ONE.digest)], at=NOW)

    found = known.find(images.parse(ONE.digest))

    assert [one.image.tag for one in found if one.image] == ["100", "101", "102"]


def test_a_size_that_one_node_made_up_goes_with_it(known: KnownImages) -> None:
    """Of a name that others hold, theirs is shown as soon as they are more, or it is gone."""
    lie = table("lie", huge=1 << 50)
    known.layers.tell(lie)
    known.holdings.tell("z", [HeldImage(("team/app:2",), lie.digest)], at=NOW)
    known.holdings.forget("a")
    known.fill_sizes("z")
    assert known.sizes.size_of(images.parse("team/app:2")) == (1 << 50, SizeKind.COMPRESSED)

    for node in "de":
        known.holdings.tell(node, [HeldImage(("team/app:2",), TWO.digest)], at=NOW)
        known.fill_sizes(node)
    known.fill_sizes("z")
    assert known.sizes.size_of(images.parse("team/app:2")) == (159, SizeKind.COMPRESSED)

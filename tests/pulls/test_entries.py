"""Which manifest a digest means on a platform."""

from __future__ import annotations

from pullwatch.pulls.entries import Entries
from pullwatch.pulls.holdings import Holdings
from pullwatch.pulls.known_layers import KnownLayers
from pullwatch.pulls.observed import Node, NodeImage
from tests.pulls.made_images import digest

INDEX, AMD, ARM, A, B, C = (digest(name) for name in (b"index", b"amd", b"arm", b"a", b"b", b"c"))


def test_an_index_means_another_manifest_on_each_platform() -> None:
    """What was not told is not known."""
    entries = Entries()
    entries.tell(INDEX, "linux/amd64", AMD)
    entries.tell(INDEX, "linux/arm64", ARM)

    assert [entries.of(INDEX, platform) for platform in ("linux/amd64", "linux/arm64", "linux/arm")] == [(AMD, INDEX), (ARM, INDEX), None]


def test_a_manifest_means_itself() -> None:
    """A reference that names no index has none."""
    entries = Entries()
    entries.tell(AMD, "linux/amd64", AMD)

    assert entries.of(AMD, "linux/amd64") == (AMD, None)


def test_entries_have_a_cap() -> None:
    """The one told longest ago goes, and is counted."""
    entries = Entries(capacity=2)
    for named in (A, B, A, C):
        entries.tell(named, "linux/amd64", AMD)

    assert [entries.of(named, "linux/amd64") is not None for named in (A, B, C)] == [True, False, True]
    assert entries.forgotten == 1


def test_a_node_holds_the_manifest_of_its_platform() -> None:
    """Its status names the index; with what a registry told, its names stand for the manifest."""
    layers, entries = KnownLayers(), Entries()
    holdings = Holdings(layers, entries=entries)
    nodes = [
        Node(f"node-{arch}", os="linux", arch=arch, images=(NodeImage((f"ghcr.io/app@{INDEX}", "ghcr.io/app:1"), 5),))
        for arch in ("amd64", "arm64")
    ]

    def named() -> set[tuple[str | None, str | None, str | None]]:
        for node in nodes:
            holdings.tell_status(node)
        names = [holdings.name(number) for number in holdings.of_image("ghcr.io/app:1")]
        return {(name.digest, name.index_digest, name.either_digest) for name in names if name}

    before = named()
    entries.tell(INDEX, "linux/amd64", AMD)
    entries.tell(INDEX, "linux/arm64", ARM)

    assert before == {(None, None, INDEX)}
    assert named() == {(AMD, INDEX, None), (ARM, INDEX, None)}

"""Values of a container runtime: what their references, keys and labels say."""

from __future__ import annotations

import pytest

from pullwatch.pulls import runtime
from pullwatch.pulls.runtime import Blob, Ingest, SnapshotEvent, SnapshotKind


@pytest.mark.parametrize(
    ("ref", "digest"),
    [
        ("layer-sha256:ab", "sha256:ab"),
        ("manifest-sha256:cd", "sha256:cd"),
        ("upload-sha256:ab", ""),
        ("layer", ""),
        ("", ""),
    ],
)
def test_a_reference_names_kind_and_digest(ref: str, digest: str) -> None:
    """Others write to the store too, by references of their own."""
    assert Ingest(ref, 0, 0, 0, 0).digest == digest


@pytest.mark.parametrize(
    ("key", "chain_id"), [("extract-554362201-U1BH sha256:c3", "sha256:c3"), ("extract-1", "extract-1"), ("0a1b", ""), ("", "")]
)
def test_a_key_of_a_layer_ends_with_its_chain_id(key: str, chain_id: str) -> None:
    """A container's own snapshot names none."""
    assert runtime.chain_of(key) == chain_id


def test_a_commit_tells_the_chain_id_itself() -> None:
    """The name that a snapshot gets is the layer's, whatever its key was."""
    assert SnapshotEvent(SnapshotKind.COMMITTED, "any", 0, name="sha256:c3").chain_id == "sha256:c3"


def test_labels_tell_places_children_and_snapshotter() -> None:
    """containerd keeps a registry without its port, and several repositories in one label."""
    labels = {
        "containerd.io/distribution.source.127.0.0.1": "team/five,team/copy",
        "containerd.io/distribution.source.docker.io": "library/nginx",
        "containerd.io/gc.ref.content.l.0": "sha256:ab",
        "containerd.io/gc.ref.snapshot.overlayfs": "sha256:c3",
    }

    assert runtime.sources(labels) == (("127.0.0.1", "team/copy"), ("127.0.0.1", "team/five"), ("docker.io", "library/nginx"))
    assert runtime.names_children(Blob("sha256:m", 1, 0, labels))
    assert not runtime.names_children(Blob("sha256:m", 1, 0))
    assert (runtime.snapshotter(labels), runtime.snapshotter({})) == ("overlayfs", "")

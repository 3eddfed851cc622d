"""The images that a node holds, by manifest."""

from __future__ import annotations

from pullwatch.pulls.held import HeldImages
from pullwatch.pulls.layers import LayerTable
from pullwatch.pulls.reported import HeldImage
from pullwatch.pulls.runtime import StoredImage, StoredManifest


def table(name: str) -> LayerTable:
    return LayerTable(f"sha256:{name}", "manifest", "sha256:config", ())


def test_joins_names_of_one_manifest() -> None:
    """A tag, another tag and the digest of one image are one entry; the digest of its config is no name."""
    held = HeldImages()
    names = [
        StoredImage("registry.example/app:1", "sha256:index"),
        StoredImage("registry.example/app:latest", "sha256:a"),
        StoredImage("sha256:config", "sha256:index"),
    ]

    changed = held.read(
        names, {"sha256:index": StoredManifest(table("a"), index_digest="sha256:index"), "sha256:a": StoredManifest(table("a"))}
    )

    assert changed
    assert held.images == (HeldImage(("registry.example/app:1", "registry.example/app:latest"), "sha256:a", "sha256:index"),)
    assert held.tables == {"sha256:a": table("a")}


def test_tells_whether_anything_changed() -> None:
    """The same names in another order are nothing to report."""
    held = HeldImages()
    manifests = {"sha256:a": StoredManifest(table("a")), "sha256:b": StoredManifest(table("b"))}
    names = [StoredImage("x:1", "sha256:a"), StoredImage("y:1", "sha256:b")]

    assert held.read(names, manifests)
    assert not held.read(names[::-1], manifests)
    assert held.read(names[:1], manifests)
    assert not held.read([names[0], StoredImage("gone:1", "sha256:gone")], manifests)


def test_holds_no_more_than_a_report_may() -> None:
    """Images and names beyond what a server takes are left out, and said to be."""
    held = HeldImages()
    names = [StoredImage(f"x:{number}", f"sha256:{number:04}") for number in range(1200)]
    held.read(names, {name.digest: StoredManifest(table(name.digest[7:])) for name in names})

    assert (len(held.images), held.dropped) == (1000, 200)
    held.read([StoredImage(f"x:{number:03}", "sha256:a") for number in range(80)], {"sha256:a": StoredManifest(table("a"))})
    assert (len(held.images[0].names), held.dropped) == (50, 0)


def test_knows_the_places_of_a_manifest() -> None:
    """Registry without its port and repository, as the runtime's own labels tell them."""
    held = HeldImages()
    names = [StoredImage("127.0.0.1:5000/team/app:1", "sha256:a"), StoredImage("nginx", "sha256:a"), StoredImage("%%%", "sha256:a")]
    held.read(names, {"sha256:a": StoredManifest(table("a"))})

    assert held.places("sha256:a") >= {("127.0.0.1", "team/app"), ("docker.io", "library/nginx")}
    assert held.places("sha256:other") == set()

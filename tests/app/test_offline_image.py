"""An image's layers without a server: the same document, from a node's store and from a registry."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from pullwatch.app import log, offline_image
from pullwatch.app.wrong import Wrong
from pullwatch.pulls import breakdown
from pullwatch.pulls import image as images
from pullwatch.pulls.breakdown import Breakdown
from pullwatch.pulls.layers import Layer, LayerTable
from pullwatch.pulls.runtime import StoredImage, StoredManifest
from pullwatch.settings import RegistryAccess
from tests.app.given import exit_code
from tests.pulls import made_manifests as made
from tests.pulls.made_images import LAYER
from tests.sources.registry import fakeregistry

WEB = "registry.example.com/team/web"


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the environment of whoever runs the tests out, and their logging as it is."""
    for name in [name for name in os.environ if name.startswith("PULLWATCH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(log, "configure", lambda _: None)


def digest(number: int) -> str:
    return f"sha256:{number:064x}"


def stored(number: int, **layers: int) -> StoredManifest:
    listed = tuple(Layer(digest(ord(letter)), size, LAYER) for letter, size in layers.items())
    table = LayerTable(digest(number), "manifest", digest(number + 1), listed, "linux/amd64")
    return StoredManifest(table, index_digest=digest(number + 2))


NODE = {"a": stored(10, a=100, b=50), "b": stored(20, a=100, c=70), "c": stored(30, d=5), "d": stored(40, a=100)}
NAMES = [
    StoredImage(f"{WEB}:2.0", "a"),
    StoredImage(f"{WEB}@{digest(12)}", "a"),
    StoredImage(digest(11), "a"),
    StoredImage(f"{WEB}:1.0", "b"),
    StoredImage("docker.io/library/busybox:latest", "c"),
    StoredImage("docker.io/library/python:3.12", "d"),
    StoredImage(f"{WEB}:gone", "collected"),
]


def found(reference: str) -> Breakdown:
    (image,) = offline_image.held(images.parse(reference), NAMES, NODE, where="the socket").images
    return image


@pytest.mark.parametrize("reference", [f"{WEB}:2.0", f"{WEB}@{digest(12)}", f"{WEB}:2.0@{digest(12)}", f"{WEB}@{digest(10)}"])
def test_a_node_knows_an_image_by_each_of_its_names(reference: str) -> None:
    """By tag, by the digest of its index or of its manifest."""
    image = found(reference)

    assert (image.digest, image.index_digest, image.size_bytes, image.layers_from) == (digest(10), digest(12), 150, "containerd")


def test_it_is_compared_with_the_others_on_the_node() -> None:
    """Each other manifest once, its own names never; releases are those of its repository."""
    image = found(f"{WEB}:2.0")

    assert [(other.image, other.shared_bytes) for other in image.others] == [("docker.io/library/python:3.12", 100), (f"{WEB}:1.0", 100)]
    assert [(release.image, release.fetched_bytes, release.kept_bytes) for release in image.releases] == [(f"{WEB}:1.0", 70, 100)]
    assert [layer.images for layer in image.layers] == [3, 1]
    assert image.shared_bytes == 100


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        (f"{WEB}:3.0", f"the socket: does not hold {WEB}:3.0; it holds {WEB}:1.0 and {WEB}:2.0"),
        ("postgres", "the socket: does not hold docker.io/library/postgres:latest, nor any like it among 5 names"),
        (f"{WEB}:gone", f"the socket: does not hold {WEB}:gone; it holds {WEB}:1.0 and {WEB}:2.0"),
    ],
)
def test_what_a_node_does_not_hold_is_one_line(reference: str, says: str) -> None:
    """With what may be meant; a name whose manifest was collected is not held."""
    with pytest.raises(Wrong) as wrong:
        found(reference)

    assert str(wrong.value).startswith(says)


def test_a_node_without_images_is_told_apart() -> None:
    """A containerd that no kubelet uses: one is not sent to look for a misspelt name."""
    with pytest.raises(Wrong, match=r"^the socket: holds no image of Kubernetes: is it the containerd that the kubelet uses\?$"):
        offline_image.held(images.parse(WEB), [], {}, where="the socket")


async def test_a_registry_tells_the_same() -> None:
    """The layers and lines of the platform; of other images nothing is known, and nothing is said."""
    async with fakeregistry.serving() as registry:
        amd = registry.put(made.image(made.layer("base", 3_000_000), made.layer("app", 9_000_000)))
        arm = registry.put(made.image(made.layer("arm", 5), platform="linux/arm64"))
        index = registry.name(
            made.index(amd.manifest.descriptor(**made.on("linux/amd64")), arm.manifest.descriptor(**made.on("linux/arm64"))), "1.0"
        )
        access = RegistryAccess(private_host=(registry.host,), plain_http_host=(registry.host,), loopback=True)
        wanted = images.parse(f"{registry.host}/team/web:1.0")

        (image,) = (await offline_image.of_registry(wanted, "linux/amd64", access)).images
        (other,) = (await offline_image.of_registry(wanted, "linux/arm64", access)).images

    assert (image.image, image.digest, image.index_digest) == (wanted.canonical, amd.manifest.digest, index.digest)
    assert [(layer.size_bytes, layer.instruction, layer.images) for layer in image.layers] == [
        (3_000_000, "RUN step 0", None),
        (9_000_000, "RUN step 1", None),
    ]
    assert (image.shared_bytes, image.others, image.layers_from) == (None, (), "registry")
    assert [layer.size_bytes for layer in other.layers] == [5]


def test_both_sources_give_one_table() -> None:
    """What a node holds and what its registry says differ in what is known of other images, and in nothing else."""
    table = NODE["a"].table
    of_node = found(f"{WEB}:2.0")
    of_registry = breakdown.of_table(table, image=images.parse(f"{WEB}:2.0"), layers_from="registry", index_digest=NODE["a"].index_digest)

    def layers(image: Breakdown) -> list[object]:
        return [msgspec.structs.replace(layer, images=None) for layer in image.layers]

    assert layers(of_node) == layers(of_registry)
    assert (of_node.size_bytes, of_node.largest_layer, of_node.platform) == (
        of_registry.size_bytes,
        of_registry.largest_layer,
        of_registry.platform,
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--containerd", "{}/none.sock"), "none.sock: no such socket: name containerd's with --containerd"),
        (("--containerd", "x", "--registry"), "layers come from either --containerd or --registry: leave one of them out"),
        (("--registry", "--platform", "amd64"), "'amd64' is no platform: write OS/ARCHITECTURE, such as linux/amd64"),
        (("--registry", "--docker-config", "{}/none.json"), "none.json: no such file: --docker-config names one"),
    ],
)
def test_a_source_that_cannot_be_read_is_one_line(
    arguments: tuple[str, ...], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, where, and what to do."""
    code = exit_code("image", "registry.invalid/team/web:1.0", *(argument.format(tmp_path) for argument in arguments))

    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert says in printed.err
    assert printed.err.startswith("pullwatch: ")

"""How the made cluster's images are built."""

from __future__ import annotations

import pytest

from pullwatch.pulls import layers, manifest
from pullwatch.sim import builds, catalogue


@pytest.mark.parametrize("name", builds.known())
def test_an_image_is_what_a_registry_would_hold(name: str) -> None:
    """Documents whose digests are their own, with layers that add up to the size that events tell, and a line for each."""
    build = builds.known()[name]
    found = manifest.read(build.manifest, digest=build.digest)
    assert isinstance(found, manifest.Manifest)

    table = manifest.table(found, digest=build.digest, config=build.config)

    assert table.size_bytes == build.image.size_bytes
    assert table.platform == "linux/amd64"
    assert all(layer.instruction and layer.size_bytes > 0 for layer in table.layers)
    assert [layer.digest for layer in table.layers] == [layer.digest for layer in build.layers]


def tabled(image: catalogue.Image) -> layers.LayerTable:
    build = builds.build(image)
    found = manifest.read(build.manifest, digest=build.digest)
    assert isinstance(found, manifest.Manifest)
    return manifest.table(found, digest=build.digest, config=build.config)


def test_large_images_have_one_layer_that_everybody_waits_for() -> None:
    """84 % in the line that installs torch; two of them share their base, and only that."""
    trainer, features = tabled(catalogue.TRAINER), tabled(catalogue.FEATURES)

    share = layers.largest_share(trainer)
    assert share is not None
    assert round(share, 2) == 0.84
    assert 0.05 < layers.shared_bytes(trainer, features) / trainer.size_bytes < 0.1


def test_a_release_keeps_base_and_dependencies() -> None:
    """The rollout of web moves its last layer: a third of the image."""
    moved = layers.moved(tabled(catalogue.WEB_OLD), tabled(catalogue.WEB_NEW))

    assert len(moved.fetched) == 1
    assert 0.3 < moved.fetched_bytes / catalogue.WEB_NEW.size_bytes < 0.45


def test_what_was_never_pushed_is_not_known() -> None:
    """The typo has no layers."""
    assert catalogue.CHECKOUT_TYPO.canonical not in builds.known()

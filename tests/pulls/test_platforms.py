"""Which entry of an index a node takes: as containerd would choose."""

from __future__ import annotations

import pytest

from pullwatch.pulls import platforms
from pullwatch.pulls.manifest import Descriptor, Platform


def entry(name: str, platform: str | None, **annotations: str) -> Descriptor:
    parts = None if platform is None else Platform(*platform.split("/"))
    return Descriptor(digest=name, size=1, platform=parts, annotations=dict(annotations) or None)


@pytest.mark.parametrize(
    ("wanted", "offered", "taken"),
    [
        ("linux/amd64", ["linux/arm64", "linux/amd64"], ["linux/amd64"]),
        ("linux/x86_64", ["linux/amd64"], ["linux/amd64"]),
        ("linux/amd64", ["linux/amd64/v3", "linux/amd64/v1"], ["linux/amd64/v1"]),
        ("linux/amd64/v3", ["linux/amd64", "linux/amd64/v2", "linux/amd64/v3", "linux/amd64/v4"], ["linux/amd64/v3", "linux/amd64/v2", "linux/amd64"]),
        ("linux/amd64", ["linux/386", "linux/amd64"], ["linux/amd64", "linux/386"]),
        ("linux/arm64", ["linux/arm64/v8"], ["linux/arm64/v8"]),
        ("linux/arm64/v8", ["linux/arm64"], ["linux/arm64"]),
        ("linux/aarch64", ["linux/arm/v7", "linux/arm64/v9", "linux/arm64/8"], ["linux/arm64/8", "linux/arm/v7"]),
        ("linux/arm64/v9", ["linux/arm64", "linux/arm64/v9"], ["linux/arm64/v9", "linux/arm64"]),
        ("linux/arm/v7", ["linux/arm/v6", "linux/arm", "linux/arm/v8", "linux/arm/v5"], ["linux/arm", "linux/arm/v6", "linux/arm/v5"]),
        ("linux/arm", ["linux/arm/v7"], ["linux/arm/v7"]),
        ("linux/armhf", ["linux/arm/v7"], ["linux/arm/v7"]),
        ("linux/s390x", ["linux/amd64", "windows/s390x"], []),
        ("windows/amd64", ["linux/amd64", "windows/amd64"], ["windows/amd64"]),
        ("linux/amd64", ["unknown/unknown"], []),
        ("Linux/AMD64", ["linux/amd64"], ["linux/amd64"]),
    ],
)  # fmt: skip
def test_a_node_takes_the_nearest_that_it_runs(wanted: str, offered: list[str], taken: list[str]) -> None:
    """Aliases are one name, a variant that all have is none, and older kin come after the node's own."""
    platform = platforms.parse(wanted)

    assert platform is not None
    assert [found.digest for found in platforms.choose([entry(name, name) for name in offered], platform)] == taken


def test_what_tells_no_platform_comes_last() -> None:
    """Its config is asked once nothing else fits; what a builder attests about an image is no image."""
    attested = {"vnd.docker.reference.type": "attestation-manifest"}
    offered = [entry("any", None), entry("note", None, **attested), entry("note", "linux/amd64", **attested), entry("mine", "linux/amd64")]

    assert [found.digest for found in platforms.choose(offered, platforms.DEFAULT)] == ["mine", "any"]


@pytest.mark.parametrize(
    "text", ["", "linux", "linux/", "/amd64", "linux/amd64/v1/x", "linux/amd 64", "linux/" + "a" * 40, "lin\nux/amd64"]
)
def test_what_is_no_platform_is_none(text: str) -> None:
    """The text is whoever's who asks."""
    assert platforms.parse(text) is None


@pytest.mark.parametrize("variant", ["v999999999", "v-1", "vv8", "x", "v0", "9" * 30])
def test_a_strange_variant_is_like_no_other(variant: str) -> None:
    """It costs no time and takes nothing but itself, and what every node of its kind runs."""
    assert len(platforms.runs(Platform("linux", "arm64", variant))) <= 4


@pytest.mark.parametrize(
    ("machine", "architecture"), [("x86_64", "amd64"), ("aarch64", "arm64"), ("armv7l", "arm"), ("i686", "386"), ("riscv64", "riscv64")]
)
def test_a_machine_has_another_name_in_images(machine: str, architecture: str) -> None:
    """What a kernel calls it is what an agent knows of its node."""
    assert platforms.normal(Platform("linux", machine)).architecture == architecture

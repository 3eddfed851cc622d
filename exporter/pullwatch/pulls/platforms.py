"""Platforms: which entry of an index a node takes.

As containerd chooses (github.com/containerd/platforms, `Normalize` and `Only`): names have aliases, a variant that is
everybody's is left out, and a processor also runs what was built for its older kin, the nearest first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pullwatch.pulls import manifest
from pullwatch.pulls.manifest import Platform

if TYPE_CHECKING:
    from collections.abc import Iterable

DEFAULT = Platform("linux", "amd64")

_PART = re.compile(r"[A-Za-z0-9_.-]{1,32}\Z")

_SYSTEMS = {"macos": "darwin"}
_ARCHITECTURES = {
    "x86_64": ("amd64", ""),
    "x86-64": ("amd64", ""),
    "i386": ("386", ""),
    "i686": ("386", ""),
    "aarch64": ("arm64", ""),
    "armhf": ("arm", "v7"),
    "armv7l": ("arm", "v7"),
    "armel": ("arm", "v6"),
}
_EVERYBODYS = {("amd64", "v1"), ("arm64", "v8")}


def parse(text: str) -> Platform | None:
    """Return the platform of `os/architecture` or `os/architecture/variant`; None where the text is none."""
    parts = text.split("/", 3)
    if len(parts) not in {2, 3} or not all(_PART.match(part) for part in parts):
        return None
    return normal(Platform(*parts))


def normal(platform: Platform) -> Platform:
    """Return the platform by the names that others compare."""
    system = platform.os.lower()
    architecture, variant = platform.architecture.lower(), platform.variant.lower()
    if architecture in _ARCHITECTURES:
        architecture, implied = _ARCHITECTURES[architecture]
        variant = implied or variant
    if variant.isdecimal() and architecture in {"arm", "arm64"}:
        variant = f"v{variant}"
    if architecture == "arm" and not variant:
        variant = "v7"
    if (architecture, variant) in _EVERYBODYS:
        variant = ""
    return Platform(_SYSTEMS.get(system, system), architecture, variant)


def runs(wanted: Platform) -> list[Platform]:
    """Return all that a node of this platform runs, what it runs best first."""
    wanted = normal(wanted)
    return [wanted, *(Platform(wanted.os, architecture, variant) for architecture, variant in _kin(wanted))]


def choose(entries: Iterable[manifest.Descriptor], wanted: Platform) -> list[manifest.Descriptor]:
    """Return the entries of an index that a node could take, the one that it takes first.

    One without a platform comes last: only its image's config tells what it is for. What a builder attests about an image
    has the platform `unknown/unknown`, which nobody is.
    """
    ranks = {platform: rank for rank, platform in enumerate(runs(wanted))}
    ranked: list[tuple[int, manifest.Descriptor]] = []
    for entry in entries:
        rank = len(ranks) if entry.platform is None else ranks.get(normal(entry.platform))
        if rank is not None and not _is_attestation(entry):
            ranked.append((rank, entry))
    return [entry for _, entry in sorted(ranked, key=lambda one: one[0])]


def _kin(platform: Platform) -> list[tuple[str, str]]:
    match platform.architecture:
        case "amd64":
            return [*(("amd64", older if older != "v1" else "") for older in _older(platform.variant, least=1)), ("386", "")]
        case "arm64":
            same = platform.variant or "v8"
            return [*(("arm64", older if older != "v8" else "") for older in _older(platform.variant, least=8)), *_arm(same)]
        case "arm":
            return _arm(platform.variant)[1:]
        case _:
            return []


def _arm(variant: str) -> list[tuple[str, str]]:
    return [("arm", variant), *(("arm", older) for older in _older(variant, least=5))]


def _older(variant: str, *, least: int) -> list[str]:
    """Return the variants below one, the nearest first."""
    number = variant.removeprefix("v")
    return [f"v{older}" for older in range(int(number) - 1, least - 1, -1)] if number.isdecimal() and len(number) < 3 else []


def _is_attestation(entry: manifest.Descriptor) -> bool:
    return (entry.annotations or {}).get("vnd.docker.reference.type") == "attestation-manifest"

"""The generations of containerd that a node may run, each from the Debian release that has it; and what they run in.

A generation is what these tests assert, never the patch version, which a release raises as it likes.
"""

from __future__ import annotations

import enum
import functools
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pullwatch.monitoring.programs import Program
from tests.e2e import programs


class Generation(enum.StrEnum):
    """A generation by the beginning of its versions."""

    V1_6 = "1.6"
    V1_7 = "1.7"
    V2 = "2"

    @property
    def suite(self) -> str:
        return {"1.6": "bookworm", "1.7": "trixie", "2": "forky"}[self.value]

    def program(self) -> Path:
        """Return this generation's containerd, or skip the test."""
        variable = f"PULLWATCH_CONTAINERD_{self.value.replace('.', '_')}"
        found = programs.find_in_suite(Program(("containerd",), variable, "containerd"), suite=self.suite)
        version = _version(found)
        assert re.match(rf"v?{re.escape(self.value)}\.", version), f"{found} is containerd {version}, not {self.value}"
        return found


def registry() -> Path:
    """Return Docker's registry, or skip the test."""
    return programs.find_in_suite(Program(("docker-registry",), "PULLWATCH_DOCKER_REGISTRY", "docker-registry"), suite="bookworm")


@functools.cache
def confinement() -> tuple[str, ...]:
    """Return the command that a program which mounts is started through, or skip the test.

    Its mounts are in a namespace of its own, so that they end with it however it ends. Without root it needs a user namespace,
    in which it takes itself for root.
    """
    unshare = shutil.which("unshare")
    if unshare is not None:
        for command in ((unshare, "--mount"), (unshare, "--user", "--map-root-user", "--mount")):
            if _succeeds(*command, "mount", "-t", "tmpfs", "none", "/mnt"):
                return command
    pytest.skip("containerd has to mount: run as root, or where user namespaces are allowed")


def snapshotter(folder: Path) -> str:
    """Return the snapshotter that nodes have, where this folder's file system bears it, else the one that copies."""
    trial = folder / "overlay"
    for name in ("lower", "upper", "work", "merged"):
        (trial / name).mkdir(parents=True)
    options = f"lowerdir={trial}/lower,upperdir={trial}/upper,workdir={trial}/work"
    works = _succeeds(*confinement(), "mount", "-t", "overlay", "none", "-o", options, str(trial / "merged"))
    return "overlayfs" if works else "native"


@functools.cache
def _version(program: Path) -> str:
    said = subprocess.run([program, "--version"], check=True, capture_output=True, text=True, timeout=10).stdout
    return said.split()[2]


def _succeeds(*command: str) -> bool:
    return subprocess.run(command, check=False, capture_output=True, timeout=10).returncode == 0

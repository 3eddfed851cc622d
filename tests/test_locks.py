"""The lock files: they pin with hashes all that pyproject.toml asks for, and tie nobody to a package index."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
RUNTIME = ROOT / "requirements.lock"
DEV = ROOT / "requirements-dev.lock"
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())


def group(name: str) -> list[str]:
    """Return a dependency group's requirements, with those of the groups it includes."""
    found: list[str] = []
    for entry in PROJECT["dependency-groups"][name]:
        found += group(entry["include-group"]) if isinstance(entry, dict) else [entry]
    return found


def pins(lock: Path) -> dict[str, str]:
    """Return the version of each package in a lock file."""
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", lock.read_text(), re.MULTILINE))


ASKED_FOR = [
    *((RUNTIME, text) for text in PROJECT["project"]["dependencies"] + group("build")),
    *((DEV, text) for texts in PROJECT["project"]["optional-dependencies"].values() for text in texts),
    *((DEV, text) for text in group("dev")),
]


@pytest.mark.parametrize(("lock", "text"), ASKED_FOR, ids=[f"{lock.stem}-{text}" for lock, text in ASKED_FOR])
def test_lock_satisfies_the_project(lock: Path, text: str) -> None:
    """Each requirement of pyproject.toml is pinned to a version it allows; `make lock` pins new ones."""
    requirement = Requirement(text)

    assert requirement.specifier.contains(pins(lock)[canonicalize_name(requirement.name)])


def test_tools_are_locked_beside_the_same_runtime() -> None:
    """What the tests run with is what users get: both files pin the runtime's packages to the same versions."""
    assert pins(RUNTIME).items() <= pins(DEV).items()


@pytest.mark.parametrize("lock", [RUNTIME, DEV], ids=lambda lock: lock.stem)
def test_lock_has_a_hash_for_each_package(lock: Path) -> None:
    """pip refuses an archive that is not the one locked."""
    entries = re.split(r"^(?=\S+==)", lock.read_text(), flags=re.MULTILINE)[1:]

    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", [RUNTIME, DEV], ids=lambda lock: lock.stem)
def test_lock_names_no_index_and_no_place(lock: Path) -> None:
    """Every line is a pin, a hash or a comment: no option of pip, no address, no path of a machine."""
    pin_hash_or_comment = re.compile(r"[\w.-]+==\S+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?| *#.*")
    address_or_path = re.compile(r"://|(^|\s)[/~]")
    lines = lock.read_text().splitlines()

    assert [line for line in lines if not pin_hash_or_comment.fullmatch(line) or address_or_path.search(line)] == []

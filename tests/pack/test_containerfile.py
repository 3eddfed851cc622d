"""The image as far as its Containerfile tells: what goes in, who it runs as, what it starts."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import pullwatch
from pullwatch import settings
from pullwatch.pack import assets, installation
from tests.app.given import exit_code

ROOT = assets.root()
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
TEXT = (ROOT / "deploy" / "Containerfile").read_text()
LOCK = (ROOT / "requirements.lock").read_text()

INSTRUCTIONS = [
    tuple(line.split(None, 1)) for line in re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", TEXT, flags=re.MULTILINE)).splitlines() if line
]
"""Each instruction and its arguments, continued lines as one."""


def arguments(instruction: str) -> list[str]:
    return [rest for name, rest in INSTRUCTIONS if name == instruction]


COPIED = [source for rest in arguments("COPY") if not rest.startswith("--from") for source in rest.split()[:-1]]


@pytest.mark.parametrize("source", COPIED)
def test_what_is_copied_is_there(source: str) -> None:
    """Each source of a COPY exists in the repository."""
    assert (ROOT / source).exists()


def test_nothing_else_is_sent_to_the_builder() -> None:
    """The ignore file lets through what is copied, and keeps environments, builds and keys of this machine out."""
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]

    assert lines == ["*", *(f"!{source}" for source in COPIED), "**/__pycache__"]


def test_the_wheel_is_built_from_what_is_copied(tmp_path: Path) -> None:
    """No file is missing that the build needs, and the wheel is that of the whole checkout."""
    for source in COPIED:
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, tmp_path / source, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, tmp_path / source)

    for folder in (ROOT, tmp_path):
        build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path / f"dist-{folder.name}")]
        subprocess.run(build, cwd=folder, check=True, capture_output=True)

    of_checkout, of_copy = (zipfile.ZipFile(next((tmp_path / f"dist-{folder.name}").glob("*.whl"))) for folder in (ROOT, tmp_path))
    with of_checkout, of_copy:
        assert sorted(of_copy.namelist()) == sorted(of_checkout.namelist())


def test_it_runs_as_the_user_of_the_pod() -> None:
    """The user is a number, the same as in the manifest and not root; no later instruction changes it."""
    assert arguments("USER") == [f"{installation.USER}:{installation.USER}"]
    assert installation.USER > 0
    assert [name for name, _ in INSTRUCTIONS][-4:] == ["USER", "EXPOSE", "ENTRYPOINT", "CMD"]


def test_it_starts_the_console_script(monkeypatch: pytest.MonkeyPatch) -> None:
    """The entry point is a script that the wheel installs, and its arguments are settings of it."""
    given: list[settings.Serve] = []
    monkeypatch.setattr("pullwatch.app.serve.run", given.append)
    (entry_point,), command = (json.loads(arguments(name)[0]) for name in ("ENTRYPOINT", "CMD"))

    assert exit_code(*command) == 0
    assert Path(entry_point).name in PROJECT["project"]["scripts"]
    assert arguments("COPY")[-1].split() == ["--from=build", str(Path(entry_point).parents[1]), str(Path(entry_point).parents[1])]
    assert settings.address(given[0].listen)[1] == settings.DEFAULT_PORT == int(arguments("EXPOSE")[0])


def test_its_python_is_one_that_pullwatch_runs_on() -> None:
    """Both stages are of the same Python, and that is in the range of pyproject.toml."""
    (default,) = [rest for rest in arguments("ARG") if "=" in rest]
    version = re.fullmatch(r"PYTHON_IMAGE=[\w./]+/python:(\d+\.\d+)-slim", default)

    assert version is not None
    assert SpecifierSet(PROJECT["project"]["requires-python"]).contains(version[1])
    assert arguments("FROM") == ["${PYTHON_IMAGE} AS build", "${PYTHON_IMAGE}"]


def test_packages_are_those_of_the_lock() -> None:
    """Each comes with its hash, nothing else is fetched, and no package index is named."""
    installs = re.findall(r"pip install ([^&]+)", " && ".join(arguments("RUN")))

    assert [line.split() for line in installs] == [
        ["--no-cache-dir", "--require-hashes", "--only-binary", ":all:", "--requirement", "requirements.lock"],
        ["--no-index", "--no-deps", "dist/*.whl"],
    ]
    assert "://" not in TEXT


def test_build_tools_do_not_stay() -> None:
    """What is removed is what only building needs, by the lock's own account of who asks for what."""
    (removed,) = re.findall(r"pip uninstall --yes ([^&]+)", " && ".join(arguments("RUN")))
    wanted_by = {
        name: set(re.findall(r"^    #(?: via)? +(\S+)", comments, re.MULTILINE))
        for name, comments in re.findall(r"^([\w.-]+)==.*\n((?:    .*\n)+)", LOCK, re.MULTILINE)
    }
    tools = {Requirement(text).name for text in PROJECT["dependency-groups"]["build"]}
    tools |= {name for name, by in wanted_by.items() if by and by <= tools}

    assert set(removed.split()) == tools | {"pip"}


def test_labels_tell_the_version() -> None:
    """The image says which version it is, and so does the command that builds it."""
    assert f'org.opencontainers.image.version="{pullwatch.__version__}"' in TEXT
    assert f"--tag pullwatch:{pullwatch.__version__} ." in TEXT

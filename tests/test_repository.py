"""The repository itself: names, places and decisions as CONTRIBUTING.md promises them."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
RECORDS = ROOT / "docs" / "adr"


@pytest.fixture(scope="module")
def files() -> list[Path]:
    """Return every file of the checkout that is, or could be, committed."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("no git checkout: which files belong to the repository is not known")
    listing = [git, "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, check=True, capture_output=True, text=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_names_are_nouns_of_the_domain(files: list[Path]) -> None:
    """No file or folder is a drawer for what found no better place."""
    drawers = {"utils", "util", "helpers", "helper", "common", "misc"}

    assert [str(path) for path in files if drawers & {part.split(".")[0].strip("_") for part in path.relative_to(ROOT).parts}] == []


def test_tests_state_their_promise(files: list[Path]) -> None:
    """Each test has a docstring, which says what is promised to whom."""
    silent = [
        f"{path}:{node.lineno}"
        for path in files
        if path.name.startswith("test_") and path.suffix == ".py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node)
    ]

    assert silent == []


def test_files_know_nothing_of_a_machine(files: list[Path]) -> None:
    """No file names a folder of the machine it was written on, or one outside the repository."""
    outside = re.compile(rb"(?<![\w.$}/-])/(?:work|home|root)/\w|\.\./shared\b")

    assert [str(path) for path in files if outside.search(path.read_bytes())] == []


def test_installation_names_no_address(files: list[Path]) -> None:
    """Where packages come from is each machine's own setting: what installs them holds no URL."""
    installing = {ROOT / "Makefile", ROOT / "pyproject.toml", *ROOT.glob("*.lock"), *ROOT.glob(".ci/*")}

    assert installing <= set(files)
    assert [str(path) for path in installing if "://" in path.read_text()] == []


def test_decisions_are_numbered_without_gaps() -> None:
    """Each record's number is its place; a decision that no longer holds is superseded, never removed."""
    records = sorted(RECORDS.glob("*.md"))

    assert [path.name[:5] for path in records] == [f"{number:04d}-" for number in range(1, len(records) + 1)]


@pytest.mark.parametrize("record", sorted(RECORDS.glob("*.md")), ids=lambda record: record.stem)
def test_decision_has_the_parts_of_a_record(record: Path) -> None:
    """Title with the file's number, then context, decision and consequences."""
    text = record.read_text()

    assert text.startswith(f"# {int(record.name[:4])}. ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]


def test_node_packages_are_pinned() -> None:
    """What draws dashboards for tests is one known set of packages, whose lock names no registry."""
    viewer = ROOT / "tests" / "viewer"
    wanted = json.loads((viewer / "package.json").read_text())
    locked = json.loads((viewer / "package-lock.json").read_text())["packages"]
    fetched = {path: package for path, package in locked.items() if path.startswith("node_modules/") and not package.get("link")}

    asked = wanted["dependencies"] | wanted["devDependencies"]
    assert {name: version for name, version in asked.items() if not re.fullmatch(r"\d+\.\d+\.\d+|file:absent", version)} == {}
    assert [path for path, package in locked.items() if "://" in package.get("resolved", "")] == []
    assert [path for path, package in fetched.items() if "integrity" not in package] == []

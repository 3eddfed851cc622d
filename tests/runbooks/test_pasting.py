"""Commands can be pasted from the top: what they use is set before, and what they name is there once pullwatch is installed."""

from __future__ import annotations

import re

import pytest
import yaml

from pullwatch.pack import assets
from tests.runbooks import pages

_FROM_SHELL = {"HOME", "PATH", "USER"}


def unset(text: str) -> list[tuple[int, str]]:
    """Return the variables that a page uses before it sets them, with the lines of their blocks."""
    known = set(_FROM_SHELL)
    found = []
    for block in pages.blocks(text):
        if block.language == "sh":
            known |= set(re.findall(r"(?:^|[\s;(])([A-Za-z_]\w*)=", block.text)) | set(re.findall(r"\bfor (\w+) in", block.text))
            known |= set(re.findall(r"\bread (?:-r )?(\w+)", block.text))
            # What stands in single quotes is jsonpath's or awk's own.
            bare = re.sub(r"'[^']*'", "", block.text)
            found += [(block.line, name) for name in re.findall(r"\$\{?([A-Za-z_]\w*)", bare) if name not in known]
    return found


def test_every_variable_is_set_before_it_is_used() -> None:
    """No command runs with an empty name in it."""
    said = {page.relative_to(pages.RUNBOOKS).as_posix(): unset(page.read_text(encoding="utf-8")) for page in pages.ALL}

    assert {page: names for page, names in said.items() if names} == {}


def test_what_pages_say_of_the_installation_is_in_its_manifest() -> None:
    """Deployment, Service and label of pullwatch bear the names that kubectl is asked for."""
    objects = [
        found
        for file in sorted((assets.root() / "deploy").glob("*.yaml"))
        for found in yaml.safe_load_all(file.read_text(encoding="utf-8"))
        if found
    ]
    shipped = {f"{found['kind'].lower()}/{found['metadata']['name']}" for found in objects}
    labels = {f"{key}={value}" for found in objects for key, value in found["metadata"].get("labels", {}).items()}
    text = "".join(block.text for page in pages.ALL for block in pages.blocks(page.read_text(encoding="utf-8")) if block.language == "sh")

    assert set(re.findall(r"(?:deployment|service|daemonset)/pullwatch[a-z-]*", text)) <= shipped
    assert set(re.findall(r"--selector (app\S*=pullwatch\S*)", text)) <= labels
    assert {f"namespace/{name}" for name in re.findall(r"PULLWATCH_HOME=(\w+)", text)} <= shipped


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('```sh\nNODE=a\nkubectl get node "$NODE"\n```\n', []),
        ('```sh\nkubectl get node "$NODE"\n```\n', [(1, "NODE")]),
        ("```sh\nawk '{print $NF}' ; for n in a; do echo $n; done\n```\n", []),
    ],
)
def test_planted_mistakes_are_found(text: str, found: list[tuple[int, str]]) -> None:
    """A variable that nobody set is found; those of other languages are none."""
    assert unset(text) == found

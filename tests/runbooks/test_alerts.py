"""Runbooks are code: one page per alert, and everything on it that a machine can check is checked."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from markdown_it import MarkdownIt

from pullwatch.pack import assets, rules
from tests import promql
from tests.alerts.test_lint import recorded, rendered

RUNBOOKS = assets.root() / "runbooks"
PAGES = sorted(path for path in RUNBOOKS.glob("*.md") if path.name != "README.md")

SECTIONS = [
    "Meaning", "Impact", "Is it real", "First five minutes", "Diagnosis by cause", "Mitigation", "Do not", "What this alert cannot see", "Tuning",
    "Escalation",
]  # fmt: skip
OPTIONAL: set[str] = set()

KUBECTL = {
    "apply", "auth", "cordon", "delete", "describe", "drain", "get", "logs", "port-forward", "rollout", "scale", "uncordon",
}  # fmt: skip
"""What a page may ask kubectl for; each of these exists."""


class Block(NamedTuple):
    """A fenced block, and the text that comes after it before the next block or heading."""

    language: str
    text: str
    line: int
    explained: str


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page, those in lists as well."""
    tokens = MarkdownIt().enable("table").parse(page.read_text(encoding="utf-8"))
    found = []
    for position, token in enumerate(tokens):
        if token.type == "fence":
            after = []
            for following in tokens[position + 1 :]:
                if following.type in {"fence", "heading_open"}:
                    break
                after.append(following.content)
            found.append(Block(token.info, token.content, (token.map or [0])[0] + 1, " ".join(after).strip()))
    return found


@pytest.fixture(params=PAGES, ids=lambda page: page.stem)
def page(request: pytest.FixtureRequest) -> Path:
    """Return each page in turn."""
    assert isinstance(request.param, Path)
    return request.param


def test_alerts_and_pages_are_one_to_one() -> None:
    """A link from an alert leads somewhere, and no page outlives its alert."""
    alerts = set(rules.configuration()["severities"])

    assert {page.stem for page in PAGES} == alerts
    assert set(re.findall(r"\]\((\w+)\.md\)", (RUNBOOKS / "README.md").read_text(encoding="utf-8"))) == alerts


def test_a_page_has_all_parts_in_order(page: Path) -> None:
    """Somebody who has read one page finds his way in all of them."""
    text = page.read_text(encoding="utf-8")
    found = re.findall(r"^## (.+)$", text, re.MULTILINE)

    assert text.startswith(f"# {page.stem}\n")
    assert found == [name for name in SECTIONS if name in found or name not in OPTIONAL]


def test_the_first_command_is_on_the_first_screen(page: Path) -> None:
    """Nobody scrolls to begin."""
    first = blocks(page)[0]

    assert first.language == "sh"
    assert first.line < 25
    assert "label" in page.read_text(encoding="utf-8").split("```")[0], "where its variables come from"


def test_every_command_says_what_its_output_means(page: Path) -> None:
    """A command is followed by what to read in its output, and a page says where to stop."""
    assert [block.line for block in blocks(page) if len(block.explained) < 25] == []
    assert len(re.findall(r"\*\*stop\s+here\*\*", page.read_text(encoding="utf-8"), re.IGNORECASE)) >= 3


def test_blocks_are_commands_or_queries(page: Path) -> None:
    """Nothing else is in a fence, so that nothing escapes the checks."""
    assert {block.language for block in blocks(page)} <= {"sh", "promql"}


def test_every_shell_command_parses(page: Path) -> None:
    """bash understands each block; a quote that is missing shows here and not at night."""
    for block in blocks(page):
        if block.language == "sh":
            checked = subprocess.run(["bash", "-n"], input=block.text, capture_output=True, check=False, text=True)
            assert checked.returncode == 0, (block.line, checked.stderr)
            assert set(re.findall(r"kubectl (?:--\S+ \S+ )?([a-z-]+)", block.text)) <= KUBECTL, block.line


def test_every_variable_is_set_before_it_is_used(page: Path) -> None:
    """Pasting from the top works: each variable stands in the first block."""
    first, *others = [block for block in blocks(page) if block.language == "sh"]
    known = set(re.findall(r"\b([A-Z][A-Z_]+)=", first.text))

    for block in others:
        own = set(re.findall(r"^for (\w+) in", block.text, re.MULTILINE))
        assert set(re.findall(r"\$\{?(\w+)", block.text)) <= known | own, block.line


def test_every_query_parses_and_names_what_exists(page: Path, tmp_path: Path) -> None:
    """promtool understands each query, and the exporter, our rules or somebody we know has each metric and label in it."""
    own = recorded(rendered({}))
    queries = [block for block in blocks(page) if block.language == "promql"]

    assert promql.refused([block.text for block in queries], tmp_path) == ""
    assert {(block.line, name) for block in queries for name in promql.unknown(block.text, own)} == set()


def test_metrics_in_sentences_exist(page: Path) -> None:
    """A metric that is only mentioned is one all the same."""
    mentioned = set(re.findall(r"(?<!:)\bpullwatch_[\w:]+", page.read_text(encoding="utf-8")))

    assert mentioned <= {*promql.KNOWN, *recorded(rendered({}))}


@pytest.mark.parametrize("file", sorted(RUNBOOKS.rglob("*.md")), ids=lambda file: file.stem)
def test_links_resolve(file: Path) -> None:
    """Each link leads to a file of the repository."""
    for target in re.findall(r"\]\(([^)#]+)\)", file.read_text(encoding="utf-8")):
        assert (file.parent / target).resolve().is_file(), target


def test_settings_in_pages_exist(page: Path) -> None:
    """What a page tells to set is a key of the alerts' configuration."""
    assert set(re.findall(r"--set '?(\w+)=", page.read_text(encoding="utf-8"))) <= set(rules.configuration())


def test_what_pages_say_of_the_installation_is_in_its_manifest(page: Path) -> None:
    """Deployment, Service, account and label bear the names that kubectl is asked for."""
    objects = list(yaml.safe_load_all((assets.root() / "deploy" / "pullwatch.yaml").read_text(encoding="utf-8")))
    shipped = {f"{found['kind'].lower()}/{found['metadata']['name']}" for found in objects}
    labels = {f"{key}={value}" for found in objects for key, value in found["metadata"]["labels"].items()}
    text = "".join(block.text for block in blocks(page))

    assert set(re.findall(r"(?:deployment|service)/[a-z]+", text)) <= shipped
    assert set(re.findall(r"--selector (\S+)", text)) <= labels
    assert {f"namespace/{name}" for name in re.findall(r"PULLWATCH_HOME=(\w+)", text)} <= shipped


@pytest.mark.parametrize("wrong", ["kubelet_docker_operations", "--optoci", "image-cached/", "v1alpha1"])
def test_known_bad_advice_is_nowhere(wrong: str) -> None:
    """Advice that is found everywhere and never worked is not repeated."""
    assert [page.stem for page in PAGES if wrong in page.read_text(encoding="utf-8")] == []

"""Pages are one to one with what they are about, and each kind has its parts in order."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from pullwatch.pack import rules
from pullwatch.pulls.causes import Cause
from pullwatch.pulls.pull import Reason
from tests.runbooks import pages

SECTIONS: Mapping[str, Sequence[str]] = {
    "alerts": (
        "Meaning", "Impact", "Is it real", "First five minutes", "Diagnosis by cause", "Mitigation", "Do not", "What this alert cannot see",
        "Tuning", "Escalation",
    ),
    "causes": ("What it is", "How to tell", "What helps", "What makes it worse"),
    "reasons": ("What it means", "First commands", "What helps", "Do not"),
    "remedies": ("When it helps", "When it makes it worse", "What to do", "Effect", "Risk", "Undo", "Did it work"),
}  # fmt: skip

REMEDIES = {
    "smaller_image", "layer_shape", "zstd", "registry_cache", "registry_mirror", "p2p", "pre_pull", "image_pull_job", "node_image",
    "parallel_pulls", "download_slots", "parallel_unpack", "faster_disk", "lazy_pulling", "node_affinity", "registry_login", "image_gc",
    "rollout_pace", "kubelet_qps", "progress_timeout",
}  # fmt: skip

WITHOUT_PAGE: Mapping[str, str] = {}
"""Reasons of failure that need no page of their own, with why."""

OF: Mapping[str, set[str]] = {
    # Those that are off by default as well.
    "alerts": set(rules.configuration()["severities"]),
    "causes": {cause.value for cause in Cause},
    "reasons": {reason.value for reason in Reason} - set(WITHOUT_PAGE),
    "remedies": REMEDIES,
}
EVERY = [(kind, page) for kind in SECTIONS for page in pages.of(kind)]


class Wrong(enum.StrEnum):
    """What can be wrong with the build of a page."""

    TITLE = "title"
    SECTIONS = "sections"
    FIRST_COMMAND = "first command"
    UNEXPLAINED = "unexplained"
    STOPS = "stops"
    LABELS = "labels"
    NO_REMEDY = "no remedy"
    BRANCH = "branch"
    LANGUAGE = "language"


def wrong(kind: str, name: str, text: str) -> list[Wrong]:
    """Return what is wrong with a page."""
    found = []
    blocks = pages.blocks(text)
    if not text.startswith((f"# {name}\n", f"# `{name}`\n")):
        found.append(Wrong.TITLE)
    if pages.sections(text) != list(SECTIONS[kind]):
        found.append(Wrong.SECTIONS)
    if {block.language for block in blocks} - {"sh", "promql", "yaml", "toml", "json", "dockerfile"}:
        found.append(Wrong.LANGUAGE)
    if any(block.language in {"sh", "promql"} and len(block.explained) < 25 for block in blocks):
        found.append(Wrong.UNEXPLAINED)
    if kind == "alerts":
        if not blocks or blocks[0].language != "sh" or blocks[0].line >= 25:
            found.append(Wrong.FIRST_COMMAND)
        if "label" not in text.partition("```")[0]:
            # Where the variables of the first block come from.
            found.append(Wrong.LABELS)
        if len(re.findall(r"\*\*stop\s+here\*\*", text, re.IGNORECASE)) < 3:
            found.append(Wrong.STOPS)
        found += [Wrong.BRANCH] * any(not _leads(branch, body) for branch, body in _branches(text))
    if kind == "causes" and not any("remedies/" in link for link in pages.links(text)):
        found.append(Wrong.NO_REMEDY)
    return found


def _branches(text: str) -> list[tuple[str, str]]:
    """Return the headings of a diagnosis with what stands below each."""
    parts = re.split(r"^### (.+)\n", pages.within(text, "Diagnosis by cause"), flags=re.MULTILINE)
    return list(zip((part.strip("`") for part in parts[1::2]), parts[2::2], strict=True))


def _leads(branch: str, body: str) -> bool:
    """Tell whether a branch that bears the name of a cause or a reason leads to its page."""
    names = {f"causes/{name}.md" for name in OF["causes"] if name == branch} | {
        f"reasons/{name}.md" for name in OF["reasons"] if name == branch
    }
    return not names or bool(names & {link.partition("#")[0] for link in pages.links(body)})


@pytest.mark.parametrize("kind", [kind for kind in SECTIONS if pages.of(kind)])
def test_pages_are_one_to_one(kind: str) -> None:
    """A link from an alert or a text leads somewhere, and no page outlives what it is about."""
    assert {page.stem for page in pages.of(kind)} == OF[kind]


@pytest.mark.parametrize(("kind", "page"), EVERY, ids=[page.relative_to(pages.RUNBOOKS).as_posix() for _, page in EVERY])
def test_a_page_is_built_as_its_kind_is(kind: str, page: Path) -> None:
    """Somebody who has read one page finds his way in all of them."""
    assert wrong(kind, page.stem, page.read_text(encoding="utf-8")) == []


def test_every_remedy_is_led_to() -> None:
    """A remedy that no cause, reason or other remedy names is one that nobody finds."""
    led = {
        link.partition("#")[0].rpartition("/")[2].removesuffix(".md")
        for kind in ("causes", "reasons", "alerts")
        for page in pages.of(kind)
        for link in pages.links(page.read_text(encoding="utf-8"))
        if "remedies/" in link
    }
    assert not pages.of("causes") or {page.stem for page in pages.of("remedies")} <= led


def test_the_readme_leads_to_every_alert() -> None:
    """The list of pages in the repository is whole."""
    links = pages.links((pages.RUNBOOKS / "README.md").read_text(encoding="utf-8"))

    assert {f"{name}.md" for name in OF["alerts"]} <= set(links)


GOOD = "# x\n\n" + "\n\n".join(f"## {name}\n\n[zstd](../remedies/zstd.md)" for name in SECTIONS["causes"]) + "\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (GOOD, []),
        (GOOD.replace("# x\n", "# y\n", 1), [Wrong.TITLE]),
        (GOOD.replace("What helps", "What might help"), [Wrong.SECTIONS]),
        (GOOD.replace("[zstd](../remedies/zstd.md)", "zstd"), [Wrong.NO_REMEDY]),
        (f"{GOOD}\n```sh\ndate\n```\n", [Wrong.UNEXPLAINED]),
        (f"{GOOD}\n```python\n```\n", [Wrong.LANGUAGE]),
    ],
)
def test_planted_mistakes_are_found(text: str, found: list[Wrong]) -> None:
    """Each rule of a page's build finds the page that breaks it."""
    assert wrong("causes", "x", text) == found


def test_planted_mistakes_in_an_alert_are_found() -> None:
    """An alert without an early command, without stops, and with a branch that leads nowhere is refused."""
    parts = "\n\n".join(f"## {name}\n\ntext" for name in SECTIONS["alerts"])
    text = f"# x\n\n{parts}\n".replace("## Mitigation", "### size\n\nNo link.\n\n## Mitigation")

    assert wrong("alerts", "x", text) == [Wrong.FIRST_COMMAND, Wrong.LABELS, Wrong.STOPS, Wrong.BRANCH]

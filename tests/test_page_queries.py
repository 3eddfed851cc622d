"""Every PromQL that we publish, on pages, in examples of metrics and on dashboards, passes the lints of queries."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pullwatch.pack import assets, dashboards, rules
from tests import promql
from tests.rulelint import queries
from tests.rulelint.reader import UnreadableError
from tests.rulelint.rule import Context
from tests.runbooks import pages

ROOT = assets.root()
PAGES = sorted([*pages.ALL, *(ROOT / "docs").rglob("*.md"), ROOT / "README.md"])


@pytest.fixture(scope="module", name="recorded")
def _recorded() -> Context:
    return Context.of_groups(rules.groups({"enabled": dict.fromkeys(rules.configuration()["enabled"], True)}))


def asked(text: str) -> list[str]:
    """Return the queries of a page: its blocks, and selectors in its sentences."""
    blocks = [block.text for block in pages.blocks(text) if block.language == "promql"]
    return blocks + [piece for piece in pages.inline(text) if re.fullmatch(r"[a-z_:]+\{[a-z_]+=.*\}", piece) and "..." not in piece]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_queries_of_a_page_have_no_known_mistake(page: Path, recorded: Context) -> None:
    """What somebody copies from a page answers."""
    found = asked(page.read_text(encoding="utf-8"))

    assert [(query, message) for query in found for message in queries.wrong_in(query, context=recorded)] == []


def test_promtool_takes_the_queries_of_all_pages(tmp_path: Path) -> None:
    """Types of arguments are right too, which our own reader does not look at."""
    found = [query for page in PAGES for query in asked(page.read_text(encoding="utf-8"))]

    assert len(found) > 100
    assert promql.refused(found, tmp_path) == ""


def test_metrics_in_sentences_of_runbooks_exist(recorded: Context) -> None:
    """A metric that is only mentioned is one all the same."""
    mentioned = {
        (page.relative_to(ROOT).as_posix(), name)
        for page in pages.ALL
        for name in re.findall(r"(?<![:\w])pullwatch_[\w:]+", page.read_text(encoding="utf-8"))
    }

    assert {(page, name) for page, name in mentioned if name not in promql.KNOWN and name not in recorded.recorded} == set()


def test_planted_mistakes_are_found(tmp_path: Path) -> None:
    """A query that does not parse, a metric that nobody has and a label that it lacks are found, in sentences too."""
    sentence, block = sorted(asked('# a\n\nLook at `pullwatch_image_size_bytes{imagee="a"}`.\n\n```promql\nsum(pullwatch_nothing\n```\n'))

    assert [message.rpartition(" [")[2] for message in queries.wrong_in(sentence)] == ["unknown label]"]
    assert [message.rpartition(" [")[2] for message in queries.wrong_in("sum(pullwatch_nothing)")] == ["unknown metric]"]
    assert promql.refused([block], tmp_path) != ""
    with pytest.raises(UnreadableError):
        queries.wrong_in(block)


def test_examples_of_metrics_have_no_known_mistake(recorded: Context, tmp_path: Path) -> None:
    """The table of metrics offers each of them to be copied."""
    examples = [family.example for family in promql.FAMILIES if family.example]

    assert [(example, message) for example in examples for message in queries.wrong_in(example, context=recorded)] == []
    assert promql.refused(examples, tmp_path) == ""


def test_panels_have_no_known_mistake(recorded: Context) -> None:
    """A panel that asks wrongly looks like one that has nothing to show."""
    found = {query for _, content in dashboards.render() for query in dashboards.queries(json.loads(content))}

    assert [(query, message) for query in sorted(found) for message in queries.wrong_in(query, context=recorded)] == []

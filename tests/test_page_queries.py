"""Every PromQL that we publish, on pages, in examples of metrics and on dashboards, passes the lints of queries."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from pullwatch.pack import assets, dashboards, rules
from tests import promql
from tests.rulelint import queries
from tests.rulelint.rule import Context

REPOSITORY = Path(__file__).parents[1]
PAGES = sorted([*(assets.root() / "runbooks").rglob("*.md"), *(REPOSITORY / "docs").rglob("*.md"), REPOSITORY / "README.md"])


@pytest.fixture(scope="module", name="recorded")
def _recorded() -> Context:
    return Context.of_groups(rules.groups({"enabled": dict.fromkeys(rules.configuration()["enabled"], True)}))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_queries_of_a_page_have_no_known_mistake(page: Path, recorded: Context) -> None:
    """What somebody copies from a page answers."""
    blocks = [token for token in MarkdownIt().parse(page.read_text(encoding="utf-8")) if token.type == "fence" and token.info == "promql"]

    wrong = [((block.map or [0])[0] + 1, message) for block in blocks for message in queries.wrong_in(block.content, context=recorded)]
    assert wrong == []


def test_examples_of_metrics_have_no_known_mistake(recorded: Context) -> None:
    """The table of metrics offers each of them to be copied."""
    examples = [family.example for family in promql.FAMILIES if family.example]

    assert [(example, message) for example in examples for message in queries.wrong_in(example, context=recorded)] == []


def test_panels_have_no_known_mistake(recorded: Context) -> None:
    """A panel that asks wrongly looks like one that has nothing to show."""
    asked = {query for _, content in dashboards.render() for query in dashboards.queries(json.loads(content))}

    assert [(query, message) for query in sorted(asked) for message in queries.wrong_in(query, context=recorded)] == []

"""Every query on a page is valid and asks for what somebody exposes."""

from __future__ import annotations

import re
from pathlib import Path

from tests import promql
from tests.alerts.test_lint import recorded, rendered
from tests.runbooks import pages


def asked(text: str) -> list[str]:
    """Return the queries of a page: its blocks, and selectors in its sentences."""
    blocks = [block.text for block in pages.blocks(text) if block.language == "promql"]
    return blocks + [piece for piece in pages.inline(text) if re.fullmatch(r"[a-z_:]+\{[a-z_]+=.*\}", piece) and "..." not in piece]


def test_queries_parse(tmp_path: Path) -> None:
    """promtool understands each of them."""
    queries = [query for page in pages.ALL for query in asked(page.read_text(encoding="utf-8"))]

    assert queries
    assert promql.refused(queries, tmp_path) == ""


def test_queries_name_what_exists() -> None:
    """The exporter, our rules or somebody we know has each metric and label."""
    own = recorded(rendered({}))
    found = {
        (page.relative_to(pages.RUNBOOKS).as_posix(), name)
        for page in pages.ALL
        for query in asked(page.read_text(encoding="utf-8"))
        for name in promql.unknown(query, own)
    }

    assert found == set()


def test_metrics_in_sentences_exist() -> None:
    """A metric that is only mentioned is one all the same."""
    known = {*promql.KNOWN, *recorded(rendered({}))}
    mentioned = {
        (page.relative_to(pages.RUNBOOKS).as_posix(), name)
        for page in pages.ALL
        for name in re.findall(r"(?<![:\w])pullwatch_[\w:]+", page.read_text(encoding="utf-8"))
    }

    assert {(page, name) for page, name in mentioned if name not in known} == set()


def test_planted_mistakes_are_found(tmp_path: Path) -> None:
    """A query that does not parse, a metric that nobody has and one without that label are found, in sentences too."""
    text = '# a\n\nLook at `pullwatch_image_size_bytes{imagee="a"}`.\n\n```promql\nsum(pullwatch_nothing\n```\n'
    sentence, block = sorted(asked(text))

    assert promql.unknown(sentence, {}) == {"imagee"}
    assert promql.refused([block], tmp_path) != ""
    assert promql.unknown("sum(pullwatch_nothing)", {}) == {"pullwatch_nothing"}

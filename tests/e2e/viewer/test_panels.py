"""Each kind of panel in states that are rare: nothing found, a query that errs, names that are hostile, and JSON that is wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from pullwatch.pack import classic
from pullwatch.pack.grafana import Dashboard, Row
from pullwatch.pack.panels import BarGauge, Heatmap, Link, Panel, Stat, StateTimeline, Target, TimeSeries
from pullwatch.pack.tables import Column, Table
from pullwatch.pack.variables import DatasourceVariable
from tests.e2e.viewer import browser, drawing, site
from tests.e2e.viewer.answers import BROKEN, NOTHING, Answers
from tests.e2e.viewer.drawing import Drawing

END_SECONDS = 1_767_250_000.0

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "<script>alert(2)</script>",
    "javascript:alert(3)",
    '"><svg onload=alert(4)>',
    "${__value.raw} $datasource {{image}}",
    "registry.example.com/" + "very-" * 60 + "long:1.0",
    "\u202eemaner\u202c \u0000 \x1b[31m",
)
"""What an image may be called that nobody checks."""

Draw = Callable[[str], Any]


@pytest.fixture(scope="module")
def answers() -> Answers:
    """Series of the hostile names."""
    return Answers({"hostile": [{"image": name, "le": f"{2**number}"} for number, name in enumerate(HOSTILE)]})


@pytest.fixture
async def chromium(tmp_path: Path) -> AsyncIterator[browser.Browser]:
    async with browser.running(tmp_path) as running:
        yield running


async def test_a_panel_that_finds_nothing_says_what_that_means(chromium: browser.Browser, answers: Answers) -> None:
    """Each kind shows its own text, and nobody takes it for an error."""
    drawn = await draw(chromium, answers, board(NOTHING))

    assert drawn.errors == []
    assert {panel["state"] for panel in drawn.report["panels"]} == {"empty"}
    assert {panel["title"]: "Nothing is pulled" in drawn.texts[panel["id"]] for panel in drawn.report["panels"]} == dict.fromkeys(
        TITLES, True
    )


async def test_a_query_that_errs_is_told_by_its_panel(chromium: browser.Browser, answers: Answers) -> None:
    """The others are drawn all the same; the page reports the text of the error."""
    drawn = await draw(chromium, answers, board(BROKEN) | {"title": "broken"})

    errors = {panel["title"]: panel["errors"] for panel in drawn.report["panels"] if panel["errors"]}
    assert errors == {title: ["1:1: parse error: no <b>such</b> function (query: broken)"] for title in TITLES}
    assert {panel["state"] for panel in drawn.report["panels"]} == {"failed"}


async def test_hostile_names_stay_text(chromium: browser.Browser, answers: Answers) -> None:
    """No script of a label runs, no markup of one becomes an element, and a link from it leads to a board of ours."""
    drawn = await draw(chromium, answers, board("hostile"))

    assert drawn.errors == [], "a script that ran would have opened a dialog"
    assert {panel["state"] for panel in drawn.report["panels"]} == {"drawn"}
    (table,) = (panel for panel in drawn.report["panels"] if panel["type"] == "table")
    for name in HOSTILE[:4]:
        assert name in drawn.texts[table["id"]]
    links = [url for panel in drawn.report["panels"] for url in panel["links"]]
    assert links
    assert all(url.startswith("/d/pullwatch-image?") for url in links), links


async def test_intervals_are_those_of_grafana(chromium: browser.Browser, answers: Answers) -> None:
    """The step is that of the panel's pixels, or its own least one; windows follow it.

    6 hours on the 780 pixels of 12 columns are 27.7 s, which Grafana rounds to 30 s; a window of rates holds four scrapes of 15 s.
    """
    words = "a[$__interval] b[$__rate_interval] c[$__range]"
    declared = [TimeSeries(title=f"At least {least}?", query=words, interval=least, **TEXTS) for least in ("", "5m")]
    answers.asked.clear()

    drawn = await draw(chromium, answers, model(declared))

    assert drawn.errors == []
    assert {(asked["query"], asked["step"]) for asked in answers.asked} == {
        ("a[30000ms] b[60000ms] c[21600s]", "30"),
        ("a[300000ms] b[315000ms] c[21600s]", "300"),
    }


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"type": "piechart"}, "the viewer knows no panel of type piechart"),
        ({"options": {"colour": "red"}}, "options: the viewer does not know colour"),
        ({"fieldConfig": {"defaults": {"units": "s"}, "overrides": []}}, "fieldConfig.defaults: the viewer does not know units"),
        ({"fieldConfig": {"defaults": {"custom": {"lines": 1}}, "overrides": []}}, "fieldConfig.defaults.custom: the viewer does not know lines"),
        ({"fieldConfig": {"defaults": {"thresholds": {"mode": "absolute", "steps": ""}}, "overrides": []}}, "thresholds without steps"),
        ({"transformations": [{"id": "sortOut", "options": {}}]}, "the viewer knows no transformation sortOut"),
    ],
    ids=["kind", "option", "property", "custom property", "thresholds", "transformation"],
)  # fmt: skip
async def test_what_grafana_would_not_take_is_told(
    chromium: browser.Browser, answers: Answers, change: Mapping[str, Any], complaint: str
) -> None:
    """A word in the JSON that has no effect, or a wrong one, fails the board's test."""
    made = model([TimeSeries(title="Is it right?", query="a", **TEXTS)])
    made["panels"][1] |= change

    drawn = await draw(chromium, answers, made)

    assert drawn.report["panels"][0]["errors"] == [complaint]


async def test_a_variable_that_is_not_there_is_told(chromium: browser.Browser, answers: Answers) -> None:
    """Neither a query nor a link keeps a reference that nobody replaces."""
    link = Link("Elsewhere", uid="pullwatch-image", chosen={"image": "__field.label.image"}, kept=("cluster",))

    drawn = await draw(chromium, answers, model([TimeSeries(title="Is it there?", query="a{$registry}", leads_to=[link], **TEXTS)]))

    assert any(error.startswith("Is it there?: $registry in a query is no variable") for error in drawn.errors)
    assert any("${__field.label.image:percentencode} is not replaced in" in error for error in drawn.errors)


TEXTS: Mapping[str, Any] = {"description": "What good looks like.", "empty": "Nothing is pulled"}
IMAGE = Link("This image", uid="pullwatch-image", chosen={"image": "__field.labels.image"}, kept=("datasource",))
TITLES = ("How many?", "How long?", "How spread?", "Which most?", "When?", "Which now?")


def board(query: str) -> dict[str, Any]:
    """Return a board with a panel of each kind that ask the same."""
    targets = [Target(query, "{{image}}")]
    return model(
        [
            Stat(title=TITLES[0], query=targets, **TEXTS),
            TimeSeries(title=TITLES[1], query=targets, leads_to=[IMAGE], **TEXTS),
            Heatmap(title=TITLES[2], query=query, **TEXTS),
            BarGauge(title=TITLES[3], query=targets, leads_to=[IMAGE], **TEXTS),
            StateTimeline(title=TITLES[4], query=targets, states={1: ("pulls", "green")}, **TEXTS),
            Table(
                title=TITLES[5],
                columns=[Column("Now", query), Column("Then", query)],
                labels={"image": "Image"},
                links={"Image": Link("This image", uid="pullwatch-image", chosen={"image": "__value.raw"}, kept=("datasource",))},
                sort_by="Now",
                **TEXTS,
            ),
        ]
    )


def model(panels: Sequence[Panel]) -> dict[str, Any]:
    """Return the JSON of a board of these panels."""
    rows = [Row("All of them", panels)]
    return Dashboard(uid="pullwatch-test", title="Test", description="", variables=[DatasourceVariable()], rows=rows).to_json_data()


async def draw(chromium: browser.Browser, answers: Answers, made: Mapping[str, Any]) -> Drawing:
    async with site.serving({"test.json": classic.text(dict(made))}, answers.answer) as url:
        return await drawing.draw(chromium, url, "test.json", end=END_SECONDS)

"""Dashboards on a real Prometheus: each query is asked at the end of a made day, and finds something there."""

from __future__ import annotations

import functools
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote_plus, urlsplit

import pytest

from pullwatch.pack import dashboards, rules
from tests.history import asked, shelf
from tests.history.asked import Query, Viewer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tests.history.stored import History

# The first test to ask for the history waits until the day is played.
pytestmark = pytest.mark.timeout(300)

UIDS = ("pullwatch-image", "pullwatch-node-registry", "pullwatch-overview", "pullwatch-watcher")

FULL = "nothing reaches a cap in a cluster of 29 nodes"

WITHOUT_DATA: Mapping[tuple[str, str, str], str] = {
    ("pullwatch-watcher", "Which families are large, and which are full?", "query 2"): FULL,
    ("pullwatch-watcher", "What found no room?", "series: {{family}}"): FULL,
    ("pullwatch-watcher", "What found no room?", "layers: {{kind}}"): FULL,
}
"""Queries that find nothing, by board, title and legend, and why."""

IMAGES = (shelf.SHOWN, shelf.TRAINER[-1], shelf.WEB[-1], shelf.EVERYDAY[0][-1], shelf.STUCK, shelf.TYPO, shelf.EDGE_CACHE[-1])
"""Of which a board of one image is asked: all at once, slow, rolled out a moment ago, everyday, stuck, failing, of another runtime. Each
query finds something of one of them."""


@pytest.mark.parametrize("uid", UIDS)
def test_every_query_finds_something(history: History, uid: str) -> None:
    """No panel, variable or annotation stays empty in a cluster where all goes wrong at once, but for those listed with a reason."""
    model = boards()[uid]

    empty = {(uid, query.title, query.legend) for query in asked.queries(model) if not found(history, model, query)}

    listed = {key for key in WITHOUT_DATA if key[0] == uid}
    assert empty - listed == set(), "no data: give the day what they ask for, or list them with the reason"
    assert listed - empty == set(), "they find something: list them no longer"


def test_all_that_is_asked_is_listed_and_no_more() -> None:
    """A board that is new is asked, and a reason why a query finds nothing goes with its query."""
    keys = {(query.board, query.title, query.legend) for model in boards().values() for query in asked.queries(model)}

    assert tuple(sorted(boards())) == UIDS
    assert WITHOUT_DATA.keys() <= keys


def test_links_of_alerts_show_what_they_are_about(history: History) -> None:
    """Each alert that fires at the end leads to a board whose panels show its image, node or registry, with no variable left over."""
    linked = list(links(history))

    for labels, url in linked:
        uid, chosen = opened(url)
        assert shows(Viewer(history, boards()[uid], chosen), boards()[uid], labels), f"{labels['alertname']}: {url} shows nothing of it"

    of_boards = {opened(url)[0] for _, url in linked}
    assert of_boards >= {"pullwatch-image", "pullwatch-node-registry"}, "alerts of several kinds fire"


def test_the_link_of_a_stuck_pull_counts_it_alone(history: History) -> None:
    """The variables that ImagePullStuck sets leave one pull of the board that they are made for, and of the overview."""
    about = {"cluster": "made", "namespace": "ml", "image": shelf.STUCK.canonical, "registry": shelf.STUCK.registry}
    model = boards()["pullwatch-overview"]
    (query,) = (query for query in asked.queries(model) if query.title == "How many pulls are stuck?")

    counted = Viewer(history, model, about).find(query)

    assert [series["value"][1] for series in counted] == ["1"]


def test_a_query_with_an_error_is_told(history: History) -> None:
    """A query that Prometheus does not take fails its test, whatever the reason."""
    model = boards()["pullwatch-overview"]

    with pytest.raises(AssertionError, match="refuses"):
        Viewer(history, model).find(Query("pullwatch-overview", "a mistake", "", "sum by (", instant=True))


@functools.cache
def boards() -> dict[str, dict[str, Any]]:
    """Return the rendered dashboards by their uid."""
    models = [json.loads(text) for _, text in dashboards.render()]
    return {model["uid"]: model for model in models}


def found(history: History, model: Mapping[str, Any], query: Query) -> bool:
    """Tell whether a query finds something: with all values of the variables, or one of `IMAGES` where one image is to be chosen."""
    return any(Viewer(history, model, chosen).find(query) for chosen in choices(model))


def choices(model: Mapping[str, Any]) -> Iterable[dict[str, str]]:
    """Return what a reader may choose at least: one image, where the board is of one."""
    single = [variable["name"] for variable in model["templating"]["list"] if variable["type"] == "query" and not variable["includeAll"]]
    return [{"image": image.canonical} for image in IMAGES] if "image" in single else [{}]


def links(history: History) -> Iterator[tuple[dict[str, str], str]]:
    """Yield the labels of each alert that fires at the end, with the link that its rule makes of them."""
    groups = rules.groups({"grafanaURL": "http://grafana.example"})
    templates = {rule["alert"]: rule["annotations"]["dashboard_url"] for group in groups for rule in group["rules"] if "alert" in rule}
    for series in asked.instant(history, 'ALERTS{alertstate="firing"}'):
        labels: dict[str, str] = series["metric"]
        filled = functools.partial(
            re.sub, r"\{\{ \$labels\.(\w+) \| urlquery \}\}", lambda name, of=labels: quote_plus(of.get(name[1], ""))
        )
        yield labels, filled(templates[labels["alertname"]])


def opened(url: str) -> tuple[str, dict[str, str]]:
    """Return the board of a link, and the variables that it sets."""
    parts = urlsplit(url)
    variables = {name.removeprefix("var-"): values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    return parts.path.rpartition("/")[2], variables


def shows(viewer: Viewer, model: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Tell whether a panel that follows the choice of what an alert is about has a row or a line."""
    name = next((label for label in ("image", "node", "registry") if label in labels), "cluster")
    of_panels = (query for query in asked.queries(model) if not query.values_of and query.legend != "annotation")
    return any(viewer.find(query) for query in of_panels if f"${name}" in query.text)

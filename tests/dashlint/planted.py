"""Ways to plant a mistake into a rendered board, whichever it is; `mistakes` says which rule has to find each.

Where a board has no panel of the kind that a mistake needs, it gets one from the boards in `given`.
"""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Callable
from typing import Any

from tests.dashlint import dimensions, given
from tests.dashlint.asked import Query
from tests.dashlint.board import Json
from tests.dashlint.context import MOVED

GAUGE = 'pullwatch_pending_pods{CLUSTER=~"$cluster"}'
GOOD = "Low is good. Where it is high, the other panels tell where it comes from, and what can be done about it."


@dataclasses.dataclass(frozen=True)
class Ground:
    """A board to plant into, changed in place. `moved` tells that it was rendered with `MOVED`."""

    board: Json
    moved: bool = False

    @property
    def cluster(self) -> str:
        """Its label for clusters, which CLUSTER stands for in queries."""
        return str(MOVED["clusterLabel"]) if self.moved else "cluster"

    def panel(self, kind: str) -> Json:
        """Return the first panel of a kind; one more where there is none."""
        panels: list[Json] = self.board["panels"]
        if kind not in {panel["type"] for panel in panels}:
            made = next(panel for panel in given.models(moved=self.moved)[0]["panels"] if panel["type"] == kind)
            lowest = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels)
            place = {"x": 0, "y": lowest, "w": 24, "h": 8}
            panels.append(made | {"id": 999, "title": f"{made['title'][:-1]} here?", "gridPos": place})
        return next(panel for panel in panels if panel["type"] == kind)

    def variable(self, name: str) -> Json:
        """Return a variable."""
        variables: list[Json] = self.board["templating"]["list"]
        return next(variable for variable in variables if variable["name"] == name)

    def ask(self, expr: str, *, legend: str = "all", interval: str = "", kind: str = "timeseries") -> None:
        """Let the first panel of a kind ask for this alone, in a unit that it comes in."""
        panel = self.panel(kind)
        expr = expr.replace("CLUSTER", self.cluster)
        query = Query(expr, "")
        units = (
            dimensions.UNITS.get(dimensions.of(query.node) or dimensions.COUNT, dimensions.UNITS[dimensions.COUNT])
            if query.readable
            else {"short"}
        )
        panel["fieldConfig"]["defaults"]["unit"] = "short" if "short" in units else min(units)
        panel["targets"] = [panel["targets"][0] | {"expr": expr, "legendFormat": legend.replace("CLUSTER", self.cluster)}]
        panel["fieldConfig"]["overrides"] = []
        panel["fieldConfig"]["defaults"].pop("links", None)
        panel.pop("interval", None)
        if interval:
            panel["interval"] = interval

    def link(self, url: str, *, kind: str = "bargauge") -> None:
        """Let a click on the first panel of a kind lead here."""
        panel = self.panel(kind)
        links = [{"title": "There", "url": url.replace("HERE", self.board["uid"])}]
        if kind == "table":
            field = panel["fieldConfig"]["overrides"][0]
            panel["fieldConfig"]["overrides"] = [
                {**one, "properties": [each for each in one["properties"] if each["id"] != "links"]}
                for one in panel["fieldConfig"]["overrides"]
            ]
            panel["fieldConfig"]["overrides"][0] = {**field, "properties": [*field["properties"], {"id": "links", "value": links}]}
        else:
            panel["fieldConfig"]["defaults"]["links"] = links


Plant = Callable[[Ground], Any]


def asking(expr: str, **changed: str) -> Plant:
    """Return a mistake in a query."""
    return lambda ground: ground.ask(expr, **changed)


def hourly(expr: str) -> Plant:
    """Return a mistake in a query of what is written once an hour, in a panel that says so."""
    return both(asking(expr), panel("timeseries", description=GOOD), drawn("timeseries", noValue="Nothing in a whole hour"))


def linking(url: str, **changed: str) -> Plant:
    """Return a mistake in a link."""
    return lambda ground: ground.link(url, **changed)


def board(**changed: Any) -> Plant:
    """Return a mistake in keys of the board."""
    return lambda ground: ground.board.update(copy.deepcopy(changed))


def panel(kind: str, **changed: Any) -> Plant:
    """Return a mistake in keys of a panel."""
    return lambda ground: ground.panel(kind).update(copy.deepcopy(changed))


def drawn(kind: str, **changed: Any) -> Plant:
    """Return a mistake in how a panel's fields are drawn."""
    return lambda ground: ground.panel(kind)["fieldConfig"]["defaults"].update(copy.deepcopy(changed))


def overridden(kind: str, field: str, name: str, value: Any) -> Plant:
    """Return a mistake in how one field is drawn otherwise; the first one that is there where none is named."""

    def plant(ground: Ground) -> None:
        overrides = ground.panel(kind)["fieldConfig"]["overrides"]
        override: Json = {"matcher": {"id": "byName", "options": field or overrides[0]["matcher"]["options"]}, "properties": []}
        override["properties"] = [{"id": name, "value": copy.deepcopy(value)}]
        overrides.append(override)

    return plant


def query(kind: str, **changed: Any) -> Plant:
    """Return a mistake in keys of a panel's first query."""
    return lambda ground: ground.panel(kind)["targets"][0].update(copy.deepcopy(changed))


def variable(name: str, **changed: Any) -> Plant:
    """Return a mistake in keys of a variable; in its query CLUSTER stands for the label of clusters."""

    def plant(ground: Ground) -> None:
        found = {key: value.replace("CLUSTER", ground.cluster) if isinstance(value, str) else value for key, value in changed.items()}
        ground.variable(name).update(copy.deepcopy(found))

    return plant


def added(variable: str, series: str, label: str, **changed: Any) -> Plant:
    """Return a variable that is one too many."""

    def plant(ground: Ground) -> None:
        asked = f"label_values({series}, {label})".replace("CLUSTER", ground.cluster)
        made = ground.variable("cluster") | {"name": variable, "label": "More", "query": asked} | changed
        ground.board["templating"]["list"].append({key: value for key, value in made.items() if value is not None})

    return plant


def following(expr: str, series: str, label: str, **changed: Any) -> Plant:
    """Return a mistake of which a panel follows a variable that is one too many."""

    def plant(ground: Ground) -> None:
        added("more", series, label, **changed)(ground)
        ground.ask(expr)

    return plant


def both(*plants: Plant) -> Plant:
    """Return two changes that are one mistake."""

    def plant(ground: Ground) -> None:
        for each in plants:
            each(ground)

    return plant


def renaming(uid: str) -> Plant:
    """Return a mistake in the board's uid, with which the links to it go along."""

    def plant(ground: Ground) -> None:
        old, text = ground.board["uid"], json.dumps(ground.board)
        ground.board.update(json.loads(text.replace(f"/d/{old}?", f"/d/{uid}?")) | {"uid": uid})

    return plant


def moving(ground: Ground) -> None:
    """Lay a panel upon another one."""
    ground.board["panels"][-1]["gridPos"] = dict(ground.board["panels"][1]["gridPos"])


def narrowing(ground: Ground) -> None:
    """Leave a column empty."""
    ground.board["panels"][-1]["gridPos"]["w"] -= 1


def repeating(ground: Ground) -> None:
    """Give two panels one title."""
    first, second = [one for one in ground.board["panels"] if one["type"] != "row"][:2]
    first["title"] = second["title"]


def by_number(ground: Ground) -> None:
    """Let a table's number be what a board is chosen by."""
    url = f"/d/{ground.board['uid']}?${{datasource:queryparam}}&${{cluster:queryparam}}&${{__url_time_range}}&var-image=${{__value.raw:percentencode}}"
    overridden("table", "", "links", [{"title": "There", "url": url}])(ground)


def doubling(ground: Ground) -> None:
    """Give two queries of a panel one name."""
    targets = ground.panel("timeseries")["targets"]
    targets.append(targets[0] | {"legendFormat": f"once more {targets[0]['legendFormat']}"})


def unrowed(ground: Ground) -> None:
    """Put a row above nothing."""
    last = ground.board["panels"][-1]["gridPos"]
    place = {"x": 0, "y": last["y"] + last["h"], "w": 24, "h": 1}
    ground.board["panels"].append(ground.board["panels"][0] | {"id": 998, "title": "And then?", "gridPos": place})


def swapping(ground: Ground) -> None:
    """Let a variable follow one that stands behind it."""
    added("more", GAUGE, "namespace")(ground)
    ground.variable("cluster")["query"] = f'label_values(pullwatch_pending_pods{{namespace=~"$more"}}, {ground.cluster})'


def unmarked(ground: Ground) -> None:
    """Switch the alerts on the graphs off."""
    for annotation in ground.board["annotations"]["list"]:
        annotation["enable"] = False


def uncoloured(ground: Ground) -> None:
    """Leave a table's cell without its dash."""
    for override in ground.panel("table")["fieldConfig"]["overrides"]:
        override["properties"] = [each for each in override["properties"] if each["id"] != "noValue"]


def renamed(ground: Ground) -> None:
    """Name a column that no query gives."""
    organize = ground.panel("table")["transformations"][-1]["options"]
    organize["excludeByName"]["zone"] = True


def shown(ground: Ground) -> None:
    """Show a label that nobody named."""
    ground.panel("table")["transformations"][-1]["options"]["excludeByName"].pop("Time")


def apart(ground: Ground) -> None:
    """Let one column of a table know fewer labels."""
    targets = ground.panel("table")["targets"]
    targets[:] = [
        *targets,
        targets[0] | {"refId": "Z", "expr": f'sum(increase(pullwatch_unseen_pulls_total{{{ground.cluster}=~"$cluster"}}[$__range]))'},
    ]
    organize = ground.panel("table")["transformations"][-1]["options"]
    letter = chr(ord("A") + len(targets) - 1)
    organize["renameByName"][f"Value #{letter}"] = organize["renameByName"].pop("Value", "More")
    ground.panel("table")["fieldConfig"]["overrides"].append(
        {"matcher": {"id": "byName", "options": "More"}, "properties": [{"id": "noValue", "value": "-"}]}
    )

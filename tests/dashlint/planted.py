"""Mistakes to plant into a board, each with the rule that finds it. A mistake can be planted into any board.

Where a board has no panel of the kind that a mistake needs, it gets one from the boards in `given`.
"""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Callable
from typing import Any

from tests.dashlint import given
from tests.dashlint.board import Json

CHOSEN = 'CLUSTER=~"$cluster"'
COUNTER = f"pullwatch_node_failures_total{{{CHOSEN}}}"
GAUGE = f"pullwatch_pending_pods{{{CHOSEN}}}"
COUNT = f"pullwatch_pull_duration_seconds_count{{{CHOSEN}}}"
BUCKET = f"pullwatch_pull_duration_seconds_bucket{{{CHOSEN}}}"
TILED = f"registry:made_pulls:increase5m{{{CHOSEN}}}"
HOURLY = f"node:made_pulls:mean1h{{{CHOSEN}}}"


@dataclasses.dataclass(frozen=True)
class Ground:
    """A board to plant into, changed in place. `cluster` is its label for clusters, which CLUSTER stands for in queries."""

    board: Json
    cluster: str = "cluster"

    def panel(self, kind: str) -> Json:
        """Return the first panel of a kind; one more where there is none."""
        for found in self.board["panels"]:
            if found["type"] == kind:
                return dict.__ior__(found, {})
        for made in given.models({"clusterLabel": self.cluster})[0]["panels"]:
            if made["type"] == kind:
                lowest = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in self.board["panels"])
                made |= {"id": 999, "title": f"{made['title'][:-1]} here?", "gridPos": {"x": 0, "y": lowest, "w": 24, "h": 8}}
                self.board["panels"].append(made)
                return dict.__ior__(made, {})
        raise KeyError(kind)

    def variable(self, name: str) -> Json:
        """Return a variable."""
        return next(variable for variable in self.board["templating"]["list"] if variable["name"] == name)

    def ask(self, expr: str, *, legend: str = "all", interval: str = "", kind: str = "timeseries") -> None:
        """Let the first panel of a kind ask for this alone."""
        panel = self.panel(kind)
        expr = expr.replace("CLUSTER", self.cluster)
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
    ground.variable("cluster")["query"] = f'label_values(pullwatch_pending_pods{{registry=~"$registry"}}, {ground.cluster})'


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
        targets[0] | {"refId": "Z", "expr": f'sum(rate(pullwatch_unseen_pulls_total{{{ground.cluster}=~"$cluster"}}[$__range]))'},
    ]
    organize = ground.panel("table")["transformations"][-1]["options"]
    letter = chr(ord("A") + len(targets) - 1)
    organize["renameByName"][f"Value #{letter}"] = organize["renameByName"].pop("Value", "More")
    ground.panel("table")["fieldConfig"]["overrides"].append(
        {"matcher": {"id": "byName", "options": "More"}, "properties": [{"id": "noValue", "value": "-"}]}
    )


TIME = "${datasource:queryparam}&${cluster:queryparam}&${__url_time_range}"
LINK = "/d/HERE?" + TIME
ROW = {"type": "row", "title": "Where", "collapsed": False, "panels": []}

MISTAKES: list[tuple[str, Plant]] = [
    ("editable", board(editable=True)),
    ("schema version", board(schemaVersion=12)),
    ("schema version", board(schemaVersion=43)),
    ("null", board(id=None)),
    ("null", drawn("stat", max=None)),
    ("leftover key", board(gnetId=7)),
    ("leftover key", panel("timeseries", maxDataPoints=100)),
    ("migrated key", board(timepicker={"time_options": ["5m"]})),
    ("migrated key", panel("timeseries", options={"legend": {"displayMode": "list", "placement": "bottom"}})),
    ("migrated key", overridden("table", "", "custom.displayMode", "lcd-gauge")),
    ("migrated key", overridden("table", "", "custom.hideFrom", {"viz": True, "legend": False, "tooltip": False})),
    ("uid", renaming("pullwatch_small")),
    ("uid", renaming("pullwatch-" + "x" * 31)),
    ("name of the board", board(title="Pulls")),
    ("name of the board", board(description="")),
    ("refresh", board(refresh="30s")),
    ("refresh", board(refresh="")),
    ("tags", board(tags=["kubernetes"])),
    ("id of a panel", panel("timeseries", id=1)),
    ("id of a panel", panel("timeseries", id=0)),
    ("grid", moving),
    ("grid", narrowing),
    ("row", unrowed),
    ("row", lambda ground: ground.board["panels"][0].update(title="Where")),
    ("alerts on graphs", lambda ground: ground.board["annotations"]["list"][0].update(enable=False)),
    ("alerts on graphs", board(annotations={"list": []})),
    ("kind of a panel", panel("timeseries", type="graph")),
    ("title is no question", panel("timeseries", title="Pulls")),
    ("description", panel("timeseries", description="Pulls over time, by registry. " * 4)),
    ("description", panel("timeseries", description="Low is good. Else look.")),
    ("data source of a panel", panel("timeseries", datasource={"type": "prometheus", "uid": "prom1"})),
    ("data source of a panel", query("timeseries", datasource={"type": "loki", "uid": "${datasource}"})),
    ("no query", both(asking("vector(1)"), panel("timeseries", targets=[]))),
    ("no query", doubling),
    ("instant or range", query("table", instant=False, range=True)),
    ("instant or range", query("timeseries", format="table")),
    ("unit", drawn("timeseries", unit="pulls")),
    ("unit", overridden("table", "", "unit", "sec")),
    ("empty text", drawn("timeseries", noValue="No data")),
    ("empty text", drawn("timeseries", noValue="-")),
    ("threshold steps", drawn("stat", thresholds={"mode": "absolute", "steps": ""})),
    ("threshold steps", drawn("stat", thresholds={"mode": "absolute", "steps": [{"color": "green"}, {"color": "red", "value": 1}, {"color": "red", "value": 0}]})),
    ("override of nothing", overridden("table", "Nothing", "unit", "s")),
    ("empty cell", uncoloured),
    ("sorted by nothing", lambda ground: ground.panel("table")["options"].update(sortBy=[{"displayName": "Nothing", "desc": True}])),
    ("title twice", repeating),
    ("reference to a panel", panel("timeseries", description="Low is good. Where it rises, `What is not here?` tells more, and the runbook goes on.")),
    ("html", panel("timeseries", description="Low is <b>good</b>. Where it rises, the other panels tell more, and the runbook goes on from there.")),
    ("data source variable", variable("datasource", label="Datasource")),
    ("data source variable", lambda ground: ground.board["templating"]["list"].append(ground.board["templating"]["list"].pop(0))),
    ("cluster variable", variable("cluster", query="label_values(pullwatch_build_info, version)")),
    ("variable of the scrape", following(f'max(pullwatch_pending_pods{{{CHOSEN}, job=~"$more"}})', f"pullwatch_build_info{{{CHOSEN}}}", "job")),
    ("query of a variable", following(f'max(pullwatch_pending_pods{{{CHOSEN}, image=~"$more"}})', f"pullwatch_build_info{{{CHOSEN}}}", "image")),
    ("query of a variable", lambda ground: [following(f'max(pullwatch_pending_pods{{{CHOSEN}, image=~"$more"}})', GAUGE, "image")(ground), ground.variable("more").update(query=GAUGE.replace("CLUSTER", ground.cluster))]),
    ("variable reload", variable("cluster", refresh=1)),
    ("choice of a variable", variable("cluster", allValue=".+")),
    ("choice of a variable", variable("cluster", current={"text": "All", "value": "All"})),
    ("choice of a variable", variable("cluster", label="")),
    ("matcher of a variable", following(f'max(pullwatch_pending_pods{{{CHOSEN}, namespace="$more"}})', GAUGE, "namespace")),
    ("matcher of a variable", following(f'max(pullwatch_pending_pods{{{CHOSEN}, namespace=~"$more"}})', GAUGE, "namespace", multi=False, includeAll=False, allValue=None, current={})),
    ("variable used and known", added("more", GAUGE, "namespace")),
    ("variable used and known", asking(f'max(pullwatch_pending_pods{{{CHOSEN}, namespace=~"$nothing"}})')),
    ("order of variables", swapping),
    ("data source of an annotation", lambda ground: ground.board["annotations"]["list"][0].update(datasource={"type": "prometheus", "uid": "prom1"})),
    ("unreadable", asking("sum by (")),
    ("bare histogram name", asking(f"sum(rate(pullwatch_pull_duration_seconds{{{CHOSEN}}}[$__rate_interval]))")),
    ("unknown metric", asking(f"sum(rate(pullwatch_pull_mistakes_total{{{CHOSEN}}}[$__rate_interval]))")),
    ("unknown label", asking(f'sum(rate(pullwatch_node_failures_total{{{CHOSEN}, pool="a"}}[$__rate_interval]))')),
    ("unknown label", asking(f"sum by (pool) (rate({COUNTER}[$__rate_interval]))")),
    ("impossible value", asking(f'sum(rate(pullwatch_pull_cache_hits_total{{{CHOSEN}, kind="absent"}}[$__rate_interval]))')),
    ("le is no edge", asking(f'sum(rate(pullwatch_pull_duration_seconds_bucket{{{CHOSEN}, le="45.0"}}[$__rate_interval]))')),
    ("contradicting matchers", asking(f'max(pullwatch_pending_pods{{{CHOSEN}, image="a", image!~"a|b"}})')),
    ("rate of a gauge", asking(f"max(rate({GAUGE}[$__rate_interval]))")),
    ("delta of a counter", asking(f"sum(delta({COUNTER}[$__rate_interval]))")),
    ("rate of a sum", asking(f"sum(rate({TILED}[$__rate_interval]))")),
    ("range under two scrapes", asking(f"max(max_over_time({GAUGE}[30s]))")),
    ("quantile without le", asking(f"histogram_quantile(0.9, sum by (registry) (rate({BUCKET}[$__rate_interval])))", legend="{{registry}}")),
    ("absent with regex", asking(f"absent(pullwatch_build_info{{{CHOSEN}}})")),
    ("many-to-one join", asking(f"sum(max by (image, namespace) ({GAUGE}) * on (image) max by (image) ({GAUGE}))")),
    ("join on a missing label", asking(f"sum(max by (image) ({GAUGE}) and on (registry) max by (registry) ({GAUGE}))")),
    ("counter without rate", asking(f"sum({COUNTER})")),
    ("counter without rate", asking(f"sum(max_over_time({COUNTER}[$__interval]))", interval="5m")),
    ("time of no timestamp", asking(f"time() - max({GAUGE})")),
    ("without", asking(f"max(max without (job, instance) ({GAUGE}))")),
    ("without", asking(f"sum(max by (image) ({GAUGE}) / ignoring (namespace) max by (image) ({GAUGE}))")),
    ("match without on", asking(f"sum(max by (image) ({GAUGE}) and max by (image) ({GAUGE}))")),
    ("label of the scrape", asking(f"max by (instance) ({GAUGE})", legend="{{instance}}")),
    ("label of the scrape", asking(f"rate({COUNTER}[$__rate_interval])", legend="{{node}} {{job}} {{instance}} {{CLUSTER}}")),
    ("replicas counted twice", asking(f"sum({GAUGE})")),
    ("replicas counted twice", asking(f"count({GAUGE} > 0)")),
    ("all clusters", asking("sum(rate(pullwatch_node_failures_total[$__rate_interval]))")),
    ("all clusters", following('max(pullwatch_pending_pods{CLUSTER=~"$cluster", image=~"$more"})', "pullwatch_pending_pods", "image")),
    ("topk over time", asking(f"topk(5, max by (image) ({GAUGE}))", legend="{{image}}")),
    ("rate interval", asking(f"sum(rate({COUNTER}[5m]))")),
    ("rate interval", asking(f"sum(increase({COUNTER}[$__interval]))", interval="5m")),
    ("rate interval", asking(f"max(max_over_time({GAUGE}[$__rate_interval]))")),
    ("rate interval", asking(f"sum(increase({COUNTER}[1h]))", kind="stat", legend="")),
    ("whole range over time", asking(f"max(max_over_time({GAUGE}[$__range]))")),
    ("window of a record", asking(f"sum(sum_over_time({TILED}[$__interval]))", interval="1h")),
    ("window of a record", asking(f"sum(sum_over_time({TILED}[15m]))")),
    ("window of a record", asking(f"sum(sum_over_time({TILED}[7m]))", kind="stat", legend="")),
    ("window of a record", asking(f"sum(sum_over_time({TILED}[$__interval]))", kind="stat", legend="")),
    ("record between its samples", asking(f"max({HOURLY})")),
    ("record between its samples", asking(f"sum({TILED})")),
    ("sum of samples", asking(f"max(sum_over_time({GAUGE}[$__interval]))", interval="5m")),
    ("least step", asking(f"max({GAUGE})", interval="5m")),
    ("legend", asking(f"max by (image) ({GAUGE})", legend="images")),
    ("legend", asking(f"max by (image) ({GAUGE})", legend="{{image}} {{pod}}")),
    ("legend", asking(f"max({GAUGE})", legend="")),
    ("columns", renamed),
    ("columns", shown),
    ("runbook", panel("timeseries", links=[{"title": "Runbook", "url": "/runbooks/SlowPull", "targetBlank": True}])),
    ("menu of boards", board(links=[])),
    ("menu of boards", lambda ground: ground.board["links"][0].update(keepTime=False)),
    ("link to a board", linking("/d/pullwatch-nothing?" + TIME)),
    ("link to a board", linking(LINK + "&var-nothing=${__field.labels.registry:percentencode}")),
    ("link that keeps", linking("/d/HERE?${datasource:queryparam}&${cluster:queryparam}")),
    ("link that keeps", linking("/d/HERE?${cluster:queryparam}&${__url_time_range}")),
    ("link that escapes", linking(LINK + "&var-registry=${__field.labels.registry}")),
    ("link by a label", linking(LINK + "&var-registry=${__field.labels.digest:percentencode}")),
    ("link by a label", linking(LINK + "&var-registry=${__value.raw:percentencode}")),
    ("link by a label", linking(LINK + '&var-registry=${__data.fields["Nothing"]:percentencode}', kind="table")),
    ("limit drawn", drawn("stat", thresholds={"mode": "absolute", "steps": [{"color": "green"}, {"color": "red", "value": 60}]})),
    ("limit compared", asking(f"max({GAUGE} > 600)")),
    ("limit told", panel("timeseries", description="Below 60 s is good. Where it is above, the other panels tell more, and the runbook goes on.")),
    ("label of clusters", lambda ground: ground.ask('max(pullwatch_pending_pods{cluster=~"$cluster"})')),
]  # fmt: skip
"""Rule, and a mistake that it finds."""

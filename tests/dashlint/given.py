"""Two small boards without a mistake, with a panel of each kind, and what they are judged with."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from typing import Any

from pullwatch.pack import mixin, rules
from pullwatch.pack.grafana import (
    AlertAnnotations,
    BarGauge,
    Column,
    Dashboard,
    DatasourceVariable,
    Heatmap,
    Link,
    QueryVariable,
    Quotient,
    Row,
    Stat,
    StateTimeline,
    Table,
    Target,
    TimeSeries,
)
from tests.dashlint.board import Json
from tests.dashlint.context import MOVED, Context

GROUPS: list[dict[str, Any]] = [
    {
        "name": "made",
        "interval": "5m",
        "rules": [
            {
                "record": "registry:made_pulls:increase5m",
                "expr": "sum by (cluster, registry) (increase(pullwatch_pull_duration_seconds_count[5m]))",
            }
        ],
    },
    {
        "name": "made.hourly",
        "interval": "1h",
        "rules": [{"record": "node:made_pulls:mean1h", "expr": "max by (cluster, node) (pullwatch_node_info)"}],
    },
]
"""Records of both kinds, whatever the boards that are shipped read."""

GOOD = "Flat and low is good. Where it rises, `Which registries?` tells which registry it is, and the runbook goes on."


def models(*, moved: bool = False) -> list[Json]:
    """Return both boards, rendered with the configuration or with `MOVED`."""
    found: list[Json] = json.loads(_rendered(moved=moved))
    return found


@functools.cache
def _rendered(*, moved: bool) -> str:
    with mixin.configured(MOVED if moved else {}):
        return json.dumps([board.to_json_data() for board in _boards()])


@functools.cache
def context() -> Context:
    """Return what the boards are judged with: all that the mixin records, and the records made here."""
    return Context.of([*mixin.groups(), *GROUPS], rules.configuration())


def judged(boards: Iterable[Json], moved: Iterable[Json]) -> Context:
    """Return the same with these boards."""
    return context().with_boards(boards, moved)


def _boards() -> list[Dashboard]:
    config = mixin.config()
    label, slow = config["clusterLabel"], config["slowBaseSeconds"]
    chosen = f'{label}=~"$cluster", registry=~"$registry"'
    of_image = f'{label}=~"$cluster", image="$image"'
    variables: list[DatasourceVariable | QueryVariable] = [
        DatasourceVariable(),
        QueryVariable(name="cluster", of=label, label="Cluster", series="pullwatch_build_info"),
        QueryVariable(name="registry", label="Registry", series=f'pullwatch_pull_duration_seconds_count{{{label}=~"$cluster"}}'),
        QueryVariable(name="image", label="Image", series=f'pullwatch_pending_pods{{{label}=~"$cluster"}}', single=True),
    ]
    alerts = [
        AlertAnnotations(
            name="Alerts",
            query=f'max by (alertname, {label}) (ALERTS{{alertstate="firing", {label}=~"$cluster"}})',
            title="{{alertname}}",
        )
    ]
    to_other = Link("Show this registry", "pullwatch-other", {"registry": "__field.labels.registry"})
    to_itself = Link("Show this image", "pullwatch-small", {"image": "__value.raw"})
    size = f"max by ({label}, image) (pullwatch_image_size_bytes{{{of_image}}})"
    pods = f"max by ({label}, image) (pullwatch_pending_pods{{{of_image}}})"
    small = Dashboard(
        uid="pullwatch-small",
        title="pullwatch / Small",
        description="Small things about pulls.",
        variables=variables,
        alerts=alerts,
        rows=[
            Row(
                "Is it slow?",
                [
                    Stat(
                        title="How many pulls?",
                        query=f"sum(sum_over_time(registry:made_pulls:increase5m{{{chosen}}}[$__range]))",
                        steps=[(slow, "red")],
                        width=12,
                        height=8,
                        description=f"A pull takes up to {slow:g} s. " + GOOD,
                    ),
                    BarGauge(
                        title="Which registries?",
                        query=f"sum by ({label}, registry) (increase(pullwatch_pull_duration_seconds_count{{{chosen}}}[$__range]))",
                        legend=f"{{{{registry}}}} {{{{{label}}}}}",
                        leads_to=[to_other],
                        description=GOOD,
                    ),
                    TimeSeries(
                        title="When?",
                        query=f"sum by ({label}, registry) (sum_over_time(registry:made_pulls:increase5m{{{chosen}}}[$__interval]))",
                        legend=f"{{{{registry}}}} {{{{{label}}}}}",
                        interval="5m",
                        runbook="SlowImagePull",
                        description=GOOD,
                    ),
                    TimeSeries(
                        title="How many end, and how?",
                        query=[
                            Target(f"sum(rate(pullwatch_pull_duration_seconds_count{{{chosen}}}[$__rate_interval]))", "pulled"),
                            Target(f"sum(rate(pullwatch_pull_failures_total{{{chosen}}}[$__rate_interval])) > {slow:g}", "failed"),
                        ],
                        unit="cps",
                        colors={"failed": "red"},
                        description=GOOD,
                    ),
                    Heatmap(
                        title="How are they spread?",
                        query=f"sum by (le) (increase(pullwatch_pull_duration_seconds_bucket{{{chosen}}}[$__rate_interval]))",
                        unit="s",
                        description=GOOD,
                    ),
                    StateTimeline(
                        title="Which image waits?",
                        query=f"{pods} > bool 0",
                        legend=f"{{{{image}}}} {{{{{label}}}}}",
                        states={0: ("no", "green"), 1: ("yes", "red")},
                        description=GOOD,
                    ),
                    Table(
                        title="How large?",
                        columns=[Column("Size", size, unit="decbytes"), Column("Pods", pods, steps=[(slow, "red")])],
                        quotients=[Quotient("Each", "Size", "Pods", unit="decbytes")],
                        labels={"image": "Image"},
                        hidden=[label],
                        sort_by="Size",
                        links={"Image": to_itself},
                        description=GOOD,
                    ),
                ],
            )
        ],
    )
    one = TimeSeries(
        title="Which of them?",
        query=f'max by ({label}, registry) (pullwatch_image_layers{{{chosen}, image="$image"}})',
        legend=f"{{{{registry}}}} {{{{{label}}}}}",
        width=24,
        description=GOOD,
    )
    other = Dashboard(
        uid="pullwatch-other",
        title="pullwatch / Other",
        description="Other pulls.",
        variables=variables,
        alerts=alerts,
        rows=[Row("Which?", [one])],
    )
    return [small, other]

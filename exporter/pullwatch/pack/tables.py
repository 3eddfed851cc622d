"""The table: a row for each label set, a column for each query, merged on the labels that all queries keep."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any, ClassVar

from pullwatch.pack import classic
from pullwatch.pack.classic import Json
from pullwatch.pack.panels import Link, Page, Panel, Steps, Target, override

UNKNOWN: Mapping[str, Any] = {"noValue": "-"}
"""What stands in a cell without a value; without this it would be what the panel says when it has no row."""


NOT_A_NUMBER: Mapping[str, Any] = {"mappings": [{"type": "special", "options": {"match": "nan", "result": {"index": 0, "text": "-"}}}]}
"""The same for what Grafana computes of an empty cell."""


@dataclass(frozen=True, slots=True)
class Column:
    """A number of each row. With steps its text is coloured."""

    title: str
    query: str
    unit: str = "short"
    steps: Steps = ()


@dataclass(frozen=True, slots=True)
class Quotient:
    """A number of each row that Grafana computes of two others, named by their titles: no query then has to ask for both."""

    title: str
    of: str
    by: str
    unit: str = "short"
    steps: Steps = ()


@dataclass(frozen=True, kw_only=True)
class Table(Panel):
    """Rows as of now. All queries aggregate by the same labels, else a row falls apart into several."""

    kind: ClassVar[str] = "table"
    instant: ClassVar[bool] = True
    shape: ClassVar[str] = "table"

    columns: Sequence[Column]
    quotients: Sequence[Quotient] = ()
    """Computed columns, after the others."""
    labels: Mapping[str, str]
    """Titles of the labels that are shown, in their order, before the numbers."""
    hidden: Sequence[str] = ()
    """Labels that tell rows apart and are not shown."""
    sort_by: str
    """Title of the column whose largest value comes first."""
    links: Mapping[str, Link | Page] = dataclasses.field(default_factory=dict)
    """Where a click on a cell leads, by title of the column."""
    widths: Mapping[str, int] = dataclasses.field(default_factory=dict)
    """Pixels of columns whose texts are long, by title; the others share what is left."""
    width: int = 24

    def targets(self) -> Sequence[Target]:
        return [Target(column.query) for column in self.columns]

    def custom(self) -> Json:
        return {"align": "auto", "cellOptions": {"type": "auto"}, "filterable": True, "inspect": False}

    def options(self) -> Json:
        return {
            "cellHeight": "sm",
            "footer": {"show": False, "countRows": False, "reducer": ["sum"]},
            "showHeader": True,
            "sortBy": [{"displayName": self.sort_by, "desc": True}],
        }

    def overrides(self) -> Sequence[Json]:
        numbers: Sequence[Column | Quotient] = (*self.columns, *self.quotients)
        return [
            *(override(column.title, _drawn(column)) for column in numbers),
            *(override(title, UNKNOWN) for title in self.labels.values()),
            *(override(title, {"links": [link.model()]}) for title, link in self.links.items()),
            *(override(title, {"custom.width": pixels}) for title, pixels in self.widths.items()),
        ]

    def transformations(self) -> Sequence[Json]:
        fields = {column.title: self._field(number) for number, column in enumerate(self.columns)}
        titles = dict(self.labels) | {field: title for title, field in fields.items()} | {one.title: one.title for one in self.quotients}
        order = {name: number for number, name in enumerate(titles)}
        excluded = dict.fromkeys(("Time", *self.hidden), True)
        organized = {"excludeByName": excluded, "indexByName": order, "renameByName": titles}
        computed = [_computed(one, fields) for one in self.quotients]
        return [{"id": "merge", "options": {}}, *computed, {"id": "organize", "options": organized}]

    def _field(self, number: int) -> str:
        """Return what Grafana calls the values of a query: with one query in the panel they bear no letter."""
        return "Value" if len(self.columns) == 1 else f"Value #{ascii_uppercase[number]}"


def _computed(quotient: Quotient, fields: Mapping[str, str]) -> Json:
    # By plain names, which Grafana 10 reads as well as those that came later.
    binary = {"left": fields[quotient.of], "operator": "/", "right": fields[quotient.by]}
    return {"id": "calculateField", "options": {"alias": quotient.title, "mode": "binary", "binary": binary, "replaceFields": False}}


def _drawn(column: Column | Quotient) -> Json:
    drawn = dict(UNKNOWN) | {"unit": column.unit}
    if isinstance(column, Quotient):
        drawn |= NOT_A_NUMBER
    if not column.steps:
        return drawn
    return drawn | {
        "thresholds": classic.thresholds(column.steps, base="text"),
        "color": {"mode": "thresholds"},
        "custom.cellOptions": {"type": "color-text"},
    }

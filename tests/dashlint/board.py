"""A rendered dashboard, as lints look at it: panels, queries, variables and links over the JSON that Grafana reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pullwatch.pack import kinds
from tests.dashlint.asked import Query

Json = dict[str, Any]
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Panel:
    """A panel that shows something; rows are none."""

    model: Json

    @property
    def title(self) -> str:
        """The question that it answers."""
        return str(self.model.get("title", ""))

    @property
    def kind(self) -> str:
        """How it is drawn, in Grafana's words."""
        return str(self.model["type"])

    @property
    def description(self) -> str:
        """What stands behind the i in its corner."""
        return str(self.model.get("description", ""))

    @property
    def targets(self) -> list[Json]:
        """Its queries as Grafana has them."""
        return list(self.model.get("targets", ()))

    @property
    def defaults(self) -> Json:
        """How its fields are drawn."""
        return dict(self.model.get("fieldConfig", {}).get("defaults", {}))

    @property
    def overrides(self) -> list[Json]:
        """How some of them are drawn otherwise."""
        return list(self.model.get("fieldConfig", {}).get("overrides", ()))

    @property
    def step_seconds(self) -> float:
        """Its least step; 0 where it has none."""
        return kinds.seconds(self.model["interval"]) if self.model.get("interval") else 0.0

    @cached_property
    def queries(self) -> list[Query]:
        """What it asks for."""
        return [
            Query(target["expr"], self.title, over_time=not target.get("instant"), step_seconds=self.step_seconds, drawn=True)
            for target in self.targets
        ]

    @cached_property
    def organized(self) -> Json:
        """What its table makes of its fields: excludeByName, renameByName and indexByName; nothing where it is no table."""
        return next((dict(one["options"]) for one in self.model.get("transformations", ()) if one["id"] == "organize"), {})

    def properties(self) -> Iterator[tuple[str, str, Any]]:
        """Yield field, name and value of each thing that is drawn otherwise."""
        for override in self.overrides:
            yield from ((str(override["matcher"]["options"]), each["id"], each["value"]) for each in override["properties"])

    def data_links(self) -> Iterator[Json]:
        """Yield where a click on a value leads."""
        yield from self.defaults.get("links", ())
        for _, name, value in self.properties():
            if name == "links":
                yield from value


@dataclass(frozen=True)
class Board:
    """A dashboard as it is rendered."""

    model: Json

    @property
    def uid(self) -> str:
        """Its address."""
        return str(self.model.get("uid", ""))

    @property
    def title(self) -> str:
        """What it is called."""
        return str(self.model.get("title", ""))

    @property
    def all_panels(self) -> list[Json]:
        """Rows, and panels within rows that are closed, as Grafana has them."""
        return [one for panel in self.model["panels"] for one in (panel, *panel.get("panels", ()))]

    @cached_property
    def panels(self) -> list[Panel]:
        """All that shows something."""
        return [Panel(panel) for panel in self.all_panels if panel["type"] != "row"]

    @property
    def variables(self) -> list[Json]:
        """What a reader may choose."""
        return list(self.model.get("templating", {}).get("list", ()))

    @property
    def asking(self) -> list[Json]:
        """Variables whose values are asked for."""
        return [variable for variable in self.variables if variable["type"] == "query"]

    @property
    def annotations(self) -> list[Json]:
        """What is marked on the graphs."""
        return list(self.model.get("annotations", {}).get("list", ()))

    @cached_property
    def queries(self) -> list[Query]:
        """All that it asks for."""
        return [
            *(query for panel in self.panels for query in panel.queries),
            *(Query(_text(variable["query"]), f"variable {variable['name']}") for variable in self.asking),
            *(Query(one["expr"], f"annotation {one['name']}", over_time=True) for one in self.annotations if "expr" in one),
        ]

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield each text that a reader sees, with where it stands."""
        yield "board", self.title
        yield "board", str(self.model.get("description", ""))
        yield from (("row", str(row["title"])) for row in self.all_panels if row["type"] == "row")
        yield from ((f"variable {variable['name']}", str(variable.get("label", ""))) for variable in self.variables)
        for panel in self.panels:
            legends = [target.get("legendFormat", "") for target in panel.targets]
            links = [link["title"] for link in (*panel.model.get("links", ()), *panel.data_links())]
            for text in (panel.title, panel.description, panel.defaults.get("noValue", ""), *legends, *links):
                yield panel.title, str(text)


def _text(query: Any) -> str:
    """Return the text of a variable's query, which Grafana itself writes as an object."""
    return str(query.get("query", "")) if isinstance(query, Mapping) else str(query)


def used_variables(text: str) -> set[str]:
    """Return the variables that a text names, Grafana's own left out."""
    return {name for name in re.findall(r"\$\{?(\w+)", text) if not name.startswith("__")}


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield each value of a model with the keys that lead to it."""
    yield path, value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield from walk(below, (*path, key))

"""Variables of a dashboard: what a reader may choose above the panels."""

from __future__ import annotations

from dataclasses import dataclass

from pullwatch.pack import classic
from pullwatch.pack.classic import Json

ON_LOAD, ON_TIME_RANGE = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasourceVariable:
    """Which Prometheus is asked. Its name is the one that `classic.DATASOURCE` refers to."""

    name: str = "datasource"
    label: str = "Data source"

    def model(self) -> Json:
        # Grafana takes its default data source where the named one is not there.
        current = {"selected": False, "text": "default", "value": "default"}
        return classic.variable(
            kind="datasource", name=self.name, label=self.label, query="prometheus", all_value=None, refresh=ON_LOAD, current=current
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryVariable:
    """Values of a label, asked for anew when the time range changes; several at a time, unless it is `single`."""

    name: str
    label: str
    series: str
    """Selector of the series that bear it."""
    of: str = ""
    """The label, where the variable has another name."""

    all_value: str = ".*"
    """Matches what has no such label, too: what is not known of a pull is empty, and one Prometheus alone has no cluster."""
    single: bool = False
    """Whether one value is chosen and never all: the first one, until a link or the reader chooses another."""
    hidden: bool = False
    """Whether it follows from the others, and is nothing to choose."""

    @property
    def query(self) -> str:
        return f"label_values({self.series}, {self.of or self.name})"

    def model(self) -> Json:
        current = {} if self.single else {"selected": True, "text": ["All"], "value": [classic.ALL]}
        return classic.variable(
            kind="query", name=self.name, label=self.label, query=self.query, all_value=None if self.single else self.all_value,
            refresh=ON_TIME_RANGE, current=current, hidden=self.hidden,
        )  # fmt: skip
